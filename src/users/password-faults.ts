// Says what is wrong with a new password: too short, guessed first by everybody, or made of what is known of its owner.
import type { Fault } from '#lib/problem';
import { isCommonPassword } from './guessed-passwords.ts';
import type { SignInPolicy } from './sign-in-policy.ts';

/** Longer ones are refused rather than cut, as hashing them would cost anybody's server. */
const MOST_CHARACTERS = 1000;

/** What is left of a password without its owner's name and address must be this long to be one. */
const LEFT_OVER = 8;

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/** The words by which a person, their company or the product is known; short ones are in too many other words. */
function wordsOf(known: readonly string[]): string[] {
  const words = known.flatMap((text) => {
    const parts = text.split(/[^\p{L}\p{N}]+/u);
    return [text, parts.join(''), ...parts];
  });
  return [...new Set(words.map((word) => word.toLowerCase()))]
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length);
}

const without = (text: string, words: readonly string[]) =>
  words.reduce((rest, word) => rest.replaceAll(word, ''), text.toLowerCase());

/**
 * Every fault of a password by a policy, at `pointer`; `known` are the person's name and e-mail address, and what else
 * anybody would try for them. The rules are those of NIST SP 800-63B 3.1.1.2 and OWASP ASVS 5 V6.2: length, a list of common
 * passwords and context-specific words; kinds of characters only where a company asks for them.
 */
export async function passwordFaults(
  password: string,
  policy: SignInPolicy,
  known: readonly string[],
  pointer = '/password',
): Promise<Fault[]> {
  const faults: Fault[] = [];
  const fault = (code: string, detail: string) =>
    faults.push({ pointer, code: `users/password-${code}`, detail });
  const length = [...password.normalize('NFC')].length;
  if (length < policy.minLength) fault('short', `a password has at least ${policy.minLength} characters`);
  if (length > MOST_CHARACTERS) fault('long', `a password has at most ${MOST_CHARACTERS} characters`);
  if (length === 0 || length > MOST_CHARACTERS) return faults;
  const mixed = kinds.filter((kind) => kind.test(password)).length;
  if (mixed < policy.kinds)
    fault(
      'kinds',
      `a password mixes at least ${policy.kinds} of small letters, large letters, digits and other signs`,
    );
  if (policy.refuseCommon && (await isCommonPassword(password)))
    fault('common', 'this password is among the first that are guessed; choose another');
  const words = wordsOf([...known, 'himalytix']);
  const rest = without(password, words);
  if (rest !== password.toLowerCase() && [...rest].length < LEFT_OVER)
    fault('personal', 'a password is not made of a name, an e-mail address or the name of the company');
  return faults;
}
