// The house rules that a compiler and a linter do not know, each saying what to do instead of breaking it.
import { basename } from 'node:path';
import ts from 'typescript';

type Source = { path: string; text: string; lines: string[]; tree: ts.SourceFile };
type Rule = (source: Source) => string[];

const isTest = (path: string) => path.endsWith('.test.ts');
const inProgram = (path: string) => path.startsWith('src/') && !isTest(path);
const lineOf = (source: Source, node: ts.Node) =>
  source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

function nodesOf(source: Source): ts.Node[] {
  const nodes: ts.Node[] = [];
  visit(source.tree, (node) => nodes.push(node));
  return nodes;
}

const opensWithAComment: Rule = ({ path, lines }) =>
  /^\/\/ \S.*[.:)]$/.test(lines[0] ?? '') || path.startsWith('src/lib/db-types/')
    ? []
    : ['1: open the file with one comment sentence that says why it exists'];

// The types of the tables are as long as the tables are many.
const shortFile: Rule = ({ path, lines }) =>
  lines.length <= 300 || path.startsWith('src/lib/db-types/')
    ? []
    : [`${lines.length} lines: split it by subject into files of at most 300 lines`];

// The function that a test suite hands to describe() is a list of tests rather than a function.
const isSuite = (node: ts.Node) =>
  ts.isCallExpression(node.parent) &&
  ts.isIdentifier(node.parent.expression) &&
  node.parent.expression.text === 'describe';

const shortFunctions: Rule = (source) =>
  nodesOf(source)
    .filter((node) => ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && !isSuite(node))
    .map((node) => ({
      first: lineOf(source, node),
      last: source.tree.getLineAndCharacterOfPosition(node.end).line + 1,
    }))
    .filter(({ first, last }) => last - first >= 50)
    .map(
      ({ first, last }) =>
        `${first}: a function of ${last - first + 1} lines; take a step of it out, 50 is the most`,
    );

const forbiddenWords = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'service',
  'services',
  'misc',
]);

const tellingName: Rule = ({ path }) => {
  const name = basename(path);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(name))
    return [`name it in kebab-case, such as post-entries.ts`];
  const words = path.split(/[/.-]/).filter((word) => forbiddenWords.has(word));
  return words.map(
    (word) => `"${word}" says nothing; name it by what it does (a verb) or what it is (a noun)`,
  );
};

const htmlElement = new RegExp(
  '<(a|article|aside|b|body|br|button|caption|details|dd|dialog|div|dl|dt|em|footer|form|h[1-6]|head|header|hr|html|i' +
    '|iframe|img|input|label|legend|li|link|main|meta|nav|ol|optgroup|option|p|pre|script|section|select|small|span' +
    '|strong|style|summary|svg|table|tbody|td|template|textarea|tfoot|th|thead|tr|ul)(\\s[^<>]*)?/?>|</[a-z]',
  'i',
);

const isTaggedWithHtml = ({ parent }: ts.Node) =>
  ts.isTaggedTemplateExpression(parent) && ts.isIdentifier(parent.tag) && parent.tag.text === 'html';

const noRawHtml: Rule = (source) =>
  inProgram(source.path) && source.path !== 'src/lib/html.ts'
    ? nodesOf(source)
        .filter((node) => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node))
        .filter((node) => !isTaggedWithHtml(node) && htmlElement.test(node.getText(source.tree)))
        .map(
          (node) =>
            `${lineOf(source, node)}: markup in a plain string is not escaped; use the html tag of #lib/html`,
        )
    : [];

const isExported = (node: ts.HasModifiers) =>
  node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) === true;

const documentedExports: Rule = (source) =>
  inProgram(source.path)
    ? source.tree.statements
        .filter(
          (node) =>
            ts.isFunctionDeclaration(node) &&
            isExported(node) &&
            ts.getJSDocCommentsAndTags(node).length === 0,
        )
        .map(
          (node) =>
            `${lineOf(source, node)}: an exported function carries a doc comment: meaning, units, errors`,
        )
    : [];

/** The comments of a file, each with its line. */
function commentsOf({ text, tree }: Source): { line: number; comment: string }[] {
  const found = new Map<number, string>();
  visit(tree, (node) => {
    const start = node.getFullStart();
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, start) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ];
    for (const { pos, end } of ranges) found.set(pos, text.slice(pos, end));
  });
  return [...found].map(([pos, comment]) => ({
    line: tree.getLineAndCharacterOfPosition(pos).line + 1,
    comment,
  }));
}

const noPromises: Rule = (source) =>
  commentsOf(source)
    .filter(({ comment }) => /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)/.test(comment))
    .map(
      ({ line }) =>
        `${line}: do it now, or open an issue; a note in the code or a silenced compiler is forgotten`,
    );

const noSkippedTests: Rule = (source) =>
  isTest(source.path)
    ? nodesOf(source)
        .filter((node) => ts.isCallExpression(node) || ts.isPropertyAssignment(node))
        .filter((node) =>
          ts.isPropertyAssignment(node)
            ? /^(skip|todo|only)$/.test(node.name.getText(source.tree)) &&
              ts.isObjectLiteralExpression(node.parent) &&
              ts.isCallExpression(node.parent.parent)
            : /^(test|it|describe|suite|t)\.(skip|todo|only)$/.test(node.expression.getText(source.tree)),
        )
        .map((node) => `${lineOf(source, node)}: a test runs or is deleted; it is not skipped`)
    : [];

/** All rules by name. */
export const houseRules: Record<string, Rule> = {
  opensWithAComment,
  shortFile,
  shortFunctions,
  tellingName,
  noRawHtml,
  documentedExports,
  noPromises,
  noSkippedTests,
};

/** What is untidy in a file, as "path:line: what to do"; `path` is relative to the root of the project. */
export function untidinessOf(path: string, text: string): string[] {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const lines = text.replace(/\n$/, '').split('\n');
  return Object.values(houseRules).flatMap((rule) =>
    rule({ path, text, lines, tree }).map((fault) => `${path}:${fault}`),
  );
}
