// A company with an owner, a clerk and an auditor, for tests of who may change what about whom.
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import {
  type Answer,
  addMember,
  type Call,
  createCompany,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import type { Member } from '#users';
import { faultsOf } from './problem.ts';

export type Staff = {
  company: TestCompany;
  owner: Member;
  clerk: Member;
  auditor: Member;
  calls: Record<'owner' | 'clerk' | 'auditor', Call>;
};

/** A new company with its staff. */
export async function staffOf({ db }: TestHouse, api: TestApi): Promise<Staff> {
  const company = await createCompany(db);
  const [owner, clerk, auditor] = [
    await addMember(db, company, 'owner'),
    await addMember(db, company, 'clerk'),
    await addMember(db, company, 'auditor'),
  ];
  const calls = { owner: await api.as(owner), clerk: await api.as(clerk), auditor: await api.as(auditor) };
  return { company, owner, clerk, auditor, calls };
}

/** The places of the faults of a refused request, in order. */
export const placesOf = (answer: Answer) => faultsOf(answer, 422).map((fault) => fault.split(' ')[0]);

export const change = (by: Call, whom: { userId: string }, body: object) =>
  by('PATCH', `/members/${whom.userId}/`, body);

/** Changes a member, which is expected to go well; returns the member. */
export async function settle(by: Call, whom: { userId: string }, body: object) {
  const answer = await change(by, whom, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** The changes of who may do what that the company's log tells, in their order. */
export async function logged(company: TestCompany, subject: string) {
  const { rows } = await company.run((tx) =>
    sql<{ actor_id: string | null; action: string; after: Record<string, unknown> | null }>`
      select actor_id, action, content::json -> 'after' as after from audit_rows
      where subject = ${subject} order by block_seq, nth`.execute(tx.db),
  );
  return rows;
}
