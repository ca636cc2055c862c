// Holds the reading of a journal file to every fault that a file alone can show, and to gathering its entries.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { fingerprintOf } from './fingerprint.ts';
import { inLineOrder } from './line-fault.ts';
import { readJournalFile } from './read-journal-file.ts';

const HEAD = 'entry,date,memo,account,debit,credit';

const read = (text: string, scale = 2) => readJournalFile(Readable.from([Buffer.from(text)]), scale);

async function faultsOf(text: string): Promise<string[]> {
  return inLineOrder((await read(text)).faults).map(({ line, detail }) => `line ${line}: ${detail}`);
}

/** The faults of rows below the usual header, which is line 1. */
const rowFaults = (...rows: string[]) => faultsOf([HEAD, ...rows].join('\n'));

test('all faults of the header are told at once', async () => {
  const faults = await faultsOf('entry,date,memo,memo,amount,credit,\n1,2024-01-01,x,A,1,\n');
  assert.deepEqual(
    faults.map((fault) => fault.replace(/;.*/, '')),
    [
      'line 1: the column memo is there twice',
      'line 1: unknown column "amount"',
      'line 1: column 7 has no name',
      'line 1: the column account is missing',
      'line 1: the column debit is missing',
    ],
  );
});

test('a file that is separated by something else than commas is told so once', async () => {
  for (const separator of [';', '\t']) {
    const faults = await faultsOf(HEAD.replaceAll(',', separator));
    assert.match(faults.join(), /^line 1: the cells are separated by semicolons or tabs[^,]*$/);
  }
});

test('an empty file and one without entries are faults', async () => {
  assert.match((await faultsOf('')).join(), /^line 1: the file is empty/);
  assert.match((await faultsOf(`${HEAD}\n\n,,,,,\n`)).join(), /^line 1: the file has no entries/);
});

test('columns are found by name in any order', async () => {
  const { entries, faults } = await read(
    'credit,Debit, account ,memo,date,entry\n,5,Cash,Sale,2024-01-31,7\n',
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(entries, [
    {
      key: '7',
      line: 2,
      date: '2024-01-31',
      memo: 'Sale',
      lines: [{ line: 2, account: 'Cash', debit: '5.00', credit: null, memo: null }],
    },
  ]);
});

test('each cell that cannot be read is a fault of its line', async () => {
  const faults = await rowFaults(
    ',2024-01-01,m,Cash,1.00,',
    '1,01/02/2024,m,Cash,1.00,',
    '2,2024-02-30,m,Cash,1.00,',
    '3,2024-01-01,m, ,1.00,',
    '4,2024-01-01,m,Cash,"1,000.00",',
    '5,2024-01-01,m,Cash,1.005,NaN',
    '6,2024-01-01,m,Cash,,1234567890123456',
    '7,2024-01-01,m,Cash,1.00',
    '8,2024-01-01,m,Cash,1.00,,surplus',
    '9,2024-01-01,"m"x,Cash,1.00,',
  );
  const expected = [
    /^line 2: the entry is blank/,
    /^line 3: the date "01\/02\/2024" is not a real one/,
    /^line 4: the date "2024-02-30"/,
    /^line 5: the account is blank/,
    /^line 6: debit: "1,000.00" is not a decimal number/,
    /^line 7: debit: an amount has at most 2 decimals/,
    /^line 7: credit: "NaN" is not a decimal number/,
    /^line 8: credit: an amount has at most 15 digits/,
    /^line 9: 6 cells are expected and 5 are here/,
    /^line 10: 6 cells are expected and 7 are here/,
    /^line 11: a quote is misplaced/,
  ];
  assert.equal(faults.length, expected.length, faults.join('\n'));
  for (const [index, pattern] of expected.entries()) assert.match(faults[index] ?? '', pattern);
});

test('rows of one entry are gathered wherever they stand, and their dates agree', async () => {
  const { entries, faults } = await read(
    `${HEAD}\n1,2024-01-01,Rent,A,5,0\n2,2024-01-02,x,A,1,\n1,2024-01-01,Own note,B,,5\n2,2024-01-03,x,B,,1\n`,
  );
  assert.deepEqual(faults, [
    {
      line: 5,
      code: 'import/dates-differ',
      detail: 'entry 2 is of 2024-01-02 on line 3 and of 2024-01-03 here',
    },
  ]);
  assert.deepEqual(
    entries.map(({ key, line, memo, lines }) => [
      key,
      line,
      memo,
      lines.map((each) => [each.line, each.memo]),
    ]),
    [
      [
        '1',
        2,
        'Rent',
        [
          [2, null],
          [4, 'Own note'],
        ],
      ],
      [
        '2',
        3,
        'x',
        [
          [3, null],
          [5, null],
        ],
      ],
    ],
  );
});

test('an entry of which a row was unreadable is marked, also where a quote swallowed the row', async () => {
  const { entries } = await read(
    `${HEAD}\n1,2024-01-01,m,A,1,\n1,2024-01-01,m,B,,1,\n2,2024-01-01,m,A,1,\n3,2024-01-01,"m,A,1,\n2,2024-01-01,m,B,,1\n`,
  );
  assert.deepEqual(
    entries.map(({ key, malformed }) => [key, malformed]),
    [
      ['1', true],
      ['2', true],
    ],
  );
});

test('a fingerprint is the same for the same entry, however the file is written', async () => {
  const prints = async (text: string) => (await read(text)).entries.map(fingerprintOf);
  const [one] = await prints(`${HEAD}\n1,2024-01-01,"a\nb",Cash,10.0,\n1,2024-01-01,c,Sales,0,10\n`);
  assert.match(one ?? '', /^import:[0-9a-f]{64}$/);
  const rewritten =
    'account,memo,credit,debit,date,entry\r\nCash,"a\r\nb",,10.00,2024-01-01,1\r\n\r\nSales,c,10.00,,2024-01-01,1\r\n';
  assert.deepEqual(await prints(rewritten), [one]);
  const changed = [
    `${HEAD}\n2,2024-01-01,"a\nb",Cash,10.0,\n2,2024-01-01,c,Sales,0,10\n`,
    `${HEAD}\n1,2024-01-02,"a\nb",Cash,10.0,\n1,2024-01-02,c,Sales,0,10\n`,
    `${HEAD}\n1,2024-01-01,"a\nb",Cash,10.0,\n1,2024-01-01,d,Sales,0,10\n`,
    `${HEAD}\n1,2024-01-01,"a\nb",Cash,10.01,\n1,2024-01-01,c,Sales,0,10\n`,
    `${HEAD}\n1,2024-01-01,"a\nb",Cash,,10\n1,2024-01-01,c,Sales,10,\n`,
  ];
  for (const text of changed) assert.notDeepEqual(await prints(text), [one]);
});

test('a currency without decimals takes none', async () => {
  const { faults, entries } = await read(`${HEAD}\n1,2024-01-01,m,A,100.00,\n2,2024-01-01,m,A,100.50,\n`, 0);
  assert.deepEqual(
    faults.map(({ line }) => line),
    [3],
  );
  assert.equal(entries[0]?.lines[0]?.debit, '100');
});
