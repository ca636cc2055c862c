// Finishes the document that was made of the routes: shapes by their names, problems told once, and the headers of answers.
import { exportMedia } from '#lib/export/export-as';
import { statusTitle } from '#lib/http/send-problem';
import { type HeaderName, knownHeaders, occasional } from './known-headers.ts';

export type Header = { $ref: string } | { schema: object; required?: boolean };
export type Answer = {
  $ref?: string;
  description?: string;
  headers?: Record<string, Header>;
  content?: Record<string, { schema?: object }>;
};
export type Operation = {
  operationId?: string;
  tags?: string[];
  deprecated?: boolean;
  parameters?: { name: string; in: string; required?: boolean; example?: unknown; examples?: unknown }[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: { anyOf?: { type?: string }[] } }> };
  responses: Record<string, Answer>;
};
/** An OpenAPI document, as far as it is worked on here. */
export type OpenApi = {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, object>>;
  tags?: { name: string }[];
  [field: string]: unknown;
};

type Schema = { title?: string; [keyword: string]: unknown };

/** Moves every shape that has a title to the components, inner ones first, and leaves a reference in its place. */
function hoist(value: unknown, shapes: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => hoist(each, shapes));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, hoist(inner, shapes)]);
  const plain = Object.fromEntries(entries) as Schema;
  const { title } = plain;
  if (typeof title !== 'string' || !('type' in plain || 'anyOf' in plain)) return plain;
  // The examples of a body or an answer are told beside its shape.
  const { examples: _, ...shape } = plain;
  const text = JSON.stringify(shape);
  const known = shapes.get(title);
  if (known !== undefined && known !== text) throw new Error(`two shapes are named ${title}`);
  shapes.set(title, text);
  return { $ref: `#/components/schemas/${title}` };
}

/** A body that may be null may as well be left out. */
function settleBody({ requestBody }: Operation): void {
  for (const media of Object.values(requestBody?.content ?? {})) {
    const choices = media.schema?.anyOf;
    const some = choices?.filter(({ type }) => type !== 'null');
    if (!requestBody || !choices || !some || some.length === choices.length) continue;
    requestBody.required = false;
    if (some.length === 1) media.schema = some[0] as object;
  }
}

/** A reader that lets people try an operation fills in the examples, and what may be left out would narrow every list. */
function settleParameters({ parameters = [] }: Operation): void {
  for (const parameter of parameters) {
    if (parameter.required) continue;
    delete parameter.example;
    delete parameter.examples;
  }
}

/** The headers that an answer has besides those that its route tells of. */
function usualHeaders(operation: Operation, status: string): HeaderName[] {
  const isSuccess = status.startsWith('2');
  const asked = (name: string) => operation.parameters?.some((each) => each.name === name) === true;
  return [
    'API-Version',
    ...(isSuccess && operation.deprecated ? (['Deprecation', 'Sunset', 'Link'] as const) : []),
    ...(isSuccess && asked('cursor') ? (['Link'] as const) : []),
    ...(isSuccess && asked('Prefer') ? (['Preference-Applied'] as const) : []),
    ...(status === '200' && asked('format') ? (['Content-Disposition'] as const) : []),
  ];
}

function settleHeaders(operation: Operation, status: string, answer: Answer): void {
  const names = [...Object.keys(answer.headers ?? {}), ...usualHeaders(operation, status)];
  const refs = [...new Set(names)].map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  answer.headers = Object.fromEntries(refs) as Record<string, Header>;
}

/** A report that is asked for in a format is answered in it. */
function settleFormats({ parameters }: Operation, answer: Answer | undefined): void {
  if (!answer?.content || !parameters?.some(({ name }) => name === 'format')) return;
  for (const type of exportMedia)
    answer.content[type] = { schema: { type: 'string', contentMediaType: type } };
}

const problemName = (status: string) => `Problem${status}`;

function settle(operation: Operation, problems: Map<string, Answer>): void {
  settleBody(operation);
  settleParameters(operation);
  settleFormats(operation, operation.responses['200']);
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (status.startsWith('2')) {
      settleHeaders(operation, status, answer);
      if (answer.description === 'Default Response') answer.description = 'Done';
      continue;
    }
    const name = problemName(status);
    if (!problems.has(name)) problems.set(name, { ...answer, description: statusTitle(Number(status)) });
    operation.responses[status] = { $ref: `#/components/responses/${name}` };
  }
}

const headerOf: Record<string, HeaderName> = {
  [problemName('401')]: 'WWW-Authenticate',
  [problemName('503')]: 'Retry-After',
};

/** The document with all of this done. */
export function finishDocument(document: OpenApi): OpenApi {
  const problems = new Map<string, Answer>();
  for (const path of Object.values(document.paths))
    for (const operation of Object.values(path)) settle(operation, problems);
  for (const [name, answer] of problems) {
    const names = ['API-Version', ...(headerOf[name] ? [headerOf[name]] : [])];
    const refs = names.map((each) => [each, { $ref: `#/components/headers/${each}` }]);
    answer.headers = Object.fromEntries(refs) as Record<string, Header>;
  }
  const shapes = new Map<string, string>();
  const paths = hoist(document.paths, shapes) as OpenApi['paths'];
  const responses = hoist(Object.fromEntries(problems), shapes) as Record<string, object>;
  const headers = Object.entries(knownHeaders).map(([name, told]) => [
    name,
    { ...told, ...(!occasional.has(name) && { required: true }) },
  ]);
  const named = [...shapes].sort(([a], [b]) => (a < b ? -1 : 1));
  const schemas = Object.fromEntries(named.map(([name, text]) => [name, JSON.parse(text) as object]));
  const components = { ...document.components, schemas, responses, headers: Object.fromEntries(headers) };
  return { ...document, paths, components };
}
