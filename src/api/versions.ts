// The versions of the API, oldest first.
import { numberedPages } from './v1/numbered-pages.ts';
import { tellSuperseded } from './v1/superseded.ts';
import { cursorPages } from './v2/cursor-pages.ts';
import { followPreferences } from './v2/preferences.ts';
import type { ApiVersion } from './version.ts';

export const versions: readonly ApiVersion[] = [
  { number: 1, root: '/api/v1', pages: numberedPages, adapt: tellSuperseded },
  { number: 2, root: '/api/v2', pages: cursorPages, adapt: followPreferences },
];
