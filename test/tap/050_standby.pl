# SPDX-License-Identifier: PostgreSQL
# Everything that only reads works on a hot standby and gives there what it gives on the primary;
# everything that writes is refused as the server refuses writes.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $primary = start_node('primary', streaming => 1);
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
my $started = $standby->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

create_platform($primary, 'platform');
# Enough bars for a run that is still at work when it is cancelled, and a size that does not grow:
# prices that repeat would make any amount of money.
$primary->safe_psql('platform', <<'SQL');
INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
SELECT 2, user_id, 'one unit', parameters, entry_rules, exit_rules, '{"size": {"units": 1}}'
FROM trading.strategies;
SET session_replication_role = replica;
INSERT INTO trading.market_data
  (asset_id, symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
SELECT 3, 'CCC', '1m', timestamptz '2010-01-01 00:00+00' + i * interval '1 minute', p, p + 1, p - 1, p
FROM (SELECT i, 50 + abs(i % 41 - 20) AS p FROM generate_series(1, 60000) i) g;
SQL
sub catch_up { return $primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert')); }
catch_up();

is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery()'), 't', 'the standby is one');
my $run = q[(1, '["AAA", "BBB", "CCC"]', '1d', '2019-12-01', '2020-10-31', 100000,
  '{"fast": 4, "execution": {"commission": {"percent": 0.05}}}')];
my @reads = ("SELECT * FROM quant.simulate$run", "SELECT * FROM quant.simulate_trades$run",
  "SELECT * FROM quant.simulate_equity$run",
  'SELECT quant.value_at_risk(t.trade_return, 0.95) FROM trading.trades t',
  'SELECT quant.max_drawdown(e.equity, e."timestamp") FROM trading.equity_curves e',
  q(SELECT quant.check_bar(10, 9, 11, 10, -1, 1, 2, 3, '2020-01-01 00:00+00', '1d')),
  'SELECT action, partition_name, from_time, to_time, reason FROM quant.partition_plan()',
  'SELECT table_name, partition_name, from_time, to_time, is_default FROM quant.partition_status()',
  q(SELECT * FROM quant.indicator_series('AAA', '1d', NULL, NULL, 'rsi(5)', 'bollinger(close, 5, 2).upper')),
  q(SELECT symbol, timestamp, quant.ema(close_price, 5) OVER (PARTITION BY symbol ORDER BY timestamp) FROM trading.market_data WHERE symbol <> 'CCC'),
  q(SELECT symbol, timestamp, (quant.macd(close_price) OVER (PARTITION BY symbol ORDER BY timestamp)).* FROM trading.market_data WHERE symbol <> 'CCC'),
  q(SELECT * FROM quant.adjusted_bars('AAA')), q(SELECT * FROM quant.resample_bars('AAA', '1d', '1w')),
  q(SELECT quant.candlestick(timestamp, close_price, volume) FROM trading.market_data WHERE symbol = 'AAA'),
  q(SELECT finding, count(*) FROM quant.check_market_data() GROUP BY 1 ORDER BY 1), 'SELECT * FROM quant.check_recent_bars(10000)',
  'SELECT * FROM quant.verify_backtest(1)', 'SELECT * FROM quant.check_lookahead(1)', 'SELECT quant.explain_strategy(1)',
  'SELECT quant.explain_trade(id) FROM trading.trades ORDER BY id LIMIT 3', 'SELECT count(*) FROM quant.validate_strategy(1)',
  q(SELECT quant.portfolio_risk(id, '2020-10-31') FROM trading.portfolios WHERE backtest_id = 1),
  q(SELECT r.* FROM trading.portfolios p, quant.risk_contributions(p.id, '2020-11-20') r WHERE p.name = 'Paper'),
  q(SELECT quant.stress_test(id, '2020-11-20', '{"symbols": {"BBB": -0.1}}') FROM trading.portfolios WHERE name = 'Paper'),
  q(SELECT quant.portfolio_var_backtest(id) FROM trading.portfolios WHERE name = 'Paper'),
  q(SELECT d.* FROM trading.portfolios p, quant.drawdowns(p.id, '2020-10-31') d WHERE backtest_id = 1),
  q(SELECT f.* FROM trading.portfolios p, quant.factor_exposures(p.id, '2020-10-31', '{CCC}') f WHERE backtest_id = 1),
  q(SELECT count(*) FROM trading.portfolios p, quant.check_limits(p.id, 'buy', 'BBB', 1, 100) c),
  q(SELECT count(*) FROM trading.portfolios p, quant.reconcile_portfolio(p.id) r WHERE p.backtest_id IS NULL),
  q(SELECT quant.sharpe_ratio(trade_return, 252), quant.volatility(trade_return, 252), quant.skewness(trade_return) FROM trading.trades),
  q(SELECT quant.var_backtest('{1,2,3}', '{2,2,2}', 0.95), quant.es_backtest('{3,1}', '{2,2}', '{3,3}', 0.95)),
  q(SELECT quant.price_volatility('{10,11}', '{12,12}', '{9,10}', '{11,11}'), quant.covariance('{{0.1,0.2},{0.2,0.1},{0.3,0.3}}')),
  q(SELECT * FROM quant.regression('{1,2,4}', '{1,2,3}')), q(SELECT quant.garch('{0.1,-0.1,0.2}', '{0,0.1,0.1,0.8}'), quant.nearest_correlation('{{1,0.5},{0.5,1}}')),
  'SELECT count(*), min(name) FROM quant.indicators()', 'SELECT count(*) FROM quant.indicator_definitions()',
  q(SELECT quant.indicator_lookback('rsi(14)'), quant.indicator_stable_after('rsi(14)')),
  'SELECT job, schedule, last_status FROM quant.jobs()', 'SELECT * FROM quant.job_definitions()', 'SELECT count(*) FROM unnest(quant.missing_for_jobs())',
  'SELECT count(*) FROM quant.check_security()', 'SELECT "check", state FROM quant.health_checks() WHERE "check" <> \'replication\'', q(SELECT quant.health() ->> 'version'),
  q(SELECT quant.db_status() -> 'tables' -> 'trades' ->> 'partitions'), q(SELECT count(*) FROM quant.schema_shape('trading')),
  q(SELECT quant.user_tables(), quant.latest_schema_step(), quant.current_user_id() IS NULL, quant.check_access_manager()), q(SELECT * FROM quant.access_privileges('trader')), 'SELECT * FROM quant.own_rows()',
  "BEGIN; SELECT quant.sign_in('TOKEN'), quant.current_user_id(); COMMIT",
  'SELECT quant.version()');
# Forecasts of some days, for the paper account to be judged by.
$primary->safe_psql('platform', q(SELECT quant.record_risk_metrics(p.id, d::date) FROM trading.portfolios p, generate_series(timestamp '2020-11-10', '2020-11-14', '1 day') d WHERE p.name = 'Paper'));
my $token = $primary->safe_psql('platform', 'SELECT quant.issue_token(2)');
s/TOKEN/$token/ for @reads;
my $read = join ' ', @reads;
is(join(' ', grep { $read !~ /quant\.$_\(/ && $read !~ /quant\.$_\$run/ && !/^simulate/ } split /\n/, $primary->safe_psql('platform', <<'SQL')), '', 'every function that reads is tried');
SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'quant'::regnamespace AND provolatile <> 'v' AND prokind = 'f'
  AND proname !~ '_(final|accumulate|combine)$' ORDER BY 1
SQL
catch_up();
for my $query (@reads)
{
  my $expected = $primary->safe_psql('platform', $query);
  my ($status, $got, $errors) = $standby->psql('platform', $query);
  my ($function) = $query =~ /(quant\.\w+)/;
  ok($status == 0 && $got ne '' && $got eq $expected, "$function gives what the primary gives")
    or diag("expected: $expected\ngot: $got\n$errors");
}

is_error($standby, 'platform', $_, qr/^25006: /, "refused: $_")
  for 'SELECT quant.run_backtest(1)', q(SELECT quant.record_risk_metrics(1, '2020-10-31')),
  q(SELECT quant.create_monthly_partition('2030-01-01')),
  q(CALL quant.create_partitions('2030-01-01', '2030-02-01')), 'CALL quant.maintain_partitions()',
  q(UPDATE trading.strategies SET name = 'x');
# The same holds in a transaction that is read-only by choice.
is_error($primary, 'platform', "SET default_transaction_read_only = on; $_", qr/^25006: /, "read-only: $_")
  for 'SELECT quant.run_backtest(1)', q(SELECT quant.record_risk_metrics(1, '2020-10-31')),
  q(SELECT quant.create_monthly_partition('2030-01-01'));
is(error_of($primary, 'platform',
    "SET default_transaction_read_only = on; SELECT * FROM quant.simulate$run"), '',
  'read-only: quant.simulate runs');

# A loop of runs lasts until it is cancelled.
my $session = session($standby, 'platform', <<'SQL');
SET application_name = 'long run';
SELECT count(*) FROM generate_series(1, 100000) i CROSS JOIN LATERAL
  quant.simulate_equity(2 + 0 * i, '["CCC"]', '1m', '2010-01-01', '2010-03-01', 100000);
SQL
my $running = q(FROM pg_stat_activity
  WHERE application_name = 'long run' AND state = 'active' AND backend_type = 'client backend');
wait_until($standby, 'platform',
  "count(*) = 1 $running AND query_start < clock_timestamp() - interval '300 ms'");
is($standby->safe_psql('platform', "SELECT pg_cancel_backend(pid) $running"), 't', 'a cancel is sent');
my (undef, $errors) = finish($session);
like($errors, qr/ERROR:  57014: canceling statement due to user request/, 'and obeyed');
is_error($standby, 'platform', q(SET statement_timeout = 50; SELECT count(*) FROM generate_series(1, 100000) i
  CROSS JOIN LATERAL quant.simulate(2 + 0 * i, '["CCC"]', '1m', '2010-01-01', '2010-03-01', 100000)),
  qr/^57014: canceling statement due to statement timeout/, 'so is a timeout');
# Each row of this column takes some 50 microseconds, and there are 60,000.
is_error($standby, 'platform', q(SET statement_timeout = 50;
  SELECT count(*) FROM quant.indicator_series('CCC', '1m', NULL, NULL, 'avgdev(close, 20000)')),
  qr/^57014: canceling statement due to statement timeout/, 'also within one column');

# What the primary changes is seen, and a promoted standby takes over the writing.
$primary->safe_psql('platform', 'SELECT quant.run_backtest(1)');
catch_up();
same_text(rows_of($standby, 'platform'), rows_of($primary, 'platform'), 'a rerun on the primary arrives');
my $hashes = run_hashes($primary, 'platform', 1);
$primary->stop;
$standby->promote;
$standby->safe_psql('platform', 'SELECT quant.run_backtest(1)');
is(run_hashes($standby, 'platform', 1), $hashes, 'after promotion runs are stored here, with the same hashes');
stayed_up($standby, $started);

done_testing();
