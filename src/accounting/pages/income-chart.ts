// Income and expense of the last months side by side, drawn on the server as one small SVG.
import { displayAmount } from '#lib/display-amount';
import { type Html, html } from '#lib/html';

/** One month: its short name and two decimal strings. */
export type MonthFigures = { label: string; income: string; expense: string };

const size = { width: 340, height: 290, floor: 266, top: 8 };

/** The chart with its key; the same figures stand in a table for who cannot see it. */
export function incomeChart(months: readonly MonthFigures[], currency: string): Html {
  // Floats are good enough for heights in pixels; no figure that anyone reads comes from them.
  const highest = Math.max(1, ...months.flatMap(({ income, expense }) => [Number(income), Number(expense)]));
  const slot = size.width / Math.max(1, months.length);
  return html`<svg class="hx-chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Income and expense by month; the figures follow as a table">
${[0, 0.5, 1].map((share) => gridLine(size.floor - share * (size.floor - size.top)))}
${months.map((month, index) => bars(month, index * slot, slot, highest, currency))}
</svg>
<p class="hx-chart-keys" aria-hidden="true"><span class="hx-key-income">Income</span><span class="hx-key-expense">Expense</span></p>
<table class="visually-hidden"><caption>Income and expense by month in ${currency}</caption><tbody>${months.map(
    ({ label, income, expense }) =>
      html`<tr><th scope="row">${label}</th><td>${displayAmount(income, currency)}</td><td>${displayAmount(expense, currency)}</td></tr>`,
  )}</tbody></table>`;
}

function gridLine(y: number): Html {
  return html`<line x1="0" x2="${size.width}" y1="${y}" y2="${y}"/>`;
}

function bars(month: MonthFigures, x: number, slot: number, highest: number, currency: string): Html {
  const width = Math.min(18, slot * 0.32);
  const middle = x + slot / 2;
  const bar = (name: 'income' | 'expense', left: number) => {
    const height = Math.max(0, (Number(month[name]) / highest) * (size.floor - size.top));
    const title = `${month.label} ${name} ${displayAmount(month[name], currency)}`;
    return html`<rect class="hx-chart-${name}" x="${round(left)}" y="${round(size.floor - height)}" width="${round(width)}" height="${round(height)}" rx="1.5"><title>${title}</title></rect>`;
  };
  return html`${bar('income', middle - width - 1)}${bar('expense', middle + 1)}<text x="${round(middle)}" y="${size.height - 8}" text-anchor="middle">${month.label}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;
