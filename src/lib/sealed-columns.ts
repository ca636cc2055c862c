// The list of all columns that hold sealed secrets, which a rotation of the secret keys goes through.

/**
 * A column of texts that KeyRing.seal() made; null where there is no secret. `id` names the row, for `context` as for people.
 * Whoever seals uses the same context.
 */
export type SealedColumn = {
  /** In the schema public. */
  table: string;
  column: string;
  /** The column of the primary key. */
  id: string;
  context: (id: string) => string;
};

/** Every sealed column. A column that is missing here loses its secrets when their key is dropped. */
export const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'signing_keys',
    column: 'private_sealed',
    id: 'kid',
    context: (id) => `signing_keys.private:${id}`,
  },
  {
    table: 'identity_providers',
    column: 'client_secret',
    id: 'id',
    context: (id) => `identity_providers.client_secret:${id}`,
  },
  { table: 'outbox', column: 'sealed', id: 'id', context: (id) => `outbox.sealed:${id}` },
];
