# SPDX-License-Identifier: PostgreSQL
# A server that dies in the middle of a run comes back without any of it, and with all that was
# there before.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');
create_platform($node, 'platform');
my $stored = stored_run($node, 'platform', 1);
my $rows = rows_of($node, 'platform');
my $hashes = run_hashes($node, 'platform', 1);

# The run stops at its last table. By then the old result is deleted, the new account is written.
$node->safe_psql('platform', <<'SQL');
CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
CREATE TRIGGER wait AFTER INSERT ON trading.equity_curves
  FOR EACH STATEMENT EXECUTE FUNCTION public.wait();
SQL

sub run_into
{
  my ($name, $id, $kill) = @_;
  my $session = session($node, 'platform', "SELECT quant.run_backtest($id)");
  wait_until($node, 'platform', q(count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'));
  # With its rows on disk, recovery has something to undo.
  my ($pid, $written) = split /\|/, $node->safe_psql('platform', <<'SQL');
CHECKPOINT;
SELECT pid, backend_xid IS NOT NULL FROM pg_stat_activity WHERE wait_event = 'PgSleep';
SQL
  is($written, 't', "$name: the run has written");
  $kill->($pid);
  my (undef, $errors) = finish($session);
  like($errors, qr/connection to server was lost|terminating connection|server closed/,
    "$name: its client is told");
  $node->start;
  like(slurp_file($node->logfile), qr/redo (?:starts|is not required)/, "$name: the server recovers");
  same_text(stored_run($node, 'platform', 1), $stored, "$name: the earlier result is untouched");
  same_text(rows_of($node, 'platform'), $rows, "$name: nothing of the run is stored");
  return;
}

# A dead backend takes the server down, which then stays down: see start_node.
sub kill_backend
{
  my ($pid) = @_;
  is(kill(9, $pid), 1, 'the backend is killed');
  # The postmaster ends by itself; pg_ctl would not know.
  for (1 .. 600)
  {
    last unless -e $node->data_dir . '/postmaster.pid';
    select undef, undef, undef, 0.1;
  }
  $node->_update_pid(0);
  return;
}

run_into('kill -9 of the backend', 1, \&kill_backend);
run_into('immediate stop', 1, sub { $node->stop('immediate') });
run_into('first run of a backtest', 2, sub { $node->stop('immediate') });

# Rows of dead transactions do not count, and the next run finds its way.
$node->safe_psql('platform', 'DROP TRIGGER wait ON trading.equity_curves; VACUUM');
$node->safe_psql('platform', 'SELECT quant.run_backtest(1)');
is(run_hashes($node, 'platform', 1), $hashes, 'the run gives the same after all');
is($node->safe_psql('platform', 'SELECT count(*) FROM trading.portfolios WHERE backtest_id = 1'), '1',
  'and is stored once');
$node->safe_psql('platform', "SELECT quant.create_monthly_partition('2020-05-01')");
is($node->safe_psql('platform',
    'SELECT count(*), count(DISTINCT (m.symbol, m.timeframe, m.timestamp)) FROM trading.market_data m'),
  '1201|1201', 'no bar is lost or doubled');

done_testing();
