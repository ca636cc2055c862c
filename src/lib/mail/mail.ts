// What a mail is here, and the one form in which all of ours are written.
import { html } from '#lib/html';

/** A mail to one person; the HTML says the same as the text. */
export type Mail = { to: string; subject: string; text: string; html: string };

/** What a mail says: sentences, one link that is to be followed, and what to know besides. */
export type Letter = {
  to: string;
  subject: string;
  paragraphs: readonly string[];
  link: { label: string; href: string };
  footnotes: readonly string[];
};

const body =
  'font:16px/1.5 system-ui,sans-serif;color:#1f2933;background:#fff;max-width:34em;margin:2em auto;padding:0 1em';
const button =
  'display:inline-block;padding:.6em 1.2em;border-radius:6px;background:#1f5f8b;color:#fff;text-decoration:none';
const small = 'font-size:13px;color:#52606d';

/** Writes a letter as a mail. Its own styles are in it, as a mail has no stylesheet and no policy that forbids them. */
export function mailOf({ to, subject, paragraphs, link, footnotes }: Letter): Mail {
  const text = [...paragraphs, `${link.label}:\n${link.href}`, ...footnotes].join('\n\n');
  const markup = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${subject}</title></head><body style="${body}">
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>\n`)}<p><a href="${link.href}" style="${button}">${link.label}</a></p>
<p style="${small}">${link.href}</p>
${footnotes.map((footnote) => html`<p style="${small}">${footnote}</p>\n`)}</body></html>`;
  return { to, subject, text: `${text}\n`, html: String(markup) };
}
