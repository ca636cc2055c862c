// What the routes of the dashboard ask for.
import type { Permission } from '#lib/access';

/** The permissions of the dashboard. */
export const dashboardPermissions: readonly Permission[] = [
  { name: 'dashboard.view', title: 'see the dashboard' },
];
