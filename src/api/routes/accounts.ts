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
import { notFound } from '#lib/problem';
import {
  type ApiServer,
  inRequest,
  pageLinks,
  type Services,
  seenVersion,
  setVersion,
  tellingAll,
} from './context.ts';
import {
  AccountCode,
  AccountSchema,
  AccountTypeSchema,
  CashFlowSchema,
  CategorySchema,
  DimensionCodes,
  MonetarySchema,
  nullable,
  PageQuery,
  pageOf,
  problems,
  strictObject,
} from './schemas.ts';

const tags = ['accounts'];
const Params = strictObject({ code: AccountCode });

const document = ({ id: _, version: __, ...account }: Account) => account;

function listRoute(app: ApiServer, { db }: Services): void {
  app.get('/accounts/', {
    config: { permission: 'accounting.account.view' },
    schema: {
      tags,
      summary: 'List the chart of accounts in tree order',
      querystring: strictObject({
        ...PageQuery,
        page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, default: 1000 })),
        search: Type.Optional(Type.String({ maxLength: 200, description: 'In code and name.' })),
        type: Type.Optional(AccountTypeSchema),
        active: Type.Optional(Type.Boolean()),
        group: Type.Optional(Type.Boolean()),
      }),
      response: { 200: pageOf(AccountSchema), ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const { page = 1, page_size: pageSize = 1000, ...filter } = request.query;
      const accounts = await inRequest(db, request, (tx) => listAccounts(tx, filter));
      const results = accounts.slice((page - 1) * pageSize, page * pageSize).map(document);
      return { count: accounts.length, ...pageLinks(request, page, pageSize, accounts.length), results };
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
      response: { 201: AccountSchema, ...problems(401, 403, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const account = await inRequest(db, request, (tx) => tellingAll(faults, () => createAccount(tx, body)));
      setVersion(reply, account.version);
      reply.header('Location', `/api/v1/accounts/${encodeURIComponent(account.code)}/`);
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
      response: { 200: AccountSchema, ...problems(401, 403, 404) },
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
      response: { 200: AccountSchema, ...problems(401, 403, 404, 412, 415, 422) },
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
