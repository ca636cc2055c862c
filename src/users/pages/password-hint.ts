// What a policy asks of a password, as a sentence beside the field.
import type { SignInPolicy } from '../sign-in-policy.ts';

/** For instance: at least 12 characters. A few unrelated words make a good one. */
export function passwordHint({ minLength, kinds }: SignInPolicy): string {
  const mixed =
    kinds > 1 ? `, mixing at least ${kinds} of small letters, large letters, digits and other signs` : '';
  return `At least ${minLength} characters${mixed}. A few unrelated words make a good one.`;
}
