// Holds the wall between companies in the tables that they share: every table has its policies, and they are tried.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { noteChange } from '#lib/audit/note-change';
import { type DirectoryTx, inDirectory, inDirectoryOf } from '#lib/tenant-tx';
import { addTenantDomain } from '#tenancy';
import { addMember, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { testKeyRing } from '#test/secret-keys';
import { type Member, openSession, setMembership, Tokens } from '#users';

/** Tables without rows of a company, and why. Whoever adds one here says what else keeps companies from it. */
const ofNoCompany: Record<string, string> = {
  schema_migrations:
    'the migrator’s own, made before there are policies; no company’s role has a right on it',
  signing_keys: 'the house’s own; only the directory reaches it',
  known_origins: 'a person’s own, whichever company they sign in to; only the directory reaches it',
  password_resets: 'a person’s own, whichever company they belong to; only the directory reaches it',
  sign_in_throttles:
    'hashes of addresses and sources, before anybody is known; only the directory reaches it',
};

let house: TestHouse;
let mine: TestCompany;
let other: TestCompany;
let stranger: Member;

before(async () => {
  house = await openTestHouse();
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  for (const company of [mine, other]) {
    const member = await addMember(house.db, company, 'clerk');
    await openSession(house.db, member, { ip: '192.0.2.1', userAgent: 'test' });
    await new Tokens(house.db, testKeyRing).issue(member);
    await addTenantDomain(house.db, company.tenant.id, `${company.tenant.slug}.example.com`);
    await company.post({
      entry_date: '2024-01-10',
      memo: 'x',
      lines: [
        { account: '1010', debit: '1' },
        { account: '4010', credit: '1' },
      ],
    });
    await house.superuser.query('insert into verifications (tenant_id, night) values ($1, $2)', [
      company.tenant.id,
      '2024-01-01',
    ]);
    await trustProvider(company, member);
    await house.superuser.query(
      `insert into api_keys (id, tenant_id, role, name, prefix, secret_hash, expires_at)
       values (gen_random_uuid(), $1::uuid, 'auditor', 'x', left(md5($1::uuid::text), 8), sha256($1::uuid::text::bytea), now() + interval '1 day')`,
      [company.tenant.id],
    );
    await house.superuser.query(
      `insert into roles (tenant_id, key, title) values ($1, 'cashier', 'Cashier')`,
      [company.tenant.id],
    );
    await house.superuser.query(
      `insert into permission_rules (tenant_id, one, other) values ($1, 'a.b.c', 'a.b.d')`,
      [company.tenant.id],
    );
    await seedSignIns(company, member);
    stranger = member;
  }
});

after(() => house.close());

/** A row of the company in each table of the sign-in through providers. */
async function trustProvider({ tenant }: TestCompany, { userId }: Member): Promise<void> {
  const provider = randomUUID();
  const ask = (text: string, ...values: unknown[]) => house.superuser.query(text, values);
  await ask(
    `insert into identity_providers (id, tenant_id, slug, kind, name, issuer, client_id, client_secret, scopes, enabled)
     values ($1, $2, 'sso', 'oidc', 'SSO', 'https://issuer.example', 'x', 'sealed', '{openid}', true)`,
    ...[provider, tenant.id],
  );
  await ask(
    "insert into email_domains (tenant_id, domain, token) values ($1, 'example.com', 'x')",
    tenant.id,
  );
  await ask(
    'insert into identities (id, tenant_id, provider_id, issuer, subject, user_id) values ($1, $2, $3, $4, $5, $6)',
    ...[randomUUID(), tenant.id, provider, 'https://issuer.example', 'x', userId],
  );
  await ask(
    `insert into provider_sign_ins (browser_hash, tenant_id, provider_id, redirect_uri, next_path, expires_at)
     values ($1, $2, $3, 'x', '/', now() + interval '1 h')`,
    ...[Buffer.from(tenant.id), tenant.id, provider],
  );
}

/** A row of the company in each table of signing in. */
async function seedSignIns({ tenant }: TestCompany, { userId }: Member): Promise<void> {
  const id = randomUUID();
  for (const text of [
    `insert into sign_in_policies (tenant_id) values ('${tenant.id}')`,
    `insert into sign_in_events (id, user_id, tenant_id, succeeded, methods, door)
      values ('${id}', '${userId}', '${tenant.id}', true, '{pwd}', 'page')`,
    `insert into invitations (id, token_hash, tenant_id, email, role, expires_at)
      values ('${id}', '\\x${id.replaceAll('-', '')}', '${tenant.id}', 'x@example.com', 'clerk', now())`,
    `insert into company_switches (id, session_id, tenant_id, origin, expires_at)
      select '${id}', s.id, s.tenant_id, 'x', now() from sessions s where s.tenant_id = '${tenant.id}'`,
  ])
    await house.superuser.query(text);
}

type Table = {
  name: string;
  enabled: boolean;
  forced: boolean;
  company: string | null;
  policies: number;
  has_tenant: boolean;
};

const tables = async () =>
  (
    await house.superuser.query<Table>(`
      select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
        (select string_agg(pg_get_expr(p.polqual, p.polrelid), ' or ') from pg_policy p join pg_roles r on r.oid = any(p.polroles)
          where p.polrelid = c.oid and r.rolname = 'himalytix_company') as company,
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as has_tenant
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm', 'f') order by 1`)
  ).rows;

const inMine = <T>(work: (tx: DirectoryTx) => Promise<T>) => inDirectoryOf(house.db, mine.tenant, work);

describe('every shared table', () => {
  test('is behind policies that hold for its owner, too, by company or with a reason why not', async () => {
    for (const { name, enabled, forced, company, policies, has_tenant } of await tables()) {
      if (name === 'schema_migrations') continue;
      assert.deepEqual({ name, enabled, forced }, { name, enabled: true, forced: true });
      assert.ok(policies > 0, `${name} has a policy; see keep_apart() in docs/row-security.md`);
      if (has_tenant) assert.match(company ?? '', /acting_company\(\)/, `${name} has rows of companies`);
      else assert.ok(company !== null || name in ofNoCompany, `${name} is of companies, or says why not`);
    }
  });

  test('is nobody’s but the login role’s and the narrowed role’s, which creates and hands on nothing', async () => {
    const { rows } = await house.superuser.query(`
      select distinct c.relname, pg_get_userbyid(x.grantee) as grantee, x.privilege_type from pg_class c
        cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and (x.grantee not in ('himalytix'::regrole, 'himalytix_company'::regrole) or x.is_grantable and x.grantee <> c.relowner
          or x.grantee = 'himalytix_company'::regrole and x.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))`);
    assert.deepEqual(rows, []);
    const role =
      await house.superuser.query(`select rolsuper or rolcanlogin or rolbypassrls or rolcreaterole as powers,
      has_schema_privilege('himalytix_company', 'public', 'create') as creates from pg_roles where rolname = 'himalytix_company'`);
    assert.deepEqual(role.rows, [{ powers: false, creates: false }]);
  });

  test('shows who acts for a company its rows, and never another’s', async () => {
    const behind = (await tables()).filter(({ company }) => company !== null);
    assert.ok(behind.length >= 8);
    for (const { name } of behind) {
      const own =
        name === 'outbox' ? 'schema_name' : name === 'tenants' ? 'id' : name === 'users' ? 'id' : 'tenant_id';
      const rows = await inMine(
        async (tx) =>
          (await sql<{ of: string }>`select ${sql.id(own)}::text as of from ${sql.id(name)}`.execute(tx.db))
            .rows,
      );
      const ofMine = rows.map(({ of }) => of);
      const all = await house.superuser.query(`select count(*)::int as n from public.${name}`);
      assert.ok(
        rows.length > 0 && rows.length < all.rows[0].n,
        `${name}: ${rows.length} of ${all.rows[0].n}`,
      );
      if (name === 'users') assert.ok(!ofMine.includes(stranger.userId));
      else
        assert.deepEqual(
          [...new Set(ofMine)],
          [name === 'outbox' ? mine.tenant.schema : mine.tenant.id],
          name,
        );
    }
  });
});

describe('who acts for a company in the shared tables', () => {
  const refused: Record<string, [string, RegExp]> = {
    'reads what a person proves themselves by': ['select password_hash from users', /42501/],
    'reads what proves us to a provider': ['select client_secret from identity_providers', /42501/],
    'reads the secrets of sign-ins under way': ['select browser_hash from provider_sign_ins', /42501/],
    'links somebody to an identity': ['update identities set user_id = user_id', /42501/],
    'reads the tokens of sessions': ['select token_hash from sessions', /42501/],
    'reads the keys that sign': ['select * from signing_keys', /42501/],
    'makes a member of another company': [
      `insert into memberships (user_id, tenant_id, role) select user_id, '{other}', 'owner' from memberships limit 1`,
      /42501/,
    ],
    'gives a membership away': [`update memberships set tenant_id = '{other}'`, /42501/],
    'takes another’s domain': [`insert into tenant_domains values ('x.example.com', '{other}')`, /42501/],
    'changes its company by a function': [`select set_config('app.tenant_id', '{other}', true)`, /42501/],
    'changes its role by a function': [`select set_config('role', 'himalytix', true)`, /42501/],
    'writes a setting into the catalogue': [
      `update pg_settings set setting = '{other}' where name = 'app.tenant_id'`,
      /42501/,
    ],
    'turns row security off': ['alter table memberships disable row level security', /42501/],
    'runs code of its own': [`do 'begin set local role himalytix; end'`, /42501/],
    'reads a company’s books': ['select * from {schema}.journal_entries', /42501/],
    'writes into a company’s audit log': [`select {schema}.audit_note('x', 'x', 'x', null, null)`, /42501/],
    'empties a table': ['truncate memberships', /42501/],
  };
  for (const [deed, [text, code]] of Object.entries(refused)) {
    test(`does not get through when it ${deed}`, async () => {
      const statement = text
        .replaceAll('{other}', other.tenant.id)
        .replaceAll('{schema}', mine.tenant.schema);
      await assert.rejects(
        inMine((tx) => sql.raw(statement).execute(tx.db)),
        (error: { code: string }) => code.test(error.code),
      );
    });
  }

  test('deletes and changes nothing of another company, whatever it forgets to ask for', async () => {
    await inMine(async (tx) => {
      await tx.db.updateTable('memberships').set({ role: 'auditor' }).execute();
      await tx.db.deleteFrom('sessions').execute();
      await tx.db.deleteFrom('tenant_domains').execute();
    });
    const { rows } = await house.superuser.query(
      `select (select array_agg(role) from memberships where tenant_id = $1) as roles,
        (select count(*)::int from sessions where tenant_id = $1) as sessions,
        (select count(*)::int from tenant_domains where tenant_id = $1) as domains`,
      [other.tenant.id],
    );
    assert.deepEqual(rows, [{ roles: ['clerk'], sessions: 1, domains: 1 }]);
  });

  test('sees no row at all as long as no company is said', async () => {
    const seen = await inDirectory(house.db, async (tx) => {
      await tx.client.query(`select set_config('role', 'himalytix_company', true)`);
      return (await tx.client.query('select tenant_id from memberships union all select id from tenants'))
        .rows;
    });
    assert.deepEqual(seen, []);
    await assert.rejects(
      inDirectoryOf(house.db, { id: `${randomUUID()}'; reset role; --` }, async () => {}),
      /a UUID/,
    );
  });

  test('may be changed by the verbs of users, which note it in the company’s own log, and is narrowed still', async () => {
    const member = await addMember(house.db, mine, 'accountant');
    const roles = await inMine(async (tx) => {
      await noteChange(tx, mine.tenant.id, {
        subject: 'membership',
        subjectId: member.userId,
        action: 'change',
        before: null,
        after: { note: 'tried' },
      });
      return (
        await sql<{ role: string }>`select current_user as role from memberships limit 1`.execute(tx.db)
      ).rows;
    });
    assert.deepEqual(roles, [{ role: 'himalytix_company' }]);
    const log = await mine.run((tx) =>
      sql<{ n: number }>`select count(*) as n from audit_rows where content like '%tried%'`.execute(tx.db),
    );
    assert.equal(log.rows[0]?.n, 1);
    await assert.rejects(
      inMine((tx) =>
        noteChange(tx, other.tenant.id, {
          subject: 'x',
          subjectId: 'x',
          action: 'change',
          before: null,
          after: null,
        }),
      ),
      /no result/,
    );
    await assert.rejects(
      inMine((tx) => setMembership(tx, stranger.userId, mine.tenant.id, 'owner')),
      /no result|permission denied/,
    );
  });
});
