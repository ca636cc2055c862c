// How often who may ask: the limits, their presets, and how an operator writes others.

/** So many requests in a window of so many seconds. */
export type RateLimit = { requests: number; seconds: number };

/**
 * `address`, `account`, `token` and `company` count every request. `sign-in` and `reset` count those of an address at the doors
 * where people prove who they are, and where they ask for a letter; they spare the machine, which has dear work there. Who guesses
 * is slowed down by the failures at an account, see src/users/throttle.ts.
 */
export const limitNames = ['address', 'account', 'token', 'company', 'sign-in', 'reset'] as const;

export type LimitName = (typeof limitNames)[number];

/** A limit that is not there does not hold. */
export type RateLimits = Readonly<Partial<Record<LimitName, RateLimit>>>;

// More than one process can answer in a minute, so that only who runs wild is stopped: neither a person nor an import, and no
// benchmark. An office shares an address, and its people come in at the same time.
const runaway = { requests: 600_000, seconds: 60 };

/** What holds unless an operator says otherwise. */
export const presetLimits: RateLimits = {
  address: runaway,
  account: runaway,
  token: runaway,
  company: runaway,
  'sign-in': { requests: 300, seconds: 60 },
  reset: { requests: 30, seconds: 600 },
};

const isName = (text: string): text is LimitName => limitNames.includes(text as LimitName);

/**
 * Reads `off`, or limits such as `token=600/60,sign-in=off`, which replace the presets of their names. Returns null for what is
 * none.
 */
export function readRateLimits(text: string): RateLimits | null {
  if (text === 'off') return {};
  const limits: Partial<Record<LimitName, RateLimit>> = { ...presetLimits };
  for (const part of text.split(',')) {
    const [, name = '', off, requests, seconds] =
      /^\s*([a-z-]+)=(?:(off)|(\d{1,9})\/(\d{1,5}))\s*$/.exec(part) ?? [];
    if (!isName(name)) return null;
    if (off) delete limits[name];
    else if (Number(requests) > 0 && Number(seconds) > 0)
      limits[name] = { requests: Number(requests), seconds: Number(seconds) };
    else return null;
  }
  return limits;
}
