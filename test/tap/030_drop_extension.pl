# SPDX-License-Identifier: PostgreSQL
# The tables outlive the extension: dropping it is refused while they use it, CASCADE takes the
# triggers only, and quant.install() gives them back.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');
$node->safe_psql('postgres', 'CREATE ROLE analyst');
create_platform($node, 'platform', 'customized.sql');
# Whether a trigger was switched off is forgotten with the trigger.
$node->safe_psql('platform', 'ALTER TABLE trading.users ENABLE TRIGGER set_updated_at');
my $rows = rows_of($node, 'platform');
my $catalog = catalog_of($node, 'platform');
my $hashes = run_hashes($node, 'platform', 1);

my $errors = is_error($node, 'platform', 'DROP EXTENSION pg_quant', qr/^2BP01: /,
  'DROP EXTENSION is refused while tables exist');
like($errors, qr/trigger check_bar on table trading\.market_data depends/, 'and says what needs it');
same_text(rows_of($node, 'platform'), $rows, 'no row is lost by trying');
same_text(catalog_of($node, 'platform'), $catalog, 'no object is lost by trying');

$node->safe_psql('platform', 'SET client_min_messages = error; DROP EXTENSION pg_quant CASCADE');
same_text(rows_of($node, 'platform'), $rows, 'CASCADE takes no row');
my ($kept, $had) = map { join "\n", grep { /^[^|]*\|trading\./ && !/^trigger|^policy.*quant\./ } split /\n/ }
  catalog_of($node, 'platform'), $catalog;
same_text($kept, $had, 'and of the tables no column, constraint, index, view, sequence, grant, or policy that needs no function of ours');
is_error($node, 'platform', <<'SQL', qr/^23514: .*ck_high_low_valid/, 'the table itself refuses a wrong bar');
INSERT INTO trading.market_data
  (id, asset_id, symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
VALUES (1, 1, 'AAA', '1h', '2020-02-05 10:00+00', 10, 9, 11, 10)
SQL

# The next CREATE EXTENSION finds the schema and leaves it alone.
my ($status, $output, $warnings) = $node->psql('platform', 'CREATE EXTENSION pg_quant');
is($status, 0, 'CREATE EXTENSION beside the tables');
like($warnings, qr/WARNING: .*schema "trading" exists.*HINT: .*SELECT quant\.install\(\)/s,
  'and a warning that names quant.install()');
same_text(rows_of($node, 'platform'), $rows, 'it changes no row');

sub install { return $node->safe_psql('platform', 'SELECT quant.install()'); }

is(install(), 'renewed triggers and dependency', 'quant.install() has nothing to create');
# pg_dump would have to write the grants of users on the old functions; they went with CASCADE.
my ($restored, $expected) = map { s/^schema\|quant\|\K.*//mr } catalog_of($node, 'platform'), $catalog;
same_text($restored, $expected, 'all objects are what they were');
same_text(rows_of($node, 'platform'), $rows, 'all rows are what they were');

is_error($node, 'platform', <<'SQL', qr/^23514: invalid bar: high_below_low/, 'a wrong bar is told so');
INSERT INTO trading.market_data
  (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
VALUES ('AAA', '1h', '2020-02-05 10:00+00', 10, 9, 11, 10)
SQL
is_error($node, 'platform', q(UPDATE trading.strategies SET parameters = '{"fast": 3}'),
  qr/^22023: /, 'a strategy is read when it is stored');
$node->safe_psql('platform', 'SELECT quant.run_backtest(1)');
is(run_hashes($node, 'platform', 1), $hashes, 'a rerun gives the same bars, fills and figures');

my $before = rows_of($node, 'platform') . catalog_of($node, 'platform');
is(install(), 'renewed triggers and dependency', 'a second quant.install() says the same');
same_text(rows_of($node, 'platform') . catalog_of($node, 'platform'), $before, 'and changes nothing');

# One table is lost, and the view that shows it: both are made anew, the others are left alone.
$node->safe_psql('platform', 'DROP VIEW trading.backtest_months; DROP TABLE trading.equity_curves');
my $rest = join "\n", grep { !/equity_curves/ } split /\n/, rows_of($node, 'platform');
is(install(), "created trading.equity_curves\ncreated trading.backtest_months\nrenewed triggers and dependency",
  'a missing table is created, and told');
same_text(join("\n", grep { !/equity_curves/ } split /\n/, rows_of($node, 'platform')), $rest,
  'no other table is touched');
$node->safe_psql('platform', 'SELECT quant.run_backtest(1)');
is(run_hashes($node, 'platform', 1), $hashes, 'runs are stored again');

# With the tables goes what refuses: the extension and its schemas leave nothing behind.
$node->safe_psql('platform', <<'SQL');
SET client_min_messages = error;
DROP SCHEMA trading CASCADE;
SQL
is($node->safe_psql('platform', "SELECT count(*) FROM pg_extension WHERE extname = 'pg_quant'"), '0',
  'the extension needs its schema: it goes with it');
$node->safe_psql('platform', 'DROP SCHEMA IF EXISTS quant');
is($node->safe_psql('platform', 'CREATE EXTENSION pg_quant; SELECT count(*) FROM trading.partition_policy'),
  '1', 'and a fresh one can be made');

done_testing();
