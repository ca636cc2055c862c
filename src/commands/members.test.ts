// Changes members and roles as an operator does, and asks who could do both.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Command } from 'commander';
import {
  addMember,
  createCompany,
  openTestHouse,
  permissions,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { dutiesCommand } from './duties.ts';
import { memberCommand } from './members.ts';
import { roleCommand } from './roles.ts';

let house: TestHouse;
let company: TestCompany;
let said = '';
const screen = { stdout: { write: (text: string) => (said += text) } };

before(async () => {
  house = await openTestHouse();
  company = await createCompany(house.db);
  for (const role of ['owner', 'clerk'] as const) await addMember(house.db, company, role);
  process.env.DATABASE_URL = house.url;
});
after(() => house.close());

/** Runs a verb on the company; returns what it says. */
async function run(command: Command, ...words: string[]): Promise<string> {
  said = '';
  await command.exitOverride().parseAsync(['node', command.name(), ...words]);
  return said;
}
const member = (verb: string, ...words: string[]) =>
  run(memberCommand(permissions, screen), verb, '--tenant', company.tenant.slug, ...words);
const role = (verb: string, ...words: string[]) =>
  run(roleCommand(permissions, screen), verb, '--tenant', company.tenant.slug, ...words);
const addressOf = (name: string) => `${name}@${company.tenant.slug}.test`;

test('an operator gives a role of one’s own, grants, denials and limits, and takes them away again', async () => {
  await role('create', '--key', 'till', '--title', 'Till', '--permissions', 'accounting.account.view');
  assert.match(await role('list'), /till {2}Till {2}own {2}0 member\(s\)\n {2}accounting\.account\.view\n/);
  const clerk = ['--email', addressOf('clerk')];
  await member(
    'change',
    ...clerk,
    '--role',
    'till',
    '--grant',
    'users.role.view',
    '--deny',
    'dashboard.view',
  );
  await member('change', ...clerk, '--post-limit', '10');
  const line = `${addressOf('clerk')}  till  +users.role.view  -dashboard.view  posts up to 10\n`;
  assert.ok((await member('list')).includes(line));
  await assert.rejects(role('remove', '--key', 'till'), { code: 'users/role-in-use' });
  await member('change', ...clerk, '--role', 'clerk', '--grant', '--deny', '--no-post-limit');
  assert.ok((await member('list')).includes(`${addressOf('clerk')}  clerk\n`));
  await role('remove', '--key', 'till');
});

test('who could do both is told for each rule and for any two permissions', async () => {
  const duties = (...words: string[]) =>
    run(dutiesCommand(permissions, screen), company.tenant.slug, ...words);
  await company.run((tx) =>
    tx.db
      .updateTable('company')
      .set({ acts_apart: ['create+post'], approve_above: '5' })
      .execute(),
  );
  const told = await duties();
  assert.match(told, /needs an approval: entries above USD 5\.00\n/);
  assert.match(told, /create\+post: .*; could do both:\n {2}\S+clerk\S* {2}clerk\n|clerk@/);
  const both = await duties('--one', 'accounting.journal_entry.post', '--other', 'accounting.period.reopen');
  assert.equal(both, `  ${addressOf('owner')}  owner\n`);
  await assert.rejects(duties('--one', 'nothing'), /name two permissions/);
});

test('the last owner stays, and who is removed is gone', async () => {
  await assert.rejects(member('remove', '--email', addressOf('owner')), { code: 'users/last-owner' });
  await member('remove', '--email', addressOf('clerk'));
  assert.doesNotMatch(await member('list'), /clerk@/);
  await assert.rejects(member('remove', '--email', addressOf('clerk')), /is no member/);
});
