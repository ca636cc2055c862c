// Lets a property test be run longer, or again as it failed, by variables of the environment.

/** What fc.assert() is told. */
export type PropertyRuns = {
  numRuns: number;
  seed?: number;
  path?: string;
  interruptAfterTimeLimit: number;
  markInterruptAsFailure: boolean;
};

const numberOf = (name: string): number | null => {
  const text = process.env[name];
  if (text === undefined || text === '') return null;
  if (Number.isInteger(Number(text))) return Number(text);
  throw new Error(`${name} is a whole number, not "${text}"`);
};

/**
 * `short` runs, or as many as FC_RUNS says. FC_SEED and FC_PATH, which a failure prints as its seed and its path, run that
 * case again. A failure is made smaller for a minute at the most, and for as long as it takes when it is run again or longer.
 */
export function propertyRuns(short: number): PropertyRuns {
  const [runs, seed, path] = [numberOf('FC_RUNS'), numberOf('FC_SEED'), process.env.FC_PATH];
  return {
    numRuns: runs ?? short,
    ...(seed !== null && { seed }),
    ...(path && { path }),
    interruptAfterTimeLimit: runs === null && seed === null ? 60_000 : 2 ** 31 - 1,
    markInterruptAsFailure: true,
  };
}
