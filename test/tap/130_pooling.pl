# SPDX-License-Identifier: PostgreSQL
# A pool that lends a connection for one transaction only (pgbouncer, pool_mode = transaction): many
# clients on two connections get what each gets alone on one of its own, whoever used the connection
# before and however that ended, and no call of the extension leaves anything in a session.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;
use Time::HiRes qw(sleep time);

use constant { CLIENTS => 16, CONNECTIONS => 2 };

# Debian keeps it where only root looks.
my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin', '/usr/local/sbin';
plan skip_all => 'no pgbouncer' unless defined $pgbouncer;
plan skip_all => 'pgbouncer does not run as root' if $> == 0;
my ($version) = `$pgbouncer --version` =~ /^PgBouncer (\d+\.\d+)/m;
my ($major, $minor) = split /\./, $version;
my $keeps_statements = $major > 1 || $minor >= 21;
note("pgbouncer $version");

my $node = start_node('main');
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
create_platform($node, 'platform');
# Every client is a user with a symbol, a strategy and a backtest; all of them log in as one role, which
# sees the rows of the user whose token the transaction shows. One strategy keeps a run busy for seconds.
$node->safe_psql('platform', <<"SQL");
CREATE ROLE app LOGIN;
SELECT quant.grant_access('app', 'trader');
GRANT INSERT, UPDATE ON trading.market_data TO app;
GRANT INSERT ON trading.market_data_import TO app;
GRANT SELECT, INSERT, UPDATE ON trading.import_batches, trading.market_data_rejects TO app;
INSERT INTO trading.users (id, username, email, password_hash)
SELECT i, 'u' || i, i || '\@example.com', 'no login' FROM generate_series(101, 100 + @{[CLIENTS]}) i;
INSERT INTO trading.assets (symbol) SELECT 'S' || i FROM generate_series(101, 100 + @{[CLIENTS]}) i;
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
SELECT 'S' || i, '1d', timestamptz '2020-01-01 00:00+00' + d * interval '1 day', p, p + 1, p - 1, p + d % 3 * 0.25
FROM generate_series(101, 100 + @{[CLIENTS]}) i, generate_series(0, 499) d,
  LATERAL (SELECT i + abs(d % (14 + i % 13) - 9) + d * i % 17 * 0.05) AS g (p);
INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
SELECT i, i, 'cross', s.parameters, s.entry_rules, s.exit_rules, s.risk_rules
FROM trading.strategies s, generate_series(101, 100 + @{[CLIENTS]}) i WHERE s.id = 1;
INSERT INTO trading.strategies (id, user_id, name, entry_rules, exit_rules, risk_rules)
VALUES (99, 1, 'slow', '{"long": {"when": "close > 1000 * avgdev(close, 20000)"}}',
  '[{"id": "x", "side": "long", "when": "close < 1"}]', '{"size": {"units": 1}}'),
  (98, 1, 'quick', '{"long": {"when": "close > sma(close, 9)"}}',
  '[{"id": "x", "side": "long", "when": "close < sma(close, 9)"}]', '{"size": {"units": 1}}');
INSERT INTO trading.backtests (id, user_id, strategy_id, name, start_date, end_date, initial_capital, universe)
SELECT i, i, i, 'run ' || i, '2020-02-01', '2021-04-30', 1000 * i, jsonb_build_array('S' || i)
FROM generate_series(101, 100 + @{[CLIENTS]}) i;
INSERT INTO trading.assets (symbol) VALUES ('LONG');
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
SELECT 'LONG', '1m', timestamptz '2010-01-01 00:00+00' + i * interval '1 minute', p, p + 1, p - 1, p
FROM (SELECT i, 50 + abs(i % 41 - 20) AS p FROM generate_series(1, 60000) i) g;
CREATE TABLE public.tokens AS SELECT id, quant.issue_token(id, '1 day') AS token FROM trading.users WHERE id > 100;
GRANT SELECT ON public.tokens TO app;
SQL
my %token = split /[|\n]/, $node->safe_psql('platform', 'SELECT id, token FROM public.tokens');

# ---- the pool

my $port = PostgreSQL::Test::Cluster::get_free_port();
my $directory = PostgreSQL::Test::Utils::tempdir;
my $host = $node->host;
my $owner = $node->safe_psql('postgres', 'SELECT current_user');
my $statements = $keeps_statements ? 'max_prepared_statements = 100' : '';
append_to_file("$directory/users", qq("app" ""\n"$owner" ""\n));
append_to_file("$directory/pgbouncer.ini", <<"INI");
[databases]
platform = host=$host port=@{[ $node->port ]} dbname=platform
[pgbouncer]
listen_addr =
listen_port = $port
unix_socket_dir = $host
auth_type = trust
auth_file = $directory/users
admin_users = $owner
pool_mode = transaction
default_pool_size = @{[CONNECTIONS]}
max_client_conn = 100
query_wait_timeout = 60
logfile = $directory/pgbouncer.log
$statements
INI
my $pool_output = '';
my $pool = IPC::Run::start([ $pgbouncer, '-q', "$directory/pgbouncer.ini" ], '<', \undef, '>&', \$pool_output);
sub stop_pool
{
  local $?;
  return unless defined $pool;
  $pool->signal('KILL');
  $pool->finish;
  undef $pool;
}
END { stop_pool(); }
for (1 .. 100) { sleep 0.1 unless -S "$host/.s.PGSQL.$port"; }

# Where clients go: to the pool, or past it.
sub address
{
  my ($user, $direct) = @_;
  return $direct ? $node->connstr('platform') . " user=$user" : "host=$host port=$port dbname=platform user=$user";
}

# A psql beside the test; errors do not end it.
my $clients = 0;
sub client
{
  my ($sql, %options) = @_;
  my $client = { output => '' };
  my $script = "$directory/client" . ++$clients . '.sql';
  append_to_file($script, $sql);
  $client->{process} = IPC::Run::start([ $node->installed_command('psql'), '-XAtq', '-d',
      address($options{user} // 'app', $options{direct}), '-f', $script ],
    '<', \undef, '>&', \$client->{output}, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
  return $client;
}

# What it printed and was told, without the numbers of lines and imports.
sub told
{
  my ($client) = @_;
  $client->{process}->finish;
  my $output = $client->{output};
  $output =~ s/^psql:\S+: //mg;
  $output =~ s/import \d+:/import N:/g;
  $output =~ s/batch_id = \d+/batch_id = N/g;
  my @servers = $output =~ /^server (\d+)$/mg;
  $output =~ s/^server \d+\n//mg;
  return ($output, @servers);
}

# What a client does, each part a transaction. After every part another client may have the connection.
sub script
{
  my ($i, $round) = @_;
  my $me = "SELECT quant.sign_in('$token{$i}');\nSELECT 'server ' || pg_backend_pid();";
  my $other = $i > 101 ? $i - 1 : $i + 1;
  my $bars = join '', map { sprintf "S%d,1h,2021-06-%02dT10:00:00Z,%d,%d,%d,%s\n", $i, $_, $i, $i + 1, $i - 1, "$i.12345" } 1 .. 9;
  my $columns = '(symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)';
  my $stored = "SELECT count(*), sum(close_price) FROM trading.market_data WHERE symbol = 'S$i' AND timeframe = '1h';";
  return <<"SQL" =~ s/^  //mgr;
  BEGIN; $me
  SELECT * FROM quant.simulate($i, '["S$i"]', '1d', '2020-02-01', '2021-04-30', 100000, '{"fast": 4}');
  COMMIT;
  BEGIN; $me
  SELECT final_value, total_trades, warnings FROM quant.run_backtest($i);
  SAVEPOINT s;
  SELECT quant.run_backtest($other);
  ROLLBACK TO s;
  SELECT count(*), min(symbol), max(symbol), sum(pnl) FROM trading.trades WHERE backtest_id = $i;
  COMMIT;
  BEGIN; $me
  SELECT string_agg(name, ' ' ORDER BY name), count(DISTINCT user_id) FROM trading.portfolios WHERE portfolio_type = 'backtest';
  SELECT id, status, final_value FROM trading.backtests;
  COMMIT;
  BEGIN; $me
  SET LOCAL quant.import_decimals = 'round';
  SET LOCAL quant.import_duplicates = 'replace';
  COPY trading.market_data_import $columns FROM stdin CSV;
  $bars\\.
  $stored
  ROLLBACK;
  -- Nobody's settings are left: these prices have too many decimals.
  BEGIN; $me
  COPY trading.market_data_import $columns FROM stdin CSV;
  $bars\\.
  $stored
  ROLLBACK;
  -- A line that is no row ends a load in its middle.
  BEGIN; $me
  COPY trading.market_data_import $columns FROM stdin CSV;
  S$i,1h,2021-06-01T10:00:00Z,10,11,9,10
  S$i,1h
  \\.
  COMMIT;
  BEGIN; $me
  SET LOCAL quant.import_decimals = 'round';
  SET LOCAL quant.import_duplicates = 'replace';
  COPY trading.market_data_import $columns FROM stdin CSV;
  $bars\\.
  $stored
  COMMIT;
  BEGIN; $me
  SELECT timestamp::date, quant.ema(close_price, 5) OVER w, quant.rsi(close_price, 7) OVER w
  FROM trading.market_data WHERE symbol = 'S$i' AND timeframe = '1d' WINDOW w AS (ORDER BY timestamp) ORDER BY timestamp DESC LIMIT 3;
  SELECT * FROM quant.indicator_series('S$i', '1d', NULL, NULL, 'rsi(5)', 'bollinger(close, 5, 2).upper') ORDER BY 1 DESC LIMIT 3;
  COMMIT;
  -- What was worked out and is taken back, and a mistake that ends the transaction.
  BEGIN; $me
  UPDATE trading.backtests SET initial_capital = 7 WHERE id = $i;
  SELECT quant.run_backtest($i) IS NOT NULL;
  SELECT 1 / 0;
  SELECT quant.run_backtest($i);
  COMMIT;
  BEGIN; $me
  SELECT quant.simulate($i, '["S$i"]', 'never', '2020-02-01', '2021-04-30', 100000);
  COMMIT;
  BEGIN; $me
  INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
  VALUES ('S$i', '1d', '2022-01-03 00:00+00', 10, 9, 11, 10);
  COMMIT;
  BEGIN; $me
  SELECT final_value, total_trades, initial_capital FROM trading.backtests WHERE id = $i;
  SELECT quant.value_at_risk(t.trade_return, 0.95), quant.version() FROM trading.trades t WHERE backtest_id = $i;
  COMMIT;
SQL
}

# The first pass on connections of their own stores what the others find: the second is what to expect.
my @ids = 101 .. 100 + CLIENTS;
my %expected;
told(client(script($_), direct => 1)) for @ids;
$expected{$_} = (told(client(script($_), direct => 1)))[0] for @ids;
like($expected{101}, qr/^\d+\|S101\|S101\|/m, 'a client alone sees its trades');
like($expected{101}, qr/there is no backtest 102|backtest 102/, 'and no backtest of another user');
like($expected{101}, qr/import N: 9 rows, 0 stored, 9 replaced, 0 skipped, 0 rejected/, 'stores its bars');
like($expected{101}, qr/import N: 9 rows, 0 stored, 0 replaced, 0 skipped, 9 rejected/, 'and is refused them where they are wrong');

# What a session has that it was not born with. Two clients at once hold both connections; pgbouncer itself
# sets what a client of psql says at its beginning.
sub left_behind
{
  my ($name, $user) = @_;
  my $look = <<'SQL';
BEGIN;
SELECT 'server ' || pg_backend_pid();
SELECT 'setting', name, setting FROM pg_settings WHERE source = 'session'
  AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'IntervalStyle', 'TimeZone', 'standard_conforming_strings');
SELECT 'own setting', name, setting FROM pg_settings WHERE name LIKE 'quant.%' AND source <> 'default';
SELECT 'user', quant.current_user_id() WHERE quant.current_user_id() IS NOT NULL;
SELECT 'role', current_user, session_user WHERE current_user <> session_user;
SELECT 'temporary', relname FROM pg_class WHERE relnamespace = pg_my_temp_schema();
SELECT 'lock', locktype, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory';
SELECT 'statement', name FROM pg_prepared_statements WHERE name !~ '^PGBOUNCER_';
SELECT 'cursor', name FROM pg_cursors WHERE name <> '';
SELECT 'channel', * FROM pg_listening_channels();
SELECT pg_sleep(1);
COMMIT;
SQL
  my @looks = (client($look, user => $user));
  wait_until($node, 'platform', "count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND usename = '$user'");
  push @looks, client($look, user => $user);
  my (@found, %servers);
  for my $look (@looks)
  {
    my ($output, @server) = told($look);
    $output =~ s/^\n//mg;
    push @found, $output;
    $servers{$_} = 1 for @server;
  }
  is(scalar(keys %servers), CONNECTIONS, "$name: both connections of $user are looked at");
  is(join('', @found), '', "$name: nothing is left in a session");
  is($node->safe_psql('platform', q(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')), '0', "$name: no advisory lock is held");
  return sort { $a <=> $b } keys %servers;
}

sub memory_of
{
  my $sum = 0;
  $sum += (slurp_file("/proc/$_/status") =~ /^RssAnon:\s+(\d+) kB/m)[0] for @_;
  return $sum;
}

# ---- many clients

sub crowd
{
  my ($name) = @_;
  my %clients = map { $_ => client(script($_)) } @ids;
  my ($wrong, $wanderers, %servers) = ('', 0);
  for my $i (@ids)
  {
    my ($output, @servers) = told($clients{$i});
    my %mine = map { $_ => 1 } @servers;
    $wanderers++ if keys %mine > 1;
    $servers{$_} = 1 for @servers;
    next if $output eq $expected{$i};
    $wrong ||= "client $i:\n" . join '', map { "$_\n" } grep { index($expected{$i}, $_) < 0 } split /\n/, $output;
    $wrong ||= "client $i:\n$output";
  }
  is($wrong, '', "$name: each of " . CLIENTS . ' clients is told what it is told alone');
  is(scalar(keys %servers), CONNECTIONS, "$name: by " . CONNECTIONS . ' servers');
  cmp_ok($wanderers, '>', CLIENTS / 2, "$name: most of them had more than one");
  return;
}

crowd('first round');
my @servers = left_behind('after a round', 'app');
SKIP:
{
  skip 'no /proc', 2 unless -r "/proc/$servers[0]/status";
  crowd('second round');
  my $before = memory_of(@servers);
  crowd("round $_") for 3 .. 5;
  my $after = memory_of(@servers);
  note("memory of both servers: $before kB, after three more rounds $after kB");
  cmp_ok($after - $before, '<', 16384, 'three more rounds take no more memory');
}

# ---- prepared statements of the protocol

# Unnamed ones are sent anew in each transaction, which every pgbouncer can do.
append_to_file("$directory/bench.sql", <<'SQL');
\set i random(101, 116)
BEGIN;
SELECT quant.sign_in(token) FROM public.tokens WHERE id = :i;
SELECT 1 / (final_value > 0)::int FROM quant.run_backtest(:i);
SELECT 1 / (count(*) > 0 AND bool_and(symbol = 'S' || :i))::int FROM trading.trades WHERE backtest_id = :i;
SELECT 1 / (final_value > 0)::int FROM quant.simulate(:i, jsonb_build_array('S' || :i), '1d', '2020-02-01', '2021-04-30', 100000);
COMMIT;
SQL
# A thread for each client: pgbench waits for a statement to be prepared, and its other clients with it,
# of which one may hold the connection.
sub bench
{
  my ($mode) = @_;
  my ($output, $errors) = run_command([ $node->installed_command('pgbench'), '-n', '-M', $mode, '-c', CLIENTS, '-j', CLIENTS, '-t', 10,
      '-f', "$directory/bench.sql", address('app') ]);
  like($output, qr/number of transactions actually processed: 160\/160/, "pgbench -M $mode, 16 clients") or diag($errors);
  unlike($errors, qr/error/i, "pgbench -M $mode has no error");
  return;
}
bench($_) for qw(simple extended);
SKIP:
{
  skip "pgbouncer $version has no max_prepared_statements", 2 unless $keeps_statements;
  bench('prepared');
}
left_behind('after prepared statements', 'app');

# ---- a cancel

my $running = q(FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%["LONG"]%' AND pid <> pg_backend_pid());
for my $run ([ 'one long run', q(quant.simulate(99, '["LONG"]', '1m', '2010-01-01', '2010-03-01', 100000)) ],
  [ 'a loop of runs', q(generate_series(1, 10000) i CROSS JOIN LATERAL
      quant.simulate_equity(98 + 0 * i, '["LONG"]', '1m', '2010-01-01', '2010-03-01', 100000)) ])
{
  my ($how, $from) = @$run;
  my $other = client("SELECT pg_sleep(2); SELECT 'undisturbed'");
  my $client = client("SELECT count(*) FROM $from", user => $owner);
  wait_until($node, 'platform', "count(*) = 1 $running AND query_start < clock_timestamp() - interval '300 ms'");
  my $sent = time;
  # As Ctrl-C does: psql asks the pool, the pool the server.
  $client->{process}->signal('INT');
  wait_until($node, 'platform', "count(*) = 0 $running");
  my $took = time - $sent;
  my ($output) = told($client);
  like($output, qr/canceling statement due to user request/, "$how is cancelled through the pool");
  cmp_ok($took, '<', 1, sprintf '%s ends within a second: %.2f s', $how, $took);
  is((told($other))[0], "\nundisturbed\n", 'the statement of another client goes on');
}

# ---- clients that vanish, and everything that commits by itself

my $before = stored_run($node, 'platform', 101);
my $gone = client("BEGIN; SELECT quant.sign_in('$token{101}'); UPDATE trading.backtests SET initial_capital = 7; SELECT quant.run_backtest(101); SELECT pg_sleep(600); COMMIT");
wait_until($node, 'platform', q(count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'));
$gone->{process}->kill_kill(grace => 0);
my $killed = $node->safe_psql('platform', q(SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE wait_event = 'PgSleep'));
like($killed, qr/^t?$/, 'a client vanishes in the middle of a transaction');
same_text(stored_run($node, 'platform', 101), $before, 'nothing of it is stored');

$node->safe_psql('platform', q(INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
  SELECT 'S101', '1m', '2018-01-01 00:00+00'::timestamptz + i * interval '10 days', 10, 11, 9, 10 FROM generate_series(1, 60) i));
my @owners = map { client($_, user => $owner) } ('CALL quant.maintain_partitions()') x 3,
  q(CALL quant.create_partitions('2025-01-01', '2029-12-31')), q(CALL quant.run_job('log_purge')), 'SELECT quant.install()',
  q(BEGIN; CALL quant.maintain_partitions(); COMMIT);
my @said = map { (told($_))[0] } @owners;
like($said[-1], qr/ERROR: .*(?:transaction|stand alone)/, 'upkeep in a transaction block is refused through the pool too');
unlike(join('', @said[ 0 .. 5 ]), qr/ERROR/, 'upkeep, jobs and installation work through the pool') or diag(join '', @said);
is($node->safe_psql('platform', q(SELECT count(*) FROM trading.market_data_default WHERE timestamp < '2019-12-01' AND timeframe = '1m' AND symbol = 'S101')), '0',
  'and the default partition is emptied');
left_behind('after upkeep', $owner);

# Members of the extension get new numbers: connections of the pool were there before.
$node->safe_psql('platform', 'DROP EXTENSION pg_quant CASCADE; CREATE EXTENSION pg_quant; SELECT quant.install(); GRANT USAGE ON SCHEMA quant TO app');
crowd('after the extension was made anew');
left_behind('at the end', 'app');

stayed_up($node, $started);
unlike(slurp_file("$directory/pgbouncer.log"), qr/FATAL|PANIC/, 'the pool had no trouble');
stop_pool();

done_testing();
