// How requests are checked against their schemas: every fault at once, nothing coerced in a body, nothing dropped.
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance, FastifySchemaValidationError } from 'fastify';
import type { Fault } from '#lib/problem';

type ValidationFailure = { validation?: FastifySchemaValidationError[]; validationContext?: string };

// allErrors lets hostile input cost more; the limits on body size and list lengths bound it.
const strictBody = addFormats.default(new Ajv({ allErrors: true, strict: false, removeAdditional: false }));
// Query strings and paths are text only, so that numbers and booleans in them have to be read.
const coerced = addFormats.default(
  new Ajv({ allErrors: true, strict: false, removeAdditional: false, coerceTypes: true, useDefaults: true }),
);

/** Makes an app validate with our two validators: bodies strictly, everything else with coercion. */
export function useValidation(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? strictBody : coerced).compile(schema as object),
  );
}

const escapePointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

function faultOf(error: ErrorObject, prefix: string): Fault {
  const { instancePath, keyword, params, message } = error;
  const at = prefix + instancePath;
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
 * '/query/page'; the wrapping keywords that only repeat what is inside them are left out.
 */
export function faultsOfValidation(failure: ValidationFailure): Fault[] {
  const context = failure.validationContext ?? 'body';
  const prefix = context === 'body' ? '' : `/${context === 'querystring' ? 'query' : context}`;
  const errors = (failure.validation ?? []) as ErrorObject[];
  const seen = new Set<string>();
  return errors
    .filter((error) => !['anyOf', 'oneOf', 'if'].includes(error.keyword))
    .map((error) => faultOf(error, prefix))
    .filter((fault) => {
      const key = `${fault.pointer} ${fault.code}`;
      return !seen.has(key) && seen.add(key);
    });
}

/**
 * The places of text that PostgreSQL cannot store: U+0000 and halves of surrogate pairs. Walks without recursion, so
 * that deep nesting is no danger.
 */
export function textFaults(value: unknown, prefix = ''): Fault[] {
  const faults: Fault[] = [];
  const waiting: [string, unknown][] = [[prefix, value]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [pointer, current] = next;
    if (typeof current === 'string' && (current.includes('\0') || !current.isWellFormed())) {
      faults.push({
        pointer,
        code: 'request/text',
        detail: 'text must be well-formed Unicode without U+0000',
      });
    } else if (typeof current === 'object' && current !== null) {
      for (const [name, child] of Object.entries(current))
        waiting.push([`${pointer}/${escapePointer(name)}`, child]);
    }
  }
  return faults;
}
