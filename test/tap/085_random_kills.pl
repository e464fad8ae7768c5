# SPDX-License-Identifier: PostgreSQL
# Imports, backtests, bookings and partition upkeep go on side by side, and a process of the server or
# the postmaster is killed at a random moment, again and again. After each recovery all that clients were
# told is stored is there, every transaction is there wholly or not at all, and every identity holds.
# PG_QUANT_KILLS (20) is the number of kills, PG_QUANT_SEED repeats the choices of a run, not its timing.
use strict;
use warnings;

use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my ($kills, $seed) = ($ENV{PG_QUANT_KILLS} // 20, $ENV{PG_QUANT_SEED} // int(rand(1e9)));
srand $seed; note("PG_QUANT_SEED=$seed PG_QUANT_KILLS=$kills");

# A transaction's number is that of its round times ROUND and more; its bars have SLOT seconds.
use constant { ROUND => 1000, SLOT => 300, ROUNDS_OF_ACCOUNTS => 20 };

sub day_of { my ($month) = @_; return sprintf '%04d-%02d-01', int($month / 12), $month % 12 + 1 }
sub pick { return $_[ int rand @_ ] }
sub cents { return sprintf '%d.%02d', int($_[0] / 100), $_[0] % 100 }
sub clock { return sprintf '%02d:%02d:%02d', int($_[0] / 3600), int($_[0] / 60) % 60, $_[0] % 60 }

# Months are counted from year 0. The backtests have a year of bars; those that are imported lie before it.
my $first_month = ((gmtime)[5] + 1900) * 12 + (gmtime)[4] - 12;
my $first_bar = day_of($first_month);

# The server restarts by itself after the death of a process; that no other one dies, its log tells.
my $node = start_node('main', conf => "restart_after_crash = on\nlog_checkpoints = off\n");
$node->safe_psql('postgres', 'CREATE DATABASE platform');
my $accounts = 3 * (1 + int(($kills + 1) / ROUNDS_OF_ACCOUNTS));
$node->safe_psql('platform', <<SQL);
CREATE EXTENSION pg_quant;
CREATE EXTENSION amcheck;
SET timezone = 'UTC';
INSERT INTO trading.users (id, username, email, password_hash) VALUES (1, 'ann', 'ann\@example.com', 'no login');
INSERT INTO trading.assets (symbol) VALUES ('AAA'), ('BBB'), ('CCC'), ('IMP'), ('NEW');
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) SELECT 1000000 + i, 1, 'account ' || i, 100000 FROM generate_series(1, $accounts) i;
-- What a transaction has done, told in the same one.
CREATE TABLE public.done (client text, n bigint, kind text, rows int, bad int, account bigint, cash numeric, units numeric, at timestamptz, PRIMARY KEY (client, n));
CREATE INDEX ON public.done (account);
-- Its partitions retire, those of the bars do not.
CREATE TABLE public.events (at timestamptz NOT NULL, n bigint) PARTITION BY RANGE (at);
CREATE TABLE public.events_default PARTITION OF public.events DEFAULT;
INSERT INTO trading.partition_policy (table_schema, table_name, partition_interval, premake, retention) VALUES ('public', 'events', 'day', 1, '1 year');
UPDATE trading.partition_policy SET lock_timeout_ms = 100, retries = 2;
CALL quant.create_partitions('$first_bar', now()::date);
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
SELECT symbol, '1d', timestamptz '$first_bar' + day * interval '1 day', open, open + 0.60, open - 0.60, open + (day * 7 % 11 - 5) * 0.10, 1000 + day
FROM (SELECT a.symbol, day, (50 * a.id + abs(day % (14 + 4 * a.id) - (7 + 2 * a.id)) + (day * 13 % 17) * 0.05)::numeric(10, 4) AS open
  FROM generate_series(0, 359) day, trading.assets a WHERE a.id <= 3) b;
INSERT INTO trading.strategies (user_id, name, parameters, entry_rules, exit_rules, risk_rules) VALUES (1, 'SMA cross', '{"fast": 3, "slow": 9}',
  '{"long": {"when": "crosses_above(sma(close, \$fast), sma(close, \$slow))"}}',
  '[{"id": "below", "side": "long", "when": "crosses_below(sma(close, \$fast), sma(close, \$slow))"}]',
  '{"stop_loss": 0.04, "size": {"percent_equity": 30}}');
INSERT INTO trading.backtests (id, user_id, strategy_id, start_date, end_date, initial_capital, universe, parameters)
SELECT i, 1, 1, date '$first_bar' + 20, date '$first_bar' + 350, 100000,
  CASE i % 2 WHEN 0 THEN '["AAA", "BBB", "CCC"]'::jsonb ELSE '["BBB"]' END, jsonb_build_object('fast', 2 + i) FROM generate_series(1, 4) i;
CALL quant.maintain_partitions();
INSERT INTO public.done (client, n, kind, account) SELECT 'backtest', id, 'backtest', id FROM trading.backtests;
UPDATE trading.backtests SET initial_capital = 100000 + id;
SELECT quant.run_backtest(id) FROM trading.backtests;
-- What a run stores that its capital does not change, and the partitions that were there first.
CREATE TABLE public.first_run AS SELECT b.id, b.bars_processed, (SELECT count(*) FROM trading.equity_curves e JOIN trading.portfolios p ON p.id = e.portfolio_id WHERE p.backtest_id = b.id) AS points FROM trading.backtests b;
CREATE TABLE public.first_partitions AS SELECT partition_name, from_time FROM quant.partition_status() WHERE NOT is_default;
CREATE FUNCTION public.partitions() RETURNS TABLE (parent regclass, name text) LANGUAGE sql STABLE AS \$\$
  SELECT i.inhparent::regclass, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r'
  WHERE i.inhparent IN ('trading.market_data'::regclass, 'public.events'::regclass)
\$\$;
CREATE FUNCTION public.rows_of(name text) RETURNS bigint LANGUAGE plpgsql STABLE AS \$\$
DECLARE rows bigint; BEGIN EXECUTE format('SELECT count(*) FROM public.%I', name) INTO rows; RETURN rows; END \$\$;
-- Every identity that does not hold, of transactions from `since` on and of all that is there.
CREATE FUNCTION public.broken(since bigint) RETURNS SETOF text LANGUAGE sql STABLE AS \$\$
WITH made AS (SELECT * FROM public.done WHERE n >= since),
  batches AS (SELECT *, split_part(source, ' ', 2)::bigint AS n FROM trading.import_batches),
  logged AS (SELECT * FROM trading.maintenance_log WHERE action <> 'run'),
  period AS (SELECT CASE WHEN since > 0 THEN min(at) ELSE '-infinity' END AS first, max(at) + interval '@{[SLOT]} seconds' AS last FROM made WHERE kind = 'import'),
  bars AS (SELECT m.volume::bigint AS n, count(*) AS bars, min(m.timestamp) AS first, max(m.timestamp) AS last FROM trading.market_data m
    WHERE m.symbol = 'IMP' AND m.timeframe = '1s' AND m.timestamp >= (SELECT first FROM period) AND m.timestamp < (SELECT last FROM period) GROUP BY 1)
-- An import has one batch, with the counts that were sent, and just those bars and rejects.
SELECT format('import %s: %s batches, %s of %s bars, %s of %s rejects', d.n, b.batches, m.bars, d.rows, r.rejects, d.bad)
FROM made d, LATERAL (SELECT count(*) AS batches, min(b.id) AS id, sum(b.rows_received) AS received, sum(b.rows_inserted) AS inserted,
    sum(b.rows_rejected) AS rejected, count(b.finished_at) AS finished FROM batches b WHERE b.n = d.n) b,
  LATERAL (SELECT coalesce(sum(m.bars), 0)::bigint AS bars FROM bars m WHERE m.n = d.n AND m.first = d.at AND m.last < d.at + interval '@{[SLOT]} seconds') m,
  LATERAL (SELECT count(*) AS rejects FROM trading.market_data_rejects r WHERE r.batch_id = b.id AND r.source = 'import ' || d.n) r
WHERE d.kind = 'import' AND (b.batches, b.finished, b.received, b.inserted, b.rejected, m.bars, r.rejects)
  IS DISTINCT FROM (1::bigint, 1::bigint, (d.rows + d.bad)::numeric, d.rows::numeric, d.bad::numeric, d.rows::bigint, d.bad::bigint)
UNION ALL
SELECT 'batch of no import: ' || b.source FROM batches b WHERE b.n >= since AND NOT EXISTS (SELECT FROM made d WHERE d.kind = 'import' AND d.n = b.n)
UNION ALL
SELECT format('%s bars from %s on are of no import', m.bars, m.first) FROM bars m WHERE NOT EXISTS (SELECT FROM public.done d WHERE d.client = 'import' AND d.n = m.n)
UNION ALL
SELECT 'rejects of no import: ' || count(*) FROM trading.market_data_rejects WHERE batch_id IS NULL OR source IS NULL HAVING count(*) > 0
UNION ALL
-- A booking is there with all of its rows, and the account is what they lead to.
SELECT format('%s %s: %s of %s transactions', d.client, d.n, t.rows, d.rows)
FROM made d, LATERAL (SELECT count(*) AS rows FROM trading.transactions t WHERE t.portfolio_id = d.account
    AND t.external_id >= format('%s %s ', d.client, d.n) AND t.external_id < format('%s %s!', d.client, d.n)) t
WHERE d.kind = 'ledger' AND t.rows <> d.rows
UNION ALL
SELECT format('account %s: %s of %s transactions, cash %s for %s, units %s for %s', p.id, t.rows, d.rows, p.cash_balance, p.initial_capital + d.cash, o.units, d.units)
FROM trading.portfolios p, LATERAL (SELECT sum(d.rows) AS rows, sum(d.cash) AS cash, sum(d.units) AS units FROM public.done d WHERE d.account = p.id) d,
  LATERAL (SELECT count(*) AS rows FROM trading.transactions t WHERE t.portfolio_id = p.id) t,
  LATERAL (SELECT sum(o.quantity) AS units FROM trading.positions o WHERE o.portfolio_id = p.id) o
WHERE p.id IN (SELECT account FROM made WHERE kind = 'ledger')
  AND (t.rows, p.cash_balance, o.units) IS DISTINCT FROM (d.rows, p.initial_capital + d.cash, d.units)
UNION ALL
SELECT 'account does not reconcile: ' || r::text FROM (SELECT DISTINCT account FROM made WHERE kind = 'ledger') d, quant.reconcile_portfolio(d.account) r
UNION ALL
-- The run that was stored last is there, and is what its row says.
SELECT format('backtest %s, run %s: %s, capital %s, %s accounts, %s trades of %s, %s points of %s, cash %s for %s', b.id, d.n, b.status, b.initial_capital, p.accounts,
  t.trades, b.total_trades + b.open_trades, e.points, f.points, p.cash, p.capital + s.cash)
FROM trading.backtests b JOIN public.first_run f USING (id),
  LATERAL (SELECT d.n FROM public.done d WHERE d.kind = 'backtest' AND d.account = b.id ORDER BY d.n DESC LIMIT 1) d,
  LATERAL (SELECT count(*) AS accounts, min(p.id) AS id, sum(p.cash_balance) AS cash, sum(p.initial_capital) AS capital, sum(p.total_value) AS value
    FROM trading.portfolios p WHERE p.backtest_id = b.id AND p.portfolio_type = 'backtest') p,
  LATERAL (SELECT count(*) AS trades, sum(t.pnl) AS pnl FROM trading.trades t WHERE t.backtest_id = b.id) t,
  LATERAL (SELECT count(*) AS points, bool_and(e.equity = e.cash_balance + e.market_value) AS adds_up FROM trading.equity_curves e WHERE e.portfolio_id = p.id) e,
  LATERAL (SELECT sum(s.net_amount) AS cash FROM trading.transactions s WHERE s.portfolio_id = p.id) s
WHERE (b.status, b.initial_capital, b.bars_processed, p.accounts, p.capital, t.trades, e.points, e.adds_up, p.cash, p.value, t.pnl, b.error_message)
  IS DISTINCT FROM ('completed'::text, 100000 + d.n, f.bars_processed, 1::bigint, b.initial_capital, (b.total_trades + b.open_trades)::bigint, f.points, true,
    p.capital + s.cash, b.final_value, b.final_value - b.initial_capital, NULL::text)
UNION ALL
SELECT 'accounts of no backtest: ' || count(*) FROM trading.portfolios WHERE portfolio_type = 'backtest' AND backtest_id IS NULL HAVING count(*) > 0
UNION ALL
SELECT format('backtest %s: %s', b.id, v) FROM trading.backtests b, quant.verify_backtest(b.id) v
WHERE NOT v.reproduces OR v.data_changed OR v.strategy_changed OR v.engine_changed
UNION ALL
-- Partitions: those that were made are there, with what their transactions put in; those dropped are not.
SELECT format('%s partition of %s by %s: %s', d.kind, d.at, d.n, coalesce(m.rows::text, 'none'))
FROM (SELECT DISTINCT ON (at) * FROM public.done WHERE kind IN ('grow', 'shrink') ORDER BY at, n DESC) d
LEFT JOIN quant.partition_status() s ON s.table_name = 'trading.market_data' AND s.from_time = d.at
LEFT JOIN (SELECT m.timestamp, count(*) AS rows, sum(m.volume) AS n FROM trading.market_data m WHERE m.symbol = 'NEW' GROUP BY 1) m ON m.timestamp = d.at
WHERE (s.partition_name IS NOT NULL, m.rows, m.n) IS DISTINCT FROM CASE d.kind WHEN 'grow' THEN (true, 1::bigint, d.n::numeric) ELSE (false, NULL::bigint, NULL::numeric) END
UNION ALL
SELECT format('bars of no partition that was made: %s', count(*)) FROM trading.market_data m WHERE m.symbol = 'NEW'
  AND NOT EXISTS (SELECT FROM public.done d WHERE d.kind = 'grow' AND d.at = m.timestamp) HAVING count(*) > 0
UNION ALL
SELECT format('partition %s, to be retired: attached %s, detached %s, log %s, %s rows', r.name, r.attached, r.detached, r.log, r.rows)
FROM (SELECT e.name, p.name IS NOT NULL AS attached, p.name IS NULL AND to_regclass('public.' || e.name) IS NOT NULL AS detached,
    (SELECT coalesce(string_agg(l.action || ' ' || l.status, ','), '') FROM logged l WHERE l.partition_name = e.name AND l.status = 'succeeded') AS log,
    CASE WHEN to_regclass('public.' || e.name) IS NOT NULL THEN public.rows_of(e.name) END AS rows
  FROM (SELECT 'events_' || to_char(at AT TIME ZONE 'UTC', '"y"YYYY"m"MM"d"DD') AS name FROM made WHERE kind = 'retire') e LEFT JOIN public.partitions() p USING (name)) r
WHERE (r.attached, r.detached, r.log, coalesce(r.rows, 20)) NOT IN ((true, false, '', 20), (false, true, 'detach succeeded', 20), (false, false, 'drop succeeded', 20))
UNION ALL
SELECT format('partition %s of %s: made %s times, of %s lines in the log', coalesce(p.name, l.name), coalesce(p.parent::text, 'nothing'), (p.name IS NOT NULL)::int, l.lines)
FROM (SELECT * FROM public.partitions() WHERE name !~ 'default\$' AND name NOT IN (SELECT partition_name FROM public.first_partitions) AND name NOT IN (SELECT CASE kind
    WHEN 'grow' THEN to_char(at AT TIME ZONE 'UTC', '"market_data_y"YYYY"m"MM') ELSE to_char(at AT TIME ZONE 'UTC', '"events_y"YYYY"m"MM"d"DD') END FROM public.done WHERE kind IN ('grow', 'retire'))) p
FULL JOIN (SELECT partition_name AS name, count(*) AS lines FROM logged WHERE action NOT IN ('detach', 'drop') AND status = 'succeeded'
  AND partition_name NOT IN (SELECT partition_name FROM public.first_partitions) GROUP BY 1) l USING (name)
WHERE p.name IS NULL OR l.lines IS DISTINCT FROM 1
UNION ALL
SELECT format('partitions of %s overlap at %s', s.table_name, s.from_time) FROM (SELECT *, max(to_time) OVER (PARTITION BY table_name ORDER BY from_time
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM quant.partition_status() WHERE NOT is_default) s WHERE s.before > s.from_time
UNION ALL
SELECT 'stands in the default partition: ' || s.partition_name FROM quant.partition_status() s
WHERE s.table_name = 'trading.market_data' AND EXISTS (SELECT FROM trading.market_data_default m WHERE m.timestamp >= s.from_time AND m.timestamp < s.to_time)
UNION ALL
SELECT 'logged: ' || l::text FROM logged l WHERE l.finished_at IS NULL OR l.status NOT IN ('succeeded', 'skipped') AND l.error_sqlstate <> '55P03'
UNION ALL
SELECT format('health: %s %s: %s', "check", state, detail) FROM quant.health_checks() WHERE state = 'failed'
  OR state <> 'ok' AND "check" IN ('versions', 'schema', 'dependency', 'security', 'indexes', 'triggers')
\$\$;
SQL

# A transaction that is told of in public.done; its client hears of it when it is committed.
sub transaction
{
  my ($client, $n, $sql, %what) = @_;
  my ($columns, $values) = (join(', ', sort keys %what), join ', ', map { "'$what{$_}'" } sort keys %what);
  my $told = "INSERT INTO public.done (client, n, $columns) VALUES ('$client', $n, $values);\n";
  return 'BEGIN;' . (rand() < 0.5 ? "\n$sql$told" : "\n$told$sql") . "COMMIT;\n\\echo $client $n\n";
}

# Bars of a new month each fourth round, and of two that have been there: of a partition and of the default one.
sub import_bars
{
  my ($round, $n) = @_;
  my ($rows, $bad, @lines) = (0, 0);
  my $month = $first_month - 1 - int($round / 4) - int(rand 3);
  my $begin = (($round % 16) * 100 + $n % ROUND) * SLOT;
  my $time = sub { sprintf '%s-%02dT%s', substr(day_of($month), 0, 7), 1 + int(($begin + $_[0]) / 86400), clock(($begin + $_[0]) % 86400) };
  for my $i (0 .. 99 + int rand(SLOT - 100))
  {
    my $kind = $i > 0 && rand() < 0.05 ? 1 + int rand 4 : 0;
    push @lines, join ',', $kind == 1 ? 'NONE' : 'IMP', '1s', $time->($kind == 2 ? 0 : $i), $kind == 3 ? 'ten' : '10.5', $kind == 4 ? '9' : '11', '10', '10.25', $n, "import $n";
    $kind ? $bad++ : $rows++;
  }
  return transaction('import', $n, "COPY trading.market_data_import (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume, source) FROM stdin CSV;\n"
    . join("\n", @lines, "\\.\n"), kind => 'import', rows => $rows, bad => $bad, at => substr($time->(0), 0, 10) . ' ' . substr($time->(0), 11) . '+00');
}

sub run_one
{
  my ($n, $id) = ($_[1], 1 + $_[1] % 4);
  return transaction('backtest', $n, "UPDATE trading.backtests SET initial_capital = 100000 + $n WHERE id = $id;\nSELECT quant.run_backtest($id);\n",
    kind => 'backtest', account => $id);
}

sub book
{
  my ($client, $round, $n) = @_;
  my $account = 1000001 + 3 * int($round / ROUNDS_OF_ACCOUNTS) + int rand 3;
  my ($symbol, $units, $back) = (pick('AAA', 'BBB'), 10 + int rand 500, 1 + int rand 9);
  my ($price, $later, $paid, $cost) = map { 100 + int rand 5000 } 1 .. 4;
  my @calls = ("'deposit', amount => @{[cents($paid)]}", "'buy', '$symbol', $units, @{[cents($price)]}, commission => @{[cents($cost)]}",
    "'sell', '$symbol', $back, @{[cents($later)]}");
  push @calls, pick("'dividend', '$symbol', amount => 1.11", "'interest', amount => 1.11", "'adjustment', amount => 1.11") if rand() < 0.4;
  my $cash = $paid - $units * $price - $cost + $back * $later + 111 * (@calls - 3);
  my $i = 0;
  return transaction($client, $n, join('', map { $i++; "SELECT quant.record_transaction($account, $_, external_id => '$client $n $i');\n" } @calls),
    kind => 'ledger', account => $account, rows => scalar @calls, cash => ($cash < 0 ? '-' : '') . cents(abs $cash), units => $units - $back);
}

# A partition that is due for retirement.
sub to_retire
{
  my ($n) = @_;
  my $days = 40 * int($n / ROUND) + $n % ROUND;
  my ($month, $day) = (substr(day_of(1950 * 12 + int($days / 28)), 0, 7), sprintf '%02d', 1 + $days % 28);
  my ($from, $action) = ("$month-$day", pick('detach', 'drop'));
  my $name = 'events_y' . substr($month, 0, 4) . 'm' . substr($month, 5) . "d$day";
  return transaction('upkeep', $n, <<SQL, kind => 'retire', at => "$from 00:00+00");
CREATE TABLE public.$name PARTITION OF public.events FOR VALUES FROM ('$from 00:00+00') TO (timestamptz '$from 00:00+00' + interval '24 hours');
INSERT INTO public.events SELECT timestamptz '$from 00:00+00' + i * interval '1 hour', $n FROM generate_series(1, 20) i;
UPDATE trading.partition_policy SET retention_action = '$action' WHERE table_name = 'events';
SQL
}

# Such a one, one more at the end, or one less; and upkeep before it.
sub upkeep
{
  my ($round, $n) = @_;
  my $sql = pick(('') x 3, ("CALL quant.maintain_partitions();\n") x 2, "CHECKPOINT;\n", "VACUUM trading.market_data_default, trading.positions;\n");
  my $kind = pick('grow', 'shrink', 'retire');
  return $sql . to_retire($n) if $kind eq 'retire';
  $sql .= "SELECT max(to_time) AS next, max(from_time) AS last, max(from_time) <= (SELECT max(from_time) FROM public.first_partitions) AS first FROM quant.partition_status() "
    . "WHERE table_name = 'trading.market_data' AND NOT is_default \\gset\n";
  return $sql . <<SQL if $kind eq 'grow';
BEGIN;
INSERT INTO public.done (client, n, kind, at) VALUES ('upkeep', $n, 'grow', :'next');
SELECT quant.create_monthly_partition((:'next'::timestamptz AT TIME ZONE 'UTC')::date);
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume) VALUES ('NEW', '1d', :'next', 10, 11, 9, 10, $n);
COMMIT;
\\echo upkeep $n
SQL
  # DROP waits for the bars and then for the assets, a run the other way round: the first one gives way.
  return $sql . <<SQL;
SELECT set_config('kills.last', :'last', false), set_config('kills.first', :'first', false);
DO \$\$ BEGIN
  IF current_setting('kills.first')::boolean THEN RETURN; END IF;
  PERFORM set_config('lock_timeout', '100ms', true);
  EXECUTE format('DROP TABLE trading.market_data_%s', to_char(current_setting('kills.last')::timestamptz AT TIME ZONE 'UTC', '"y"YYYY"m"MM'));
  INSERT INTO public.done (client, n, kind, at) VALUES ('upkeep', $n, 'shrink', current_setting('kills.last')::timestamptz);
EXCEPTION WHEN lock_not_available THEN NULL;
END \$\$;
\\o
SELECT client, n FROM public.done WHERE client = 'upkeep' AND n = $n;
\\o /dev/null
SQL
}

my %work = (import => [ \&import_bars, 60 ], backtest => [ \&run_one, 90 ], ledger1 => [ sub { book('ledger1', @_) }, 90 ], ledger2 => [ sub { book('ledger2', @_) }, 90 ],
  upkeep => [ \&upkeep, 39 ]);

# The processes of the server work in its directory.
sub processes
{
  return grep { (readlink("$_/cwd") // '') eq abs_path($node->data_dir) } glob '/proc/[0-9]*';
}

sub wait_for
{
  my ($what, $condition) = @_;
  for (my $until = time + 60; !$condition->(); sleep 0.02) { BAIL_OUT("$what: not within a minute: " . join ', ', map { slurp_file("$_/cmdline") =~ tr/\0/ /r } processes()) if time > $until }
  return;
}

# As a child of the test a dead postmaster is gone at once; an orphan would wait for init.
sub kill_postmaster
{
  my $written = -s $node->logfile;
  kill 9, $node->{_pid};
  waitpid $node->{_pid}, 0;
  wait_for('the end of all processes', sub { !processes() && !kill 0, $node->{_pid} });
  if ((fork // BAIL_OUT("fork: $!")) == 0)
  {
    open(STDOUT, '>>', $node->logfile) && open(STDERR, '>&', \*STDOUT) && exec $node->installed_command('postgres'), '-D', $node->data_dir;
    POSIX::_exit(1);
  }
  wait_for('recovery', sub { slurp_file($node->logfile, $written) =~ /ready to accept connections/ });
  $node->_update_pid(1);
  return 'postmaster';
}

# Mostly one at work for a client, now and then one of the server's own.
sub kill_process
{
  my $which = rand() < 0.2 ? 'true' : "backend_type = 'client backend' AND state = 'active'";
  my $written = -s $node->logfile;
  my ($pid, $name) = (0);
  until ($pid && kill 9, $pid)
  {
    ($pid, $name) = split /\|/, pick(split(/\n/, $node->safe_psql('postgres', "SELECT pid, concat_ws(': ', backend_type, coalesce(substring(query FROM 'quant[.]\\w+'),"
      . " substring(query FROM '^\\w+'))) FROM pg_stat_activity WHERE $which AND pid <> pg_backend_pid()")), 0);
  }
  wait_for('recovery', sub { slurp_file($node->logfile, $written) =~ /ready to accept connections/ });
  return $name;
}

my ($acknowledged, $began, %told, %count) = (0, time);

sub check
{
  my ($since, @of) = @_;
  my $lists = join ' UNION ALL ', map { "SELECT '$_', unnest('{" . join(',', @{ $told{$_} // [] }) . "}'::bigint[])" } @of;
  my ($status, $found, $errors) = $node->psql('platform', "SELECT concat('lost: ', l) FROM ($lists EXCEPT SELECT client, n FROM public.done) l "
    . "UNION ALL SELECT * FROM public.broken($since)");
  return join "\n", grep { defined && $_ ne '' } $found, $errors, $status ? "psql: $status" : '';
}

# Nobody is killed in the last one.
for my $round (1 .. $kills + 1)
{
  my ($since, $peace) = ($round * ROUND, $round > $kills);
  my %session = map {
    my ($make, $transactions) = @{ $work{$_} };
    $_ => session($node, 'platform', "SET client_min_messages = error;\nSET timezone = 'UTC';\n\\o /dev/null\n"
      . join '', map { $make->($round, $since + $_) } 1 .. ($peace ? 5 : $transactions))
  } sort keys %work;
  sleep 0.1 + rand 0.5 unless $peace;
  my $victim = $peace ? 'nobody' : $round % 2 ? kill_process() : kill_postmaster();
  my ($problems, $heard) = ('', 0);
  for my $client (sort keys %session)
  {
    my ($output, $errors) = finish($session{$client});
    my @numbers = map { /(\d+)$/ } split /\n/, $output;
    push @{ $told{$client} }, @numbers;
    $heard += @numbers;
    $problems .= "$client: $errors\n" if $errors =~ /(?:ERROR|PANIC):  (?!.*(?:parallel worker|DSM segment))/ || $errors !~ ($peace ? qr/^$/ : qr/^$|connection|server/);
  }
  unlink glob $node->basedir . '/session*.sql';
  $problems .= check($since, sort keys %work);
  ($acknowledged, $count{$victim}) = ($acknowledged + $heard, 1 + ($count{$victim} // 0));
  next if ok($problems eq '', "round $round, $victim is killed: $heard transactions were acknowledged");
  diag("round $round, PG_QUANT_SEED=$seed PG_QUANT_KILLS=$kills:\n" . substr $problems, 0, 5000);
  done_testing();
  exit 1;
}
note(sprintf '%d kills in %.0f s: %s', $kills, time - $began, join ', ', map { "$_ $count{$_}" } sort keys %count);
cmp_ok($acknowledged, '>', $kills, "$acknowledged transactions were acknowledged, " . $node->safe_psql('platform', 'SELECT count(*) FROM public.done WHERE n > 4') . ' are stored');
my @deaths = slurp_file($node->logfile) =~ /(was terminated by .*|PANIC:.*|TRAP:.*)/g;
is(join(',', grep { !/signal 9: Killed/ } @deaths), '', 'no process died but of a kill');
is(scalar @deaths, int(($kills + 1) / 2), 'and none but those that were killed');

# Upkeep does what is left, and all is looked through from the beginning.
$node->safe_psql('platform', 'CALL quant.maintain_partitions()');
is($node->safe_psql('platform', 'SELECT action, partition_name FROM quant.partition_plan() UNION ALL SELECT symbol, tableoid::regclass::text FROM trading.market_data_default'), '',
  'upkeep comes to an end, and no row is left in the default partition');
is(check(0, sort keys %work), '', 'nothing that was ever acknowledged is lost, and every identity holds');
# A month that no import came to leaves a gap.
$node->safe_psql('platform', "SELECT min(timestamp)::date AS first FROM trading.market_data \\gset\nCALL quant.create_partitions(:'first', '$first_bar')");
is($node->safe_psql('platform', q(SELECT string_agg(detail, ', ') FROM quant.health_checks() WHERE state <> 'ok' AND "check" <> 'jobs')), '',
  'health() finds nothing, and no gap between partitions');
is($node->safe_psql('platform', <<'SQL'), '0|t', 'amcheck: tables and indexes are sound and agree');
SELECT (SELECT count(*) FROM pg_class c, verify_heapam(c.oid) WHERE c.relkind = 'r' AND c.relnamespace IN ('trading'::regnamespace, 'public'::regnamespace)),
  (SELECT count(bt_index_check(c.oid, true)) > 100 FROM pg_class c JOIN pg_am a ON a.oid = c.relam AND a.amname = 'btree'
   WHERE c.relkind = 'i' AND c.relnamespace IN ('trading'::regnamespace, 'public'::regnamespace))
SQL
run_silent($node, 'pg_amcheck: so are the catalogs', 'pg_amcheck', '--parent-check', '--heapallindexed', 'platform');
is($node->safe_psql('platform', 'SELECT * FROM quant.validate_schema()'), '', 'validate_schema() finds no drift');
is($node->safe_psql('platform', q(SELECT t ->> 'state', t ->> 'failed' FROM quant.db_test() t)), 'ok|0', 'db_test() passes');

# The identities above do notice what is missing of the last round.
push @{ $told{import} }, 1;
like(check($kills * ROUND, 'import'), qr/^lost: \(import,1\)$/m, 'noticed: an acknowledged transaction that is not stored');
my %loss = (
  'a bar is gone' => [ q(DELETE FROM trading.market_data WHERE id = (SELECT max(id) FROM trading.market_data WHERE symbol = 'IMP')), qr/^import \d+: 1 batches/m ],
  'a bar of a backtest is another' => [ q(UPDATE trading.market_data SET close_price = close_price + 0.01 WHERE id = 100), qr/^backtest \d+: \(.,t/m ],
  'a batch is gone' => [ q(DELETE FROM trading.import_batches WHERE id = (SELECT max(id) FROM trading.import_batches)), qr/^import \d+: 0 batches/m ],
  'a reject is gone' => [ q(DELETE FROM trading.market_data_rejects WHERE id = (SELECT max(id) FROM trading.market_data_rejects)), qr/^import \d+: 1 batches/m ],
  'an import is not told of' => [ q(DELETE FROM public.done WHERE client = 'import'), qr/^batch of no import/m ],
  'a booking is gone' => [ q(DELETE FROM trading.transactions WHERE id = (SELECT max(id) FROM trading.transactions WHERE external_id <> '')), qr/^account does not reconcile/m ],
  'a trade is gone' => [ q(DELETE FROM trading.trades WHERE id = (SELECT min(id) FROM trading.trades)), qr/^backtest \d+, run/m ],
  'another run was stored last' => [ q(UPDATE public.done SET n = n + 1000000 WHERE client = 'backtest'), qr/^backtest \d+, run/m ],
  'a partition is gone' => [ q(DO $$ BEGIN EXECUTE (SELECT 'ALTER TABLE trading.market_data DETACH PARTITION ' || tableoid::regclass FROM trading.market_data WHERE symbol = 'IMP' ORDER BY id DESC LIMIT 1); END $$), qr/^import/m ],
  'a line of the log is gone' => [ q(TRUNCATE trading.maintenance_log, public.first_partitions), qr/^partition market_data_y/m ],
);
for my $loss (sort keys %loss)
{
  my ($sql, $expected) = @{ $loss{$loss} };
  like($node->safe_psql('platform', "BEGIN;\n$sql;\nSELECT * FROM public.broken(($kills + 1) * @{[ROUND]});\nROLLBACK"), $expected, "noticed: $loss");
}
done_testing();
