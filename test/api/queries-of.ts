// With which queries each route that reads is asked, so that a limit is tried against every way of asking.

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
/** A later version asks the same verbs; what is its own are the parts. */
const scopesOfLater = ['', 'by=branch', 'dimension.branch=PKR', 'limit=3'];

/** The queries to ask a route with; what one does not know it refuses, and that says nothing of a branch either. */
export function queriesOf(url: string): string[] {
  if (/duties\/both/.test(url)) return ['one=accounting.journal_entry.post&other=accounting.period.close'];
  if (!/reports/.test(url))
    return [
      '',
      ...'search=SECRET search=7313.13 dimension.branch=PKR status=draft account=1010 page_size=100 limit=100'.split(
        ' ',
      ),
    ];
  const accounts = ['account=1010', 'account=4010', 'account=1010&currency=EUR'];
  const ofOne = /general-ledger|account-statement|lines/.test(url);
  const isLater = /^\/api\/v(?!1\/)/.test(url);
  const asked = days.flatMap((day) =>
    (isLater ? scopesOfLater : scopes).flatMap((scope) =>
      (ofOne ? accounts : ['']).map((account) => [day, scope, account]),
    ),
  );
  const files = formats.flatMap((format) =>
    asked.filter((_, nth) => nth % 7 === 0).map((parts) => [format, ...parts]),
  );
  return [...asked, ...files].map((parts) => parts.filter(Boolean).join('&'));
}
