// The ready-made chart for a trading or service company anywhere.
import { chartOf } from './chart.ts';

/** Accounts of a small company under IFRS for SMEs; taxes are named generally, for any sales tax or VAT. */
export const generalChart = [
  ...chartOf(
    'asset',
    `
1000 Assets
  1001 Current assets
    1002 Cash and bank
      1010 Cash on hand [cash]
      1015 Petty cash [cash]
      1020 Current account [bank]
    1100 Receivables
      1110 Trade receivables [receivable]
      1130 Advances to employees
      1140 Other receivables
    1200 Inventories
      1210 Merchandise [inventory]
      1220 Goods in transit [inventory]
    1300 Taxes and prepayments
      1310 Input tax [tax]
      1330 Prepaid expenses
      1340 Advances to suppliers
      1350 Deposits paid
  1500 Non-current assets
    1510 Land and buildings [fixed_asset]
    1515 Accumulated depreciation, buildings [depreciation]
    1520 Vehicles [fixed_asset]
    1525 Accumulated depreciation, vehicles [depreciation]
    1530 Furniture and fittings [fixed_asset]
    1535 Accumulated depreciation, furniture [depreciation]
    1540 Computers and equipment [fixed_asset]
    1545 Accumulated depreciation, equipment [depreciation]
`,
  ),
  ...chartOf(
    'liability',
    `
2000 Liabilities
  2001 Current liabilities
    2010 Trade payables [payable]
    2020 Accrued expenses
    2030 Advances from customers
    2040 Salaries payable
    2050 Other payables
    2100 Taxes and contributions
      2110 Output tax [tax]
      2120 Withholding tax payable [tax]
      2130 Social security payable
      2140 Income tax payable [tax]
  2500 Non-current liabilities
    2510 Bank loan [loan]
`,
  ),
  ...chartOf(
    'equity',
    `
3000 Equity
  3010 Share capital
  3030 Reserves
  3100 Retained earnings [retained_earnings]
  3200 Dividends
`,
  ),
  ...chartOf(
    'income',
    `
4000 Income
  4001 Revenue
    4010 Sales
    4020 Services
    4030 Sales returns and allowances
    4040 Discounts allowed
  4500 Other income
    4510 Interest received
    4520 Exchange gains [exchange_difference]
`,
  ),
  ...chartOf(
    'expense',
    `
5000 Cost of sales
  5010 Cost of goods sold [cost_of_sales]
  5020 Freight inwards and customs [cost_of_sales]
6000 Operating expenses
  6001 People
    6010 Salaries
    6020 Social security contributions
    6030 Bonuses
  6100 Premises and office
    6110 Rent
    6120 Electricity and water
    6130 Telephone and internet
    6140 Office supplies
    6150 Repairs and maintenance
    6160 Insurance
  6200 Selling and transport
    6210 Advertising
    6220 Fuel and vehicle running
    6230 Delivery
    6240 Travel
  6300 Administration
    6310 Audit and legal fees
    6320 Bank charges
    6330 Bad debts
    6340 Software subscriptions
    6390 Sundry expenses
  6500 Depreciation and amortisation
    6510 Depreciation [depreciation]
7000 Finance costs and tax
  7010 Interest paid
  7020 Exchange losses [exchange_difference]
  7030 Rounding differences [rounding]
  7100 Income tax
`,
  ),
];
