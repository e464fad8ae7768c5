# SPDX-License-Identifier: PostgreSQL
# Users and roles: what each level may do, two users who neither read nor change each other's rows by
# any path, tokens for an application behind a pool, and what an administrator left open.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main', conf => 'max_parallel_workers = 4');
create_platform($node, 'platform');
$node->safe_psql('platform', <<'SQL');
CREATE ROLE ann_login LOGIN;
CREATE ROLE ben_login LOGIN;
CREATE ROLE app LOGIN;
CREATE ROLE watcher LOGIN;
CREATE ROLE boss LOGIN;
CREATE ROLE auth LOGIN;
CREATE ROLE nobody LOGIN;
SELECT quant.grant_access(r, 'trader') FROM unnest('{ann_login, ben_login, app}'::name[]) r;
SELECT quant.grant_access('watcher', 'reader');
SELECT quant.grant_access('boss', 'operator');
GRANT USAGE ON SCHEMA quant TO auth;
GRANT EXECUTE ON FUNCTION quant.issue_token TO auth;
UPDATE trading.users SET database_role = username || '_login';
SELECT quant.rotate_sign_in_key();

-- The same of ben's.
INSERT INTO trading.user_preferences (user_id, theme) VALUES (2, 'light');
INSERT INTO trading.risk_profiles (user_id, name, is_default) VALUES (2, 'bens', true);
INSERT INTO trading.strategies (user_id, name, parameters, entry_rules, exit_rules, risk_rules)
SELECT 2, 'bens secret', parameters, entry_rules, exit_rules, risk_rules FROM trading.strategies WHERE id = 1;
INSERT INTO trading.backtests (user_id, strategy_id, name, start_date, end_date, initial_capital, universe)
VALUES (2, 2, 'bens', '2019-12-01', '2020-10-31', 100000, '["AAA", "BBB"]');
DO $$ BEGIN PERFORM quant.run_backtest(3); END $$;
DO $$
BEGIN
  PERFORM quant.record_risk_metrics(p.id, date '2020-10-31') FROM trading.portfolios p WHERE p.user_id = 2;
END $$;
ANALYZE;
SQL

sub as
{
  my ($user, $sql) = @_;
  my ($status, $output, $errors) = $node->psql('platform', $sql,
    connstr => $node->connstr('platform') . " user=$user", extra_params => [ '-v', 'VERBOSITY=verbose' ]);
  my ($error) = $errors =~ /ERROR:  (\w+)/;
  return $error // $output;
}

# --- a matrix of roles and statements: the rows they see, or the error -------------------------------
my @tables = qw(users user_preferences strategies backtests portfolios positions transactions
  equity_curves trades signals risk_profiles risk_metrics);
my $user_of = sub {
  my ($table, $user) = @_;
  return "id = $user" if $table eq 'users';
  return "user_id = $user" if $table =~ /^(user_preferences|strategies|backtests|portfolios|risk_profiles)$/;
  return "backtest_id IN (SELECT id FROM trading.backtests WHERE user_id = $user)" if $table =~ /^(trades|signals)$/;
  return "portfolio_id IN (SELECT id FROM trading.portfolios WHERE user_id = $user)";
};
for my $table (@tables)
{
  my $count = "SELECT count(id) FROM trading.$table";
  $count = "SELECT count(*) FROM trading.$table" if $table eq 'equity_curves';
  my $anns = $node->safe_psql('platform', "$count WHERE " . $user_of->($table, 1));
  my $bens = $node->safe_psql('platform', "$count WHERE " . $user_of->($table, 2));
  my $all = $node->safe_psql('platform', $count);
  cmp_ok($anns, '>', 0, "$table: ann has rows");
  cmp_ok($bens, '>', 0, "$table: ben has rows");
  is(as('ann_login', $count), $anns, "$table: ann sees her own");
  is(as('ben_login', $count), $bens, "$table: ben sees his own");
  is(as('app', $count), 0, "$table: the application sees nothing without a token");
  is(as('watcher', $count), 0, "$table: a reader who is no user sees nothing");
  is(as('boss', $count), $all, "$table: an operator sees all");
  is(as('nobody', $count), '42501', "$table: a role without access is refused");
  is(as('watcher', "DELETE FROM trading.$table"), '42501', "$table: a reader deletes nothing");
  next if $table eq 'users';
  is(as('ben_login', "WITH d AS (DELETE FROM trading.$table WHERE NOT " . $user_of->($table, 2)
    . ' RETURNING 1) SELECT count(*) FROM d'), 0, "$table: ben deletes nothing of ann's");
}
my @refused = (
  [ 'ann_login', 'SELECT password_hash FROM trading.users', '42501' ],
  [ 'ann_login', 'SELECT u FROM trading.users u', '42501' ],
  [ 'boss', 'SELECT password_hash FROM trading.users', '42501' ],
  [ 'boss', "UPDATE trading.users SET password_hash = 'x'", '42501' ],
  [ 'ann_login', 'UPDATE trading.users SET is_verified = true', '42501' ],
  [ 'ann_login', "UPDATE trading.users SET database_role = 'boss'", '42501' ],
  [ 'boss', "UPDATE trading.users SET database_role = 'boss'", '42501' ],
  [ 'boss', 'SELECT * FROM trading.sign_in_keys', '42501' ],
  [ 'auth', 'SELECT * FROM trading.sign_in_keys', '42501' ],
  [ 'auth', 'SELECT * FROM trading.users', '42501' ],
  [ 'ann_login', 'SELECT quant.issue_token(2)', '42501' ],
  [ 'boss', 'SELECT quant.issue_token(2)', '42501' ],
  [ 'app', 'SELECT quant.rotate_sign_in_key()', '42501' ],
  [ 'app', q(SELECT quant.grant_access('app', 'operator')), '42501' ],
  [ 'boss', q(SELECT quant.grant_access('boss', 'operator')), '42501' ],
  [ 'ann_login', 'SELECT quant.install()', '42501' ],
  [ 'ann_login', 'SELECT count(*) FROM trading.market_data_y2020m02', '42501' ],
  [ 'boss', 'SELECT count(*) FROM trading.market_data_y2020m02', '42501' ],
  [ 'ann_login', 'INSERT INTO trading.assets (symbol) VALUES (\'ZZZ\')', '42501' ],
  [ 'ann_login', 'ALTER TABLE trading.portfolios DISABLE ROW LEVEL SECURITY', '42501' ],
  [ 'ann_login', 'CREATE POLICY mine ON trading.portfolios USING (true)', '42501' ],
  [ 'ann_login', 'SET row_security = off; SELECT count(*) FROM trading.portfolios', '42501' ],
  [ 'ann_login', 'SET ROLE ben_login', '42501' ],
  [ 'watcher', 'SELECT quant.run_backtest(1)', '42501' ],
  # Rows of one's own that point to another's.
  [ 'ann_login', q(INSERT INTO trading.portfolios (user_id, name, initial_capital) VALUES (2, 'x', 1)), '42501' ],
  [ 'ann_login', 'UPDATE trading.portfolios SET user_id = 2', '42501' ],
  [ 'ann_login', q(INSERT INTO trading.portfolios (user_id, backtest_id, name, initial_capital, portfolio_type) VALUES (1, 3, 'x', 1, 'backtest')), '42501' ],
  [ 'ann_login', q(INSERT INTO trading.backtests (user_id, strategy_id, name, start_date, end_date, initial_capital) VALUES (1, 2, 'x', '2020-01-01', '2020-02-01', 1000)), '42501' ],
  [ 'ann_login', q(INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) SELECT max(id) + 0, 'AAA', 'buy', 1, 1 FROM (VALUES (2)) v(id)), '42704' ],
  [ 'ann_login', q(INSERT INTO trading.signals (backtest_id, symbol, signal_type, signal_date) VALUES (3, 'AAA', 'buy', now())), '42501' ],
);
# The portfolio of ben's run stands in that statement by its number.
my $bens_portfolio = $node->safe_psql('platform', 'SELECT id FROM trading.portfolios WHERE backtest_id = 3');
$_->[1] =~ s/VALUES \(2\)\) v\(id\)/VALUES ($bens_portfolio)) v(id)/ for @refused;
is(as($_->[0], $_->[1]), $_->[2], "$_->[0]: $_->[1]") for @refused;

# --- by way of functions, views, errors, prepared statements ------------------------------------------
my $run = q('["AAA", "BBB"]', '1d', '2019-12-01', '2020-10-31', 100000);
my %of_ben = (
  simulate => "SELECT final_value FROM quant.simulate(2, $run)",
  simulate_trades => "SELECT count(*) FROM quant.simulate_trades(2, $run)",
  run_backtest => 'SELECT quant.run_backtest(3)',
  verify_backtest => 'SELECT * FROM quant.verify_backtest(3)',
  check_lookahead => 'SELECT * FROM quant.check_lookahead(3)',
  explain_trade => 'SELECT quant.explain_trade((SELECT 1000000))',
  record_risk_metrics => "SELECT quant.record_risk_metrics($bens_portfolio, '2020-10-31')",
  portfolio_risk => "SELECT * FROM quant.portfolio_risk($bens_portfolio, '2020-10-31')",
  risk_contributions => "SELECT * FROM quant.risk_contributions($bens_portfolio, '2020-10-31')",
  stress_test => "SELECT * FROM quant.stress_test($bens_portfolio, '2020-10-31')",
  reconcile_portfolio => "SELECT * FROM quant.reconcile_portfolio($bens_portfolio)",
  mark_portfolio => "SELECT * FROM quant.mark_portfolio($bens_portfolio)",
  check_limits => "SELECT * FROM quant.check_limits($bens_portfolio)",
  drawdowns => "SELECT * FROM quant.drawdowns($bens_portfolio)",
);
for my $function (sort keys %of_ben)
{
  my ($error, $errors) = error_of($node, 'platform', $of_ben{$function}, user => 'ann_login');
  like($error, qr/^(42704|P0002|42501|42883): /, "ann cannot call $function on what is ben's") or diag($errors);
  unlike($errors, qr/secret|bens/, "and the error of $function tells nothing of it");
}
is(as('ann_login', 'SELECT count(*) FROM trading.backtest_symbols WHERE backtest_id = 3'), 0, 'nor through the views');
is(as('ann_login', 'SELECT count(*) FROM trading.backtest_months WHERE backtest_id = 3'), 0, 'of a run');
isnt(as('ann_login', "SELECT final_value FROM quant.simulate(1, $run)"), '', 'her own strategy runs');
like(as('ann_login', 'SELECT (quant.run_backtest(1)).final_value'), qr/^\d+\.\d\d$/, 'and her own backtest is stored');
like(as('ann_login', q(SELECT 'booked ' || quant.record_transaction(id, 'buy', 'AAA', 1, 10, transaction_date => '2020-11-03 15:00+00') FROM trading.portfolios WHERE name = 'Paper')),
  qr/^booked \d+/, 'and her own order booked') or diag(error_of($node, 'platform', q(SELECT 'booked ' || quant.record_transaction(id, 'buy', 'AAA', 1, 10, transaction_date => '2020-11-03 15:00+00') FROM trading.portfolios WHERE name = 'Paper'), user => 'ann_login'));
$node->safe_psql('platform', <<'SQL');
CREATE FUNCTION public.leak(name text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
$$ BEGIN RAISE NOTICE 'seen: %', name; RETURN true; END $$;
SQL
my (undef, $leaked) = error_of($node, 'platform', 'SELECT count(*) FROM trading.strategies WHERE public.leak(name)', user => 'ann_login');
unlike($leaked, qr/bens secret/, 'a cheap function of hers sees no row before the policy does');
is(as('ann_login', 'PREPARE p AS SELECT count(*) FROM trading.strategies; EXECUTE p'), 1, 'a prepared statement sees her own');

# --- tokens -------------------------------------------------------------------------------------------
sub token { return as('auth', 'SELECT quant.issue_token(' . join(', ', @_) . ')'); }
my $ann = token(1);
my $ben = token(2);
like($ann, qr/^q1\.2\.1\.\d+\.[0-9a-f]{64}$/, 'a token of the documented form');
my $names = 'SELECT string_agg(DISTINCT name, \',\') FROM trading.strategies;';
is(as('app', "BEGIN; SELECT quant.sign_in('$ann'); $names COMMIT; SELECT count(*) FROM trading.strategies"), "1\nSMA cross\n0",
  'in its transaction the application sees the rows of the user, and none after it');
is(as('app', "BEGIN; SELECT quant.sign_in('$ann'); ROLLBACK; SELECT count(*) FROM trading.strategies"), "1\n0", 'nor after a rollback');
is(as('app', "BEGIN; SELECT quant.sign_in('$ann'); SELECT quant.sign_in('$ben'); $names COMMIT"), "1\n2\nbens secret", 'the last token counts');
is(as('app', "BEGIN; SELECT quant.sign_in('$ann'); SAVEPOINT s; SELECT quant.sign_in('$ben'); ROLLBACK TO s; $names COMMIT"), "1\n2\nSMA cross",
  'a savepoint that is rolled back takes its sign-in along');
is(as('ann_login', "BEGIN; SELECT quant.sign_in('$ben'); $names COMMIT"), "2\nbens secret", 'a token goes before the login');
my $parallel = $node->pg_version < 16 ? 'force_parallel_mode' : 'debug_parallel_query';
is(as('app', "BEGIN; SELECT quant.sign_in('$ann'); SET LOCAL $parallel = on; SELECT count(*) FROM trading.transactions; COMMIT") =~ s/^1\n//r,
  $node->safe_psql('platform', 'SELECT count(*) FROM trading.transactions WHERE ' . $user_of->('transactions', 1)), 'parallel workers know the user');
like(as('app', "BEGIN; SELECT quant.sign_in('$ann'); SELECT (quant.run_backtest(1)).final_value; ROLLBACK"), qr/^1\n\d+\.\d\d$/, 'a user runs his backtest by token');
my $changed = $ann =~ s/\.2\.1\./.2.2./r;
my $last = $ann =~ s/(.)$/$1 eq 'a' ? 'b' : 'a'/er;
for my $bad ([ $changed, 'for another user' ], [ $last, 'with another signature' ], [ "$ann ", 'with a blank' ], [ '', 'of nothing' ],
  [ 'q1.1.1', 'cut off' ], [ "q1.99.1.9999999999.$1", 'of an unknown key' ], [ substr($ann, 0, -1), 'shortened' ], [ uc $ann, 'in capitals' ])
{
  is(as('app', "SELECT quant.sign_in('$bad->[0]')"), '28000', "a token $bad->[1] is refused");
}
is(as('app', 'SELECT quant.sign_in(NULL)'), '22004', 'NULL is no token');
is(as('auth', "SELECT quant.issue_token($_)"), '42704', "there is no user $_") for 0, -1, 99;
is(as('auth', "SELECT quant.issue_token(1, $_)"), '22023', "no token lives for $_") for q('0'), q('-1 hour'), q('2 years');
my $short = token(1, q('1 second'));
sleep 2;
is(as('app', "SELECT quant.sign_in('$short')"), '28000', 'one that has expired is refused');
$node->safe_psql('platform', 'UPDATE trading.users SET is_active = false WHERE id = 2');
is(as('app', "SELECT quant.sign_in('$ben')"), '28000', 'nor is that of a user who is no longer active');
is(as('ben_login', 'SELECT count(*) FROM trading.strategies'), 0, 'whose login sees nothing any more');
$node->safe_psql('platform', 'UPDATE trading.users SET is_active = true WHERE id = 2');
$node->safe_psql('platform', q(SELECT quant.rotate_sign_in_key('1 hour')));
is(as('app', "SELECT quant.sign_in('$ann')"), 1, 'a token outlives the rotation of its key');
$node->safe_psql('platform', q(SELECT quant.rotate_sign_in_key('0')));
is(as('app', "SELECT quant.sign_in('$ann')"), '28000', 'unless that ends it at once');
like(token(1), qr/^q1\.4\./, 'the new key signs');
my ($held, $superuser) = (token(1), $node->connstr('platform'));
is(as('app', qq(BEGIN;\nSELECT 1;\n\\! psql -XAtq -d "$superuser" -c "SELECT quant.rotate_sign_in_key('0')" >/dev/null\nSELECT quant.sign_in('$held');)), '28000',
  'nor does a transaction that was open before keep it');

# --- what a client can set is no identity --------------------------------------------------------------
my $mine = 'SELECT count(*) FROM trading.strategies';
for my $set ([ "SET quant.signed_in_user = '1'", '' ], [ "BEGIN; SET LOCAL quant.signed_in_user = '1'", '' ],
  [ "SELECT set_config('quant.signed_in_user', '1', false)", "1\n" ])
{
  # The library refuses it, and forgets what was set before it was loaded.
  is(as('app', "SELECT quant.version(); $set->[0]; $mine"), '42501', $set->[0]);
  is(as('app', "$set->[0]; $mine"), "$set->[1]0", "$set->[0], before the library is loaded");
}
is(as('app', q(ALTER ROLE app SET quant.signed_in_user = '1')), '42501', 'ALTER ROLE ... SET');
is(as('app', "SELECT quant.version(); RESET ALL; RESET quant.signed_in_user; $mine"), '42501', 'RESET');
{
  local $ENV{PGOPTIONS} = '-c quant.signed_in_user=1';
  my $output = as('app', "SELECT quant.version(); $mine");
  like($output, qr/(^|\n)0$|^42501$/, 'PGOPTIONS');
}
is(as('app', "BEGIN; SELECT quant.sign_in('" . token(1) . "'); DISCARD PLANS; SET SESSION AUTHORIZATION DEFAULT; $mine; COMMIT"), "1\n1", 'a sign-in lasts through what does not end the transaction');
is(as('ann_login', "CREATE TEMP TABLE users (id bigint, database_role text, is_active boolean); INSERT INTO users VALUES (2, 'ann_login', true); SELECT string_agg(name, ',') FROM trading.strategies"),
  'SMA cross', 'a temporary table takes nobody\'s place');

# --- levels come and go ---------------------------------------------------------------------------------
$node->safe_psql('platform', q(SELECT quant.grant_access('boss', 'reader')));
is(as('boss', $mine), 0, 'an operator who becomes a reader sees only his own');
is(as('boss', 'DELETE FROM trading.assets'), '42501', 'and changes nothing');
is($node->safe_psql('platform', q(SELECT count(*) FROM pg_policies WHERE policyname = 'operators')), 0, 'the policies of operators are gone with the last');
$node->safe_psql('platform', q(SELECT quant.grant_access('boss', 'operator'); SELECT quant.grant_access('watcher', 'operator'); SELECT quant.grant_access('boss', 'trader')));
is(as('watcher', $mine), 2, 'one operator stays when another goes');
$node->safe_psql('platform', q(SELECT quant.revoke_access(r) FROM unnest('{boss, watcher}'::name[]) r));
is(as($_, $mine), '42501', "$_ has no access any more") for qw(boss watcher);
is($node->safe_psql('platform', <<'SQL'), '', 'and nothing at all is left of it');
SELECT c.oid::regclass, a.privilege_type FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE a.grantee IN ('boss'::regrole, 'watcher'::regrole)
UNION ALL
SELECT attrelid::regclass, attname FROM pg_attribute CROSS JOIN LATERAL aclexplode(attacl) a WHERE a.grantee IN ('boss'::regrole, 'watcher'::regrole)
UNION ALL
SELECT oid, nspname FROM pg_namespace CROSS JOIN LATERAL aclexplode(nspacl) a WHERE a.grantee IN ('boss'::regrole, 'watcher'::regrole)
SQL
$node->safe_psql('platform', 'DROP ROLE boss, watcher');
is_error($node, 'platform', q(SELECT quant.grant_access('ghost', 'reader')), qr/^42704: role "ghost" does not exist/, 'a role that does not exist');
is_error($node, 'platform', q(SELECT quant.grant_access('app', 'god')), qr/^22023: there is no level "god"/, 'a level that does not exist');
is_error($node, 'platform', q(SELECT quant.grant_access(NULL, 'reader')), qr/^22004: /, 'no role');
is_error($node, 'platform', q(SELECT quant.grant_access('app', NULL)), qr/^22023: /, 'no level');

# --- the check -------------------------------------------------------------------------------------------
my $findings = q(SELECT DISTINCT finding || ': ' || object FROM quant.check_security() WHERE finding <> 'weak authentication' ORDER BY 1);
is($node->safe_psql('platform', $findings), '', 'nothing has been left open');
$node->safe_psql('platform', <<'SQL');
ALTER TABLE trading.portfolios DISABLE ROW LEVEL SECURITY;
DROP POLICY own_rows ON trading.trades;
CREATE POLICY all_of_them ON trading.signals USING (true);
GRANT SELECT ON trading.market_data_default TO app;
GRANT SELECT ON trading.backtests TO PUBLIC;
GRANT SELECT (password_hash) ON trading.users TO app;
GRANT SELECT ON trading.sign_in_keys TO auth;
GRANT EXECUTE ON FUNCTION quant.issue_token TO PUBLIC;
GRANT CREATE ON SCHEMA trading TO app;
GRANT SET ON PARAMETER quant.signed_in_user TO app;
CREATE ROLE backup BYPASSRLS;
GRANT USAGE ON SCHEMA trading TO backup;
CREATE VIEW public.everything AS SELECT * FROM trading.strategies;
GRANT SELECT ON public.everything TO app;
UPDATE trading.users SET database_role = 'ghost' WHERE id = 2;
SQL
is($node->safe_psql('platform', $findings), <<'TEXT' =~ s/\n$//r, 'the check finds what was left open');
database role does not exist: user 2
granted on a partition: trading.market_data_default
granted to everybody: quant.issue_token(bigint,interval)
granted to everybody: trading.backtests
keys can be read: trading.sign_in_keys
makes tokens: role ann_login
makes tokens: role app
makes tokens: role ben_login
may create objects: schema trading
no policy: trading.trades
no row-level security: trading.portfolios
not held by row-level security: role backup
password hashes can be read: trading.users
policy beside ours: all_of_them on trading.signals
setting can be changed: quant.signed_in_user
view around policies: public.everything
TEXT

# DROP EXTENSION takes the policies: nobody but the owner sees a row until quant.install() renews them.
$node->safe_psql('platform', 'ALTER TABLE trading.portfolios ENABLE ROW LEVEL SECURITY; DROP EXTENSION pg_quant CASCADE');
is(as('ann_login', 'SELECT count(*) FROM trading.transactions'), 0, 'without the extension the tables are closed');
$node->safe_psql('platform', 'CREATE EXTENSION pg_quant; SELECT quant.install(); GRANT USAGE ON SCHEMA quant TO ann_login');
cmp_ok(as('ann_login', 'SELECT count(*) FROM trading.transactions'), '>', 0, 'and open to their user again behind quant.install()');

done_testing();
