// What is known of somebody who is signing in once a first factor is proved.
import type { SignInMethod, SignInOrigin } from './sign-in-facts.ts';
import type { Member } from './user.ts';

/** What has been proved: the member, how, and from where; `providerId` is the identity provider whose word it is, if it is one's. */
export type Proof = {
  member: Member;
  methods: readonly SignInMethod[];
  from: SignInOrigin;
  providerId?: string | null;
};
