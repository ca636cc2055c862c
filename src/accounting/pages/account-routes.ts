// The address of the chart of accounts.
import type { FastifyInstance } from 'fastify';
import { sendPage, textParameter, wantsPart } from '#dashboard';
import { listAccounts } from '../accounts/account.ts';
import { accountsPage, accountsTable } from './accounts-page.ts';
import type { PageParts } from './page-parts.ts';

/** GET /accounts/?q= */
export function accountRoutes(app: FastifyInstance, { contextOf, read }: PageParts): void {
  app.get('/accounts/', { config: { permission: 'accounting.account.view' } }, async (request, reply) => {
    const search = textParameter(request, 'q').slice(0, 200);
    const accounts = await read(request, (tx) => listAccounts(tx, { search }));
    const view = { accounts, search };
    return await sendPage(
      reply,
      wantsPart(request) ? accountsTable(view) : accountsPage(contextOf(request), view),
    );
  });
}
