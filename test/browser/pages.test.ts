// Walks through all pages in a real browser; one browser and one server serve all walks, as starting them takes longest.
import './account.ts';
import './api-keys.ts';
import './documentation.ts';
import './every-page.ts';
import './finding.ts';
import './hostile-text.ts';
import './keying.ts';
import './provider-sign-in.ts';
import './signing-in.ts';
