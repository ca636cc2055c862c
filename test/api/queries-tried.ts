// What reading routes are asked with, so that whatever a report can be narrowed to or told apart by is tried.

const plain = [
  '',
  'search=SECRET',
  'search=7313.13',
  'dimension.branch=PKR',
  'status=draft',
  'account=1010',
  'page_size=100',
  'one=dashboard.view&other=accounting.report.view',
];

const formats = ['format=csv', 'format=xlsx', 'format=pdf'];
const days = ['as_of=2027-12-31', 'from=2024-01-01&to=2027-12-31', 'from=2024-02-01&to=2024-02-20'];
const scopes = [
  '',
  'by=branch',
  'by=project',
  'dimension.branch=KTM',
  'dimension.branch=PKR',
  'dimension.branch=',
  'dimension.project=P',
  'dimension.project=',
  'closing=false',
  'compare=previous_year',
  'layout=tree&zero=true',
  'page=1&page_size=3',
  'method=indirect',
  `as_known_on=${encodeURIComponent(new Date(Date.now() + 1000).toISOString())}`,
];

/** What a report is asked with; what one does not know it refuses, and that says nothing of a branch either. */
export function queriesOf(url: string): string[] {
  if (!/reports/.test(url)) return plain;
  const accounts = ['account=1010', 'account=4010', 'account=1010&currency=EUR'];
  const ofOne = /general-ledger|account-statement|lines/.test(url);
  const asked = days.flatMap((day) =>
    scopes.flatMap((scope) => (ofOne ? accounts : ['']).map((account) => [day, scope, account])),
  );
  const files = formats.flatMap((format) =>
    asked.filter((_, nth) => nth % 7 === 0).map((parts) => [format, ...parts]),
  );
  return [...asked, ...files].map((parts) => parts.filter(Boolean).join('&'));
}
