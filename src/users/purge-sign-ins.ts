// Forgets, once a day, what is kept of sign-ins for a time only.
import type { Db } from '#lib/db';
import { purgeInvitations } from './invitations.ts';
import { purgeKnownOrigins } from './known-origins.ts';
import { purgePasswordResets } from './password-reset.ts';
import { purgeSignInEvents } from './sign-in-events.ts';
import { purgeThrottles } from './throttle.ts';

/** Purges history, known origins, failures, and links that ran out. */
export async function purgeSignIns(db: Db): Promise<void> {
  await purgeSignInEvents(db);
  await purgeKnownOrigins(db);
  await purgeThrottles(db);
  await purgePasswordResets(db);
  await purgeInvitations(db);
}
