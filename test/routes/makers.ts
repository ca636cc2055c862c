// Makes, for one example at a time, something of a company that the example may use up.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  closeYear,
  createAccount,
  createDimension,
  createDraft,
  createSeries,
  createTemplate,
  createValues,
  type EntryInput,
  grantException,
  listFiscalYears,
  listPeriods,
  postEntries,
  reopenYear,
  setPeriodStatus,
  setRate,
} from '#accounting';
import { plainAccess } from '#lib/access';
import { addDays } from '#lib/dates';
import type { Member } from '#users';
import type { Core } from './core.ts';

export type Makers = ReturnType<typeof makersOf>;

const hash = (token: string) => createHash('sha256').update(token).digest();

/** Entries, drafts and templates, with the company's words and cents in every field. */
function journalMakers({ company, names, marks, known }: Core) {
  const lines = () => {
    const line = { memo: `Line of ${marks.word}`, dimensions: { [names.dimension]: names.value } };
    return [
      { account: names.cash, debit: marks.amount, ...line },
      { account: names.income, credit: marks.amount, ...line },
    ];
  };
  const sale = (more: Partial<EntryInput> = {}): EntryInput => ({
    entry_date: '2026-03-10',
    memo: `Sale of ${marks.word}`,
    reference: `Paper of ${marks.word}`,
    series: names.series,
    lines: lines(),
    ...more,
  });
  const template = () => {
    const { entry_date: _, series: __, ...entry } = sale();
    return { ...entry, name: `Rent of ${marks.word}`, unit: 'month', starts_on: '2027-12-31' };
  };
  return {
    /** The body of an entry of this company. */
    sale,
    /** The body of a recurring entry, of which nothing is due yet. */
    templateBody: template,
    entry: async (more: Partial<EntryInput> = {}): Promise<string> => {
      const [result] = await company.run((tx) => postEntries(tx, [sale(more)]));
      if (!result?.posted) throw new Error(`not posted: ${JSON.stringify(result)}`);
      return known(result.id);
    },
    draft: async (more: Partial<EntryInput> = {}): Promise<string> =>
      known(await company.run((tx) => createDraft(tx, sale(more)))),
    template: async (): Promise<string> => known(await company.run((tx) => createTemplate(tx, template()))),
  };
}

/** What the books are kept by. */
function chartMakers({ company, names, marks, fresh, known }: Core) {
  const name = `The ${marks.word} one`;
  let days = 0;
  return {
    account: async (): Promise<string> => {
      const code = known(fresh());
      await company.run((tx) => createAccount(tx, { code, name, type: 'asset', parent: names.group }));
      return code;
    },
    dimension: async (): Promise<string> => {
      const code = known(fresh());
      await company.run((tx) => createDimension(tx, { code, name }));
      return code;
    },
    value: async (): Promise<string> => {
      const code = known(fresh());
      await company.run((tx) => createValues(tx, names.dimension, [{ code, name }]));
      return code;
    },
    /** The code of a series that is not there yet. */
    seriesCode: () => fresh().toUpperCase(),
    series: async (): Promise<string> => {
      const code = known(fresh().toUpperCase());
      await company.run((tx) => createSeries(tx, { code, name }));
      return code;
    },
    /** A day for which there is no rate yet; the days of two companies are never the same. */
    rateDay: (): string => {
      days += 2;
      return addDays(marks.rateDate, days);
    },
    rate: async (): Promise<string> => {
      days += 2;
      const rate_date = known(addDays(marks.rateDate, days));
      await company.run((tx) => setRate(tx, { currency: names.currency, rate_date, rate: '2' }));
      return rate_date;
    },
  };
}

/** Years and periods. Those of 2024 are for closing the year, those of 2025 for closing one by one. */
function calendarMakers({ company, known, ownerActor }: Core) {
  const always = () => {};
  const yearAt = async (place: number) => {
    const years = await company.run(listFiscalYears);
    return known(Number(years.at(place)?.id));
  };
  const periodAt = async (place: number): Promise<number> => {
    const periods = await company.run((tx) => listPeriods(tx, { fiscalYear: '2025' }));
    return known(Number(periods[place]?.id));
  };
  const setPeriod = (id: number, status: 'open' | 'closed') =>
    company.run((tx) => setPeriodStatus(tx, id, status, 'for an example', always));
  return {
    firstYear: () => yearAt(0),
    /** The first day that belongs to no year. */
    dayAfterYears: async () =>
      addDays((await company.run(listFiscalYears)).at(-1)?.ends_on ?? '2027-12-31', 1),
    closeFirstYear: async (): Promise<number> => {
      const id = await yearAt(0);
      await company.run((tx) => closeYear(tx, id, null));
      return id;
    },
    openFirstYear: async () => {
      const id = await yearAt(0);
      await company.run((tx) => reopenYear(tx, id, 'for an example'));
    },
    openPeriod: async (): Promise<number> => {
      const id = await periodAt(3);
      await setPeriod(id, 'open');
      return id;
    },
    closedPeriod: async (): Promise<number> => {
      const id = await periodAt(6);
      await setPeriod(id, 'closed');
      return id;
    },
    exception: async (period: number, userId: string): Promise<number> => {
      const wish = { userId, expiresAt: new Date(Date.now() + 86_400_000), reason: 'The bank was late' };
      const made = await company.run((tx) => grantException(tx, period, wish, always), ownerActor);
      return known(made.id);
    },
  };
}

/** People and their memberships. */
function peopleMakers({ house, company, marks, owner, fresh, known }: Core) {
  const { id: tenantId, slug } = company.tenant;
  const query = (text: string, values: unknown[]) => house.superuser.query(text, values);
  const user = async (): Promise<Pick<Member, 'userId' | 'email' | 'name'>> => {
    const person = { userId: randomUUID(), email: `${fresh()}@${slug}.test`, name: `The ${marks.word} one` };
    // The password is the owner's, as hashing one takes a while.
    await query(
      `insert into users (id, email, name, password_hash)
       select $1, $2, $3, password_hash from users where id = $4`,
      [person.userId, person.email, person.name, owner.userId],
    );
    return person;
  };
  return {
    /** Adds a member whose password is `testPassword`. */
    person: async (role: string): Promise<Member> => {
      const { userId, email, name } = await user();
      await query('insert into memberships (user_id, tenant_id, role) values ($1, $2, $3)', [
        userId,
        tenantId,
        role,
      ]);
      known(userId);
      known(email);
      return { userId, tenantId, email, name, role, access: plainAccess };
    },
    /** An address that nobody has yet. */
    address: () => `${fresh()}@${slug}.test`,
    /** Gives a person the password `testPassword` again. */
    resetPassword: ({ userId }: { userId: string }) =>
      query(
        'update users set password_hash = (select password_hash from users where id = $2) where id = $1',
        [userId, owner.userId],
      ),
  };
}

/** Links that were mailed to people. */
function linkMakers({ house, company, owner, fresh, known }: Core) {
  const { id: tenantId, slug } = company.tenant;
  const query = (text: string, values: unknown[]) => house.superuser.query(text, values);
  const linkIn = async (statement: string, values: unknown[]) => {
    const token = randomBytes(32).toString('base64url');
    await query(statement, [randomUUID(), hash(token), ...values]);
    return token;
  };
  return {
    /** The token of a link with which that person may choose a password. */
    resetToken: (userId: string) =>
      linkIn(
        `insert into password_resets (id, token_hash, user_id, expires_at) values ($1, $2, $3, now() + interval '1 hour')`,
        [userId],
      ),
    /** The token of an invitation of somebody new, and the invitation's id. */
    invitation: async () => {
      const email = `${fresh()}@${slug}.test`;
      const token = await linkIn(
        `insert into invitations (id, token_hash, tenant_id, email, role, invited_by, expires_at)
         values ($1, $2, $3, $4, 'clerk', $5, now() + interval '1 day')`,
        [tenantId, email, owner.userId],
      );
      const { rows } = await query('select id from invitations where email = $1', [email]);
      return { token, id: known(String(rows[0]?.id)) };
    },
  };
}

/** Providers through which people sign in, domains of addresses, and accounts that are linked. */
function providerMakers({ api, house, owner, company, marks, fresh, known }: Core) {
  const post = async (path: string, body: object) => {
    const answer = await (await api.as(owner))('POST', path, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  return {
    provider: async (): Promise<{ id: string; slug: string }> => {
      // The company's sign-in page tells it to everybody, so it has none of the company's words.
      const slug = known(`sso-${marks.firstId ?? 1}-${fresh().slice(marks.word.length)}`);
      const client = { client_id: slug, client_secret: 'not to be told' };
      const { id } = await post('/identity-providers/', { kind: 'github', slug, ...client });
      return { id: known(id), slug };
    },
    /** A domain whose record is in the DNS, so that it can be proved. */
    domain: async (): Promise<string> => {
      const domain = known(`${fresh()}.example.com`);
      const { record } = await post('/email-domains/', { domain });
      const { name, value } = record as Record<'name' | 'value', string>;
      api.records.set(name, { TXT: [value] });
      return domain;
    },
    /** Links an account at a provider to that person. */
    link: (provider: string, userId: string) =>
      house.superuser.query(
        `insert into identities (id, tenant_id, provider_id, issuer, subject, user_id)
         select $1::uuid, $2, id, issuer, ($1::uuid)::text, $4 from identity_providers where id = $3`,
        [randomUUID(), company.tenant.id, provider, userId],
      ),
  };
}

/** API keys and roles, made by the owner over the API. */
function accessMakers({ api, owner, company, fresh, known, marks }: Core) {
  const make = async (path: string, body: object, by: Member = owner) => {
    const call = await api.as(by);
    const answer = await call('POST', path, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  return {
    role: async (): Promise<string> => {
      const key = known(fresh());
      await make('/roles/', { key, title: `The ${marks.word} one`, permissions: [] });
      return key;
    },
    /** The id of a key of that person, or of the company's own. */
    apiKey: async (of: Member | null): Promise<string> => {
      const kind = of ? { kind: 'personal' } : { kind: 'service', role: 'clerk' };
      const { id } = await make('/api-keys/', { name: `Key of ${marks.word}`, ...kind }, of ?? owner);
      return known(id);
    },
    /** The address of the company's pages. */
    host: `${company.tenant.slug}.localhost`,
  };
}

/** All that an example may ask for. */
export const makersOf = (core: Core) => ({
  ...journalMakers(core),
  ...chartMakers(core),
  ...calendarMakers(core),
  ...peopleMakers(core),
  ...linkMakers(core),
  ...providerMakers(core),
  ...accessMakers(core),
});
