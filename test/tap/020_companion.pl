# SPDX-License-Identifier: PostgreSQL
# Another extension that requires pg_quant and owns a schema whose name sorts before ours. pg_dump
# writes schemas before extensions, but this schema after its extension, and so after ours: that
# pulls both extensions before schema trading, unless ours needs it.
use strict;
use warnings;

use File::Copy qw(copy);
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');
my $directory = PostgreSQL::Test::Utils::tempdir;

# The companion gets a directory of its own, with a copy of our files, as the server looks for
# extensions in one directory beside its own.
sub install_companion
{
  my ($setting, $stage) = @_;
  my $share = $node->config_data('--sharedir');
  my $library = $node->config_data('--pkglibdir');
  my ($from, $to) =
    $setting eq 'extension_destdir' ? ("$stage$share/extension", "$directory$share/extension")
    : ("$stage/extension", "$directory/extension");
  make_path($to);
  copy($_, $to) or die "copy $_: $!" for glob "$from/pg_quant*";
  if ($setting eq 'extension_destdir')
  {
    make_path("$directory$library");
    symlink "$stage$library/pg_quant.so", "$directory$library/pg_quant.so" or die "symlink: $!";
  }
  PostgreSQL::Test::Utils::append_to_file("$to/companion.control", <<'CONTROL');
comment = 'needs pg_quant'
default_version = '1'
relocatable = false
requires = 'pg_quant'
CONTROL
  PostgreSQL::Test::Utils::append_to_file("$to/companion--1.sql", <<'SQL');
CREATE SCHEMA aaa;
CREATE TABLE aaa.setting (name text PRIMARY KEY, value text);
SELECT pg_extension_config_dump('aaa.setting', '');
CREATE FUNCTION aaa.engine() RETURNS text LANGUAGE sql AS 'SELECT quant.version()';
-- Members come before the tables in a dump, so only code that looks them up when it runs may use them.
CREATE FUNCTION aaa.bar_count() RETURNS bigint LANGUAGE plpgsql AS
$$ BEGIN RETURN (SELECT count(*) FROM trading.market_data); END $$;
CREATE TYPE aaa.outcome AS (summary quant.backtest_summary, at timestamptz);
SQL
  # The last line of a setting counts.
  $node->append_conf('postgresql.conf', "$setting = '$directory"
    . ($setting eq 'extension_destdir' ? "'" : ":$stage'"));
  $node->restart;
  return;
}

my ($setting, $value) = split /\|/, $node->safe_psql('postgres',
  q(SELECT name, setting FROM pg_settings
    WHERE name IN ('extension_destdir', 'extension_control_path') ORDER BY name DESC LIMIT 1));
plan skip_all => 'this server takes extensions from its own directory only' unless $value;
install_companion($setting, (split /:/, $value)[0]);

create_platform($node, 'original');
$node->safe_psql('original', <<'SQL');
CREATE EXTENSION companion;
INSERT INTO aaa.setting VALUES ('mode', 'paper');
SQL
my $rows = rows_of($node, 'original');
my $catalog = catalog_of($node, 'original');
my $hashes = run_hashes($node, 'original', 1);
my $plain = dump_file($node, 'original', "$directory/plain.sql");

like($plain, qr/^CREATE EXTENSION IF NOT EXISTS companion /m, 'the dump holds the companion');
like($plain, qr/^CREATE SCHEMA trading;.*^CREATE EXTENSION IF NOT EXISTS pg_quant /ms,
  'schema trading comes before the extension that would create it');

for my $format ([ 'plain', '' ], [ 'custom', '-Fc' ], [ 'directory', '-Fd', '-j4' ])
{
  my ($copy, @options) = @$format;
  $node->safe_psql('postgres', "CREATE DATABASE $copy TEMPLATE template0");
  if ($copy eq 'plain')
  {
    run_silent($node, 'psql restores a plain dump', 'psql', '-Xqo', '/dev/null', '-v',
      'ON_ERROR_STOP=1', '-d', $copy, '-f', "$directory/plain.sql");
  }
  else
  {
    run_silent($node, "pg_dump @options", 'pg_dump', @options, '-f', "$directory/$copy", 'original');
    run_silent($node, "pg_restore -j4 of a $copy dump", 'pg_restore', '-j4', '-d', $copy,
      "$directory/$copy");
  }
  same_text(rows_of($node, $copy), $rows, "$copy: every row");
  same_text(catalog_of($node, $copy), $catalog, "$copy: every object");
  same_text(dump_file($node, $copy, "$directory/$copy.again"), $plain,
    "$copy: a second dump is the first one");
  $node->safe_psql($copy, 'SELECT quant.run_backtest(1)');
  is(run_hashes($node, $copy, 1), $hashes, "$copy: a rerun gives the same");
  is($node->safe_psql($copy, 'SELECT aaa.engine() = quant.version(), aaa.bar_count()'), 't|1201',
    "$copy: the companion works");
}

# The companion stands on our functions, so ours do not go without it.
is_error($node, 'original', 'DROP EXTENSION pg_quant', qr/^2BP01: /, 'DROP EXTENSION pg_quant is refused');
# What was dropped and made again is bound to the schema again.
$node->safe_psql('original', <<'SQL');
SET client_min_messages = error;
DROP EXTENSION companion;
DROP EXTENSION pg_quant CASCADE;
CREATE EXTENSION pg_quant;
CREATE EXTENSION companion;
SQL
like(dump_file($node, 'original', "$directory/reborn.sql"),
  qr/^CREATE SCHEMA trading;.*^CREATE EXTENSION IF NOT EXISTS pg_quant /ms,
  'the order holds after DROP and CREATE EXTENSION, before quant.install()');

done_testing();
