// Lets a property test be run longer, or again as it failed, by variables of the environment.

/** What fc.assert() is told. */
export type PropertyRuns = {
  numRuns: number;
  seed?: number;
  path?: string;
  endOnFailure: boolean;
  interruptAfterTimeLimit?: number;
};

/** Of the two minutes that a test may take, what is left for making a failure smaller. */
const LIMIT_MS = 100_000;

const numberOf = (name: string): number | null => {
  const text = process.env[name];
  if (text === undefined || text === '') return null;
  if (Number.isInteger(Number(text))) return Number(text);
  throw new Error(`${name} is a whole number, not "${text}"`);
};

/**
 * `short` runs, or as many as FC_RUNS says, which then takes its time but does not make a failure smaller. FC_SEED and
 * FC_PATH, which a failure prints as its seed and its path, run that case again and make it smaller from there.
 */
export function propertyRuns(short: number): PropertyRuns {
  const [runs, seed, path] = [numberOf('FC_RUNS'), numberOf('FC_SEED'), process.env.FC_PATH];
  return {
    numRuns: runs ?? short,
    ...(seed !== null && { seed }),
    ...(path && { path }),
    endOnFailure: runs !== null,
    ...(runs === null && { interruptAfterTimeLimit: LIMIT_MS }),
  };
}
