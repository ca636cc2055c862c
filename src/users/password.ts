// Passwords are stored as argon2id hashes (RFC 9106) and compared in equal time for known and unknown people.
import { hash, type Options, verify } from '@node-rs/argon2';

// The first recommended choice of the OWASP password storage cheat sheet for argon2id: 19 MiB, two passes, one lane. Hashes made
// with others are made anew when their owner signs in, so these figures may be raised at any time.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;

let decoy: Promise<string> | undefined;

/**
 * The password as it is hashed. What looks the same is keyed in different ways on different machines, so it is brought into one
 * form first (NIST SP 800-63B, 3.1.1.2).
 */
const normal = (password: string) => password.normalize('NFC');

/** The argon2id hash of a password in PHC string format. */
export async function hashPassword(password: string): Promise<string> {
  return await hash(normal(password), parameters);
}

/**
 * Whether the password matches; without a hash it takes as long as with one and is false. `compare` is there for a test to
 * count the work.
 */
export async function passwordMatches(
  password: string,
  passwordHash: string | undefined,
  compare: typeof verify = verify,
): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password');
  const matches = await compare(passwordHash ?? (await decoy), normal(password));
  return matches && passwordHash !== undefined;
}

/** Whether a hash was made with other parameters than are used today, or by another algorithm. */
export function needsRehash(passwordHash: string): boolean {
  const { memoryCost, timeCost, parallelism } = parameters;
  return !passwordHash.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}
