import './hostile-text.ts';
