# SPDX-License-Identifier: PostgreSQL
# What people report of partition managers, each as a test: rows in the default partition stop all
# maintenance, a retention of '10' means ten seconds, an old partition wider than the interval is dropped,
# clock changes shift bounds, one failing table stops the rest. (Rows out of sight while a default is
# drained, and deadlocks with writers: 090_partitions_under_fire.pl.)
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');

sub new_database
{
  my ($name, $zone) = @_;
  $node->safe_psql('postgres', "CREATE DATABASE $name");
  $node->safe_psql('postgres', "ALTER DATABASE $name SET timezone = '$zone'");
  $node->safe_psql($name, "CREATE EXTENSION pg_quant; INSERT INTO trading.assets (symbol) VALUES ('AAA')");
  return;
}
my $bar = sub {
  my ($at) = @_;
  "INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)"
    . " VALUES ('AAA', '1h', '$at', 10, 11, 9, 10);";
};
my $bounds = q(SELECT partition_name, from_time AT TIME ZONE 'UTC', to_time AT TIME ZONE 'UTC' FROM quant.partition_status());

# Clock changes, and the zone of whoever calls: bars around midnight of three zones, around both changes.
my %seen;
for my $zone ('UTC', 'America/New_York', 'Asia/Kolkata')
{
  my $name = 'zone_' . lc($zone =~ s/\W/_/gr);
  new_database($name, $zone);
  $node->safe_psql($name, join '', map { $bar->($_) } '2024-02-29 23:00+00', '2024-03-01 00:00+00', '2024-03-10 06:30+00',
    '2024-03-10 07:30+00', '2024-03-31 23:59+00', '2024-10-31 20:00+00', '2024-11-03 05:30+00', '2024-11-03 06:30+00', '2024-12-01 04:59+00');
  $node->safe_psql($name, q(CALL quant.create_partitions('2024-01-01', '2024-12-31')));
  $node->safe_psql($name, 'CALL quant.maintain_partitions()');
  $seen{$zone} = join "\n", $node->safe_psql($name, $bounds),
    $node->safe_psql($name, q(SELECT tableoid::regclass, count(*) FROM trading.market_data GROUP BY tableoid ORDER BY tableoid::regclass::text));
  is($node->safe_psql($name, q(SELECT count(*) FROM quant.partition_status() WHERE from_time <> date_trunc('month', from_time, 'UTC') OR to_time <> date_trunc('month', to_time, 'UTC'))),
    '0', "$zone: every bound is the first of a month, 00:00 UTC");
  is($node->safe_psql($name, q(SELECT count(*) FROM quant.partition_plan())), '0', "$zone: and nothing is left to do");
}
like($seen{UTC}, qr/trading\.market_data_y2024m03\|4/, 'bars lie in the month of their UTC time');
same_text($seen{$_}, $seen{UTC}, "the same in UTC and $_") for 'America/New_York', 'Asia/Kolkata';

# Rows in the default partition, of the past and of months that are to be made ahead.
new_database('pains', 'UTC');
my $next = $node->safe_psql('pains', q(SELECT date_trunc('month', now(), 'UTC') + interval '1 month 3 days'));
$node->safe_psql('pains', $bar->('1999-12-31 10:00+00') . $bar->('2001-05-05 10:00+00') . $bar->($next));
$node->safe_psql('pains', 'CALL quant.maintain_partitions()');
is($node->safe_psql('pains', q(SELECT count(*) FROM trading.market_data_default)), '0', 'rows in the default partition do not stop maintenance');
is($node->safe_psql('pains', q(SELECT count(*) FROM quant.partition_status() WHERE from_time > now())), '3', 'the months ahead are made');

# A retention that is no interval of days.
is_error($node, 'pains', q(UPDATE trading.partition_policy SET retention = '10'), qr/^23514: .*ck_retention_valid/, 'a retention of 10 is refused, not ten seconds');
is_error($node, 'pains', q(UPDATE trading.partition_policy SET retention = 'ten years'), qr/^22007/, 'nor is it text');

# An old partition of ten years, which the horizon lies in; and one that somebody else made.
$node->safe_psql('pains', <<'SQL');
CREATE TABLE trading.legacy (LIKE trading.market_data INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE trading.market_data ATTACH PARTITION trading.legacy FOR VALUES FROM ('2005-01-01 00:00+00') TO ('2015-01-01 00:00+00');
CREATE TABLE trading.market_data_y1990m01 (kept text);
SQL
$node->safe_psql('pains', $bar->('2006-06-06 10:00+00'));
$node->safe_psql('pains', q(UPDATE trading.partition_policy SET retention = now() - timestamptz '2010-01-01 00:00+00', retention_action = 'drop'));
$node->safe_psql('pains', 'CALL quant.maintain_partitions()');
is($node->safe_psql('pains', q(SELECT count(*) FROM trading.market_data WHERE timestamp < '2007-01-01')), '1', 'a wider partition that reaches past the horizon stays');
is($node->safe_psql('pains', q(SELECT count(*) FROM quant.partition_status() WHERE to_time <= '2005-01-01')), '0', 'what lies wholly before it goes');
is($node->safe_psql('pains', q(SELECT to_regclass('trading.market_data_y1990m01') IS NOT NULL)), 't', 'a table that only bears the name stays');

# A table that fails does not stop the others.
$node->safe_psql('pains', <<'SQL');
CREATE SCHEMA app;
CREATE TABLE app.aaa_events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.zzz_events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
INSERT INTO trading.partition_policy (table_schema, table_name, partition_interval, premake) VALUES
  ('app', 'aaa_events', 'day', 2), ('app', 'missing', 'day', 2), ('app', 'zzz_events', 'week', 2);
CREATE TABLE app.aaa_events_in_the_way (LIKE app.aaa_events);
SQL
my $today = $node->safe_psql('pains', q(SELECT partition_name FROM quant.partition_plan() WHERE table_name = 'app.aaa_events' LIMIT 1));
$node->safe_psql('pains', "ALTER TABLE app.aaa_events_in_the_way RENAME TO $today");
$node->psql('pains', 'CALL quant.maintain_partitions()');
is($node->safe_psql('pains', <<'SQL'), "app.aaa_events|failed\napp.missing|failed\napp.zzz_events|succeeded\ntrading.market_data|succeeded", 'one failing table stops no other');
SELECT table_schema || '.' || table_name, (array_agg(status ORDER BY id DESC))[1] FROM trading.maintenance_log WHERE action = 'run' GROUP BY 1 ORDER BY 1
SQL
is($node->safe_psql('pains', q(SELECT count(*) FROM quant.partition_status() WHERE table_name = 'app.aaa_events')), '2', 'nor one failing action the others of its table');
like($node->safe_psql('pains', q(SELECT string_agg(message, ';') FROM trading.maintenance_log WHERE status = 'failed')),
  qr/exists already.*table "app\.missing" does not exist|does not exist.*exists already/s, 'and the log says why');
done_testing();
