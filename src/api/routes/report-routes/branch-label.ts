// Says of a report, in JSON as in a file, that it is of the reader's branches and not of the whole company.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Sheet } from '#lib/export/sheet';

type Asked = Pick<FastifyRequest, 'actor'>;

/** The field that reports have for who is limited to branches. */
export const branchField = {
  branches: Type.Optional(
    Type.Array(Type.String(), {
      description: 'The branches that all figures are of, where the reader is limited to some.',
    }),
  ),
};

const branchesOf = ({ actor }: Asked) => (actor.branches ? [...new Set(actor.branches)].sort() : null);

/** The report with its branches, where there is a limit. */
export function withBranches<Report extends object>(
  request: Asked,
  report: Report,
): Report & { branches?: string[] } {
  const branches = branchesOf(request);
  return branches ? { ...report, branches } : report;
}

/** The sheet with its branches below the title, where there is a limit. */
export function sheetWithBranches(request: Asked, sheet: Sheet): Sheet {
  const branches = branchesOf(request);
  return branches ? { ...sheet, subtitle: [...sheet.subtitle, `Branches: ${branches.join(', ')}`] } : sheet;
}
