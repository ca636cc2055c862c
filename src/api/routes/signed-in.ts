// What the API answers to whoever has signed in, in one step or in two.
import { tenantById, tenantRefused } from '#tenancy';
import type { Member, TokenPair } from '#users';
import type { Services } from './context.ts';
import { userDocument } from './user-document.ts';

/** What a sign-in answers: the tokens, and who one is. Throws when the company is not open. */
export async function signedIn({ db, permissions }: Services, member: Member, pair: TokenPair) {
  const tenant = await tenantById(db, member.tenantId);
  if (tenant?.status !== 'active') throw tenantRefused();
  return { ...pair, user: userDocument(member, tenant, permissions) };
}
