// The door of the dashboard: the frame of every page, its small parts, and the Panel type.
export { amountLabel, balanceLabel } from './amount-label.ts';
export { asSentence } from './as-sentence.ts';
export { dashboardPage, type RenderedPanel } from './dashboard-page.ts';
export { dateLabel, timeLabel } from './date-label.ts';
export { type ErrorView, errorPage } from './error-page.ts';
export { icon } from './icon.ts';
export {
  type ContextOf,
  pageParameter,
  sendError,
  sendPage,
  textParameter,
  wantsPart,
} from './page-answer.ts';
export type { PageContext } from './page-context.ts';
export { barePage, notice, type Page, pageShell } from './page-shell.ts';
export type { Panel, PanelContext } from './panel.ts';
export { dashboardPermissions } from './permissions.ts';
export { dashboardRoutes } from './routes.ts';
export { productName } from './settings.ts';
