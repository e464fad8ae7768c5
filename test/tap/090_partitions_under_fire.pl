# SPDX-License-Identifier: PostgreSQL
# Four writers, into the past, the present and the future of two tables, and three readers, while
# partitions are maintained all the time, by two at once: no writer fails, no row is lost, doubled or out
# of sight for a moment. Then a backend or the whole server is killed in the middle of each kind of
# action, and goes on where it was.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

use constant SECONDS => 20;

my $node = start_node('main');
$node->safe_psql('postgres', 'CREATE DATABASE platform');
$node->safe_psql('platform', <<'SQL');
CREATE EXTENSION pg_quant;
INSERT INTO trading.assets (symbol) VALUES ('W1'), ('W2'), ('W3'), ('W4');
UPDATE trading.partition_policy SET premake = 2, retries = 3;
-- A table of the user's own, by weeks.
CREATE TABLE public.events (at timestamptz NOT NULL, symbol text NOT NULL, PRIMARY KEY (at, symbol)) PARTITION BY RANGE (at);
CREATE TABLE public.events_rest PARTITION OF public.events DEFAULT;
INSERT INTO trading.partition_policy (table_schema, table_name, partition_interval, premake, retries)
VALUES ('public', 'events', 'week', 2, 3);
CREATE TABLE public.written (symbol text, at timestamptz, ms numeric, PRIMARY KEY (symbol, at));
-- One bar a transaction, told of in the same one; the time that it took is that of its longest wait.
CREATE PROCEDURE public.write(writer text, seed int, seconds int) LANGUAGE plpgsql AS $$
DECLARE
  until timestamptz := clock_timestamp() + make_interval(secs => seconds);
  started timestamptz;
  today timestamptz := date_trunc('day', now());
  n bigint := 0;
  at timestamptz;
BEGIN
  WHILE clock_timestamp() < until LOOP
    n := n + 1;
    -- Ten years around today in an order that jumps, and every third one today.
    at := today + n * interval '1 microsecond'
      + CASE WHEN n % 3 = 0 THEN 0 ELSE (n * 7919 + seed * 104729) % 7300 - 5475 END * interval '12 hours';
    started := clock_timestamp();
    INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
    VALUES (writer, '1m', at, 10, 11, 9, 10, n);
    INSERT INTO public.events VALUES (at, writer);
    INSERT INTO public.written VALUES (writer, at, 1000 * extract(epoch FROM clock_timestamp() - started));
    COMMIT;
  END LOOP;
END $$;
-- In one snapshot both sides are the same, whatever is moved meanwhile.
CREATE FUNCTION public.unseen() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT abs((SELECT count(*) FROM public.written) - (SELECT count(*) FROM trading.market_data))
    + abs((SELECT count(*) FROM public.written) - (SELECT count(*) FROM public.events))
$$;
CREATE PROCEDURE public.read(seconds int, INOUT looks int, INOUT worst bigint) LANGUAGE plpgsql AS $$
DECLARE
  until timestamptz := clock_timestamp() + make_interval(secs => seconds);
BEGIN
  WHILE clock_timestamp() < until LOOP
    looks := looks + 1;
    worst := greatest(worst, public.unseen());
    COMMIT;
  END LOOP;
END $$;
SQL
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

my $rows_differ = <<'SQL';
SELECT public.unseen() = 0
  AND NOT EXISTS (SELECT at, symbol FROM public.written EXCEPT SELECT at, symbol FROM public.events)
  AND NOT EXISTS (SELECT symbol, at FROM public.written EXCEPT SELECT symbol, timestamp FROM trading.market_data)
SQL

my @writers = map { session($node, 'platform', "CALL public.write('W$_', $_, @{[SECONDS]})") } 1 .. 4;
my $reader = session($node, 'platform', "CALL public.read(@{[SECONDS]}, 0, 0)");
# These plan each look anew: partitions may come between the plan of a statement and its snapshot.
my @tables = ('trading.market_data', 'public.events');
my @planners = map { session($node, 'platform',
  "SELECT (SELECT count(*) FROM public.written) - (SELECT count(*) FROM $_);\n" x 300) } @tables;
my $calls = join "\n", map { "CALL quant.maintain_partitions();\nSELECT pg_sleep(0.5);" } 1 .. 30;
my @keepers = map { session($node, 'platform', "SET client_min_messages = warning;\n$calls") } 1 .. 2;
for my $writer (1 .. 4)
{
  my (undef, $errors) = finish($writers[ $writer - 1 ]);
  is($errors, '', "writer $writer has met no error");
}
my ($seen, $errors) = finish($reader);
chomp $seen;
is($errors, '', 'nor has the reader');
my ($looks, $worst) = split /\|/, $seen;
cmp_ok($looks, '>', 20, "who looked $looks times");
is($worst, '0', 'and missed no row in any of its looks');
for my $table (@tables)
{
  ($seen, $errors) = finish(shift @planners);
  is($errors, '', "nor has one who counts $table");
  is(join(',', grep { $_ ne '0' } split /\n/, $seen), '', 'and always finds each row, once');
}
for my $keeper (@keepers)
{
  my (undef, $said) = finish($keeper);
  is($said, '', 'maintenance goes on to its end');
}
my ($count, $longest, $median) = split /\|/, $node->safe_psql('platform', <<'SQL');
SELECT count(*), round(max(ms)), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 1) FROM public.written
SQL
cmp_ok($count, '>', 1000, "$count rows, the longest wait of a writer $longest ms, the median $median ms");
is($node->safe_psql('platform', $rows_differ), 't', 'each row is there, once');
cmp_ok($node->safe_psql('platform', q(SELECT count(*) FROM trading.maintenance_log WHERE status = 'succeeded' AND action <> 'run')), '>', 10,
  'partitions were made meanwhile');
# What is left to do is done in peace.
$node->safe_psql('platform', 'CALL quant.maintain_partitions()');
is($node->safe_psql('platform', 'SELECT count(*) FROM trading.market_data_default'), '0', 'then the default partition is empty');
is($node->safe_psql('platform', $rows_differ), 't', 'and each row is there still');
is($node->safe_psql('platform', q(SELECT count(*) FROM quant.partition_plan())), '0', 'nothing is left to do');

# Two at once: the second one says that the first is at work.
my $holder = session($node, 'platform', <<'SQL');
BEGIN;
SELECT pg_advisory_xact_lock(x'70677175'::int, 'trading.market_data'::regclass::oid::int);
SELECT pg_sleep(3);
COMMIT;
SQL
wait_until($node, 'platform', q(count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'));
my (undef, undef, $notice) = $node->psql('platform', 'CALL quant.maintain_partitions()');
like($notice, qr/NOTICE:  skipping table "trading.market_data": another session maintains this table/, 'a second call says so');
finish($holder);
stayed_up($node, $started);

# A backend or the postmaster is killed in the middle of an action of each kind: either takes the
# server down, and all is as it was before.
sub dies_in
{
  my ($kind, $prepare) = @_;
  $node->safe_psql('platform', $prepare);
  my $before = $node->safe_psql('platform', 'SELECT count(*), sum(volume) FROM trading.market_data');
  for my $victim ('backend', 'postmaster')
  {
    killed_at_work($victim);
    is($node->safe_psql('platform', 'SELECT count(*), sum(volume) FROM trading.market_data'), $before, "$kind, $victim killed: no row is lost");
    my $plan = $node->safe_psql('platform', q(SELECT string_agg(DISTINCT action, ',') FROM quant.partition_plan()));
    like($plan, qr/$kind/, "$kind, $victim killed: it is still to be done");
  }
  $node->safe_psql('platform', 'CALL quant.maintain_partitions()');
  is($node->safe_psql('platform', 'SELECT count(*) FROM quant.partition_plan()'), '0', "$kind: and is done by the next call");
  return $before;
}

sub killed_at_work
{
  my ($victim) = @_;
  # DDL waits here, with its work done and not committed.
  $node->safe_psql('platform', <<'SQL');
CREATE OR REPLACE FUNCTION public.wait() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); END $$;
CREATE EVENT TRIGGER wait ON ddl_command_end WHEN TAG IN ('ALTER TABLE', 'DROP TABLE') EXECUTE FUNCTION public.wait();
SQL
  my $session = session($node, 'platform', 'CALL quant.maintain_partitions()');
  wait_until($node, 'platform', q(count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'));
  my $backend = $node->safe_psql('platform', q(SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'));
  my $postmaster = $node->{_pid};
  kill 9, $victim eq 'backend' ? $backend : $postmaster;
  finish($session);
  # All of its processes are gone when none holds its memory any more.
  for (1 .. 300)
  {
    last unless kill 0, $postmaster, $backend;
    kill 9, $backend;
    select undef, undef, undef, 0.1;
  }
  $node->{_pid} = undef;
  $node->start;
  $node->safe_psql('platform', 'DROP EVENT TRIGGER wait');
  return;
}

my $bar = sub {
  my ($at) = @_;
  "INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)"
    . " VALUES ('W1', '1d', '$at 00:00+00', 10, 11, 9, 10, 1);";
};
my $drained = dies_in('drain_default', $bar->('1950-01-05') . $bar->('1950-03-05'));
is($node->safe_psql('platform', 'SELECT count(*), sum(volume) FROM trading.market_data'), $drained, 'drained rows are all there');
dies_in('promote_default', $bar->('1951-01-05'));
dies_in('create', 'UPDATE trading.partition_policy SET premake = 40');
my $kept = $node->safe_psql('platform', 'SELECT count(*) FROM trading.market_data');
dies_in('detach', q(UPDATE trading.partition_policy SET retention = interval '70 years'));
my $detached = $node->safe_psql('platform', 'SELECT count(*) FROM trading.market_data');
is($kept - $detached, 3, 'what was detached is out of the table');
is($node->safe_psql('platform', 'SELECT count(*) FROM trading.market_data_y1950m01'), '1', 'and in a table of its own');
$node->safe_psql('platform', 'UPDATE trading.partition_policy SET retention = NULL');
$node->safe_psql('platform', $bar->('1952-01-05'));
$node->safe_psql('platform', 'CALL quant.maintain_partitions()');
dies_in('drop', q(UPDATE trading.partition_policy SET retention = interval '70 years', retention_action = 'drop'));
is($node->safe_psql('platform', q(SELECT count(*) FROM trading.market_data WHERE timestamp < '1953-01-01')), '0', 'what was dropped is gone');
done_testing();
