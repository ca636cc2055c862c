// Completes a sign-in with its second factor.
import { Problem } from '#lib/problem';
import { finishSession, type OpenSession, type SignInServices } from '../sign-in.ts';
import { noteSignIn } from '../sign-in-events.ts';
import type { Door, SignInMethod } from '../sign-in-facts.ts';
import { chargeAttempt, settleAttempt } from '../throttle.ts';
import { factorThrottles } from './factor-throttles.ts';
import { closePending, countPendingAttempt, type PendingSignIn } from './pending-sign-in.ts';
import { type FactorServices, methodSent, proveFactor, type SentFactor } from './prove-factor.ts';

/** The refusal of a wrong second factor; the same whatever is wrong with it. */
function factorRefused(): Problem {
  const detail = 'this is not right, or was used before; wait for the next code and try again';
  return new Problem('unauthenticated', 'users/second-factor-refused', detail);
}

/**
 * Completes a sign-in with its second factor. Throws an unauthenticated Problem for a wrong one, of which there may be five, and
 * a too-many Problem for who has to wait after wrong codes, over all of the person's sign-ins. The history tells of each.
 */
export async function completeSignIn<D extends Door>(
  services: SignInServices & FactorServices,
  door: D,
  pending: PendingSignIn,
  sent: SentFactor,
): Promise<OpenSession<D>> {
  await countPendingAttempt(services.db, pending);
  const { db } = services;
  const { member, methods, from, providerId } = pending;
  const { userId, tenantId } = member;
  // Codes of six digits can be guessed; the rest cannot, and stays open to who is hindered by somebody else's guesses.
  const throttles = sent.otp === undefined ? [] : factorThrottles(userId, providerId);
  if (throttles.length > 0) await chargeAttempt(db, throttles);
  const method = await proveFactor(services, member, sent);
  if (method === null) {
    const tried = [...methods, methodSent(sent)];
    await noteSignIn(db, { userId, tenantId, succeeded: false, methods: tried, door, from });
    throw factorRefused();
  }
  if (throttles.length > 0) await settleAttempt(db, throttles);
  return await openPendingSession(services, door, pending, method);
}

/** Opens what a sign-in was for, as its second factor is proved; of two that do so at once, one does. */
export async function openPendingSession<D extends Door>(
  services: SignInServices,
  door: D,
  pending: PendingSignIn,
  method: SignInMethod,
): Promise<OpenSession<D>> {
  await closePending(services.db, pending);
  return await finishSession(services, door, { ...pending, methods: [...pending.methods, method] });
}
