// The chart of accounts over the API; accounts are named by their code.
import { Type } from 'typebox';
import {
  type Account,
  createAccount,
  deleteAccount,
  getAccount,
  listAccounts,
  updateAccount,
} from '#accounting';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { notFound } from '#lib/problem';
import { setLocation } from '../versions/version.ts';
import { type ApiServer, inRequest, type Services, seenVersion, setVersion, tellingAll } from './context.ts';
import {
  AccountCode,
  AccountSchema,
  AccountTypeSchema,
  CashFlowSchema,
  CategorySchema,
  DimensionCodes,
  MonetarySchema,
  nullable,
  problems,
  strictObject,
  withHeaders,
} from './schemas.ts';

const tags = ['accounts'];
const Params = strictObject({ code: AccountCode });

const document = ({ id: _, version: __, path: ___, ...account }: Account) => account;

const accountOrders = {
  tree: ({ path }) => path,
  code: ({ code }) => [code],
  name: ({ name, code }) => [name, code],
} satisfies RowOrders<Account, string>;

const list = {
  orders: ['tree', 'code', 'name'],
  preset: 'tree',
  size: { preset: 1000, most: 5000 },
} as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/accounts/', {
    config: { permission: 'accounting.account.view' },
    schema: {
      tags,
      summary: 'List the chart of accounts, in tree order unless ordered otherwise',
      querystring: pages.query(
        {
          search: Type.Optional(Type.String({ maxLength: 200, description: 'In code and name.' })),
          type: Type.Optional(AccountTypeSchema),
          active: Type.Optional(Type.Boolean()),
          group: Type.Optional(Type.Boolean()),
        },
        list,
      ),
      response: { 200: pages.of(AccountSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { filter, ...asked } = pages.asked(request, list);
      const accounts = await inRequest(db, request, (tx) => listAccounts(tx, filter));
      const listed = cutList(accounts, accountOrders, asked);
      return pages.answer(request, reply, asked.part, { ...listed, results: listed.results.map(document) });
    },
  });
}

function createRoute(app: ApiServer, { db }: Services): void {
  app.post('/accounts/', {
    config: { permission: 'accounting.account.edit' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Add an account',
      body: strictObject({
        code: AccountCode,
        name: Type.String({ minLength: 1, maxLength: 200 }),
        type: AccountTypeSchema,
        parent: Type.Optional(nullable(AccountCode)),
        group: Type.Optional(Type.Boolean({ default: false })),
        category: Type.Optional(nullable(CategorySchema)),
        cash_flow: Type.Optional(nullable(CashFlowSchema)),
        is_monetary: Type.Optional(nullable(MonetarySchema)),
        required_dimensions: Type.Optional(DimensionCodes),
      }),
      response: { 201: withHeaders(AccountSchema, 'Location', 'ETag'), ...problems(401, 403, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const account = await inRequest(db, request, (tx) => tellingAll(faults, () => createAccount(tx, body)));
      setVersion(reply, account.version);
      setLocation(reply, `/accounts/${encodeURIComponent(account.code)}/`);
      return await reply.code(201).send(document(account));
    },
  });
}

function readRoute(app: ApiServer, { db }: Services): void {
  app.get('/accounts/:code/', {
    config: { permission: 'accounting.account.view' },
    schema: {
      tags,
      summary: 'One account',
      params: Params,
      response: { 200: withHeaders(AccountSchema, 'ETag'), ...problems(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const account = await inRequest(db, request, (tx) => getAccount(tx, request.params.code));
      if (!account) throw notFound('account');
      setVersion(reply, account.version);
      return document(account);
    },
  });
}

function changeRoute(app: ApiServer, { db }: Services): void {
  app.patch('/accounts/:code/', {
    config: { permission: 'accounting.account.edit' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Change an account; If-Match guards against a lost edit',
      params: Params,
      body: strictObject(
        {
          name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
          parent: Type.Optional(nullable(AccountCode)),
          category: Type.Optional(nullable(CategorySchema)),
          cash_flow: Type.Optional(nullable(CashFlowSchema)),
          is_monetary: Type.Optional(nullable(MonetarySchema)),
          active: Type.Optional(Type.Boolean()),
          required_dimensions: Type.Optional(DimensionCodes),
        },
        { minProperties: 1 },
      ),
      response: { 200: withHeaders(AccountSchema, 'ETag'), ...problems(401, 403, 404, 412, 415, 422) },
    },
    handler: async (request, reply) => {
      const version = seenVersion(request, { required: false });
      const { body, faults } = readableBody(request);
      const account = await inRequest(db, request, (tx) =>
        tellingAll(faults, () => updateAccount(tx, request.params.code, body, version)),
      );
      setVersion(reply, account.version);
      return document(account);
    },
  });
}

function deleteRoute(app: ApiServer, { db }: Services): void {
  app.delete('/accounts/:code/', {
    config: { permission: 'accounting.account.edit' },
    schema: {
      tags,
      summary: 'Delete an account that was never used',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409) },
    },
    handler: async (request, reply) => {
      await inRequest(db, request, (tx) => deleteAccount(tx, request.params.code));
      return await reply.code(204).send(null);
    },
  });
}

/** GET and POST /accounts/, GET, PATCH and DELETE /accounts/{code}/. */
export function accountRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  readRoute(app, services);
  changeRoute(app, services);
  deleteRoute(app, services);
}
