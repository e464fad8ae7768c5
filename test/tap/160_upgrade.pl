# SPDX-License-Identifier: PostgreSQL
# Tables of an older shape, with data, dependent views and changes of users, brought up to date by
# quant.install().
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');
my $steps = $node->safe_psql('postgres', 'CREATE EXTENSION pg_quant; SELECT quant.latest_schema_step()');

$node->safe_psql('postgres', 'CREATE DATABASE old');
$node->safe_psql('old', slurp_file("$FindBin::RealBin/frozen/step_1.sql"));
my $platform = slurp_file("$FindBin::RealBin/lib/platform.sql");
$platform =~ s/^INSERT INTO trading\.sign_in_keys.*\n//m;
$node->safe_psql('old', $platform);
$node->safe_psql('old', <<'SQL');
CREATE ROLE analyst LOGIN;
ALTER TABLE trading.users ADD COLUMN desk text DEFAULT 'equities';
ALTER TABLE trading.portfolios ADD CONSTRAINT ck_name_short CHECK (length(name) < 100);
CREATE INDEX idx_user_desk ON trading.users (desk);
CREATE VIEW public.accounts AS
  SELECT u.*, p.name, p.total_value FROM trading.users u JOIN trading.portfolios p ON p.user_id = u.id;
CREATE MATERIALIZED VIEW public.closes AS
  SELECT symbol, max(timestamp) AS newest FROM trading.market_data GROUP BY symbol;
CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER note BEFORE INSERT ON trading.transactions FOR EACH ROW EXECUTE FUNCTION public.note();
CREATE POLICY analysts ON trading.trades TO analyst USING (true);
GRANT USAGE ON SCHEMA trading, quant TO analyst;
GRANT SELECT ON trading.trades TO analyst;
SQL

sub ask { return $node->safe_psql('old', $_[0]); }
# Columns that came later are at the end of a row, and NULL there.
sub old_rows { return join "\n", grep { !/^trading\.(schema_version|sign_in_keys)\|/ } split /\n/, rows_of($node, 'old') =~ s/^(trading\.users\|\(.*?),*\)$/$1)/gmr; }

is(ask(q(SELECT state || ' ' || detail FROM quant.health_checks() WHERE "check" = 'schema')), "failed step 1 of $steps: run SELECT quant.install()",
  'the old shape is noticed');
my $drift = ask('SELECT kind, object, problem FROM quant.validate_schema()');
like($drift, qr/^$_$/m, "drift: $_") for 'table\|sign_in_keys\|missing', 'column\|users\.database_role\|missing', 'table\|trades\|altered', 'policy\|portfolios\.own_rows\|missing';
unlike($drift, qr/desk|analysts|ck_name_short|note/, 'what users added is no drift');

my ($rows, $hashes) = (old_rows(), run_hashes($node, 'old', 1));
my $accounts = ask('SELECT id, username, desk, name, total_value FROM public.accounts ORDER BY 1, 4');
my @told = split /\n/, ask('SELECT quant.install()');
is($told[0], 'created trading.sign_in_keys', 'the table that is missing is made');
like($told[$_], qr/^applied step @{[ $_ + 1 ]}: /, "step @{[ $_ + 1 ]} is told") for 1 .. $steps - 1;
is($told[-1], 'renewed triggers and dependency', 'and the rest renewed');
is(scalar @told, $steps + 1, 'nothing else');

is(ask('SELECT * FROM quant.validate_schema()'), '', 'no drift is left');
is(ask(q(SELECT string_agg("check", ' ') FROM quant.health_checks() WHERE state = 'failed')), '', 'no check fails');
is(ask(q(SELECT string_agg(version || ' ' || extension_version, ', ' ORDER BY version) FROM trading.schema_version)),
  join(', ', map { "$_ 0.1.0" } 1 .. $steps), 'the steps are recorded');
same_text(old_rows(), $rows, 'every row is what it was');
is(ask('SELECT id, username, desk, name, total_value FROM public.accounts ORDER BY 1, 4'), $accounts, 'the dependent view stands');
is(ask(q(SELECT count(*) FROM pg_matviews WHERE matviewname = 'closes')), 1, 'the materialized view too');
is(ask(q(SELECT string_agg(conname, ' ') FROM pg_constraint WHERE conname = 'ck_name_short')), 'ck_name_short', 'the constraint of a user');
is(ask(q(SELECT to_regclass('trading.idx_user_desk') IS NOT NULL)), 't', 'his index');
is(ask(q(SELECT tgenabled FROM pg_trigger WHERE tgname = 'note' AND tgrelid = 'trading.transactions'::regclass)), 'O', 'his trigger');
cmp_ok($node->safe_psql('old', 'SELECT count(*) FROM trading.trades', connstr => $node->connstr('old') . ' user=analyst'), '>', 0, 'his policy still lets his role in');
is(ask('SELECT quant.run_backtest(1) IS NULL'), 'f', 'a run is repeated');
is(run_hashes($node, 'old', 1), $hashes, 'with the same bars, fills and figures');
is(ask(q(SELECT quant.rotate_sign_in_key(); SELECT quant.db_test() ->> 'state')), "1\nok", 'every part works');
is(ask('SELECT quant.install()'), 'renewed triggers and dependency', 'a second quant.install() has nothing to do');

# The whole of it by the script, and back again.
$node->safe_psql('postgres', 'CREATE DATABASE old2');
$node->safe_psql('old2', slurp_file("$FindBin::RealBin/frozen/step_1.sql"));
$node->safe_psql('old2', $platform);
my $before = rows_of($node, 'old2');
my $place = $node->basedir . '/backups';
my ($output, $errors) = ('', '');
sub upgrade
{
  local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'old2');
  IPC::Run::run([ "$FindBin::RealBin/../../scripts/upgrade-database", $place ], '>', \$output, '2>', \$errors);
  return $? >> 8;
}
is(upgrade(), 0, 'the script upgrades') or diag($output . $errors);
like($output, qr/^applied step 2: .*^version: 0\.1\.0 -> 0\.1\.0\n.*^To go back:/ms, 'and tells what it did, and how to go back');
my @restore = $output =~ /^  (pg_restore .*)$/mg;
is(scalar @restore, 2, 'by two commands');
$node->safe_psql('postgres', 'CREATE DATABASE old2_before');
run_silent($node, 'which restore the backup', 'sh', '-ec', join "\n", @restore);
same_text(rows_of($node, 'old2_before'), $before, 'with every row of the old shape');
is($node->safe_psql('old2_before', q(SELECT max(version) FROM trading.schema_version)), 1, 'at its step');
$node->safe_psql('old2', 'DROP INDEX trading.idx_market_data_asset');
sleep 1;
is(upgrade(), 1, 'a drift that is left is a failure');
like($output, qr/^index market_data\.idx_market_data_asset is missing$/m, 'and is named');

done_testing();
