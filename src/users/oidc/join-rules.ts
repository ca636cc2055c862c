// The rules by which new people become members: for which domains there may be one, and as what it may let them in.
import type { Permission } from '#lib/access';
import type { Fault } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { escalationFaults } from '../access/escalation.ts';
import { type CompanyRole, listRoles } from '../access/own-roles.ts';
import type { Holder } from '../roles.ts';
import { normalDomain, verifiedDomains } from './email-domain.ts';
import type { JoinRule } from './identity-provider.ts';

/** Who sets rules; null for the system. `declared` are all permissions of the house. */
export type RuleMaker = { by: Holder | null; declared: readonly Permission[] };

const code = 'users/provider-invalid';

/** The roles that a rule may give. Whoever decides who is let in as an owner decides about everything, so no rule may. */
export async function joinRoles(
  tx: DirectoryTx,
  tenantId: string,
  declared: readonly Permission[],
): Promise<CompanyRole[]> {
  return (await listRoles(tx, tenantId, declared)).filter(({ key }) => key !== 'owner');
}

/** What a new member with that role would be; nothing of their own but the role. */
const holderOf = ({ key, builtIn, permissions }: CompanyRole): Holder => ({
  role: key,
  access: {
    own: builtIn ? null : permissions,
    granted: [],
    denied: [],
    postLimit: null,
    approveLimit: null,
    branches: null,
  },
});

/** Rules in the form in which they are kept; a domain that is none stays as it was keyed, and is found unverified. */
export function readRules(rules: readonly JoinRule[] | undefined): JoinRule[] {
  return (rules ?? []).map(({ domain, role }) => ({ domain: normalDomain(domain) ?? domain, role }));
}

/**
 * What is wrong with rules: domains that the company has not proved to be its own, roles that there are not or that give more than
 * whoever sets the rule has. Rules that stay as they were are not whoever changes the provider's.
 */
export async function ruleFaults(
  tx: DirectoryTx,
  tenantId: string,
  { rules, before }: { rules: readonly JoinRule[]; before: readonly JoinRule[] },
  { by, declared }: RuleMaker,
): Promise<Fault[]> {
  if (rules.length === 0) return [];
  const verified = await verifiedDomains(tx, tenantId);
  const roles = await joinRoles(tx, tenantId, declared);
  const keys = roles.map(({ key }) => key).join(', ');
  return rules.flatMap(({ domain, role: key }, index): Fault[] => {
    const at = `/rules/${index}`;
    const role = roles.find((each) => each.key === key);
    const stays = before.some((old) => old.domain === domain && old.role === key);
    const beyond = role && !stays ? escalationFaults(by, null, holderOf(role), declared) : [];
    const faults: Fault[] = beyond.map((fault) => ({ ...fault, pointer: `${at}/role` }));
    if (!role)
      faults.push({ pointer: `${at}/role`, code, detail: `a rule lets people in as one of ${keys}` });
    if (!verified.has(domain)) {
      const detail = `the company has not proved that ${domain} is its own`;
      faults.push({ pointer: `${at}/domain`, code: 'users/domain-unverified', detail });
    } else if (rules.findIndex((other) => other.domain === domain) !== index) {
      faults.push({ pointer: `${at}/domain`, code, detail: `there is another rule for ${domain}` });
    }
    return faults;
  });
}
