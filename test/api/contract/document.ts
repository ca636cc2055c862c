// Reads the OpenAPI document as somebody would who holds the server to it: operations by their routes, references followed.
import type { Ajv2020 } from 'ajv/dist/2020.js';

type Reference = { $ref?: string };
export type Media = Record<string, { schema?: object }>;
export type Header = Reference & { schema?: object; required?: boolean };
export type Response = Reference & { headers?: Record<string, Header>; content?: Media };
export type Operation = {
  operationId: string;
  tags?: string[];
  deprecated?: boolean;
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: object;
  responses: Record<string, Response>;
};
export type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, object>>;
  tags: { name: string; description?: string }[];
};

/** An address of a route as the document writes it. */
export const pathOfRoute = (url: string) => url.replace(/:([a-z_]+)/gi, '{$1}');

/** Follows a reference within the document. */
export function follow<T extends Reference>(document: Document, value: T): T {
  if (value.$ref === undefined) return value;
  const [, , kind = '', name = ''] = value.$ref.split('/');
  const found = document.components[kind]?.[name];
  if (!found) throw new Error(`the document has no ${value.$ref}`);
  return found as T;
}

/** The operations of the document, each as "GET /api/v1/accounts/". */
export function operationsOf(document: Document): Map<string, Operation> {
  return new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    ),
  );
}

/**
 * The document with every shape of an object closed that is not open on purpose: clients must pass over fields that they do not
 * know, the server must not send any that it has not told of.
 */
export function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closed(inner)]));
  const isOpen = copy.type === 'object' && copy.properties !== undefined && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}

/** Makes the check of a value against a schema of the closed document, which is known to `ajv` as "document". */
export function checkOf(ajv: Ajv2020, schema: object): (value: unknown) => string[] {
  const text = JSON.stringify(closed(schema)).replaceAll('"#/components/', '"document#/components/');
  const validate = ajv.compile(JSON.parse(text) as object);
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message, params }) =>
          [instancePath || '/', message, JSON.stringify(params)].join(' '),
        );
}
