// The one thing that a room hands up to the dashboard, so that the dashboard never depends on a room.
import type { Html } from '#lib/html';
import type { TenantTx } from '#lib/tenant-tx';

/** What a panel may look at: the company's transaction and the company's own date of today (ISO). */
export type PanelContext = { tx: TenantTx; today: string };

/**
 * One card of the dashboard. `size` is its width on a desk: a third, two thirds or the whole row.
 * It is shown to who holds `permission`.
 */
export type Panel = {
  id: string;
  title: string;
  size: 'small' | 'large' | 'full';
  permission?: string;
  render: (context: PanelContext) => Promise<Html>;
};
