// The ready-made chart for a trading company in Nepal.
import { chartOf } from './chart.ts';

/**
 * Accounts as Nepal's books and filings ask for them: VAT of 13 % (VAT Act 2052), tax deducted at source
 * (Income Tax Act 2058, sections 87–89), Social Security Fund of 11 % from the employee and 20 % from the employer
 * (Social Security Schemes Operational Directives 2075), gratuity and the festival allowance of one month's
 * salary (Labour Act 2074, sections 37 and 53).
 */
export const nepalChart = [
  ...chartOf(
    'asset',
    `
1000 Assets
  1001 Current assets
    1002 Cash and bank
      1010 Cash in hand [cash]
      1015 Petty cash [cash]
      1020 Bank, current account [bank]
      1025 Bank, call account [bank]
    1100 Receivables
      1110 Trade debtors [receivable]
      1130 Staff advances
      1140 Other receivables
    1200 Inventories
      1210 Trading goods [inventory]
      1220 Goods in transit [inventory]
    1300 Taxes, advances and deposits
      1310 VAT receivable (input, 13 %) [tax]
      1320 Advance income tax [tax]
      1330 TDS deducted by customers [tax]
      1340 Advances to suppliers
      1350 Prepaid expenses
      1370 Deposits (rent, electricity, telephone)
  1500 Property, plant and equipment
    1510 Land and buildings [fixed_asset]
    1515 Accumulated depreciation, buildings [depreciation]
    1520 Vehicles [fixed_asset]
    1525 Accumulated depreciation, vehicles [depreciation]
    1530 Furniture and fixtures [fixed_asset]
    1535 Accumulated depreciation, furniture [depreciation]
    1540 Computers and office equipment [fixed_asset]
    1545 Accumulated depreciation, equipment [depreciation]
`,
  ),
  ...chartOf(
    'liability',
    `
2000 Liabilities
  2001 Current liabilities
    2010 Trade creditors [payable]
    2020 Accrued expenses
    2030 Advances from customers
    2040 Salaries payable
    2060 Dashain allowance payable
    2100 Taxes and contributions
      2110 VAT payable (output, 13 %) [tax]
      2120 TDS payable [tax]
      2130 Social Security Fund payable
      2140 Provident fund payable
      2160 Income tax payable [tax]
  2500 Non-current liabilities
    2510 Term loan from bank [loan]
    2530 Gratuity obligation
`,
  ),
  ...chartOf(
    'equity',
    `
3000 Equity
  3010 Share capital
  3030 General reserve
  3100 Retained earnings [retained_earnings]
  3200 Dividends
`,
  ),
  ...chartOf(
    'income',
    `
4000 Income
  4001 Revenue
    4010 Sales, taxable
    4020 Sales, exempt from VAT
    4040 Sales returns
    4050 Discounts allowed
  4500 Other income
    4510 Interest income
    4530 Exchange gains [exchange_difference]
`,
  ),
  ...chartOf(
    'expense',
    `
5000 Cost of sales
  5010 Cost of goods sold [cost_of_sales]
  5020 Customs duty and clearing [cost_of_sales]
  5030 Carriage inwards [cost_of_sales]
6000 Operating expenses
  6001 Staff
    6010 Salaries and wages
    6020 Social Security Fund, employer's part
    6030 Dashain allowance
    6050 Leave and gratuity
    6060 Tea, snacks and welfare
  6100 Premises and office
    6110 Rent
    6120 Electricity and water
    6130 Telephone and internet
    6140 Stationery and printing
    6150 Repairs and maintenance
    6160 Insurance
  6200 Selling and transport
    6210 Advertising
    6220 Fuel
    6230 Transport and porters
    6240 Travel and daily allowance
  6300 Administration
    6310 Audit and legal fees
    6320 Bank charges
    6330 Bad debts
    6340 Registration, renewal and local taxes
    6360 Fines and penalties
  6500 Depreciation
    6510 Depreciation of property, plant and equipment [depreciation]
7000 Finance costs and tax
  7010 Interest on loans
  7020 Exchange losses [exchange_difference]
  7030 Rounding differences [rounding]
  7100 Income tax
`,
  ),
];
