# SPDX-License-Identifier: PostgreSQL
# The border between C++ and the server: errors leave nothing behind, a cancel is obeyed at once in
# every phase of a run, and want of memory is an error like any other.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;
use Time::HiRes qw(time);

use constant {
  CAUGHT => 100_000,
  WARM_UP => 20_000,
  GROWTH_KB => 1024,
  LATE_MS => 100,
};

my $node = start_node('main');
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
create_platform($node, 'platform');

# (a) Errors. Each kind passes the border in another way: thrown by core, thrown while SPI is
# connected, raised by the server below C++ frames, raised in a trigger, raised in an aggregate.
$node->safe_psql('platform', <<'SQL');
CREATE TABLE public.caught (kind int, sqlstate text, count bigint, PRIMARY KEY (kind, sqlstate));
CREATE PROCEDURE public.provoke(rounds int) LANGUAGE plpgsql AS $$
DECLARE
  counts bigint[] := array_fill(0, '{7}');
  states text[] := array_fill(''::text, '{7}');
  kind int;
BEGIN
  FOR i IN 1 .. rounds LOOP
    kind := i % 7 + 1;
    BEGIN
      CASE kind
        WHEN 1 THEN
          INSERT INTO trading.strategies (user_id, name, entry_rules)
          VALUES (1, 'bad', '{"long": {"when": "sma(clse, 3) > 1"}}');
        WHEN 2 THEN
          PERFORM quant.simulate(1, '["NONE"]', '1d', '2019-12-01', '2020-10-31', 1000);
        WHEN 3 THEN
          INSERT INTO trading.market_data
            (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
          VALUES ('AAA', '1h', '2020-02-05 10:00+00', 10, 9, 11, 10);
        WHEN 4 THEN
          PERFORM quant.value_at_risk(0.01, 2);
        WHEN 5 THEN
          PERFORM quant.run_backtest(-1);
        WHEN 6 THEN
          PERFORM quant.simulate(1, '["AAA"]', '1d', '2020-01-01', '2020-01-20', 1000, '{"fast": "x"}');
        WHEN 7 THEN
          INSERT INTO trading.market_data
            (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
          VALUES ('NONE', '1h', '2020-02-05 10:00+00', 10, 11, 9, 10);
      END CASE;
      RAISE SQLSTATE 'NOERR';
    EXCEPTION WHEN OTHERS THEN
      counts[kind] := counts[kind] + 1;
      states[kind] := SQLSTATE;
    END;
    -- A transaction keeps a little for each of its subtransactions.
    IF i % 500 = 0 THEN COMMIT; END IF;
  END LOOP;
  INSERT INTO public.caught SELECT n, states[n], counts[n] FROM generate_series(1, 7) n
  ON CONFLICT ON CONSTRAINT caught_pkey DO UPDATE SET count = caught.count + EXCLUDED.count;
END $$;
SQL
my $memory = q(SELECT 'memory ' || string_agg(m[2], ' ' ORDER BY m[1])
  FROM regexp_matches(pg_read_file('/proc/self/status'), '(RssAnon|VmData):\s+(\d+) kB', 'g') m;);
my $output = $node->safe_psql('platform', sprintf <<'SQL', WARM_UP, $memory, CAUGHT, $memory);
CALL public.provoke(%d); %s CALL public.provoke(%d); %s
SQL
my @measured = map { [ split / / ] } $output =~ /^memory (.*)/mg;
is(scalar @measured, 2, 'memory is measured twice');
is($node->safe_psql('platform',
    "SELECT string_agg(sqlstate, ' ' ORDER BY kind), sum(count) FROM public.caught"),
  '22023 42704 23514 22023 42704 22023 23503|' . (WARM_UP + CAUGHT), 'every error was raised and caught');
for my $i (0, 1)
{
  my $growth = $measured[1][$i] - $measured[0][$i];
  cmp_ok($growth, '<', GROWTH_KB,
    ('RssAnon', 'VmData')[$i] . " grows by $growth kB in " . CAUGHT . ' caught errors');
}

# (b) Cancels. A million minutes of one symbol, without what would only slow the loading.
$node->safe_psql('platform', <<'SQL');
SET session_replication_role = replica;
DROP INDEX trading.idx_market_data_timestamp_symbol, trading.idx_market_data_asset;
ALTER TABLE trading.market_data DROP CONSTRAINT pk_market_data;
INSERT INTO trading.market_data
  (id, asset_id, symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
SELECT i, 2, 'BBB', '1m', timestamptz '2010-01-01 00:00+00' + i * interval '1 minute', p, p, p, p
FROM (SELECT i, 50 + abs(i % 41 - 20) AS p FROM generate_series(1, 1000000) i) g;
ANALYZE trading.market_data;
INSERT INTO trading.strategies (id, user_id, name, entry_rules, exit_rules, risk_rules)
VALUES (2, 1, 'busy',
  jsonb_build_object('long', jsonb_build_object('when',
    'crosses_above(sma(close, 5), sma(close, 20)) and rsi(close, 14) > 1 '
    'and ema(close, 10) > 1 and highest(high, 50) >= close and atr(14) >= 0')),
  '[{"id": "out", "side": "long", "when": "bars_held >= 200"}]', '{"size": {"units": 1}}');
INSERT INTO trading.backtests
  (id, user_id, strategy_id, start_date, end_date, timeframe, initial_capital, universe)
VALUES (9, 1, 2, '2010-01-01', '2012-12-31', '1m', 100000, '["BBB"]');
SQL
my $simulate = q(SELECT total_trades FROM quant.simulate
  (2, '["BBB"]', '1m', '2010-01-01', '2012-12-31', 100000));
# Again and again, so that every timeout falls into a run, however fast the machine is.
my $endless = q(SELECT count(s.total_trades) FROM generate_series(0, 100) i CROSS JOIN LATERAL quant.simulate
  (2 + 0 * i, '["BBB"]', '1m', '2010-01-01', '2012-12-31', 100000) s);

# How late a timeout was, in ms, as the client sees it; the median, as others use this machine.
sub on_time
{
  my ($timeout, $sql, $times, $name) = @_;
  my @late;
  for (1 .. $times)
  {
    my ($status, $got, $errors) = $node->psql('platform',
      "SET statement_timeout = $timeout;\n\\timing on\n$sql;",
      extra_params => [ '-v', 'VERBOSITY=verbose' ], on_error_stop => 0);
    return fail("$name: no timeout: $got $errors")
      unless $errors =~ /57014: canceling statement due to statement timeout/ && $got =~ /^Time: ([\d.]+) ms/m;
    push @late, $1 - $timeout;
  }
  my $median = (sort { $a <=> $b } @late)[ $#late / 2 ];
  cmp_ok($median, '<=', LATE_MS, sprintf '%s: a timeout of %d ms is %.0f ms late', $name, $timeout, $median);
  return;
}

my $begin = time;
is($node->safe_psql('platform', $simulate), '4877', 'a run over a million bars');
my $whole = 1000 * (time - $begin);
# Reading, preparing, running and closing the books: wherever it falls.
on_time(300, $endless, 5, 'simulate');
on_time(int($whole * $_ / 10), $endless, 3, 'simulate') for 2 .. 10;
on_time(int($whole * 1.5),
  $simulate =~ s/100000\)/100000, '{"execution": {"frequency": "bar", "periods_per_year": 525600}}')/r,
  1, 'simulate with returns by bar');
# A bar with thousands of lots costs as much as thousands of bars.
$node->safe_psql('platform', <<'SQL');
INSERT INTO trading.strategies (id, user_id, name, entry_rules, risk_rules)
VALUES (3, 1, 'lots', '{"long": {"when": true}}', '{"size": {"units": 1}, "pyramiding": {"max": 1000000}, "stop_loss": 0.99}');
SQL
on_time(2500, q(SELECT quant.simulate(3, '["BBB"]', '1m', '2010-01-01', '2012-12-31', 1000000000)), 3, 'simulate with thousands of lots');

my $account = q(SELECT (SELECT count(*) FROM trading.portfolios WHERE backtest_id = 9),
  (SELECT count(*) FROM trading.trades WHERE backtest_id = 9),
  (SELECT count(*) FROM trading.signals WHERE backtest_id = 9),
  (SELECT status FROM trading.backtests WHERE id = 9));
my $run = 'SELECT quant.run_backtest(9)';
on_time(int($whole / 2), $run, 1, 'run_backtest while it computes');
on_time(int($whole * 2), $run, 1, 'run_backtest while it stores');
is($node->safe_psql('platform', $account), '0|0|0|pending', 'nothing of a cancelled run is stored');

# A stored result outlives a cancelled rerun. The wait makes sure that it is hit while it stores.
my $stored = stored_run($node, 'platform', 1);
$node->safe_psql('platform', <<'SQL');
CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
CREATE TRIGGER wait AFTER INSERT ON trading.equity_curves
  FOR EACH STATEMENT EXECUTE FUNCTION public.wait();
SQL
my $session = session($node, 'platform', <<'SQL');
\set ON_ERROR_STOP off
SELECT quant.run_backtest(1);
SELECT total_trades > 0 FROM quant.simulate(1, '["AAA"]', '1d', '2019-12-01', '2020-10-31', 100000);
SQL
wait_until($node, 'platform', q(count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'));
is($node->safe_psql('platform',
    q(SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep')), 't',
  'a run is cancelled while it stores');
my ($answer, $errors) = finish($session);
like($errors, qr/ERROR:  57014: canceling statement due to user request/, 'it ends with 57014');
is($answer, "t\n", 'its backend works on');
$node->safe_psql('platform', 'DROP TRIGGER wait ON trading.equity_curves');
same_text(stored_run($node, 'platform', 1), $stored, 'the earlier result is untouched');

# (c) Memory. A backend that gets a little more than it has fails somewhere in the run: each limit
# hits another allocation, of C++ or of the server.
SKIP:
{
  skip 'no prlimit', 4 unless -x '/usr/bin/prlimit' && -r '/proc/self/status';
  skip 'AddressSanitizer cannot do with less memory', 4 if $ENV{ASAN_OPTIONS};
  my $script = "SELECT pg_backend_pid() AS pid \\gset\n\\setenv QUANT_PID :pid\n$simulate;\n";
  # What the backend has is at hand in its status; the rest is left to the shell.
  # What the backend has is at hand in its status. The first limits stop a run while it reads, the
  # later ones while it prepares, runs and closes the books.
  my @spare = (1, 5, 10, 20, 40, 60, 90, 130, 180);
  for my $mb (@spare)
  {
    my $sql = $mb > 60 ? $simulate : $run;
    my $now = '$(grep VmSize /proc/$QUANT_PID/status | tr -dc 0-9)';
    $script .= "\\! prlimit --pid \$QUANT_PID --as=\$((($now + $mb * 1024) * 1024)):unlimited\n"
      . "$sql;\n\\! prlimit --pid \$QUANT_PID --as=unlimited:unlimited\n";
  }
  $script .= "SELECT 'alive', pg_backend_pid() = :pid;\n$simulate;\n";
  my ($status, $got, $stderr) = $node->psql('platform', $script, on_error_stop => 0,
    extra_params => [ '-v', 'VERBOSITY=verbose' ]);
  my %seen;
  $seen{$_}++ for $stderr =~ /(?:ERROR|FATAL|PANIC):  (\w+)/g;
  is(join(' ', sort keys %seen), '53200', 'want of memory is 53200 and nothing else') or diag(substr $stderr, 0, 3000);
  cmp_ok($seen{53200} // 0, '>=', 5, ($seen{53200} // 0) . ' of ' . @spare . ' runs ran out of memory');
  like($got, qr/^alive\|t\n4877$/m, 'the backend works on, and the run gives the same');
  is($node->safe_psql('platform', $account), '0|0|0|pending', 'nothing of the failed runs is stored');
}

stayed_up($node, $started);

done_testing();
