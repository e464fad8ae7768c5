# SPDX-License-Identifier: PostgreSQL
# What the cluster tests share: servers with the extension at hand, a small platform in a database,
# and databases as texts that can be compared.
package QuantCluster;

use strict;
use warnings;

use Exporter 'import';
use File::Basename qw(dirname);
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(
  start_node create_platform run_file rows_of catalog_of same_text error_of is_error session
  finish wait_until stayed_up run_hashes stored_run run_silent dump_file dump_text
);

my $library = dirname(__FILE__);
my $sessions = 0;

# A running server. TEMP_CONFIG, which Cluster.pm puts into its settings, says where the extension
# is.
sub start_node
{
  my ($name, %options) = @_;
  my @where = $options{install_path} ? (install_path => $options{install_path}) : ();
  # An older installation has the extension in its own place.
  local $ENV{TEMP_CONFIG} if @where;
  my $node = PostgreSQL::Test::Cluster->new($name, @where);
  $node->init(extra => ['--locale=C', '--encoding=UTF8'],
    allows_streaming => $options{streaming} // 0);
  # The tables have many partitions, and a server that restarts by itself would hide a crash.
  $node->append_conf('postgresql.conf', <<CONF);
timezone = 'UTC'
log_statement = none
shared_buffers = 64MB
max_connections = 20
max_locks_per_transaction = 256
max_wal_size = 2GB
autovacuum = off
restart_after_crash = off
CONF
  $node->append_conf('postgresql.conf', $options{conf}) if $options{conf};
  $node->start;
  return $node;
}

sub run_file
{
  my ($node, $database, $file) = @_;
  return $node->safe_psql($database, slurp_file("$library/$file"));
}

sub create_platform
{
  my ($node, $database, @files) = @_;
  $node->safe_psql('postgres', "CREATE DATABASE $database");
  $node->safe_psql($database, 'CREATE EXTENSION pg_quant');
  run_file($node, $database, $_) for 'platform.sql', @files;
  return;
}

# Every row of every table outside of the system's schemas, one a line, with the partition it is in.
sub rows_of
{
  my ($node, $database) = @_;
  my @tables = split /\n/, $node->safe_psql($database, <<'SQL');
SET search_path = pg_catalog;
SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.oid::regclass::text;
SQL
  return $node->safe_psql($database, join '',
    "SET search_path = pg_catalog; SET timezone = 'UTC';\n",
    map { "SELECT t.tableoid::regclass, t FROM $_ t ORDER BY t.tableoid::regclass::text, t::text;\n" }
      @tables);
}

# Every other thing in a database: see catalog.sql.
sub catalog_of
{
  my ($node, $database) = @_;
  return run_file($node, $database, 'catalog.sql');
}

# Texts of thousands of lines: a failure names the lines that only one side has.
sub same_text
{
  my ($got, $expected, $name) = @_;
  return pass($name) if $got eq $expected && $got ne '';
  fail($name);
  my (%count, @lines);
  $count{$_}++ for split /\n/, $expected;
  $count{$_}-- for split /\n/, $got;
  for my $line (sort keys %count)
  {
    push @lines, ($count{$line} > 0 ? 'missing: ' : 'added: ') . $line if $count{$line} != 0;
  }
  diag(@lines ? join("\n", map { substr $_, 0, 300 } @lines[0 .. ($#lines > 19 ? 19 : $#lines)])
    : $got eq '' ? 'both are empty' : 'the same lines in another order');
  return 0;
}

# "SQLSTATE: message" of the first error of a script, '' if there is none; and all of stderr.
sub error_of
{
  my ($node, $database, $sql, %options) = @_;
  my $user = $options{user} ? " user=$options{user}" : '';
  my ($status, $output, $errors) = $node->psql($database, $sql,
    connstr => $node->connstr($database) . $user,
    extra_params => [ '-v', 'VERBOSITY=verbose' ]);
  my ($error) = $errors =~ /(?:ERROR|FATAL|PANIC):  (.*)/;
  $error = "psql failed: $errors" if !defined $error && $status != 0;
  return wantarray ? ($error // '', $errors) : $error // '';
}

sub is_error
{
  my ($node, $database, $sql, $expected, $name, %options) = @_;
  my ($error, $errors) = error_of($node, $database, $sql, %options);
  like($error, $expected, $name) or diag($errors);
  return $errors;
}

# A psql that works beside the test. Its script is a file: a pipe would need the test to feed it.
sub session
{
  my ($node, $database, $sql) = @_;
  my $session = { output => '', errors => '' };
  my $script = $node->basedir . '/session' . ++$sessions . '.sql';
  append_to_file($script, $sql);
  $session->{process} = IPC::Run::start(
    [ $node->installed_command('psql'), '-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose',
      '-d', $node->connstr($database), '-f', $script ],
    '<', \undef, '>', \$session->{output}, '2>', \$session->{errors},
    IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
  return $session;
}

# Waits for its end and returns what it printed and what went wrong.
sub finish
{
  my ($session) = @_;
  IPC::Run::finish($session->{process});
  return ($session->{output}, $session->{errors});
}

sub wait_until
{
  my ($node, $database, $condition) = @_;
  $node->poll_query_until($database, "SELECT $condition")
    or BAIL_OUT("this never became true: $condition");
  return;
}

# One crash restarts a server: its start time would change, and its log would tell.
sub stayed_up
{
  my ($node, $started) = @_;
  is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started,
    'the server is the one that was started');
  unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC:  |TRAP: /,
    'no process of the server died');
  return;
}

# What identifies a stored run.
sub run_hashes
{
  my ($node, $database, $id) = @_;
  return $node->safe_psql($database,
    'SELECT data_hash, strategy_hash, fills_hash, final_value, total_trades, metrics '
      . "FROM trading.backtests WHERE id = $id AND status = 'completed'");
}

# Every row that belongs to a run, down to its ids.
sub stored_run
{
  my ($node, $database, $id) = @_;
  my $account = "(SELECT p.id FROM trading.portfolios p WHERE p.backtest_id = $id)";
  my %condition = (backtests => "id = $id");
  $condition{$_} = "backtest_id = $id" for qw(portfolios trades signals);
  $condition{$_} = "portfolio_id IN $account" for qw(positions transactions equity_curves risk_metrics);
  return $node->safe_psql($database, join '',
    map { "SELECT '$_', t FROM trading.$_ t WHERE $condition{$_} ORDER BY t::text;\n" }
      sort keys %condition);
}

# A program of PostgreSQL against a server; it must succeed and have nothing to say.
sub run_silent
{
  my ($node, $name, $program, @arguments) = @_;
  local $ENV{PGHOST} = $node->host;
  local $ENV{PGPORT} = $node->port;
  my ($output, $errors) = ('', '');
  IPC::Run::run([ $node->installed_command($program), @arguments ], '>', \$output, '2>', \$errors);
  my $status = $?;
  ok($status == 0 && $errors eq '', $name) or diag("exit status $status\n" . substr $errors, 0, 2000);
  return $output;
}

# A plain dump without the key that newer pg_dumps draw afresh each time.
sub dump_file
{
  my ($node, $database, $file) = @_;
  run_silent($node, "pg_dump of $database", 'pg_dump', '-f', $file, $database);
  return dump_text(slurp_file($file));
}

sub dump_text
{
  my ($dump) = @_;
  $dump =~ s/^\\(?:un)?restrict .*\n//mg;
  return $dump;
}

1;
