// What is known of somebody who is signing in: who they are, how they have proved it, and from where they come.
import type { Member } from './user.ts';

/** Who signs in: a person's browser or a program. */
export type Door = 'page' | 'api';

/**
 * How somebody proved who they are; `mail` is a link that was sent to their address, `switch` another session of theirs, whose own
 * methods are named beside it. `otp` is an app's code, `recovery` a recovery code.
 */
export type SignInMethod = 'pwd' | 'oidc' | 'mail' | 'switch' | 'otp' | 'recovery' | 'passkey';

/** Where a sign-in comes from. `device` is the value of the cookie by which a browser is known again. */
export type SignInOrigin = {
  ip: string | null;
  userAgent: string | undefined;
  device?: string | undefined;
};

/** What has been proved: the member, how, and from where. */
export type Proof = { member: Member; methods: readonly SignInMethod[]; from: SignInOrigin };
