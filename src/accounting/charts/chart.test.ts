// Holds every ready-made chart to being a tree that the ledger can take as it is.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AccountCategory, chartOf } from './chart.ts';
import { CHART_NAMES, chartNamed } from './chart-named.ts';

const CATEGORY_TYPES: Record<Exclude<AccountCategory, null>, string[]> = {
  cash: ['asset'],
  bank: ['asset'],
  receivable: ['asset'],
  payable: ['liability'],
  inventory: ['asset'],
  tax: ['asset', 'liability'],
  retained_earnings: ['equity'],
  fixed_asset: ['asset'],
  depreciation: ['asset', 'expense'],
  loan: ['liability'],
  cost_of_sales: ['expense'],
  exchange_difference: ['income', 'expense'],
  rounding: ['expense'],
};

for (const name of CHART_NAMES.filter((each) => each !== 'none')) {
  describe(`the ready-made chart "${name}"`, () => {
    const chart = chartNamed(name);
    const postable = chart.filter((account) => !account.group);

    it('has each code and each name once', () => {
      assert.equal(new Set(chart.map((account) => account.code)).size, chart.length);
      assert.equal(new Set(chart.map((account) => account.name)).size, chart.length);
    });

    it('lists parents first, and they are groups of the same type', () => {
      for (const [index, { code, parent, type }] of chart.entries()) {
        if (parent === null) continue;
        const above = chart.slice(0, index).find((account) => account.code === parent);
        assert.ok(above?.group, `${code} is under ${parent}`);
        assert.equal(above.type, type, code);
      }
    });

    it('has no group without accounts, and none with a category', () => {
      for (const { code, category } of chart.filter((account) => account.group)) {
        assert.ok(
          chart.some((account) => account.parent === code),
          code,
        );
        assert.equal(category, null, code);
      }
    });

    it('has each category, on accounts whose type fits it', () => {
      for (const { code, category, type } of chart)
        if (category) assert.ok(CATEGORY_TYPES[category]?.includes(type), `${code} ${category}`);
      const used = new Set(postable.map((account) => account.category).filter((each) => each !== null));
      assert.deepEqual([...used].sort(), Object.keys(CATEGORY_TYPES).sort());
      assert.equal(chart.filter((account) => account.category === 'retained_earnings').length, 1);
    });

    it('has one account for what rounding leaves, and one each for exchange gains and losses', () => {
      const of = (wanted: AccountCategory) =>
        chart.filter(({ category }) => category === wanted).map(({ code, type }) => `${code} ${type}`);
      assert.deepEqual(of('rounding'), ['7030 expense']);
      assert.deepEqual(of('exchange_difference'), [
        name === 'nepal' ? '4530 income' : '4520 income',
        '7020 expense',
      ]);
    });

    it('posts cash to 1010 and sales to 4010, and has all five types', () => {
      assert.ok(postable.some(({ code, category }) => code === '1010' && category === 'cash'));
      assert.ok(postable.some(({ code, type }) => code === '4010' && type === 'income'));
      assert.equal(new Set(postable.map((account) => account.type)).size, 5);
    });
  });
}

describe('a chart', () => {
  it('named "none" is empty', () => assert.deepEqual(chartNamed('none'), []));

  it('with a line that is no account is refused', () => {
    assert.throws(() => chartOf('asset', '1000 Assets\n   1010 Cash'), /no line of a chart/);
  });
});
