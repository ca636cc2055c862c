// The shapes of API keys over the API.
import { Type } from 'typebox';
import { type ApiKey, DEFAULT_DAYS, MOST_DAYS } from '#users';
import { Id, nullable, oneOf, strictObject } from './schemas.ts';

const Kind = oneOf(['personal', 'service'], {
  description: 'A personal key acts as its person, a service key as the company’s own.',
});
const Scopes = Type.Array(Type.String({ maxLength: 200 }), {
  maxItems: 50,
  description:
    'Permissions or patterns of them that the key is narrowed to; null: all that its person or role may.',
  examples: [['accounting.journal_entry.post', 'accounting.*.view']],
});
const Moment = Type.String({ format: 'date-time' });

export const ApiKeySchema = Type.Object(
  {
    id: Id,
    kind: Kind,
    name: Type.String(),
    prefix: Type.String({
      description: 'The letters after hmx_, by which a key is known in lists and logs.',
    }),
    role: nullable(Type.String({ description: 'Of a service key.' })),
    owner: nullable(Type.Object({ id: Id, email: Type.String(), name: Type.String() })),
    scopes: nullable(Scopes),
    status: oneOf(['active', 'expired', 'revoked']),
    created_at: Moment,
    expires_at: Moment,
    last_used_at: nullable(Type.String({ format: 'date-time', description: 'To the minute.' })),
    revoked_at: nullable(Moment),
  },
  { title: 'ApiKey' },
);

export const MadeApiKeySchema = Type.Object(
  {
    id: Id,
    prefix: Type.String(),
    secret: Type.String({ description: 'The key itself. It is told here and never again.' }),
  },
  { title: 'MadeApiKey' },
);

export const NewApiKeyBody = strictObject(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    kind: Type.Optional(
      oneOf(['personal', 'service'], { default: 'personal', description: 'A service key takes an owner.' }),
    ),
    role: Type.Optional(nullable(Type.String({ maxLength: 60, description: 'Of a service key.' }))),
    scopes: Type.Optional(nullable(Scopes)),
    expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_DAYS, default: DEFAULT_DAYS })),
  },
  { title: 'NewApiKey' },
);

/** A key as the API shows it. */
export const apiKeyDocument = ({ createdAt, expiresAt, lastUsedAt, revokedAt, scopes, ...key }: ApiKey) => ({
  ...key,
  scopes: scopes && [...scopes],
  created_at: createdAt.toISOString(),
  expires_at: expiresAt.toISOString(),
  last_used_at: lastUsedAt?.toISOString() ?? null,
  revoked_at: revokedAt?.toISOString() ?? null,
});
