// What attempts at codes and at fresh proofs are counted for: the person, over however many sign-ins.
import type { Throttle } from '../throttle.ts';

/** The throttles of a person's codes, and of their password where they are signed in already. */
export const factorThrottles = (userId: string): Throttle[] => [{ rule: 'factor', of: userId }];
