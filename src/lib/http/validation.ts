// How requests are checked against their schemas: every fault at once, nothing coerced in a body, nothing dropped.
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { isIsoDate } from '#lib/dates';
import type { Fault } from '#lib/problem';
import { escapePointer, unfitFaults } from './unfit-values.ts';

type Validate = ((data: unknown) => boolean) & { errors?: ErrorObject[] | null };
type ValidationFailure = { validation?: FastifySchemaValidationError[]; validationContext?: string };

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** ajv-formats lets through what PostgreSQL or our calendar does not: the year 0000, and UUIDs with a URN's prefix. */
function withFormats(ajv: Ajv): Ajv {
  return (
    addFormats
      .default(ajv, ['date-time'])
      .addFormat('date', isIsoDate)
      .addFormat('uuid', (text) => UUID.test(text))
      // Amounts are read by the books, which tell more exactly what is wrong with one.
      .addFormat('decimal', true)
  );
}

// allErrors lets hostile input cost more; the limits on body size and list lengths bound it.
const strictBody = withFormats(new Ajv({ allErrors: true, strict: false, removeAdditional: false }));
// Query strings and paths are text only, so that numbers and booleans in them have to be read.
const coerced = withFormats(
  new Ajv({ allErrors: true, strict: false, removeAdditional: false, coerceTypes: true, useDefaults: true }),
);

/** Adds to a schema's faults what no schema lets through, so that both are told at once. */
function alsoFit(validate: Validate): Validate {
  const both: Validate = (data) => {
    const unfit = unfitFaults(data).map(
      ({ pointer, code, detail }): ErrorObject => ({
        keyword: 'unfit',
        instancePath: pointer,
        schemaPath: '',
        params: { code },
        message: detail,
      }),
    );
    const fits = validate(data);
    both.errors = [...unfit, ...(validate.errors ?? [])];
    return fits && unfit.length === 0;
  };
  return both;
}

/** Makes an app validate with our two validators: bodies strictly, everything else with coercion. */
export function useValidation(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart }) =>
    alsoFit((httpPart === 'body' ? strictBody : coerced).compile(schema as object)),
  );
}

/** The check of bodies that come by another way than a route's own, against a schema and by the same rules. */
export function bodyCheck(schema: object): (body: unknown) => Fault[] {
  const validate = alsoFit(strictBody.compile(schema));
  return (body) =>
    validate(body) ? [] : faultsOfValidation({ validation: (validate.errors ?? []) as never });
}

function faultOf(error: ErrorObject, prefix: string): Fault {
  const { instancePath, keyword, params, message } = error;
  const at = prefix + instancePath;
  if (keyword === 'unfit') return { pointer: at, code: String(params.code), detail: message ?? '' };
  if (keyword === 'additionalProperties') {
    const name = String(params.additionalProperty);
    return {
      pointer: `${at}/${escapePointer(name)}`,
      code: 'request/unknown-field',
      detail: `there is no field "${name.slice(0, 60)}" here`,
    };
  }
  if (keyword === 'required') {
    const name = String(params.missingProperty);
    return {
      pointer: `${at}/${escapePointer(name)}`,
      code: 'request/required',
      detail: `the field "${name}" is required`,
    };
  }
  if (keyword === 'enum') {
    const allowed = (params.allowedValues as unknown[]).join(', ');
    return { pointer: at, code: 'request/enum', detail: `must be one of: ${allowed}` };
  }
  if (keyword === 'format' && params.format === 'date') {
    return { pointer: at, code: 'request/date', detail: 'a date is written YYYY-MM-DD and exists' };
  }
  return { pointer: at, code: `request/${keyword}`, detail: message ?? 'is not valid' };
}

/**
 * The faults of a failed validation, one for each place. Those of a query string or a path are prefixed, as
 * '/query/page'; the wrapping keywords that only repeat what is inside them are left out, and so
 * is the hint that null would do as well.
 */
export function faultsOfValidation(failure: ValidationFailure): Fault[] {
  const context = failure.validationContext ?? 'body';
  const prefix = context === 'body' ? '' : `/${context === 'querystring' ? 'query' : context}`;
  const errors = (failure.validation ?? []) as ErrorObject[];
  const seen = new Set<string>();
  return errors
    .filter((error) => !['anyOf', 'oneOf', 'if'].includes(error.keyword))
    .filter((error) => error.keyword !== 'type' || error.params.type !== 'null')
    .map((error) => faultOf(error, prefix))
    .filter((fault) => {
      const key = `${fault.pointer} ${fault.code}`;
      return !seen.has(key) && seen.add(key);
    });
}

/**
 * The faults that a route with `attachValidation` found in its body, to be told together with those that only the books
 * can find, and the body without the fields at fault. What is no object, or is wrong elsewhere than in the body, is thrown.
 */
export function readableBody<T extends object>(
  request: Pick<FastifyRequest, 'validationError'> & { body: T | null },
): { body: Partial<T>; faults: Fault[] } {
  const { validationError, body } = request;
  if (!validationError) return { body: body ?? {}, faults: [] };
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (validationError.validationContext !== 'body' || !isObject) throw validationError;
  const faults = faultsOfValidation(validationError);
  const faulty = new Set(faults.map((fault) => fault.pointer.split('/')[1]));
  const fields = Object.entries(body).filter(([name]) => !faulty.has(escapePointer(name)));
  return { body: Object.fromEntries(fields) as Partial<T>, faults };
}
