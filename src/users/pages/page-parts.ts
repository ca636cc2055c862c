// What the pages of users are made of, handed in by app.ts.
import type { ContextOf } from '#dashboard';
import type { Config } from '#lib/config';
import type { FactorServices } from '../mfa/prove-factor.ts';
import type { SignInServices } from '../sign-in.ts';

/** What the pages of users are handed by app.ts. */
export type PageServices = SignInServices &
  FactorServices & { config: Pick<Config, 'baseDomain'>; contextOf: ContextOf };
