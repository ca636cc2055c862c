// Dimensions over the API: which there are, and whether balances are kept by them.
import { type Static, Type } from 'typebox';
import {
  createDimension,
  type Dimension,
  deleteDimension,
  listDimensions,
  requiredDimension,
  updateDimension,
} from '#accounting';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { setLocation } from '../versions/version.ts';
import { type ApiServer, inRequest, type Services, tellingAll } from './context.ts';
import { problems, strictObject, withHeaders } from './schemas.ts';

const tags = ['dimensions'];
const view = 'accounting.dimension.view';
const edit = 'accounting.dimension.edit';
const Params = strictObject({ code: Type.String({ maxLength: 200 }) });

const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', examples: ['branch'] });
const Name = Type.String({ minLength: 1, maxLength: 100 });
const KeepsBalances = Type.Boolean({
  description: 'Whether balances by this dimension are kept, which reports by it read.',
});

const DimensionSchema = Type.Object(
  {
    code: Code,
    name: Name,
    keeps_balances: KeepsBalances,
    active: Type.Boolean({ description: 'An inactive dimension takes no new lines.' }),
  },
  { title: 'Dimension' },
);
const NewDimensionBody = strictObject(
  { code: Code, name: Name, keeps_balances: Type.Optional(KeepsBalances) },
  { title: 'NewDimension', examples: [{ code: 'vehicle', name: 'Vehicle', keeps_balances: true }] },
);
const DimensionChangesBody = strictObject(
  {
    name: Type.Optional(Name),
    active: Type.Optional(Type.Boolean()),
    keeps_balances: Type.Optional(KeepsBalances),
  },
  { minProperties: 1 },
);

const dimensionOrders = {
  code: ({ code }) => [code],
  name: ({ name, code }) => [name, code],
} satisfies RowOrders<Dimension, string>;

const list = { orders: ['code', 'name'], preset: 'code' } as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/dimensions/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List the dimensions by code',
      querystring: pages.query({}, list),
      response: { 200: pages.of(DimensionSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, list);
      const dimensions = await inRequest(db, request, listDimensions);
      return pages.answer(request, reply, asked.part, cutList(dimensions, dimensionOrders, asked));
    },
  });
}

function createRoute(app: ApiServer, { db }: Services): void {
  app.post('/dimensions/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Add a dimension of the company’s own',
      body: NewDimensionBody,
      response: { 201: withHeaders(DimensionSchema, 'Location'), ...problems(401, 403, 409, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody<Static<typeof NewDimensionBody>>(request);
      const made = await inRequest(db, request, (tx) => tellingAll(faults, () => createDimension(tx, body)));
      setLocation(reply, `/dimensions/${made.code}/`);
      return await reply.code(201).send(made);
    },
  });
}

function readRoute(app: ApiServer, { db }: Services): void {
  app.get('/dimensions/:code/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'One dimension',
      params: Params,
      response: { 200: DimensionSchema, ...problems(401, 403, 404) },
    },
    handler: async (request) =>
      await inRequest(db, request, (tx) => requiredDimension(tx, request.params.code)),
  });
}

function changeRoute(app: ApiServer, { db }: Services): void {
  app.patch('/dimensions/:code/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Rename a dimension, take it out of use, or switch its balances',
      description:
        '`keeps_balances: true` makes the balances from all lines there are; postings wait meanwhile.',
      params: Params,
      body: DimensionChangesBody,
      response: { 200: DimensionSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request) => {
      const { body, faults } = readableBody<Static<typeof DimensionChangesBody>>(request);
      return await inRequest(db, request, (tx) =>
        tellingAll(faults, () => updateDimension(tx, request.params.code, body)),
      );
    },
  });
}

function deleteRoute(app: ApiServer, { db }: Services): void {
  app.delete('/dimensions/:code/', {
    config: { permission: edit },
    schema: {
      tags,
      summary: 'Delete a dimension that was never used, with its values',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409) },
    },
    handler: async (request, reply) => {
      await inRequest(db, request, (tx) => deleteDimension(tx, request.params.code));
      return await reply.code(204).send(null);
    },
  });
}

/** GET and POST /dimensions/, GET, PATCH and DELETE /dimensions/{code}/. */
export function dimensionRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  readRoute(app, services);
  changeRoute(app, services);
  deleteRoute(app, services);
}
