// Calls every route as every role, nobody, and whoever has less or more than a role, and holds the answers to what was reviewed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fingerprint, openTestHouse, type TestHouse } from '#test/company';
import { assertGolden } from '#test/golden';
import { openRoutesApi, type RoutesApi } from '#test/routes/api';
import { type Books, openBooksOf, plainMarks } from '#test/routes/books';
import { callersOf } from '#test/routes/callers';
import type { Caller } from '#test/routes/example';
import { type Matrix, matrixLines, walkMatrix } from '#test/routes/matrix';
import { reviewable, tableFaults } from '#test/routes/table';

let house: TestHouse;
let api: RoutesApi;
let books: Books;
let callers: Caller[];
let matrix: Matrix;

/** Every table but those in which the caller’s own sign-in is kept, and that a key was used. */
async function digest(): Promise<Record<string, string>> {
  const { 'public.sessions': _, 'public.api_keys': __, ...tables } = await fingerprint(house, books.company);
  return tables;
}

/** Some thousand calls, in milliseconds: more than one test is given. */
const longWalk = { timeout: 900_000 };

before(async () => {
  house = await openTestHouse(6);
  api = await openRoutesApi(house);
  books = await openBooksOf(house, api, plainMarks);
  callers = await callersOf(books);
  matrix = await walkMatrix(books, callers, reviewable(api.app.guardedRoutes), digest);
}, longWalk);

after(async () => {
  await api.close();
  await house.close();
});

describe('the authorization matrix', () => {
  test('has every route, by an example in test/routes/table/', () => {
    assert.deepEqual(tableFaults(reviewable(api.app.guardedRoutes)), []);
  });

  test('refuses whoever was not given the permission that a route declares, and lets everybody else through', () => {
    assert.deepEqual(matrix.faults, []);
  });

  test('is as it was reviewed, in test/authorization-matrix.golden.txt', () => {
    assertGolden('authorization-matrix', matrixLines(callers, matrix));
  });

  test('changes nothing where it refuses', () => {
    assert.deepEqual(matrix.disturbed, []);
  });
});
