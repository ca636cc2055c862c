// Shows beside the label of every date field which Bikram Sambat day it holds.

const table = document.querySelector('meta[name="bikram-sambat"]');
const names = (table instanceof HTMLMetaElement ? table.dataset.months : '')?.split(' ') ?? [];
const years = (table?.getAttribute('content') ?? '').split(';').map((row) => row.split(' '));

/** @param {string} iso @returns {number} days since 1970 */
const dayNumber = (iso) => Date.parse(`${iso}T00:00:00Z`) / 86_400_000;

/** @param {string} iso a Gregorian day @returns {string} '7 Mangsir 2083', or '' for a day that the table does not know */
const nepaliDay = (iso) => {
  for (const [year, newYear = '', ...lengths] of years) {
    let left = dayNumber(iso) - dayNumber(newYear);
    if (!(left >= 0)) continue;
    for (const [month, length] of lengths.entries()) {
      if (left < Number(length)) return `${left + 1} ${names[month]} ${year}`;
      left -= Number(length);
    }
  }
  return '';
};

/** @param {HTMLInputElement} field */
const show = (field) => {
  const label = field.labels?.[0];
  const place = label?.querySelector('.form-label') ?? label;
  if (!place) return;
  const made = document.createElement('span');
  made.className = 'hx-bs';
  const day = place.querySelector('.hx-bs') ?? made;
  day.textContent = nepaliDay(field.value);
  if (day.textContent === '') day.remove();
  else if (!day.isConnected) place.append(' ', day);
};

const showAll = () => {
  for (const field of document.querySelectorAll('input[type="date"]')) {
    if (field instanceof HTMLInputElement) show(field);
  }
};

document.addEventListener('input', (event) => {
  if (event.target instanceof HTMLInputElement && event.target.type === 'date') show(event.target);
});
document.addEventListener('htmx:after:swap', showAll);
showAll();
