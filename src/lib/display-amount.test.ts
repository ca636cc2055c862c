// Proves that amounts are shown exactly and grouped as their readers count.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayAmount, displayBalance, isZero } from './display-amount.ts';

test('rupees are grouped in lakh and crore', () => {
  assert.equal(displayAmount('123456789.50', 'NPR'), '12,34,56,789.50');
});

test('dollars are grouped in thousands', () => {
  assert.equal(displayAmount('123456789.50', 'USD'), '123,456,789.50');
});

test('an amount that no float can hold keeps every digit', () => {
  assert.equal(displayAmount('999999999999999.99', 'USD'), '999,999,999,999,999.99');
});

test('as many decimals are shown as the amount has', () => {
  assert.equal(displayAmount('5000', 'JPY'), '5,000');
  assert.equal(displayAmount('1.250', 'KWD'), '1.250');
});

test('a negative amount has a true minus sign', () => {
  assert.equal(displayAmount('-10.00', 'USD'), '−10.00');
});

test('a balance shows its side and zero has none', () => {
  assert.deepEqual(displayBalance('-1500.00', 'NPR'), { amount: '1,500.00', side: 'Cr' });
  assert.deepEqual(displayBalance('1500.00', 'NPR'), { amount: '1,500.00', side: 'Dr' });
  assert.deepEqual(displayBalance('0.00', 'NPR'), { amount: '0.00', side: '' });
});

test('zero is known in every spelling', () => {
  assert.ok(['0', '0.00', '-0.00'].every(isZero));
  assert.ok(!['0.01', '10', '-5'].some(isZero));
});
