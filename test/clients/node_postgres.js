#!/usr/bin/env node
// SPDX-License-Identifier: PostgreSQL
// node-postgres: exact numbers as texts, JSONB as objects, a backtest, the code of an error.
'use strict';

const assert = require('assert');

let pg;
try {
  pg = require('pg');
} catch (error) {
  console.log('1..0 # SKIP no pg');
  process.exit(0);
}

let count = 0;
let failed = 0;

function equal(value, expected, what) {
  count += 1;
  try {
    assert.deepStrictEqual(value, expected);
    console.log(`ok ${count} - ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${count} - ${what}`);
    console.log(error.message.replace(/^/gm, '# '));
  }
}

// The error of a statement that should fail.
async function errorOf(client, text, values) {
  try {
    await client.query(text, values);
  } catch (error) {
    return error;
  }
  return {};
}

async function numbers(client) {
  // bigint and numeric come as strings, since a number of JavaScript holds 15 digits and no more.
  const portfolio = (await client.query(
    `INSERT INTO trading.portfolios (user_id, name, initial_capital, cash_balance)
     VALUES ($1, $2, $3, $4) RETURNING id, initial_capital, cash_balance, total_value`,
    [1, 'Mine', '100000.50', '9999999999999.99'])).rows[0];
  equal(portfolio, {
    id: '1', initial_capital: '100000.50', cash_balance: '9999999999999.99',
    total_value: '100000.50',
  }, 'money comes back as the string that it is');
  const position = (await client.query(
    `INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price)
     VALUES ($1, 'ACME', '123.456789', '45.6789') RETURNING id`, [portfolio.id])).rows[0];
  const transaction = (await client.query(
    `INSERT INTO trading.transactions (portfolio_id, position_id, quantity, price, commission, metadata)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING quantity, price, commission, net_amount, metadata`,
    [portfolio.id, position.id, '123.456789', '45.6789', '9.95', { order: 7, tags: ['a'] }])).rows[0];
  equal(transaction, {
    quantity: '123.456789', price: '45.6789', commission: '9.95', net_amount: '-5649.32',
    metadata: { order: 7, tags: ['a'] },
  }, 'quantities, prices and a generated amount too, and JSONB as an object');
}

async function bars(client) {
  // CALL commits by itself, and stands alone. A Date has a zone, so that of the session is no matter.
  await client.query("CALL quant.create_partitions('2024-01-01', '2024-01-31')");
  await client.query("INSERT INTO trading.assets (symbol) VALUES ('ACME')");
  for (let day = 1; day <= 10; day += 1) {
    await client.query(
      `INSERT INTO trading.market_data
         (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
       VALUES ('ACME', '1d', $1, $2, $3, $4, $5)`,
      [new Date(Date.UTC(2024, 0, day)), `${day}.1000`, `${day}.9000`, `${day}.0500`, `${day}.5000`]);
  }
  const averages = (await client.query(
    `SELECT quant.sma(close_price, $1) OVER (ORDER BY timestamp) AS sma
     FROM trading.market_data WHERE symbol = 'ACME' ORDER BY timestamp`, [4])).rows;
  equal(averages.map((row) => row.sma), [null, null, null, '3', '4', '5', '6', '7', '8', '9'],
    'a window function over the bars');

  const error = await errorOf(client,
    `INSERT INTO trading.market_data
       (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
     VALUES ('ACME', '1d', '2024-01-20 00:00+00', 10, 9, 9.5, 9.7)`);
  equal([error.code, error.constraint, error.message],
    ['23514', 'ck_high_low_valid', 'invalid bar: high_below_low, high_below_open_close'],
    'a wrong bar is refused with 23514');
  equal(/quant\.check_bar\(\)/.test(error.hint), true, 'with a hint');
}

async function backtest(client) {
  const rules = { long: { when: 'close > sma(close, $n)' } };
  const strategy = (await client.query(
    `INSERT INTO trading.strategies (user_id, name, parameters, entry_rules, risk_rules)
     VALUES (1, 'above', $1, $2, $3) RETURNING id, parameters`,
    [{ n: 2 }, rules, { size: { units: 10 } }])).rows[0];
  equal(strategy.parameters, { n: 2 }, 'rules go in as objects');
  // An array would be sent as an array of PostgreSQL, so JSON that is a list is written out.
  const run = (await client.query(
    `INSERT INTO trading.backtests (user_id, strategy_id, start_date, end_date, initial_capital, universe)
     VALUES (1, $1, '2024-01-01', '2024-01-31', '1000.50', $2) RETURNING id`,
    [strategy.id, JSON.stringify(['ACME'])])).rows[0];
  const summary = (await client.query('SELECT * FROM quant.run_backtest($1)', [run.id])).rows[0];
  // Day 2 closes above its average, 10 are bought at the open of day 3, 3.10, and stand at 10.50.
  equal([summary.final_value, summary.total_trades], ['1074.50', 0], 'quant.run_backtest() by hand');

  const error = await errorOf(client,
    "INSERT INTO trading.strategies (user_id, name, entry_rules) VALUES (1, 'typo', $1)",
    [{ long: { when: 'clos > 1' } }]);
  equal([error.code, error.hint], ['22023', 'Perhaps you meant "close".'],
    'a typo in a rule is refused with 22023 and a hint');
}

async function main() {
  console.log(`# node ${process.version}, pg ${require('pg/package.json').version}`);
  const client = new pg.Client(); // PGHOST, PGPORT, PGUSER, PGDATABASE
  await client.connect();
  try {
    await client.query(`INSERT INTO trading.users (username, email, password_hash)
      VALUES ('ann', 'ann@example.com', 'no login')`);
    await numbers(client);
    await bars(client);
    await backtest(client);
  } finally {
    await client.end();
  }
  console.log(`1..${count}`);
  process.exitCode = failed ? 1 : 0;
}

main().catch((error) => {
  console.log(`# ${error.stack}`);
  process.exitCode = 1;
});
