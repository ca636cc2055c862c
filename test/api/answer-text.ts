// Reads what an answer says as text, whatever it is: a page, JSON, CSV, a workbook or a PDF.
import * as workbooks from '@e965/xlsx';
import type { LightMyRequestResponse } from 'fastify';
import { extractText, getDocumentProxy } from 'unpdf';

/** The text of an answer; cells as they are shown. */
export async function textOf(answer: LightMyRequestResponse): Promise<string> {
  const type = String(answer.headers['content-type']);
  if (/spreadsheet/.test(type)) {
    const { Sheets } = workbooks.read(answer.rawPayload);
    return Object.values(Sheets)
      .map((sheet) => workbooks.utils.sheet_to_csv(sheet, { rawNumbers: false }))
      .join('\n');
  }
  if (!/pdf/.test(type)) return answer.payload;
  return (await extractText(await getDocumentProxy(new Uint8Array(answer.rawPayload)))).text.join('\n');
}
