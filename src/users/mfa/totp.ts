// Codes of authenticator apps (TOTP, RFC 6238): which moment a code is of, and the secret as an app reads it.
import { generateSecret, generateURI, verifySync } from 'otplib';

/** RFC 6238, 5.2: as long as an app shows a code, which is as long as one counts. */
const STEP_SECONDS = 30;

/** What apps show beside the code. */
const ISSUER = 'Himalytix';

/** A new secret of 160 random bits in base32, as RFC 4226, 4 recommends. */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 });
}

/** The secret as the address that an app reads from a QR code; `account` is the person's e-mail address. */
export function totpAddress(secret: string, account: string): string {
  return generateURI({ issuer: ISSUER, label: account, secret });
}

/**
 * The time step (RFC 6238, 4.2) that a code is of, or null for a code that is of none. Clocks differ and people key slowly, so the
 * steps before and after the present one count as well (5.2). `at` is in milliseconds since 1970; spaces in the code are none.
 */
export function stepOfCode(secret: string, code: string, at: number = Date.now()): number | null {
  const token = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const result = verifySync({
    secret,
    token,
    epoch: Math.floor(at / 1000),
    epochTolerance: STEP_SECONDS,
    period: STEP_SECONDS,
  });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}
