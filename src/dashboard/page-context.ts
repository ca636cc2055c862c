// What every page knows about its reader, handed to the shell by the routes.
import type { Actor, Tenant } from '#lib/tenant-tx';

/**
 * `path` is the address asked for, without its query; `may` answers whether the reader holds a permission; `companies` are all
 * that the reader belongs to, this one among them.
 */
export type PageContext = {
  tenant: Pick<Tenant, 'name' | 'slug' | 'currency' | 'currencyScale' | 'calendar' | 'timeZone'>;
  actor: Pick<Actor, 'name' | 'email' | 'role' | 'branches'>;
  csrfToken: string;
  path: string;
  may: (permission: string) => boolean;
  companies: readonly { slug: string; name: string }[];
};
