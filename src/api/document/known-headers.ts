// The headers of answers that the document tells of, and which answers have them always.

type KnownHeader = { description: string; schema: { type: 'string'; pattern?: string; format?: string } };

const header = (description: string, more: { pattern?: string; format?: string } = {}): KnownHeader => ({
  description,
  schema: { type: 'string', ...more },
});

export const knownHeaders = {
  'API-Version': header('The version that answers.', { pattern: '^[12]$' }),
  ETag: header('The version of the resource, for If-Match (RFC 9110, 8.8.3).', { pattern: '^"[0-9]+"$' }),
  Location: header('The address of what was made, on this server.', { pattern: '^/api/v[12]/' }),
  Link: header('Addresses that belong to this one (RFC 8288).', { pattern: '^<[^>]+>; rel="' }),
  Deprecation: header('Since when v2 does this in another way (RFC 9745).', { pattern: '^@[0-9]+$' }),
  Sunset: header('Until when this is answered at least (RFC 8594).', { pattern: ' GMT$' }),
  'Idempotency-Replayed': header('The request came before and is answered as then.', { pattern: '^true$' }),
  'Preference-Applied': header('The preferences that were followed (RFC 7240, 3).', {
    pattern: '^(return|handling)=',
  }),
  'Content-Disposition': header('The name of the file (RFC 6266).', { pattern: '^attachment' }),
  'WWW-Authenticate': header('How to sign in.', { pattern: '^Bearer' }),
  'Retry-After': header('The seconds after which to come again.', { pattern: '^[0-9]+$' }),
} satisfies Record<string, KnownHeader>;

export type HeaderName = keyof typeof knownHeaders;

/** Headers that an answer has in some cases only; all others that are told of are always there. */
export const occasional: ReadonlySet<string> = new Set<HeaderName>([
  'Idempotency-Replayed',
  'Preference-Applied',
  'Content-Disposition',
  'Link',
]);
