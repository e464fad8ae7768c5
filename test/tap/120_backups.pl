# SPDX-License-Identifier: PostgreSQL
# The backups that a server in earnest has: a base backup and an archive of WAL, recovered to the moment
# before a mishap; a whole cluster with its roles, moved to another one; and a dump by a scheduled
# script, which keeps the good ones and tells when it fails. 010_dump_restore.pl has the formats of pg_dump.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $directory = PostgreSQL::Test::Utils::tempdir;

my $simulation = <<'SQL';
SELECT * FROM quant.simulate(1, '["AAA", "BBB", "CCC"]', '1d', '2019-12-01', '2020-10-31', 100000,
  '{"fast": 4, "execution": {"commission": {"percent": 0.05}}}');
SELECT * FROM quant.simulate_trades(1, '["AAA", "BBB"]', '1d', '2019-12-01', '2020-10-31', 100000);
SQL

# What a database is known by. Sequences are apart: after recovery they may have skipped some numbers.
sub state_of
{
  my ($node, $database) = @_;
  my $catalog = catalog_of($node, $database);
  my @sequences = $catalog =~ /^sequence\|.*\n/mg;
  $catalog =~ s/^sequence\|.*\n//mg;
  return {
    rows => rows_of($node, $database),
    catalog => $catalog,
    sequences => \@sequences,
    figures => $node->safe_psql($database, $simulation),
    hashes => run_hashes($node, $database, 1)
  };
}

# Everything is there, and everything works.
sub check_state
{
  my ($node, $database, $expected, $name) = @_;
  my $got = state_of($node, $database);
  same_text($got->{rows}, $expected->{rows}, "$name: every row, in its partition");
  same_text($got->{catalog}, $expected->{catalog}, "$name: every table, trigger, policy and grant, and the extension");
  same_text($got->{figures}, $expected->{figures}, "$name: a simulation gives the figures that it gave");
  is($got->{hashes}, $expected->{hashes}, "$name: the stored run is as it was");
  unlike($node->safe_psql($database, 'SELECT quant.install()'), qr/created|applied/, "$name: quant.install() finds nothing to create");
  $node->safe_psql($database, 'SELECT quant.run_backtest(1)');
  is(run_hashes($node, $database, 1), $expected->{hashes}, "$name: a rerun gives the same bars, fills and figures");
  is($node->safe_psql($database, <<'SQL'), 't|1|trading.market_data_y2020m02', "$name: a new bar gets an id, its asset and its partition");
BEGIN;
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
VALUES ('AAA', '1h', '2020-02-05 10:00+00', 10, 11, 9, 10)
RETURNING id > (SELECT max(m.id) FROM trading.market_data m), asset_id, tableoid::regclass;
ROLLBACK;
SQL
  is_error($node, $database, <<'SQL', qr/^23514: invalid bar: high_below_low/, "$name: a wrong bar is told so");
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
VALUES ('AAA', '1h', '2020-02-05 11:00+00', 10, 9, 11, 10)
SQL
  is(error_of($node, $database, 'CALL quant.maintain_partitions()'), '', "$name: partitions are maintained");
  return;
}

# ---- a base backup, an archive, and a moment to go back to

my $main = start_node('main', streaming => 1);
$main->enable_archiving;
$main->restart;
$main->safe_psql('postgres', 'CREATE ROLE analyst');
create_platform($main, 'platform', 'customized.sql');

# The backup is of a server at work: bars come in and are committed one by one, runs are stored.
$main->safe_psql('platform', <<'SQL');
CREATE PROCEDURE public.work() LANGUAGE plpgsql AS $$
DECLARE
  n int := 0;
BEGIN
  WHILE NOT EXISTS (SELECT FROM trading.import_batches WHERE source = 'enough') LOOP
    n := n + 1;
    INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
    VALUES ('BBB', '1m', timestamptz '2020-03-02 14:30+00' + n * interval '1 minute', 10, 11, 9, 10);
    IF n % 50 = 0 THEN
      PERFORM quant.run_backtest(2);
    END IF;
    COMMIT;
  END LOOP;
END $$;
SQL
my $work = session($main, 'platform', 'CALL public.work()');
wait_until($main, 'platform', q((count(*) > 10) FROM trading.market_data WHERE timeframe = '1m'));
my $before = $main->safe_psql('platform', q(SELECT count(*) FROM trading.market_data));
$main->backup('base');
my $after = $main->safe_psql('platform', q(SELECT count(*) FROM trading.market_data));
$main->safe_psql('platform', q(INSERT INTO trading.import_batches (source) VALUES ('enough')));
is((finish($work))[1], '', 'the server is at work meanwhile');
cmp_ok($after, '>', $before, 'and bars came in during the backup');
run_silent($main, 'pg_verifybackup finds the backup whole', 'pg_verifybackup', $main->backup_dir . '/base');

# Work goes on after the backup; two moments are noted, by name and by time.
my $named = state_of($main, 'platform');
$main->safe_psql('platform', q(SELECT pg_create_restore_point('evening')));
$main->safe_psql('platform', <<'SQL');
CALL quant.create_partitions('2021-01-01', '2021-02-28');
INSERT INTO trading.market_data_import (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
VALUES ('CCC', '1d', '2021-01-04', '60', '61', '59', '60.5'), ('CCC', '1d', '2021-01-05', '60', '59', '61', '60.5');
SELECT quant.record_transaction(id, 'buy', 'AAA', 3, 50) FROM trading.portfolios WHERE name = 'Paper';
SQL
my $timed = state_of($main, 'platform');
my $time = $main->safe_psql('platform', 'SELECT clock_timestamp()');
isnt($timed->{rows}, $named->{rows}, 'the two moments differ');

# Harm, in several transactions, and not noticed for a while.
$main->safe_psql('platform', $_)
  for 'SELECT pg_sleep(0.1)', 'DELETE FROM trading.transactions', 'DROP TRIGGER check_bar ON trading.market_data',
  'TRUNCATE trading.market_data', 'DROP POLICY my_own ON trading.portfolios',
  'DROP TABLE trading.market_data_y2020m03', 'DROP EXTENSION pg_quant CASCADE';
is($main->safe_psql('platform', 'SELECT count(*) FROM trading.market_data'), '0', 'harm is done');
my $segment = $main->safe_psql('platform', 'SELECT pg_walfile_name(pg_switch_wal())');
wait_until($main, 'platform', "last_archived_wal >= '$segment' FROM pg_stat_archiver");
is($main->safe_psql('platform', 'SELECT failed_count FROM pg_stat_archiver'), '0', 'WAL is archived');

sub recover
{
  my ($name, $target) = @_;
  my $node = PostgreSQL::Test::Cluster->new($name);
  $node->init_from_backup($main, 'base', has_restoring => 1, standby => 0);
  # It must not write to the archive that it reads from.
  $node->append_conf('postgresql.conf', "archive_mode = off\nrecovery_target_action = promote\n$target");
  $node->start;
  wait_until($node, 'postgres', 'NOT pg_is_in_recovery()');
  return $node;
}

my $evening = recover('evening', q(recovery_target_name = 'evening'));
check_state($evening, 'platform', $named, 'recovered to a restore point');
$evening->stop;
my $source = recover('moment', "recovery_target_time = '$time'");
my @sequences = map { (split /\|/)[1] } @{ $timed->{sequences} };
is($source->safe_psql('platform', 'SELECT count(*) FROM pg_sequences'), scalar(@sequences), 'every sequence is there');
check_state($source, 'platform', $timed, 'recovered to a time');
$main->stop;

# ---- the whole cluster, with its roles, in another one

# What a dump of a database does not hold.
sub globals_of
{
  my ($node) = @_;
  return $node->safe_psql('postgres', <<'SQL');
SELECT 'role', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
  rolconnlimit, rolpassword, rolvaliduntil
FROM pg_authid WHERE rolname !~ '^pg_' ORDER BY rolname;
SELECT 'member', roleid::regrole, member::regrole, grantor::regrole, admin_option
FROM pg_auth_members WHERE roleid >= 16384 ORDER BY roleid::regrole::text, member::regrole::text;
SELECT 'setting', d.datname, CASE WHEN s.setrole <> 0 THEN s.setrole::regrole END, s.setconfig
FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase ORDER BY 2, 3;
SELECT 'database', datname, datdba::regrole, encoding, datcollate, datconnlimit,
  (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(datacl) a)
FROM pg_database WHERE NOT datistemplate ORDER BY datname;
SQL
}

sub default_privileges
{
  my ($node) = @_;
  return $node->safe_psql('platform', <<'SQL');
SELECT defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl FROM pg_default_acl ORDER BY 2, 3
SQL
}

# What a role sees and what it is refused: the privileges and policies as they work.
sub view_of
{
  my ($node, $role) = @_;
  my $view = '';
  for my $statement ('SELECT count(*), min(name) FROM trading.portfolios', 'SELECT count(*), sum(length(username)) FROM (SELECT username FROM trading.users) u',
    'SELECT password_hash FROM trading.users', 'UPDATE trading.users SET first_name = last_name', 'UPDATE trading.users SET email = NULL',
    'SELECT DISTINCT symbol FROM trading.market_data', 'SELECT note FROM trading.my_notes', 'SELECT quant.run_backtest(1)',
    'SELECT quant.install()', 'SELECT quant.version()', q(SELECT current_setting('search_path'), current_setting('quant.import_decimals', true)))
  {
    my ($status, $output, $errors) = $node->psql('platform', "BEGIN; $statement; ROLLBACK", connstr => $node->connstr('platform') . " user=$role");
    $errors =~ s/^psql:<stdin>:\d+: //mg;
    $view .= "$statement: $output$errors\n";
  }
  return $view;
}

$source->safe_psql('platform', <<'SQL');
CREATE ROLE desk;
CREATE ROLE ann LOGIN PASSWORD 'no secret' CONNECTION LIMIT 5 VALID UNTIL '2099-01-01 00:00+00' IN ROLE analyst;
CREATE ROLE ben LOGIN BYPASSRLS;
CREATE ROLE keeper LOGIN CREATEDB;
GRANT desk TO ben WITH ADMIN OPTION;
ALTER ROLE ann SET search_path = trading, quant, public;
ALTER ROLE ben IN DATABASE platform SET quant.import_decimals = 'round';
ALTER DATABASE platform SET quant.import_volume = 'round';
REVOKE CONNECT ON DATABASE platform FROM PUBLIC;
GRANT CONNECT ON DATABASE platform TO analyst, desk;

GRANT USAGE ON SCHEMA trading, quant TO desk;
GRANT SELECT (id, username, first_name, last_name), UPDATE (first_name) ON trading.users TO desk;
GRANT SELECT ON trading.market_data, trading.portfolios TO desk;
GRANT SELECT ON trading.market_data TO analyst;
ALTER TABLE trading.market_data ENABLE ROW LEVEL SECURITY;
CREATE POLICY my_symbols ON trading.market_data FOR SELECT TO analyst USING (symbol = 'AAA');
CREATE POLICY my_bars ON trading.market_data AS RESTRICTIVE FOR INSERT TO desk WITH CHECK (symbol <> 'BBB');
REVOKE EXECUTE ON FUNCTION quant.run_backtest(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quant.run_backtest(bigint) TO desk;
ALTER DEFAULT PRIVILEGES IN SCHEMA trading GRANT SELECT ON TABLES TO desk;

-- A second database with the extension, whose tables belong to a role that is no superuser.
CREATE DATABASE second OWNER keeper;
\c second
CREATE EXTENSION pg_quant;
ALTER SCHEMA trading OWNER TO keeper;
DO $$
DECLARE
  t regclass;
BEGIN
  FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'trading'::regnamespace AND c.relkind IN ('r', 'p', 'v') LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO keeper', t);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA quant TO keeper;
SET ROLE keeper;
INSERT INTO trading.users (username, email, password_hash) VALUES ('eve', 'eve@example.com', 'no login');
SQL
my $whole = state_of($source, 'platform');
my $second = rows_of($source, 'second') . catalog_of($source, 'second');
my $globals = globals_of($source);
my $defaults = default_privileges($source);
my %views = map { $_ => view_of($source, $_) } qw(ann ben);
like($globals, qr/^role\|ann\|.*\|SCRAM-SHA-256\$.*\|2099-01-01/m, 'there are roles with passwords');
like($defaults, qr/trading/, 'and default privileges');
like($views{ann}, qr/FROM trading.portfolios: 1\|Paper$/m, 'a role sees what its policy shows');
like($views{ann}, qr/SELECT password_hash FROM trading.users: .*permission denied/, 'and of a table its columns');
like($views{ann}, qr/FROM trading.market_data: AAA$/m, 'and of bars its symbol');
like($views{ann}, qr/quant.run_backtest\(1\): .*permission denied for function run_backtest/, 'and may not call what was revoked');

# The other cluster has habits of its own.
my @habits = (conf => "timezone = 'America/New_York'\ndatestyle = 'German, DMY'\nintervalstyle = sql_standard\n");

sub check_cluster
{
  my ($node, $name) = @_;
  local $ENV{PGOPTIONS} = '-c timezone=UTC -c datestyle=ISO,MDY -c intervalstyle=postgres';
  same_text(globals_of($node), $globals, "$name: roles, passwords, memberships, settings and databases");
  is(default_privileges($node), $defaults, "$name: default privileges");
  same_text(view_of($node, $_), $views{$_}, "$name: role $_ sees what it saw and is refused what it was") for sort keys %views;
  same_text(rows_of($node, 'second') . catalog_of($node, 'second'), $second, "$name: the second database is as it was");
  is(error_of($node, 'second', 'CALL quant.maintain_partitions()', user => 'keeper'), '',
    "$name: its owner keeps it");
  check_state($node, 'platform', $whole, $name);
  is($node->safe_psql('platform', <<'SQL'), 't', "$name: a new partition gets its default privileges");
CALL quant.create_partitions('2031-01-01', '2031-01-31');
SELECT has_table_privilege('desk', 'trading.market_data_y2031m01', 'SELECT');
SQL
  return;
}

run_silent($source, 'pg_dumpall', 'pg_dumpall', '-f', "$directory/all.sql");
run_silent($source, 'pg_dumpall --globals-only', 'pg_dumpall', '-g', '-f', "$directory/globals.sql");
run_silent($source, "pg_dump -Fc of $_", 'pg_dump', '-Fc', '-f', "$directory/$_.dump", $_) for qw(platform second);

# The superuser who makes a cluster is there before the dump: that one error is all that psql may say.
sub psql_globals
{
  my ($node, $file) = @_;
  local $ENV{PGHOST} = $node->host;
  local $ENV{PGPORT} = $node->port;
  my (undef, $errors) = run_command([ $node->installed_command('psql'), '-Xqo', '/dev/null', '-d', 'postgres', '-f', $file ]);
  $errors =~ s/^psql:\S+: //mg;
  like($errors, qr/\AERROR:  role "\w+" already exists\n?\z/, "psql restores $file");
  return;
}

my $all = start_node('all', @habits);
psql_globals($all, "$directory/all.sql");
check_cluster($all, 'pg_dumpall');
$all->stop;
my $parts = start_node('parts', @habits);
psql_globals($parts, "$directory/globals.sql");
run_silent($parts, "pg_restore --create of $_", 'pg_restore', '--create', '-d', 'postgres', "$directory/$_.dump") for qw(platform second);
check_cluster($parts, 'globals and single dumps');
$source->stop;

# ---- a scheduled dump

# As it stands in a crontab: the new dump gets its name when it is whole and can be read to its end, and
# only then the oldest ones go.
append_to_file("$directory/backup", <<'SH');
set -eu
database=$1 backups=$2 keep=$3
new=$backups/$(date -u +%Y-%m-%dT%H%M%SZ)
trap 'rm -rf "$new.part"' EXIT
pg_dump -Fd -j 2 -f "$new.part" "$database"
pg_restore --list "$new.part" | grep 'EXTENSION - pg_quant' >/dev/null
gzip -t "$new.part"/*.gz
pg_restore -f /dev/null "$new.part"
mv "$new.part" "$new"
find "$backups" -mindepth 1 -maxdepth 1 -name '????-??-??T??????Z' | sort | head -n "-$keep" | xargs -r rm -rf --
SH

my $backups = "$directory/backups";
mkdir $backups;
sub back_up
{
  my ($database) = @_;
  local $ENV{PGHOST} = $parts->host;
  local $ENV{PGPORT} = $parts->port;
  my ($output, $errors) = run_command([ 'sh', "$directory/backup", $database, $backups, 3 ]);
  return ($?, $output . $errors);
}
sub kept { return join ' ', sort grep { !/^\./ } slurp_dir($backups); }

mkdir "$backups/2024-03-0${_}T020000Z" for 1 .. 4;
mkdir "$backups/notes";
my $rows = rows_of($parts, 'platform');
is(join('|', back_up('platform')), '0|', 'the script says nothing');
my ($dump) = kept() =~ /(20\d\d-\d\d-\d\dT\d{6}Z) notes/;
is(kept(), "2024-03-03T020000Z 2024-03-04T020000Z $dump notes", 'the new dump and the last ones are kept, and what is no dump');
my ($status, $said) = back_up('no_such_database');
isnt($status, 0, 'a dump that fails is told of');
like($said, qr/database "no_such_database" does not exist/, 'with its reason');
($status) = back_up('postgres');
isnt($status, 0, 'as is one of a database without the extension');
is(kept(), "2024-03-03T020000Z 2024-03-04T020000Z $dump notes", 'none of them takes a good one away, or leaves a part behind');

$parts->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
run_silent($parts, 'pg_restore -j 2 of the scheduled dump', 'pg_restore', '-j', '2', '-d', 'restored', "$backups/$dump");
same_text(rows_of($parts, 'restored'), $rows, 'it holds every row');

# Single tables come back from it, the bars with all their partitions, by the dump's list of contents.
$parts->safe_psql('restored', 'DELETE FROM trading.transactions; TRUNCATE trading.market_data');
my $list = run_silent($parts, 'pg_restore --list', 'pg_restore', '--list', "$backups/$dump");
append_to_file("$directory/contents", join '', grep { /TABLE DATA trading (?:transactions|market_data(?:_y\d+m\d+|_default)) / } map { "$_\n" } split /\n/, $list);
run_silent($parts, 'pg_restore of some tables', 'pg_restore', '--data-only', '--disable-triggers', '-L', "$directory/contents", '-d', 'restored', "$backups/$dump");
same_text(rows_of($parts, 'restored'), $rows, 'deleted transactions and bars are back');

# A file that was cut off is found before the dump is needed.
my @data = sort { -s $b <=> -s $a } glob "$backups/$dump/*.dat.gz";
truncate $data[0], (-s $data[0]) / 2;
# pg_restore of PostgreSQL 18 reads over it.
command_fails([ 'gzip', '-t', $data[0] ], 'a damaged dump does not read to its end');

unlike(slurp_file($_->logfile), qr/PANIC:  |terminated by signal|TRAP: /, $_->name . ': no process of the server died')
  for $main, $evening, $source, $all, $parts;

done_testing();
