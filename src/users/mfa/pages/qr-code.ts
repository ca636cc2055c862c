// Draws a QR code as an inline SVG, which the content security policy allows and no other server sees.
import { type Html, html } from '#lib/html';

/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const QUIET = 4;

/** The code of a text, black on white whatever the theme, as readers expect it; `label` is what a screen reader says. */
export async function qrCode(text: string, label: string): Promise<Html> {
  // Loaded when it is first needed, which in most processes is never.
  const { default: qrcode } = await import('qrcode');
  const { size, data } = qrcode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const dark = Array.from(data).flatMap((isDark, index) =>
    isDark ? [`M${(index % size) + QUIET} ${Math.floor(index / size) + QUIET}h1v1h-1z`] : [],
  );
  const side = size + 2 * QUIET;
  return html`<svg class="hx-qr" viewBox="0 0 ${side} ${side}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path class="hx-qr-light" d="M0 0h${side}v${side}H0z"/><path class="hx-qr-dark" d="${dark.join('')}"/></svg>`;
}
