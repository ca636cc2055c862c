// Tells whether a sign-in needs a second factor: because the member has one, or because their company demands one.
import type { Db } from '#lib/db';
import type { SignInMethod } from '../sign-in-facts.ts';
import type { Proof } from '../sign-in-proof.ts';
import { demandsSecondFactor } from './demands.ts';
import { factorsOf, hasFactor } from './factors.ts';

/** What stands for a second factor: a passkey is two by itself, as it asks its owner for a finger, a face or a PIN. */
const strong: readonly SignInMethod[] = ['otp', 'recovery', 'passkey'];

/**
 * What is asked of a member who has proved a first factor: 'none', to 'prove' the second factor that they have, or to 'set-up' one, as
 * their company demands it and they have none. Who comes through the company's provider is never to set one up: the company has left
 * it to the provider how people prove themselves, and whoever runs that must not add a factor to a person's account.
 */
export async function secondFactorDue(
  db: Db,
  { member, methods, providerId = null }: Pick<Proof, 'member' | 'methods' | 'providerId'>,
): Promise<'none' | 'prove' | 'set-up'> {
  if (methods.some((method) => strong.includes(method))) return 'none';
  if (hasFactor(await factorsOf(db, member.userId))) return 'prove';
  if (providerId !== null) return 'none';
  return (await demandsSecondFactor(db, member.tenantId, member.role)) ? 'set-up' : 'none';
}
