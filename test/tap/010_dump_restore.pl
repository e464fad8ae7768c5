# SPDX-License-Identifier: PostgreSQL
# Nobody loses data: a database with the extension and with what a user added to it comes back from
# pg_dump in every format, complete, silent and working.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');
my $directory = PostgreSQL::Test::Utils::tempdir;
$node->safe_psql('postgres', 'CREATE ROLE analyst');
create_platform($node, 'original', 'customized.sql');
# A view and a table of the user's that need the extension: they must come after it.
$node->safe_psql('original', <<'SQL');
CREATE VIEW public.my_curve AS
  SELECT e.portfolio_id, quant.max_drawdown(e.equity, e."timestamp") AS drawdown
  FROM trading.equity_curves e GROUP BY e.portfolio_id;
CREATE TABLE public.my_summary (summary quant.backtest_summary);
INSERT INTO public.my_summary VALUES (ROW(1, 2.5, NULL, NULL, NULL, NULL, 3, NULL, NULL, '[]'));
SQL

my $rows = rows_of($node, 'original');
my $catalog = catalog_of($node, 'original');
my $hashes = run_hashes($node, 'original', 1);

# What the comparisons below rest on: no table is empty, both kinds of partition hold bars.
my %filled = map { (split /\|/, $_)[0] => 1 } split /\n/, $rows;
my @empty = grep { !$filled{$_} } split /\n/, $node->safe_psql('original',
  "SELECT c.oid::regclass FROM pg_class c
   WHERE c.relnamespace = 'trading'::regnamespace AND c.relkind = 'r'");
is("@empty", '', 'every table and every partition has rows');
is(scalar(() = $catalog =~ /^relation\|trading\.market_data_y2020m0[1-4]\|/mg), 4,
  'four months have a partition');
like($hashes, qr/^\\x[0-9a-f]{64}\|/, 'a run is stored');

# Everything that the original holds must be in the copy, and everything must work there.
sub check_copy
{
  my ($copy, $first_dump) = @_;
  same_text(rows_of($node, $copy), $rows, "$copy: every row, in its partition");
  same_text(catalog_of($node, $copy), $catalog, "$copy: every object, sequence, comment, owner and grant");
  same_text(dump_file($node, $copy, "$directory/$copy.again"), $first_dump,
    "$copy: a second dump is the first one");

  $node->safe_psql($copy, 'SELECT quant.run_backtest(1)');
  is(run_hashes($node, $copy, 1), $hashes, "$copy: a rerun gives the same bars, fills and figures");
  is($node->safe_psql($copy, <<'SQL'),
INSERT INTO trading.market_data
  (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
VALUES ('AAA', '1h', '2020-02-05 10:00+00', 10, 11, 9, 10),
  ('BBB', '1h', '2021-06-01 10:00+00', 10, 11, 9, 10)
RETURNING id > (SELECT max(m.id) FROM trading.market_data m), asset_id, tableoid::regclass, vendor;
SQL
    "t|1|trading.market_data_y2020m02|one\nt|2|trading.market_data_default|one",
    "$copy: new bars get an id, their asset and their partition");
  is_error($node, $copy, <<'SQL', qr/^23514: invalid bar: high_below_low/, "$copy: a wrong bar is told so");
INSERT INTO trading.market_data
  (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
VALUES ('AAA', '1h', '2020-02-05 11:00+00', 10, 9, 11, 10)
SQL
  is_error($node, $copy,
    q(UPDATE trading.strategies SET exit_rules = '[{"id": "x", "side": "long", "when": "clse > 1"}]'),
    qr/^22023: /, "$copy: a strategy is still read when it is stored");
  is($node->safe_psql($copy, "SELECT quant.install()"), 'renewed triggers and dependency',
    "$copy: quant.install() finds nothing to create");
  return;
}

sub new_database
{
  my ($name) = @_;
  $node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0");
  return;
}

my $plain = dump_file($node, 'original', "$directory/plain.sql");

new_database('plain');
run_silent($node, 'psql restores a plain dump', 'psql', '-Xqo', '/dev/null', '-v', 'ON_ERROR_STOP=1',
  '-d', 'plain', '-f', "$directory/plain.sql");
check_copy('plain', $plain);

for my $format ([ 'custom', '-Fc' ], [ 'directory', '-Fd', '-j4' ])
{
  my ($name, @options) = @$format;
  run_silent($node, "pg_dump @options", 'pg_dump', @options, '-f', "$directory/$name", 'original');
  new_database($name);
  run_silent($node, "pg_restore -j4 of a $name dump", 'pg_restore', '-j4', '-d', $name, "$directory/$name");
  check_copy($name, $plain);
}

# A copy into tables that stand already fires every trigger: none may change a row.
run_silent($node, 'pg_dump --schema-only', 'pg_dump', '-s', '-f', "$directory/schema.sql", 'original');
run_silent($node, 'pg_dump --data-only', 'pg_dump', '-a', '--disable-triggers', '-Fc', '-f',
  "$directory/data", 'original');
for my $mode ([ 'without_triggers', '--disable-triggers' ], ['with_triggers'])
{
  my ($name, @options) = @$mode;
  new_database($name);
  run_silent($node, "schema into $name", 'psql', '-Xqo', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-d', $name,
    '-f', "$directory/schema.sql");
  if (@options)
  {
    run_silent($node, "data into $name", 'pg_restore', '-a', @options, '-d', $name, "$directory/data");
  }
  else
  {
    # Foreign keys would need an order of tables, and what the user's trigger does is the user's.
    $node->safe_psql($name, <<'SQL');
DROP TRIGGER my_note ON trading.assets;
DO $$
DECLARE k record;
BEGIN
  FOR k IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0 LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.t, k.conname);
  END LOOP;
END $$;
SQL
    run_silent($node, "data into $name", 'pg_restore', '-a', '-d', $name, "$directory/data");
  }
  same_text(rows_of($node, $name), $rows, "$name: every row as it was");
}

done_testing();
