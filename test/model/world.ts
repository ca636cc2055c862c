// Binds a company of the product to the model of its books, and takes down what the product says to a request.

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { problemOfDatabaseError } from '#lib/http/database-problem';
import { Problem } from '#lib/problem';
import type { TestCompany, TestHouse } from '#test/company';
import type { Books } from './books.ts';

export type World = { house: TestHouse; company: TestCompany; books: Books };

/** One step: it asks the product, compares its verdict with the model's, and brings the model to where the product is. */
export type Command = { run(world: World): Promise<void> };

/** A kind of command from its arguments; in a counterexample it is shown by its name with them. */
export function command<T>(
  name: string,
  args: fc.Arbitrary<T>,
  run: (world: World, args: T) => Promise<void>,
): fc.Arbitrary<Command> {
  return args.map((drawn) => ({
    run: (world: World) => run(world, drawn),
    [fc.toStringMethod]: () => `${name}(${fc.stringify(drawn)})`,
  }));
}

/** The faults of a refusal, each as "pointer code" and all in order. */
export const told = (faults: readonly { pointer: string; code: string }[]): string[] =>
  faults.map(({ pointer, code }) => `${pointer} ${code}`).toSorted();

/** What the product answers: its result, or the faults for which it refuses. Throws what is no refusal. */
async function answerOf<T>(work: Promise<T>): Promise<{ result: T } | { refused: string[] }> {
  try {
    return { result: await work };
  } catch (error) {
    const problem = error instanceof Problem ? error : problemOfDatabaseError(error);
    if (problem === null || problem.kind === 'unavailable') throw error;
    return { refused: problem.errors.length > 0 ? told(problem.errors) : [` ${problem.code}`] };
  }
}

/** The result of what the model allows, or null for what it refuses; fails when the product sees it otherwise. */
export async function agreed<T>(
  work: Promise<T>,
  expected: readonly string[],
  what: unknown,
): Promise<T | null> {
  const answer = await answerOf(work);
  const refused = 'refused' in answer ? answer.refused : [];
  if (!isDeepStrictEqual(refused, [...expected]))
    assert.deepEqual({ refused, what }, { refused: expected, what });
  return 'result' in answer ? answer.result : null;
}
