// What the pages of users are handed by app.ts.
import type { ContextOf } from '#dashboard';
import type { ProviderServices } from '../oidc/provider-sign-in.ts';
import type { LinkServices } from '../set-own-password.ts';

/** `contextOf` tells a page who reads it. */
export type PageServices = ProviderServices & LinkServices & { contextOf: ContextOf };
