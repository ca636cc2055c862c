// Passwords are stored as argon2id hashes (RFC 9106) and compared in equal time for known and unknown people.
import { hash, verify } from '@node-rs/argon2';

// The first recommended choice of the OWASP password storage cheat sheet for argon2id: 19 MiB, two passes, one lane.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

let decoy: Promise<string> | undefined;

/** The argon2id hash of a password in PHC string format. */
export async function hashPassword(password: string): Promise<string> {
  return await hash(password, parameters);
}

/** Whether the password matches; without a hash it takes as long as with one and is false. */
export async function passwordMatches(password: string, passwordHash: string | undefined): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password');
  const matches = await verify(passwordHash ?? (await decoy), password);
  return matches && passwordHash !== undefined;
}
