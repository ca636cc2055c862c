// The values of a dimension over the API; their codes may hold any characters, so addresses hold them encoded.
import { type Static, Type } from 'typebox';
import {
  createValues,
  deleteValue,
  listDimensionValues,
  requiredValue,
  updateValue,
  valueOrders,
} from '#accounting';
import { readableBody } from '#lib/http/validation';
import type { Fault } from '#lib/problem';
import { setLocation } from '../versions/version.ts';
import { type ApiServer, inRequest, type Services, tellingAll } from './context.ts';
import { problems, strictObject, withHeaders } from './schemas.ts';

const tags = ['dimensions'];
const view = 'accounting.dimension.view';
const edit = 'accounting.dimension.edit';
const Params = strictObject({ code: Type.String({ maxLength: 200 }) });
const ValueParams = strictObject({
  code: Type.String({ maxLength: 200 }),
  value: Type.String({ maxLength: 200, description: 'The code of the value, percent-encoded.' }),
});

const Code = Type.String({ minLength: 1, maxLength: 60, examples: ['KTM'] });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const ValueSchema = Type.Object(
  {
    code: Code,
    name: Name,
    active: Type.Boolean({ description: 'An inactive value takes no new lines.' }),
  },
  { title: 'DimensionValue' },
);
const NewValueBody = strictObject(
  { code: Code, name: Name },
  { title: 'NewDimensionValue', examples: [{ code: 'KTM', name: 'Kathmandu' }] },
);
const MOST_VALUES = 1000;
const BulkValuesBody = strictObject({
  values: Type.Array(NewValueBody, { minItems: 1, maxItems: MOST_VALUES }),
});
const ValueChangesBody = strictObject(
  { name: Type.Optional(Name), active: Type.Optional(Type.Boolean()) },
  { minProperties: 1 },
);

const list = { orders: Object.keys(valueOrders) as (keyof typeof valueOrders)[], preset: 'code' } as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/dimensions/:code/values/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List the values of a dimension, by code unless ordered otherwise',
      params: Params,
      querystring: pages.query(
        {
          search: Type.Optional(Type.String({ maxLength: 200, description: 'In code and name.' })),
          active: Type.Optional(Type.Boolean()),
        },
        list,
      ),
      response: { 200: pages.of(ValueSchema), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const { filter, part, ordering } = pages.asked(request, list);
      const listed = await inRequest(
        db,
        request,
        (tx) => listDimensionValues(tx, request.params.code, filter, part, ordering),
        { snapshot: true },
      );
      return pages.answer(request, reply, part, listed);
    },
  });
}

function createRoute(app: ApiServer, { db }: Services): void {
  app.post('/dimensions/:code/values/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Add a value',
      params: Params,
      body: NewValueBody,
      response: { 201: withHeaders(ValueSchema, 'Location'), ...problems(401, 403, 404, 409, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody<Static<typeof NewValueBody>>(request);
      const { code } = request.params;
      const [made] = await inRequest(db, request, (tx) =>
        tellingAll(faults, () => createValues(tx, code, [body], () => '')),
      );
      if (!made) throw new Error('a value was created and did not come back');
      setLocation(reply, `/dimensions/${code}/values/${encodeURIComponent(made.code)}/`);
      return await reply.code(201).send(made);
    },
  });
}

/** The values with those of their fields that are not at fault already. */
function readableValues(body: unknown, faults: readonly Fault[]): Partial<Static<typeof NewValueBody>>[] {
  const faulty = new Set(faults.map((fault) => fault.pointer));
  const { values } = (body ?? {}) as { values?: unknown };
  return (Array.isArray(values) ? values.slice(0, MOST_VALUES) : []).map((value: unknown, index) => {
    const given = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const sound = given.filter(
      ([name, text]) =>
        ['code', 'name'].includes(name) &&
        typeof text === 'string' &&
        !faulty.has(`/values/${index}/${name}`),
    );
    return Object.fromEntries(sound) as Partial<Static<typeof NewValueBody>>;
  });
}

function bulkRoute(app: ApiServer, { db }: Services): void {
  app.post('/dimensions/:code/values/bulk/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Add up to a thousand values, all or none',
      params: Params,
      body: BulkValuesBody,
      response: {
        201: Type.Object({ results: Type.Array(ValueSchema) }),
        ...problems(401, 403, 404, 409, 413, 415, 422),
      },
    },
    handler: async (request, reply) => {
      const { faults } = readableBody<Static<typeof BulkValuesBody>>(request);
      const values = readableValues(request.body, faults);
      const results = await inRequest(db, request, (tx) =>
        tellingAll(faults, () => createValues(tx, request.params.code, values)),
      );
      return await reply.code(201).send({ results });
    },
  });
}

function readRoute(app: ApiServer, { db }: Services): void {
  app.get('/dimensions/:code/values/:value/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'One value',
      params: ValueParams,
      response: { 200: ValueSchema, ...problems(401, 403, 404) },
    },
    handler: async (request) => {
      const { code, value } = request.params;
      return await inRequest(db, request, (tx) => requiredValue(tx, code, value));
    },
  });
}

function changeRoute(app: ApiServer, { db }: Services): void {
  app.patch('/dimensions/:code/values/:value/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Rename a value, or take it out of use for new lines',
      params: ValueParams,
      body: ValueChangesBody,
      response: { 200: ValueSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request) => {
      const { body, faults } = readableBody<Static<typeof ValueChangesBody>>(request);
      const { code, value } = request.params;
      return await inRequest(db, request, (tx) =>
        tellingAll(faults, () => updateValue(tx, code, value, body)),
      );
    },
  });
}

function deleteRoute(app: ApiServer, { db }: Services): void {
  app.delete('/dimensions/:code/values/:value/', {
    config: { permission: edit },
    schema: {
      tags,
      summary: 'Delete a value that was never used',
      params: ValueParams,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409) },
    },
    handler: async (request, reply) => {
      const { code, value } = request.params;
      await inRequest(db, request, (tx) => deleteValue(tx, code, value));
      return await reply.code(204).send(null);
    },
  });
}

/** GET and POST /dimensions/{code}/values/, POST …/bulk/, GET, PATCH and DELETE /dimensions/{code}/values/{value}/. */
export function dimensionValueRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  bulkRoute(app, services);
  readRoute(app, services);
  changeRoute(app, services);
  deleteRoute(app, services);
}
