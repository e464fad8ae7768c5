# SPDX-License-Identifier: PostgreSQL
# The disk is full, at several points of an import, a run, a booking, and of upkeep: each is an error with
# SQLSTATE 53100 that stores nothing, reading goes on, and with room again the same statement succeeds. Then
# the disk of the write-ahead log is full: the server goes down, and comes back with all that was committed.
#
# PG_QUANT_SMALL_DISK names a file system of some 64 MB that the user of this test owns.
use strict;
use warnings;

use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;
use Time::HiRes qw(sleep);

my $disk = $ENV{PG_QUANT_SMALL_DISK};
plan skip_all => 'PG_QUANT_SMALL_DISK names no small file system to fill' unless $disk;
$disk = abs_path($disk);
# What is not small would be filled all the same.
my ($kilobytes) = `df -Pk $disk` =~ /(\d+) +\d+ +\d+ +\d+% \S+\s*\z/;
die "$disk is no directory of a small file system" unless -w $disk && $kilobytes && $kilobytes <= 200 * 1024;
system_or_bail('rm', '-rf', "$disk/space", "$disk/wal", "$disk/ballast");

# Fills the disk but for some kilobytes.
sub fill
{
  my ($free) = @_;
  open my $ballast, '>', "$disk/ballast" or die $!;
  for my $size (1 << 16, 1 << 12) { 1 while syswrite $ballast, "\0" x $size }
  truncate $ballast, (-s $ballast) - 1024 * $free or die $!;
  close $ballast;
  return;
}

sub make_room { unlink "$disk/ballast" or die $!; return }

my $node = start_node('main');
mkdir "$disk/space" or die $!;
$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$disk/space'");
$node->safe_psql('template1', 'CREATE EXTENSION amcheck');
$node->safe_psql('postgres', 'CREATE DATABASE platform TABLESPACE small');
$node->safe_psql('platform', 'CREATE EXTENSION pg_quant');
run_file($node, 'platform', 'platform.sql');
$node->safe_psql('platform', <<'SQL');
INSERT INTO trading.assets (symbol) VALUES ('BIG');
INSERT INTO trading.backtests (id, user_id, strategy_id, name, start_date, end_date, timeframe, initial_capital, universe, parameters)
VALUES (50, 1, 1, 'big', '2021-03-01', '2021-03-31', '1m', 100000, '["BIG"]', '{"fast": 2, "slow": 4}');
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (500, 2, 'booked', 100000);
SQL
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

# 20,000 minutes of March 2021, which has no partition, and some rows that are none.
my $file = $node->basedir . '/bars.csv';
append_to_file($file, join '', map { sprintf "%s,1m,2021-03-%02d %02d:%02d,%d.%02d,%d,%d,%d.%02d,%d\n", $_ % 500 == 7 ? 'NONE' : 'BIG', 1 + int($_ / 1440), $_ / 60 % 24, $_ % 60,
    50 + $_ % 13, $_ % 100, 80, 40, 50 + ($_ * 7) % 17, $_ % 89, $_ } 0 .. 19999);
my $columns = 'symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume';

# Every row and every partition, as a few lines.
sub state_of
{
  my @tables = split /\n/, $node->safe_psql('platform', q(SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
    AND relnamespace IN ('trading'::regnamespace, 'public'::regnamespace) ORDER BY 1));
  return $node->safe_psql('platform', join "\n", 'SELECT count(*), sum(oid::bigint), string_agg(relname, $$,$$ ORDER BY relname) FROM pg_class WHERE relnamespace = $$trading$$::regnamespace;',
    map { "SELECT '$_', count(*), sum(hashtextextended(concat(t.tableoid, t), 0)) FROM $_ t;" } @tables);
}

# Whatever a statement needs the room for first, it ends the same way.
sub needs_room
{
  my ($name, $sql, %expected) = @_;
  my $state = state_of();
  my ($errors, $kept, $reads) = ('', 1, '');
  for my $free (0, @{ $expected{free} })
  {
    # Rows of the attempt before do not count, but take room. Then the server writes its cache of the catalogs
    # anew: without room for that nobody could connect.
    $node->safe_psql('platform', $_) for 'VACUUM', 'SELECT';
    fill($free);
    my ($error, $all) = error_of($node, 'platform', $sql);
    note("$free kB: $error: " . ($all =~ /(?:INSERT INTO|ALTER TABLE) \S+/ ? $& : ''));
    $errors .= "with $free kB: $error\n" unless $error =~ /^53100: could not (?:extend|write|create|fsync)/;
    $reads .= $node->safe_psql('platform', q(SELECT final_value = (SELECT final_value FROM trading.backtests WHERE id = 1)
      FROM quant.simulate(1, '["AAA", "BBB"]', '1d', '2019-12-01', '2020-10-31', 100000.50, '{"execution": {"commission": {"percent": 0.1}}}')));
    make_room();
    $kept &&= state_of() eq $state;
  }
  is($errors, '', "$name: the disk is full, which is an error");
  like($reads, qr/^t+$/, "$name: reading goes on");
  ok($kept, "$name: nothing of it is stored");
  is(error_of($node, 'platform', $sql), '', "$name: with room again it succeeds");
  is($node->safe_psql('platform', $expected{then}), $expected{gives}, "$name: and is stored wholly");
  return;
}

needs_room('import', "COPY trading.market_data_import ($columns) FROM '$file' CSV", free => [ 512, 2048, 3500 ],
  then => <<'SQL', gives => '20000|19960|40|40|19960|1');
SELECT b.rows_received, b.rows_inserted, b.rows_rejected, (SELECT count(*) FROM trading.market_data_rejects r WHERE r.batch_id = b.id),
  (SELECT count(*) FROM trading.market_data_default WHERE symbol = 'BIG'), (SELECT count(*) - 1 FROM trading.import_batches)
FROM trading.import_batches b ORDER BY id DESC LIMIT 1
SQL
my $run = <<'SQL';
SELECT b.status, b.total_trades > 100, v.reproduces, v.data_changed, (SELECT count(*) FROM trading.portfolios WHERE backtest_id = b.id),
  (SELECT count(*) FROM trading.trades WHERE backtest_id = b.id) = b.total_trades + b.open_trades
FROM trading.backtests b, quant.verify_backtest(b.id) v WHERE b.id = 50
SQL
needs_room('first run', 'SELECT quant.run_backtest(50)', free => [ 64, 512, 1500, 2500 ], then => $run, gives => 'completed|t|t|f|1|t');
needs_room('another run', 'SELECT quant.run_backtest(50)', free => [ 64, 256, 512 ], then => $run, gives => 'completed|t|t|f|1|t');
needs_room('booking', q(SELECT quant.record_transaction(500, 'buy', 'AAA', 1, 10, commission => 0.01) FROM generate_series(1, 1500)), free => [ 16, 64 ],
  then => 'SELECT p.cash_balance, (SELECT count(*) FROM trading.transactions WHERE portfolio_id = 500), (SELECT count(*) FROM quant.reconcile_portfolio(500)) FROM trading.portfolios p WHERE id = 500',
  gives => '84985.00|1500|0');
my $bars = $node->safe_psql('platform', 'SELECT count(*), sum(volume) FROM trading.market_data');
my $found = 'SELECT count(*), sum(volume), (SELECT count(*) FROM trading.market_data_y2021m03), (SELECT count(*) FROM trading.market_data_default WHERE symbol = $$BIG$$) FROM trading.market_data';
needs_room('partition of rows in the default one', q(SELECT quant.create_monthly_partition('2021-03-01')), free => [ 32, 64, 512, 2048 ], then => $found, gives => "$bars|19960|0");
needs_room('partitions', q(CALL quant.create_partitions('2022-01-01', '2023-12-31')), free => [ 32, 64, 128, 512 ], then => q(SELECT count(*) FROM quant.partition_status() WHERE from_time >= '2022-01-01' AND to_time <= '2024-01-01'),
  gives => 24);

# Upkeep reports each action that fails, and goes on as long as it can record that.
$node->safe_psql('platform', "UPDATE trading.partition_policy SET premake = 40;\nVACUUM;");
$node->safe_psql('platform', 'SELECT');
my $made = q(SELECT count(*) FROM quant.partition_status() WHERE from_time > now() - interval '1 month');
my ($failures, $before, $after) = ('', $node->safe_psql('platform', $made));
for my $free (0, 200, 1000)
{
  fill($free);
  my ($error, $all) = error_of($node, 'platform', 'CALL quant.maintain_partitions()');
  make_room();
  $failures .= "with $free kB: $all" unless $error =~ /^(?:53100: could not|$)/ && $all =~ /maintenance of trading.market_data failed/;
  # Each action that did succeed is there, with its line in the log.
  $after = $node->safe_psql('platform', $made);
  my $logged = $node->safe_psql('platform', q(SELECT count(*) FROM trading.maintenance_log WHERE action = 'create' AND status = 'succeeded'));
  $failures .= "with $free kB: $after partitions, $before before, $logged in the log\n" if $after - $before != $logged;
}
is($failures, '', 'upkeep: the disk is full, which it reports');
is($node->safe_psql('platform', q(SELECT string_agg(DISTINCT error_sqlstate, ',') FROM trading.maintenance_log WHERE status = 'failed')), '53100', 'upkeep: and records');
cmp_ok($after - $before, '<', 41, 'upkeep: not all was made');
is(error_of($node, 'platform', 'CALL quant.maintain_partitions()'), '', 'upkeep: with room again it succeeds');
is($node->safe_psql('platform', q(SELECT count(*) FROM quant.partition_plan())), '0', 'upkeep: and nothing is left to do');
is($node->safe_psql('platform', $found), "$bars|19960|0", 'upkeep: every bar is there');

# What a full disk left behind is sound.
run_silent($node, 'pg_amcheck', 'pg_amcheck', '--parent-check', '--heapallindexed', 'platform');
is($node->safe_psql('platform', 'SELECT * FROM quant.validate_schema()'), '', 'validate_schema() finds no drift');
is($node->safe_psql('platform', q(SELECT quant.db_test() ->> 'state')), 'ok', 'db_test() passes');
stayed_up($node, $started);
$node->stop;
system_or_bail('rm', '-rf', "$disk/space");

# The write-ahead log alone on the disk, in files of a megabyte.
my $wal = PostgreSQL::Test::Cluster->new('wal');
$wal->init(extra => [ '--locale=C', '--encoding=UTF8', "--waldir=$disk/wal", '--wal-segsize=1' ]);
$wal->append_conf('postgresql.conf', <<CONF);
timezone = 'UTC'
log_statement = none
max_locks_per_transaction = 256
max_wal_size = 1GB
min_wal_size = 2MB
autovacuum = off
restart_after_crash = off
CONF
$wal->start;
create_platform($wal, 'platform');
$wal->safe_psql('platform', 'CREATE TABLE public.done (n int); CHECKPOINT');
my $hashes = run_hashes($wal, 'platform', 1);
# Hours of bars, runs and bookings, each told of when it is committed, until there is no more room.
my $work = join '', map { <<SQL } 1 .. 60;
BEGIN;
INSERT INTO trading.market_data_import (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
SELECT CASE i WHEN 7 THEN 'NONE' ELSE 'AAA' END, '1s', (timestamptz '2021-01-01 00:00+00' + ($_ * 500 + i) * interval '1 second')::text, '10', '11', '9', '10', '$_' FROM generate_series(1, 500) i;
SELECT quant.run_backtest(1);
SELECT quant.create_monthly_partition((date '2010-01-01' + $_ * interval '1 month')::date);
INSERT INTO public.done VALUES ($_);
COMMIT;
\\echo $_
SQL
fill(4096);
my ($said, $trouble) = finish(session($wal, 'platform', "\\o /dev/null\nSET client_min_messages = warning;\n$work"));
like(slurp_file($wal->logfile), qr/PANIC:  could not write to file "pg_wal\/xlogtemp.*No space left/, 'log: the disk is full, the server goes down');
like($trouble, qr/connection to server was lost|server closed/, 'log: its client is told');
my ($last) = $said =~ /(\d+)\s*\z/;
cmp_ok($last // 0, '>', 2, 'log: after some transactions');
# The postmaster ends by itself; pg_ctl would not know.
for (1 .. 600) { last unless -e $wal->data_dir . '/postmaster.pid'; sleep 0.1 }
$wal->_update_pid(0);
make_room();
$wal->append_conf('postgresql.conf', 'max_wal_size = 20MB');
$wal->start;
my ($there, $whole) = split /\|/, $wal->safe_psql('platform', <<'SQL');
SELECT max(d.n), count(*) = max(d.n) AND count(*) = count(*) FILTER (WHERE (b.rows_received, b.rows_inserted, b.rows_rejected) = (500, 499, 1)
  AND (SELECT count(*) = 499 FROM trading.market_data m WHERE m.timeframe = '1s' AND m.volume = d.n)
  AND to_regclass('trading.market_data_' || to_char(date '2010-01-01' + d.n * interval '1 month', '"y"YYYY"m"MM')) IS NOT NULL)
FROM public.done d LEFT JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM trading.import_batches WHERE id > 1) b USING (n)
SQL
cmp_ok($there, '>=', $last, "log: what was committed is there, $there transactions of $last that were acknowledged");
is($whole, 't', 'log: and each is whole');
is($wal->safe_psql('platform', q(SELECT (SELECT count(*) FROM trading.import_batches WHERE id > 1) - (SELECT count(*) FROM public.done),
    (SELECT count(*) FROM trading.market_data WHERE timeframe = '1s') - 499 * (SELECT count(*) FROM public.done))), '0|0', 'log: of the one that met the full disk there is nothing');
is(run_hashes($wal, 'platform', 1), $hashes, 'log: the run is the one that was stored');
is(error_of($wal, 'platform', $work =~ s/.*^\\echo $there$//msr), '', 'log: with room again the rest succeeds');
run_silent($wal, 'log: pg_amcheck', 'pg_amcheck', '--install-missing', '--heapallindexed', '--parent-check', 'platform');
$wal->stop;
system_or_bail('rm', '-rf', "$disk/wal");
done_testing();
