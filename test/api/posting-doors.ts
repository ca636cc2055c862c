// A company whose owner, two accountants and clerk post through every door there is.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { inDirectory } from '#lib/tenant-tx';
import {
  type Answer,
  addMember,
  type Call,
  cashSale,
  createCompany,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { ensureUser, type Member, type MemberChange, setMembership } from '#users';

export type People = {
  company: TestCompany;
  owner: Member;
  accountant: Member;
  clerk: Member;
  calls: Record<'owner' | 'accountant' | 'clerk' | 'other', Call>;
};

/** Adds somebody whose address nobody has yet. */
export async function addPerson(
  { db }: TestHouse,
  { tenant }: TestCompany,
  role: string,
  name: string,
): Promise<Omit<Member, 'access'>> {
  const facts = { email: `${name.toLowerCase()}@${tenant.slug}.test`, name };
  const userId = await inDirectory(db, async (tx) => {
    const id = await ensureUser(tx, { ...facts, password: 'not used to sign in' });
    await setMembership(tx, id, tenant.id, role);
    return id;
  });
  return { ...facts, userId, tenantId: tenant.id, role };
}

/** A new company with its people. */
export async function peopleOf(house: TestHouse, api: TestApi): Promise<People> {
  const company = await createCompany(house.db);
  const [owner, accountant, clerk] = [
    await addMember(house.db, company, 'owner'),
    await addMember(house.db, company, 'accountant'),
    await addMember(house.db, company, 'clerk'),
  ];
  const other = { ...accountant, ...(await addPerson(house, company, 'accountant', 'Other')) };
  const calls = {
    owner: await api.as(owner),
    accountant: await api.as(accountant),
    clerk: await api.as(clerk),
    other: await api.as(other),
  };
  return { company, owner, accountant, clerk, calls };
}

/** Changes a member, which is expected to go well. */
export async function limit(owner: Call, whom: Member, change: MemberChange): Promise<void> {
  const answer = await owner('PATCH', `/members/${whom.userId}/`, change);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

/** Replaces the company's rules, which is expected to go well. */
export async function keepApart(owner: Call, more: object): Promise<void> {
  const rules = { approve_above: null, acts_apart: [], permissions_apart: [] };
  const answer = await owner('PUT', '/duties/', { ...rules, ...more });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

export const sale = (amount: string, more: object = {}) => ({ ...cashSale('2024-03-01', amount), ...more });

/** The draft of an entry, by its id. */
export async function draft(by: Call, amount: string): Promise<string> {
  const { status, body } = await by('POST', '/journal-entries/', sale(amount, { status: 'draft' }));
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

export const posting = (by: Call, id: string) => by('POST', `/journal-entries/${id}/posting/`);

/** What became of an entry that was posted: 'posted', or status and code of the refusal. */
export const outcome = ({ status, body }: Answer) => (status < 300 ? 'posted' : `${status} ${body.code}`);

type Line = { status: string; errors?: { code: string }[] };

/** What became of the first of several: its status, or the code of its refusal. */
export const firstOf = (results: unknown) => {
  const [line] = results as Line[];
  return line?.errors?.[0]?.code ?? line?.status;
};

/** Posts an entry as a stream of one line, to a server that listens. */
export async function streamed(api: TestApi, by: Member, entry: object): Promise<string | undefined> {
  const { access } = await api.tokens.issue(by);
  const { port } = api.app.server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/journal-entries/stream/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access}`, 'content-type': 'application/x-ndjson' },
    body: `${JSON.stringify(entry)}\n`,
  });
  return firstOf([JSON.parse((await answer.text()).split('\n')[0] ?? '{}')]);
}

/** Posts an entry in bulk. */
export async function bulk(by: Call, entry: object): Promise<string | undefined> {
  const { body } = await by('POST', '/journal-entries/bulk/?atomic=false', { entries: [entry] });
  return firstOf(body.results);
}
