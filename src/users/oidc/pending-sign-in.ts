// The sign-ins that are under way at a provider, each bound to the browser that began it and good for one answer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { hashSecretToken, newSecretToken } from '../secret-token.ts';

/** As long as somebody may take at the provider. */
export const PENDING_SECONDS = 10 * 60;

/** Whom to link the identity to, and the value of the session cookie with which they asked for it. */
export type LinkRequest = { userId: string; session: string };

/** `redirectUri` is where the provider sends the browser back to, `nextPath` where it goes on our own site afterwards. */
export type PendingSignIn = {
  tenantId: string;
  providerId: string;
  redirectUri: string;
  nextPath: string;
  link: { userId: string; sessionHash: Buffer } | null;
};

/**
 * What proves that an answer belongs to a sign-in: `state` and `nonce` (OpenID Connect Core 1.0, 3.1.2.1) and the proof key
 * (RFC 7636), all made of one secret that only the browser keeps. The verifier has 43 characters, as the RFC asks.
 */
export function proofsOf(secret: string): { state: string; nonce: string; codeVerifier: string } {
  const derive = (purpose: string) => createHmac('sha256', secret).update(purpose).digest('base64url');
  return { state: derive('state'), nonce: derive('nonce'), codeVerifier: derive('code_verifier') };
}

/** Whether a state is the one of that browser's secret. */
export function isStateOf(secret: string, state: string): boolean {
  const [expected, sent] = [Buffer.from(proofsOf(secret).state), Buffer.from(state)];
  return expected.length === sent.length && timingSafeEqual(expected, sent);
}

/** Notes a sign-in that begins, and returns the secret for the browser. Those out of time are cleared away on the occasion. */
export async function notePending(
  db: Db,
  pending: Omit<PendingSignIn, 'link'> & { link: LinkRequest | null },
): Promise<string> {
  const secret = newSecretToken();
  const { tenantId, providerId, redirectUri, nextPath, link } = pending;
  await db.kysely.deleteFrom('provider_sign_ins').where('expires_at', '<', sql<Date>`now()`).execute();
  await db.kysely
    .insertInto('provider_sign_ins')
    .values({
      browser_hash: hashSecretToken(secret),
      tenant_id: tenantId,
      provider_id: providerId,
      redirect_uri: redirectUri,
      next_path: nextPath,
      link_user_id: link?.userId ?? null,
      link_session_hash: link ? hashSecretToken(link.session) : null,
      expires_at: sql<Date>`now() + make_interval(secs => ${PENDING_SECONDS})`,
    })
    .execute();
  return secret;
}

/** Takes the sign-in of a browser's secret, which is thereby used; null when there is none, or none any more. */
export async function takePending(db: Db, secret: string): Promise<PendingSignIn | null> {
  const row = await db.kysely
    .deleteFrom('provider_sign_ins')
    .where('browser_hash', '=', hashSecretToken(secret))
    .where('expires_at', '>', sql<Date>`now()`)
    .returningAll()
    .executeTakeFirst();
  if (!row) return null;
  const { link_user_id: userId, link_session_hash: sessionHash } = row;
  return {
    tenantId: row.tenant_id,
    providerId: row.provider_id,
    redirectUri: row.redirect_uri,
    nextPath: row.next_path,
    link: userId !== null && sessionHash !== null ? { userId, sessionHash } : null,
  };
}
