// Repeatable chance: the same seed draws the same numbers on every machine.

export type Random = {
  /** A whole number from `min` to `max`, both included. */
  between: (min: number, max: number) => number;
  /** True with the given probability, 0 to 1. */
  chance: (probability: number) => boolean;
  pick: <T>(list: readonly T[]) => T;
};

/** A generator for demo data, never for secrets: mulberry32, 32 bits of state (public domain, Tommy Ettinger). */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    between,
    chance: (probability) => next() < probability,
    pick: (list) => {
      const chosen = list[between(0, list.length - 1)];
      if (chosen === undefined) throw new RangeError('nothing to pick from');
      return chosen;
    },
  };
}
