// Our few icons, drawn on a 24 × 24 grid, so that no icon font or sprite has to be loaded.
import { type Html, html } from '#lib/html';

const paths = {
  home: 'M4 11.5 12 4l8 7.5M6 10v9.5h4.5V14h3v5.5H18V10',
  book: 'M5 4.5h12.5a1.5 1.5 0 0 1 1.5 1.5v14H6.5A1.5 1.5 0 0 1 5 18.5zM5 18.5A1.5 1.5 0 0 1 6.5 17H19M9 8.5h6M9 12h4',
  tree: 'M5 4v13.5h5M5 9.5h5M13 7h6v5h-6zM13 15h6v5h-6z',
  scale: 'M12 4v16M8 20h8M5 7l7-1.5L19 7M5 7l-2.5 6a2.7 2.7 0 0 0 5 0zM19 7l-2.5 6a2.7 2.7 0 0 0 5 0z',
  ledger: 'M5 4h14v16H5zM5 9h14M9.5 9v11M14.5 9v11',
  plus: 'M12 5v14M5 12h14',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 20 20',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'M6 6l12 12M18 6 6 18',
  theme: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  keyboard: 'M3 7h18v10H3zM7 10.5h.01M10.5 10.5h.01M14 10.5h.01M17 10.5h.01M8 14h8',
  user: 'M12 4.5a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6zM5 20c.5-3.5 3.4-5 7-5s6.5 1.5 7 5',
  leave: 'M13 5H6v14h7M10 12h10M16.5 8.5 20 12l-3.5 3.5',
  print: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z',
  reverse: 'M8.5 5 4.5 9l4 4M5 9h9.5a5 5 0 0 1 0 10H9',
  check: 'M5 12.5 10 17.5 19.5 7',
  warning: 'M12 4 2.8 19.5h18.4zM12 10v4.5M12 17h.01',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  swap: 'M4 8.5h14M14.5 5 18 8.5 14.5 12M20 15.5H6M9.5 12 6 15.5 9.5 19',
  gear: 'M5 7h8M17 7h2M5 17h2M11 17h8M15 5v4M9 15v4M5 12h14',
  mail: 'M4 6.5h16v11H4zM4.5 7l7.5 6 7.5-6',
  users:
    'M9 4.5a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8zM3 19.5c.4-3.2 2.7-4.8 6-4.8s5.6 1.6 6 4.8M15.5 5.2a3 3 0 0 1 0 5.6M17 14.9c2.3.5 3.7 2 4 4.6',
  plug: 'M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v4',
  key: 'M14.5 4a5.5 5.5 0 1 1-4.9 8L4 17.5V20h3v-2h2v-2h2l1.4-1.4M16 7.5h.01',
  next: 'M9.5 6l6 6-6 6',
  previous: 'M14.5 6l-6 6 6 6',
} as const;

export type IconName = keyof typeof paths;

/** An icon in the colour and size of its text; it says nothing to a screen reader, so a label must stand beside it. */
export function icon(name: IconName): Html {
  return html`<svg class="hx-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${paths[name]}"/></svg>`;
}

/** The mark of the product: a ridge of three bars that reads as a mountain. */
export function mark(): Html {
  return html`<svg class="hx-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"
    ><path class="hx-mark-ridge" d="M2 27 11.5 10l5 8.5L21 12l9 15z"/><path class="hx-mark-peak" d="M11.5 10l3.2 5.5-3 2-3.3-2z"/></svg>`;
}
