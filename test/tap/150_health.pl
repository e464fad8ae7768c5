# SPDX-License-Identifier: PostgreSQL
# health, db_status, db_test and validate_schema: each fault is found, nothing is left behind, and all
# that only reads works on a standby.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use HTTP::Tiny;
use IPC::Run;
use JSON::PP qw(decode_json);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('primary', streaming => 1);
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
create_platform($node, 'platform');
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

sub ask { return $node->safe_psql('platform', $_[0]); }
sub state_of { return ask(qq(SELECT state || coalesce(': ' || detail, '') FROM quant.health_checks() WHERE "check" = '$_[0]')); }
sub drift { return ask('SELECT kind, object, problem FROM quant.validate_schema()'); }

# --- a platform that is kept ---------------------------------------------------------------------------
$node->safe_psql('platform', 'CALL quant.maintain_partitions()');
$node->safe_psql('platform', q(CALL quant.create_partitions('2019-11-01', (now() + interval '5 months')::date)));
$node->safe_psql('platform', "CALL quant.run_job('$_')") for qw(risk_metrics data_checks log_purge);
$node->safe_psql('platform', 'CALL quant.maintain_partitions()');
is(ask(q(SELECT string_agg("check" || ': ' || detail, '; ') FROM quant.health_checks() WHERE state <> 'ok')), '', 'nothing is wrong');
is(ask(q(SELECT quant.health() ->> 'state')), 'ok', 'and that is the state');
is(drift(), '', 'nor has the schema drifted');
my @fields = sort keys %{ decode_json(ask('SELECT quant.health()')) };
is_deeply(\@fields, [qw(checked_at checks is_standby state version)], 'health is one object');

# --- nothing is left behind ----------------------------------------------------------------------------
sub same_catalog
{
  my ($got, $expected, $name) = @_;
  # Sequences go on, as after any rollback.
  return same_text((map { join "\n", grep { !/^sequence/ } split /\n/ } $got, $expected), $name);
}
my ($rows, $catalog) = (rows_of($node, 'platform'), catalog_of($node, 'platform'));
my $test = decode_json(ask('SELECT quant.db_test()'));
is($test->{state}, 'ok', 'every part works') or diag(explain($test));
is($test->{passed}, 15, 'all fifteen tests passed');
cmp_ok($test->{ms}, '<', 5000, 'within seconds');
same_text(rows_of($node, 'platform'), $rows, 'db_test leaves no row and takes none');
same_catalog(catalog_of($node, 'platform'), $catalog, 'neither it nor validate_schema leaves an object');
is(ask(q(SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'quant_expected%')), 0, 'nor a schema');
is(ask(q(BEGIN; SELECT quant.db_test() ->> 'state'; SELECT current_setting('quant.signed_in_user', true), current_setting('client_min_messages'); COMMIT)),
  "ok\n|notice", 'nor a setting');

# --- each fault is found -------------------------------------------------------------------------------
sub breaks
{
  my ($check, $sql, $expected, $mend) = @_;
  $node->safe_psql('platform', $sql);
  like(state_of($check), $expected, "$check: $sql");
  $node->safe_psql('platform', $mend);
  like(state_of($check), qr/^ok/, "$check: mended");
  return;
}
breaks('dependency', q(DELETE FROM pg_depend WHERE classid = 'pg_extension'::regclass AND refclassid = 'pg_namespace'::regclass AND refobjid = 'trading'::regnamespace),
  qr/^failed: pg_dump/, 'SELECT quant.install()');
breaks('schema', 'DELETE FROM trading.schema_version', qr/^failed: step  of 2/, 'SELECT quant.install()');
breaks('versions', q(UPDATE pg_extension SET extversion = '0.0.9' WHERE extname = 'pg_quant'), qr/^failed: library 0\.1\.0, SQL objects 0\.0\.9/,
  q(UPDATE pg_extension SET extversion = quant.version() WHERE extname = 'pg_quant'));
breaks('partitions', q(UPDATE trading.partition_policy SET premake = 24), qr/^warning: \d+ to make/, q(UPDATE trading.partition_policy SET premake = 3));
breaks('default_partitions', q(INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price) VALUES ('AAA', '1d', '1999-01-04 00:00+00', 1, 1, 1, 1)),
  qr/^warning: rows of 1 interval.*maintain_partitions/, q(DELETE FROM trading.market_data WHERE timestamp < '2000-01-01'));
breaks('partition_gaps', 'ALTER TABLE trading.market_data DETACH PARTITION trading.market_data_y2020m09', qr/^warning: 1 gaps .*2020-10-01/,
  q(ALTER TABLE trading.market_data ATTACH PARTITION trading.market_data_y2020m09 FOR VALUES FROM ('2020-09-01 00:00+00') TO ('2020-10-01 00:00+00')));
breaks('jobs', q(UPDATE trading.maintenance_log SET started_at = started_at - interval '27 hours', finished_at = finished_at - interval '27 hours' WHERE job = 'data_checks'),
  qr/^warning: data_checks: last success 1 day 03:/, q(CALL quant.run_job('data_checks')));
breaks('security', 'ALTER TABLE trading.portfolios DISABLE ROW LEVEL SECURITY', qr/^warning: no row-level security: portfolios/, 'ALTER TABLE trading.portfolios ENABLE ROW LEVEL SECURITY');
$node->safe_psql('platform', 'CREATE ROLE somebody');
breaks('security', 'GRANT SELECT ON trading.market_data_default TO somebody', qr/^warning: granted on partitions: market_data_default/, 'REVOKE SELECT ON trading.market_data_default FROM somebody');
breaks('triggers', 'ALTER TABLE trading.transactions DISABLE TRIGGER keep_limits', qr/^failed: disabled: keep_limits on trading\.transactions/, 'ALTER TABLE trading.transactions ENABLE TRIGGER keep_limits');
breaks('triggers', 'DROP TRIGGER check_bar ON trading.market_data', qr/^failed: .*check_bar/, 'SELECT quant.install()');
breaks('partitions', 'UPDATE trading.partition_policy SET is_enabled = false', qr/^warning: partition_policy has no row/, 'UPDATE trading.partition_policy SET is_enabled = true');
breaks('default_partitions', 'ALTER TABLE trading.market_data DETACH PARTITION trading.market_data_default', qr/^warning: none for trading\.market_data/,
  'ALTER TABLE trading.market_data ATTACH PARTITION trading.market_data_default DEFAULT');
breaks('replication', q(SELECT pg_create_physical_replication_slot('nobody', true)), qr/^warning: .*slots that nobody reads: nobody/, q(SELECT pg_drop_replication_slot('nobody')));
breaks('security', 'GRANT SELECT (close_price) ON trading.market_data_default TO somebody', qr/^warning: granted on partitions: market_data_default/,
  'REVOKE SELECT (close_price) ON trading.market_data_default FROM somebody');
breaks('indexes', q(UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'trading.idx_transaction_position'::regclass),
  qr/^warning: not valid: trading\.idx_transaction_position/, q(UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'trading.idx_transaction_position'::regclass));
$node->safe_psql('platform', 'GRANT USAGE ON SCHEMA quant TO somebody');
is(ask(q(SET ROLE somebody; SELECT quant.health() ->> 'state')), 'unknown', 'who may not look is told that it is not known');
is(ask(q(SET ROLE somebody; SELECT quant.db_status() -> 'connections' ->> 'max')), 20, 'and sees the limit of connections');

# --- drift ------------------------------------------------------------------------------------------------
sub drifts
{
  my ($sql, $expected, $mend) = @_;
  $node->safe_psql('platform', $sql);
  is(drift(), $expected, "drift: $sql");
  $node->safe_psql('platform', $mend);
  is(drift(), '', 'mended');
  return;
}
my $install = 'SELECT quant.install()';
drifts('DROP VIEW trading.backtest_months; DROP TABLE trading.equity_curves', "table|equity_curves|missing\nview|backtest_months|missing", $install);
drifts('DROP VIEW trading.backtest_months', 'view|backtest_months|missing', $install);
drifts('DROP TRIGGER check_strategy ON trading.strategies', 'trigger|strategies.check_strategy|missing', $install);
drifts('DROP POLICY own_rows ON trading.trades', 'policy|trades.own_rows|missing', $install);
drifts('ALTER TABLE trading.trades DISABLE ROW LEVEL SECURITY', 'table|trades|altered', 'ALTER TABLE trading.trades ENABLE ROW LEVEL SECURITY');
drifts('ALTER TABLE trading.portfolios ALTER description TYPE varchar(2000)', 'column|portfolios.description|altered', 'DROP VIEW trading.backtest_months; ALTER TABLE trading.portfolios ALTER description TYPE text; SELECT quant.install()');
drifts('ALTER TABLE trading.signals ALTER signal_type DROP NOT NULL', 'column|signals.signal_type|altered', 'ALTER TABLE trading.signals ALTER signal_type SET NOT NULL');
drifts('ALTER TABLE trading.portfolios ALTER initial_capital SET DEFAULT 5', 'column|portfolios.initial_capital|altered', 'ALTER TABLE trading.portfolios ALTER initial_capital DROP DEFAULT');
drifts('ALTER TABLE trading.portfolios DROP CONSTRAINT ck_initial_capital_positive', 'constraint|portfolios.ck_initial_capital_positive|missing',
  'ALTER TABLE trading.portfolios ADD CONSTRAINT ck_initial_capital_positive CHECK (initial_capital > 0)');
drifts('DROP INDEX trading.idx_market_data_asset', 'index|market_data.idx_market_data_asset|missing', 'CREATE INDEX idx_market_data_asset ON trading.market_data (asset_id)');
drifts('ALTER TABLE trading.users DISABLE TRIGGER set_updated_at', 'trigger|users.set_updated_at|altered', 'ALTER TABLE trading.users ENABLE TRIGGER set_updated_at');
drifts('ALTER TABLE trading.strategies ENABLE REPLICA TRIGGER check_strategy', 'trigger|strategies.check_strategy|altered', 'ALTER TABLE trading.strategies ENABLE TRIGGER check_strategy');
drifts('ALTER TABLE trading.market_data_default DISABLE TRIGGER check_bar', 'trigger|market_data.check_bar|altered', 'ALTER TABLE trading.market_data_default ENABLE TRIGGER check_bar');
drifts('ALTER TABLE trading.user_preferences DISABLE TRIGGER ALL; ALTER TABLE trading.user_preferences ENABLE TRIGGER USER', 'constraint|user_preferences.fk_user_preference_user|altered',
  'ALTER TABLE trading.user_preferences ENABLE TRIGGER ALL');
drifts('ALTER TABLE trading.risk_metrics SET UNLOGGED', 'table|risk_metrics|altered', 'ALTER TABLE trading.risk_metrics SET LOGGED');
drifts('ALTER TABLE trading.portfolios FORCE ROW LEVEL SECURITY', 'table|portfolios|altered', 'ALTER TABLE trading.portfolios NO FORCE ROW LEVEL SECURITY');
drifts('ALTER TABLE trading.user_preferences ALTER theme TYPE text COLLATE "C"', 'column|user_preferences.theme|altered', 'ALTER TABLE trading.user_preferences ALTER theme TYPE text');
$node->safe_psql('platform', <<'SQL');
ALTER TABLE trading.portfolios ADD COLUMN mine text CHECK (mine <> ''), ADD CONSTRAINT of_mine CHECK (name <> mine);
CREATE INDEX of_mine ON trading.portfolios (mine);
CREATE TABLE trading.my_table (id bigint);
CREATE POLICY mine ON trading.portfolios AS RESTRICTIVE USING (mine IS NULL);
CREATE TRIGGER mine BEFORE UPDATE ON trading.portfolios FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
SQL
is(drift(), '', 'what a user adds is no drift');
is(ask(q(SELECT quant.db_test() ->> 'state')), 'ok', 'and does not disturb the test');

# --- pg_stat_statements, connections ---------------------------------------------------------------------
is(ask(q(SELECT quant.db_status() ->> 'slowest_statements')), '', 'no statements without pg_stat_statements');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements'");
$node->restart;
$node->safe_psql('platform', 'CREATE EXTENSION pg_stat_statements');
ask('SELECT count(*) FROM trading.market_data');
cmp_ok(ask(q(SELECT jsonb_array_length(quant.db_status() -> 'slowest_statements'))), '>', 0, 'with it the slowest are told');
my $status = decode_json(ask('SELECT quant.db_status()'));
is($status->{connections}{max}, 20, 'the limit of connections');
cmp_ok($status->{tables}{market_data}{partitions}, '>', 10, 'partitions are counted');
is($status->{by_application}[0]{application}, '150_health.pl', 'connections by application');

# --- over HTTP --------------------------------------------------------------------------------------------
SKIP:
{
  my $python = '/usr/bin/python3';
  skip 'no psycopg2', 5 if system("$python -c 'import psycopg2' 2>/dev/null") != 0;
  my $port = PostgreSQL::Test::Cluster::get_free_port();
  local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'platform', PGUSER => ask('SELECT current_user'));
  my $output = '';
  my $server = IPC::Run::start([ $python, "$FindBin::RealBin/../../sample/monitoring/health_server.py", $port ], '<', \undef, '>&', \$output);
  my $http = HTTP::Tiny->new(timeout => 20);
  my $get = sub {
    my ($path) = @_;
    for (1 .. 50)
    {
      my $answer = $http->get("http://127.0.0.1:$port$path");
      return $answer if $answer->{status} != 599;
      select undef, undef, undef, 0.1;
    }
    return { status => 599, content => $output };
  };
  my $answer = $get->('/health');
  is($answer->{status}, 200, '/health answers');
  is(decode_json($answer->{content})->{state}, 'ok', 'with the state') or diag($answer->{content});
  is(decode_json($get->('/db-status')->{content})->{connections}{max}, 20, '/db-status');
  is(decode_json($get->('/db-test')->{content})->{state}, 'ok', '/db-test');
  $node->safe_psql('platform', 'ALTER TABLE trading.transactions DISABLE TRIGGER keep_limits');
  is($get->('/health')->{status}, 503, 'a failed check answers 503');
  $node->safe_psql('platform', 'ALTER TABLE trading.transactions ENABLE TRIGGER keep_limits');
  $server->kill_kill;
}

# --- the standby ------------------------------------------------------------------------------------------
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
like($standby->safe_psql('platform', q(SELECT string_agg("check" || ' ' || state, ',') FROM quant.health_checks() WHERE state NOT IN ('ok', 'warning'))), qr/^$/,
  'health works on a standby');
is($standby->safe_psql('platform', q(SELECT quant.health() ->> 'is_standby')), 'true', 'which knows that it is one');
is($standby->safe_psql('platform', q(SELECT (quant.db_status() -> 'database' ->> 'is_standby'))), 'true', 'db_status too');
is($standby->safe_psql('platform', q(SELECT concat(t ->> 'state', ' ', t ->> 'passed', ' ', t ->> 'skipped') FROM quant.db_test() t)), 'ok 6 9', 'db_test reads only');
is_error($standby, 'platform', 'SELECT * FROM quant.validate_schema()', qr/^25006: /, 'validate_schema is refused');
is($node->safe_psql('platform', q(SELECT detail LIKE 'standbys: 1%' FROM quant.health_checks() WHERE "check" = 'replication')), 't', 'the primary counts its standby');
$node->stop;
wait_until($standby, 'platform', q(detail LIKE 'standby, not connected to its primary, %' FROM quant.health_checks() WHERE "check" = 'replication'));
pass('the standby tells that its primary is gone');

unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC:  |TRAP: /, 'no process of the server died');
done_testing();
