// Gives a test file a company with chart, fiscal years and members, and a way to talk to it over the API.
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, InjectOptions } from 'fastify';
import pg from 'pg';
import { type ChartName, type EntryInput, openBooks, postEntries } from '#accounting';
import { plainAccess } from '#lib/access';
import { type Config, loadConfig } from '#lib/config';
import { type Db, openDb } from '#lib/db';
import type { Fault } from '#lib/problem';
import {
  type Actor,
  type Calendar,
  type DirectoryTx,
  enterTenant,
  inDirectory,
  inTenant,
  systemActor,
  type Tenant,
  type TenantTx,
} from '#lib/tenant-tx';
import { provisionTenant } from '#tenancy';
import { assertContractKept } from '#test/api/contract/contract';
import { createTestDatabase } from '#test/database';
import { testKeyRing, testSecretKeys } from '#test/secret-keys';
import { ensureUser, type Member, type Role, setMembership, Tokens } from '#users';
import { buildApp, permissions } from '../src/app.ts';

export { permissions };

export const testPassword = 'correct horse battery staple';

/** A program's configuration with the tests' own key, so that no test writes into the data folder; `more` is added to it. */
export const testConfig = (more: NodeJS.ProcessEnv = {}): Config =>
  loadConfig({
    HIMALYTIX_LOG_LEVEL: 'silent',
    HIMALYTIX_SECRET_KEYS: testSecretKeys,
    ...more,
  });

/** A database of this test file's own; `superuser` looks behind the scenes. Call `close()` in an `after` hook. */
export type TestHouse = { db: Db; url: string; superuser: pg.Pool; close(): Promise<void> };

/** Opens a migrated database with a pool of `max` connections for the program's login role. */
export async function openTestHouse(max = 10): Promise<TestHouse> {
  const database = await createTestDatabase();
  const db = openDb(database.url, { max });
  const superuser = new pg.Pool({ connectionString: database.superuserUrl, max: 2 });
  superuser.on('error', () => {});
  return {
    db,
    url: database.url,
    superuser,
    close: async () => {
      await Promise.all([db.close(), superuser.end()]);
      await database.drop();
    },
  };
}

export type TestCompany = {
  tenant: Tenant;
  /** Runs work in one transaction of the company, as the system unless an actor is given. */
  run<T>(work: (tx: TenantTx) => Promise<T>, actor?: Actor): Promise<T>;
  /** Posts entries that are expected to be good, and returns their ids. */
  post(...entries: EntryInput[]): Promise<string[]>;
};

export type CompanyFacts = {
  slug?: string;
  currency?: string;
  calendar?: Calendar;
  chart?: ChartName;
  firstYear?: string;
  years?: number;
  /** Where the ids begin that its tables count up, so that two companies have none in common. */
  firstId?: number;
};

/**
 * Creates a company: by default in USD, with the general chart and the Gregorian years 2024 and 2025. Its slug is random,
 * because roles belong to the whole cluster and test files run side by side.
 */
export async function createCompany(db: Db, facts: CompanyFacts = {}): Promise<TestCompany> {
  const { currency = 'USD', calendar = 'gregorian', chart = 'general', firstYear = '2024-01-01' } = facts;
  const slug = facts.slug ?? `co-${randomBytes(5).toString('hex')}`;
  const tenant = await inDirectory(db, async (tx) => {
    const made = await provisionTenant(tx, { name: slug, slug, currency, calendar, timeZone: 'UTC' });
    if (facts.firstId !== undefined) await countFrom(tx, made, facts.firstId);
    await openBooks(await enterTenant(tx, made, systemActor), { chart, firstYear, years: facts.years ?? 2 });
    return made;
  });
  const run: TestCompany['run'] = (work, actor = systemActor) => inTenant(db, tenant, actor, work);
  const post: TestCompany['post'] = async (...entries) => {
    const results = await run((tx) => postEntries(tx, entries));
    return results.map((result) => {
      if (result.posted) return result.id;
      throw new Error(`not posted: ${JSON.stringify(result.faults)}`);
    });
  };
  return { tenant, run, post };
}

async function countFrom({ client }: DirectoryTx, { schema }: Tenant, firstId: number): Promise<void> {
  await client.query(
    `select setval(pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name), $2, false)
     from information_schema.columns where table_schema = $1 and is_identity = 'YES'`,
    [schema, firstId],
  );
}

/** A balanced entry of two lines: cash against sales. */
export function cashSale(date: string, amount: string, more: Partial<EntryInput> = {}): EntryInput {
  const lines = [
    { account: '1010', debit: amount },
    { account: '4010', credit: amount },
  ];
  return { entry_date: date, memo: 'Cash sale', lines, ...more };
}

/** Adds a member of that role, whose password is `testPassword`. */
export async function addMember(db: Db, { tenant }: TestCompany, role: Role): Promise<Member> {
  const [email, name] = [`${role}@${tenant.slug}.test`, `The ${role}`];
  const userId = await inDirectory(db, async (tx) => {
    const id = await ensureUser(tx, { email, name, password: testPassword });
    await setMembership(tx, id, tenant.id, role);
    return id;
  });
  return { userId, tenantId: tenant.id, email, name, role, access: plainAccess };
}

/** A hash of each table of the company and of the shared ones, but for the tokens of whoever asks and when something was last used. */
export async function fingerprint(
  { superuser }: TestHouse,
  { tenant }: TestCompany,
): Promise<Record<string, string>> {
  const { rows: tables } = await superuser.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema in ($1, 'public') and table_type = 'BASE TABLE' and table_name <> 'refresh_tokens' order by 1`,
    [tenant.schema],
  );
  const hashes = tables.map(
    ({ name }) =>
      `select '${name}' as name, coalesce(sum(hashtextextended((to_jsonb(x) - 'last_seen_at' - 'last_used_at')::text, 0)), 0) as hash from ${name} x`,
  );
  const { rows } = await superuser.query<{ name: string; hash: string }>(hashes.join(' union all '));
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}

type Totals = { debit: string; credit: string };

/** The fields that tests read of an answer's JSON; an answer has those of its own kind only. */
export type Body = {
  id: string;
  number: string;
  status: string;
  code: string;
  detail: string;
  errors: Fault[];
  count: number;
  next: string | null;
  previous: string | null;
  results: Record<string, unknown>[];
  lines: (Totals & { account: string; balance: string; memo: string | null })[];
  rows: (Totals & { account: string })[];
  totals: Totals;
  opening: string;
  closing: string;
  access: string;
  refresh: string;
  [field: string]: unknown;
};

/** What the API answered. */
export type Answer = { status: number; body: Body; headers: Record<string, unknown> };

export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

export type TestApi = {
  app: FastifyInstance;
  tokens: Tokens;
  /** Sends a request as it is; a body that is no string is sent as JSON. */
  call: Call;
  /** The same with a member's access token, and paths below the root of a version. */
  as(member: Member, version?: 1 | 2): Promise<Call>;
  /** Throws when any answer of the API was not as its own document says. */
  close(): Promise<void>;
};

/** Builds the whole program over a database, to be talked to without a socket; `prepare` is told of it before it starts. */
export async function openTestApi(db: Db, prepare?: (app: FastifyInstance) => void): Promise<TestApi> {
  return await testApiOf(db, await buildApp(testConfig(), db), prepare);
}

/** The same for a program that was built already. */
export async function testApiOf(
  db: Db,
  app: FastifyInstance,
  prepare?: (app: FastifyInstance) => void,
): Promise<TestApi> {
  prepare?.(app);
  await app.ready();
  const tokens = new Tokens(db, testKeyRing);
  const call: Call = async (method, path, body, headers = {}) => {
    const options: InjectOptions = { method: method as 'GET', url: path, headers };
    if (body !== undefined) {
      options.payload = typeof body === 'string' ? body : JSON.stringify(body);
      options.headers = { 'content-type': 'application/json', ...headers };
    }
    const answer = await app.inject(options);
    const isJson = /json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      body: (isJson && answer.body ? answer.json() : {}) as Body,
      headers: answer.headers,
    };
  };
  return {
    app,
    tokens,
    call,
    as: async (member, version = 1) => {
      const { access } = await tokens.issue(member);
      return (method, path, body, headers = {}) =>
        call(method, `/api/v${version}${path}`, body, { authorization: `Bearer ${access}`, ...headers });
    },
    close: async () => {
      await app.close();
      await assertContractKept(app);
    },
  };
}
