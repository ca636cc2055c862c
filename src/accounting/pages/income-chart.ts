// Income and expense of the last months side by side, drawn on the server as one small SVG.
import { displayAmount } from '#lib/display-amount';
import { type Html, html } from '#lib/html';

/** One month: its short name and two decimal strings. */
export type MonthFigures = { label: string; income: string; expense: string };

// The bars are stretched to the room that the panel has; words stand outside, where nothing stretches them.
const height = 100;
const slot = 100;

/** The chart with its key; the same figures stand in a table for who cannot see it. */
export function incomeChart(months: readonly MonthFigures[], currency: string): Html {
  const width = slot * Math.max(1, months.length);
  const [highest] = months
    .flatMap(({ income, expense }) => [income, expense])
    .sort((a, b) => heightOf(b) - heightOf(a));
  const top = Math.max(1, heightOf(highest ?? '0'));
  return html`<div class="hx-chart"><p class="hx-chart-top" aria-hidden="true">${displayAmount((highest ?? '0').replace(/\..*$/, ''), currency)}</p>
<div class="hx-chart-plot"><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="Income and expense by month; the figures follow as a table">
${[0, height / 2, height].map((y) => html`<line x1="0" x2="${width}" y1="${y}" y2="${y}"/>`)}
${months.map((month, index) => bars(month, index * slot, top, currency))}
</svg></div>
<p class="hx-chart-months" aria-hidden="true">${months.map(({ label }) => html`<span>${label}</span>`)}</p>
<p class="hx-chart-keys" aria-hidden="true"><span class="hx-key-income">Income</span><span class="hx-key-expense">Expense</span></p></div>
<table class="visually-hidden"><caption>Income and expense by month in ${currency}</caption><tbody>${months.map(
    ({ label, income, expense }) =>
      html`<tr><th scope="row">${label}</th><td>${displayAmount(income, currency)}</td><td>${displayAmount(expense, currency)}</td></tr>`,
  )}</tbody></table>`;
}

/** A float is good enough for a height in pixels; no figure that anyone reads comes from one. */
function heightOf(amount: string): number {
  return Math.max(0, Number(amount));
}

function bars(month: MonthFigures, x: number, top: number, currency: string): Html {
  const bar = (name: 'income' | 'expense', left: number) => {
    const tall = Math.round((heightOf(month[name]) / top) * height * 10) / 10;
    const title = `${month.label} ${name} ${displayAmount(month[name], currency)}`;
    return html`<rect class="hx-chart-${name}" x="${left}" y="${height - tall}" width="32" height="${tall}"><title>${title}</title></rect>`;
  };
  return html`${bar('income', x + 16)}${bar('expense', x + 52)}`;
}
