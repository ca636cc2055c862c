// Tries, on every route, to reach one company's books with the credentials of another, and tells where that was not refused.
import type { LightMyRequestResponse } from 'fastify';
import type { GuardedRoute } from '#lib/http/guard';
import { textOf } from '#test/api/answer-text';
import type { Books } from './books.ts';
import { headersOf } from './callers.ts';
import { type Caller, type Example, isApi, isReading, type RouteExample, send } from './example.ts';
import { type Swapped, swapNames } from './swap-names.ts';
import { exampleOf } from './table.ts';

/**
 * Theirs is the company to be reached, whose words and cents no answer may hold; ours is where the intruders belong: its owner,
 * a key of its own, and somebody who is an owner of both companies but asks with a sign-in to ours.
 */
export type Sides = { theirs: Books; ours: Books; owner: Caller; key: Caller; ofBoth: Caller };

/** The routes on which it was tried at all, and with foreign names in the address; and what was not as it should be. */
export type Intrusions = { tried: Set<string>; triedByAddress: Set<string>; faults: string[] };

/** Every amount of ours is whole. What has more parts is a moment's or an address's. */
const cents = /(?<![\d.])\d+\.(?!00)\d\d(?![\d.])/g;

/** What an answer holds that it can only have from the other company; what was sent may be said back. */
function betrayals(text: string, theirs: Books, sent: unknown): string[] {
  const said = JSON.stringify(sent).match(/[^"\\[\]{},:.]+/g) ?? [];
  const known = said
    .flatMap((word) => [word, encodeURIComponent(word)])
    .sort((a, b) => b.length - a.length)
    .filter((word) => word.length > 2);
  const rest = known.reduce(
    (all, word) => all.replaceAll(word, ''),
    text.replaceAll(/(?<=\d),(?=\d{3})/g, ''),
  );
  const words = rest.match(new RegExp(`.{0,60}${theirs.marks.word}.{0,60}`, 'gi')) ?? [];
  return [...words, ...(rest.match(cents) ?? [])];
}

type Due = (answer: LightMyRequestResponse) => boolean;

const among =
  (...statuses: number[]): Due =>
  ({ statusCode }) =>
    statuses.includes(statusCode);
const notFound = among(403, 404);
const refused = among(403, 404, 409, 412, 422);
const anything: Due = ({ statusCode }) => statusCode < 500;
const notSignedIn: Due = ({ headers, payload, statusCode }) =>
  statusCode < 500 &&
  !/himalytix_session=[^;]/.test(String(headers['set-cookie'])) &&
  !/"access"/.test(payload);

/** What is due to a request with foreign names: a filter may find nothing by them, and a stream tells of it line by line. */
function dueOf(route: GuardedRoute, example: RouteExample, swapped: Swapped): Due {
  if (swapped.isParams) return notFound;
  if (isReading(route)) return anything;
  return example.refusesInside ? ({ payload }) => /"refused"|"errors"/.test(payload) : refused;
}

/** Where their company is named besides: by the header that programs may send, and by the host. */
const hintsOf = (route: GuardedRoute, { company, host }: Books): Record<string, string>[] =>
  isApi(route) ? [{ 'x-tenant': company.tenant.slug }, { host }] : [{ host }];

type Trial = { sides: Sides; found: Intrusions; foreign: Map<RouteExample['make'], Example> };

/** A company's name stands on the page where one signs in to it, so that of a hint may be said back. */
const slugIn = (hint: object): string => (Object.values(hint)[0] ?? '').split('.')[0];

/** Tries one route in every way. */
async function intrudeOn({ sides, found, foreign }: Trial, route: GuardedRoute, example: RouteExample) {
  const { theirs, ours, owner, key, ofBoth } = sides;
  const address = `${route.method} ${route.url}`;
  const attempt = async (by: Caller, made: Example, due: Due, what: string, hint = {}) => {
    const headers = { ...(await headersOf(ours, by, route, made)), ...hint };
    const answer = await send(ours.api.app, route, made, headers);
    found.tried.add(address);
    // Whoever belongs to both is offered to change to the other.
    const shown = by === ofBoth ? theirs.company.tenant.slug : slugIn(hint);
    const betrayed = betrayals(await textOf(answer), theirs, [made, shown]);
    const fault = (words: string) => found.faults.push(`${address} as ${by.name} with ${what}: ${words}`);
    if (!due(answer)) fault(`${answer.statusCode} ${answer.payload.slice(0, 300)}`);
    if (betrayed.length > 0) fault(`tells of ${betrayed.slice(0, 3).join(' | ')}`);
  };
  const isOpen = route.permission === 'public';
  await attempt(owner, await example.make(ours, owner), anything, 'what is its own');
  await example.after?.(ours);
  const [own, other] = [await example.make(ours, owner), foreign.get(example.make) ?? {}];
  for (const swapped of isOpen ? [] : swapNames(own, other, theirs.isKnown)) {
    const due = dueOf(route, example, swapped);
    await attempt(owner, swapped.example, due, swapped.what);
    if (!swapped.isParams) continue;
    found.triedByAddress.add(address);
    await attempt(ofBoth, swapped.example, due, swapped.what);
  }
  if (isOpen && !example.ofPersons) {
    const here = isApi(route) ? { 'x-tenant': ours.company.tenant.slug } : {};
    await attempt(owner, other, notSignedIn, 'what is theirs, at our address', here);
  }
  for (const hint of hintsOf(route, theirs)) {
    const [what, due] = [`${Object.keys(hint)[0]} of theirs`, isOpen ? notSignedIn : among(403)];
    await attempt(owner, own, due, what, hint);
    if (isOpen) continue;
    await attempt(ofBoth, other, due, what, hint);
    if (isApi(route)) await attempt(key, other, due, what, hint);
  }
  await example.after?.(ours);
}

const theirOwner = ({ owner }: Books): Caller => ({ name: 'their owner', member: owner, may: () => true });

/**
 * Tries it on each route of a company. What would be a request of their own owner is made first, and never sent by them, so that
 * their company stays as it is from then on; `ready` is called at that moment.
 */
export async function intrude(
  sides: Sides,
  routes: readonly GuardedRoute[],
  ready: () => Promise<unknown> = async () => {},
): Promise<Intrusions> {
  const found: Intrusions = { tried: new Set(), triedByAddress: new Set(), faults: [] };
  const trial: Trial = { sides, found, foreign: new Map() };
  const tried = routes.flatMap((route) => {
    const example = exampleOf(route);
    return example && !route.ofNoTenant ? [{ route, example }] : [];
  });
  for (const { make } of tried.map(({ example }) => example)) {
    const { signIn: _, ...request } = await make(sides.theirs, theirOwner(sides.theirs));
    trial.foreign.set(make, request);
  }
  await ready();
  for (const { route, example } of tried) await intrudeOn(trial, route, example);
  return found;
}
