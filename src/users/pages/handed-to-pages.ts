// What the pages of users are handed by app.ts.
import type { ContextOf } from '#dashboard';
import type { Permission } from '#lib/access';
import type { LinkServices } from '../set-own-password.ts';
import type { SignInServices } from '../sign-in.ts';

/** `permissions` are those of all rooms. */
export type PageServices = SignInServices &
  LinkServices & { contextOf: ContextOf; permissions: readonly Permission[] };
