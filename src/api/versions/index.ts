// The versions of the API, oldest first.

import { cursorPages } from './cursor-pages.ts';
import { numberedPages } from './numbered-pages.ts';
import { followPreferences } from './preferences.ts';
import { tellSuperseded } from './superseded.ts';
import type { ApiVersion } from './version.ts';

export const versions: readonly ApiVersion[] = [
  { number: 1, root: '/api/v1', pages: numberedPages, adapt: tellSuperseded },
  { number: 2, root: '/api/v2', pages: cursorPages, adapt: followPreferences },
];
