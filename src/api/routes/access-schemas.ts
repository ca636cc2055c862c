// The shapes of members, roles, permissions and duties over the API.
import { Type } from 'typebox';
import { actPairs } from '#accounting';
import { Amount, Id, nullable, oneOf, strictObject } from './schemas.ts';

const Name = Type.String({ maxLength: 100, examples: ['accounting.journal_entry.post'] });
const Names = Type.Array(Name, { maxItems: 500, uniqueItems: true });
const Branches = Type.Array(Type.String({ maxLength: 60 }), { maxItems: 500, uniqueItems: true });
const RoleKey = Type.String({ maxLength: 40, description: 'The key of a role; see /roles/.' });

export const MemberSchema = Type.Object(
  {
    id: Id,
    email: Type.String(),
    name: Type.String(),
    active: Type.Boolean({ description: 'Who is not active signs in nowhere.' }),
    role: RoleKey,
    granted: Type.Array(Name),
    denied: Type.Array(Name),
    post_limit: nullable(Amount),
    approve_limit: nullable(Amount),
    branches: nullable(Type.Array(Type.String())),
    permissions: Type.Array(Name, { description: 'What comes of role, grants and denials.' }),
    since: Type.String({ format: 'date-time' }),
  },
  { title: 'Member' },
);

export const MemberBody = strictObject(
  {
    role: Type.Optional(RoleKey),
    granted: Type.Optional(Names),
    denied: Type.Optional(Names),
    post_limit: Type.Optional(nullable(Amount)),
    approve_limit: Type.Optional(nullable(Amount)),
    branches: Type.Optional(nullable(Branches)),
  },
  { title: 'MemberChange' },
);

export const RoleSchema = Type.Object(
  {
    key: RoleKey,
    title: Type.String(),
    built_in: Type.Boolean({ description: 'A built-in role stays as it is.' }),
    permissions: Type.Array(Name),
    members: Type.Integer({ description: 'How many have it.' }),
  },
  { title: 'Role' },
);

const roleFields = { title: Type.String({ maxLength: 100 }), permissions: Names };
export const NewRoleBody = strictObject({ key: RoleKey, ...roleFields }, { title: 'NewRole' });
export const RoleBody = strictObject(
  {
    title: Type.Optional(roleFields.title),
    permissions: Type.Optional(roleFields.permissions),
  },
  { title: 'RoleChange' },
);

export const PermissionSchema = Type.Object(
  {
    name: Name,
    title: Type.String({ description: 'Finishes the sentence “may …”.' }),
    held: Type.Boolean({ description: 'Whether you have it.' }),
  },
  { title: 'Permission' },
);

const Person = Type.Object(
  { id: Id, email: Type.String(), name: Type.String(), role: RoleKey },
  { title: 'Person' },
);
const Pair = Type.Array(Name, { minItems: 2, maxItems: 2 });

export const DutiesSchema = Type.Object(
  {
    approve_above: nullable(Amount),
    acts_apart: Type.Array(oneOf(actPairs)),
    permissions_apart: Type.Array(Type.Array(Name)),
    could_do_both: Type.Array(
      Type.Object({
        rule: Type.String({ description: 'A pair of acts, or two permissions.' }),
        permissions: Type.Array(Name),
        people: Type.Array(Person),
      }),
      { description: 'For each rule, who holds both permissions.' },
    ),
  },
  { title: 'Duties' },
);

export const DutiesBody = strictObject(
  {
    approve_above: nullable(Amount),
    acts_apart: Type.Array(oneOf(actPairs), { maxItems: actPairs.length, uniqueItems: true }),
    permissions_apart: Type.Array(Pair, { maxItems: 100 }),
  },
  { title: 'NewDuties' },
);

export const BothQuery = strictObject({ one: Name, other: Name });
export const BothSchema = Type.Object({ people: Type.Array(Person) });

export const ApprovalSchema = Type.Object(
  {
    approved_by: nullable(Type.String({ description: 'A name.' })),
    approved_at: Type.String({ format: 'date-time' }),
    total: Type.String({ description: 'What was approved, in the company’s currency.' }),
  },
  { title: 'Approval' },
);
