# SPDX-License-Identifier: PostgreSQL
# From an older PostgreSQL to this one, by dump and by pg_upgrade: every row is there, the schema is what it
# should be, and runs give the same. PG_QUANT_OLD_SERVER is the older installation, which has the extension.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $old_server = $ENV{PG_QUANT_OLD_SERVER};
plan skip_all => 'PG_QUANT_OLD_SERVER names no installation of an older PostgreSQL' unless $old_server;

my $old = start_node('old', install_path => $old_server);
$old->safe_psql('postgres', 'CREATE ROLE analyst');
create_platform($old, 'platform', 'customized.sql');
my $rows = rows_of($old, 'platform');
my $hashes = run_hashes($old, 'platform', 1);
my $drift = $old->safe_psql('platform', 'SELECT * FROM quant.validate_schema()');
my $version = 'SHOW server_version_num';
my ($from, $to);

# What the older one held is what the newer one holds, and works.
sub same_platform
{
  my ($node, $name) = @_;
  $to = $node->safe_psql('platform', $version);
  cmp_ok($to, '>', $from, "$name: from $from to $to");
  same_text(rows_of($node, 'platform'), $rows, "$name: every row is there");
  is($node->safe_psql('platform', 'SELECT * FROM quant.validate_schema()'), $drift, "$name: the schema is what it was");
  is($node->safe_psql('platform', 'SELECT bool_and(v.reproduces) FROM trading.backtests b, quant.verify_backtest(b.id) v WHERE b.status = \'completed\''), 't',
    "$name: the stored run is verified");
  $node->safe_psql('platform', 'DO $$ BEGIN PERFORM quant.run_backtest(1); END $$');
  is(run_hashes($node, 'platform', 1), $hashes, "$name: a rerun gives the same");
  is($node->safe_psql('platform', q(SELECT quant.db_test() ->> 'state')), 'ok', "$name: the self-test passes");
  is($node->safe_psql('platform', 'SELECT quant.install()'), 'renewed triggers and dependency', "$name: no table is left to install");
  $node->safe_psql('platform', 'CALL quant.maintain_partitions()');
  is($node->safe_psql('platform', "SELECT count(*) FROM trading.maintenance_log WHERE status = 'failed'"), '0', "$name: upkeep works");
  return;
}

$from = $old->safe_psql('platform', $version);

# pg_dump of the newer version, as its manual wants it.
my $target = start_node('target');
my $dump = $target->basedir . '/platform.dump';
$target->command_ok([ 'pg_dump', '-Fc', '-f', $dump, '-d', $old->connstr('platform') ], 'pg_dump');
$target->safe_psql('postgres', 'CREATE ROLE analyst');
$target->safe_psql('postgres', 'CREATE DATABASE platform');
$target->command_ok([ 'pg_restore', '--exit-on-error', '-d', $target->connstr('platform'), $dump ], 'pg_restore');
same_platform($target, 'pg_dump');
$target->stop;

my $new = start_node('new');
my $bin = $new->config_data('--bindir');
$new->stop;
$old->stop;
# It leaves its files in the current directory.
chdir $new->basedir or die;
command_ok(
  [ 'pg_upgrade', '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir, '-b', "$old_server/bin", '-B', $bin,
    '-s', $new->host, '-p', $old->port, '-P', $new->port ],
  'pg_upgrade');
$new->start;
same_platform($new, 'pg_upgrade');

done_testing();
