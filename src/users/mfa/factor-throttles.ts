// What attempts at codes and at fresh proofs are counted for: the person, over however many sign-ins.
import type { Throttle } from '../throttle.ts';

/**
 * The throttles of a person's codes, and of their password where they are signed in already. What comes through a company's provider
 * is counted for that provider, as whoever runs it must not make its people wait elsewhere.
 */
export const factorThrottles = (userId: string, providerId: string | null = null): Throttle[] => [
  { rule: 'factor', of: providerId === null ? userId : `${userId}\0${providerId}` },
];
