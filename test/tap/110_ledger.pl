# SPDX-License-Identifier: PostgreSQL
# Eight sessions book 10,000 transactions on the same ten portfolios: no deadlock, no cent lost, and no
# limit passed at any moment. Then rows are inserted directly by four at once, and a dump is restored
# into accounts whose limits it breaks.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

use constant { SESSIONS => 8, EACH => 1250 };

my $node = start_node('main');
$node->safe_psql('postgres', 'CREATE DATABASE platform');
$node->safe_psql('platform', <<'SQL');
CREATE EXTENSION pg_quant;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (1, 'free', 'f@example.com', 'x'), (2, 'bound', 'b@example.com', 'x');
INSERT INTO trading.assets (symbol) VALUES ('LA'), ('LB'), ('LC');
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) SELECT i, CASE WHEN i > 8 THEN 2 ELSE 1 END, 'p' || i, 100000 FROM generate_series(1, 12) i;
INSERT INTO trading.risk_profiles (user_id, max_position_size_pct, max_gross_exposure_pct) VALUES (2, 20, 50);
CREATE TABLE public.outcome (session int, state text, message text);
-- Books at random; what is refused is told of. Those with limits trade at one price, so that their equity
-- stays what it is and 20 % of it are 2,000 units.
CREATE PROCEDURE public.trade(session int, transactions int) LANGUAGE plpgsql AS $$
DECLARE
  account bigint;
  ticker text;
  kind text;
  done int := 0;
BEGIN
  PERFORM setseed(session / 10.0);
  WHILE done < transactions LOOP
    account := 1 + floor(random() * 10);
    ticker := (ARRAY['LA', 'LB', 'LC'])[1 + floor(random() * 3)];
    kind := (ARRAY['buy', 'sell', 'buy', 'dividend', 'fee', 'deposit'])[1 + floor(random() * CASE WHEN account > 8 THEN 3 ELSE 6 END)];
    BEGIN
      IF kind IN ('buy', 'sell') THEN
        PERFORM quant.record_transaction(account, kind, ticker, round((1 + random() * 900)::numeric, 6),
          CASE WHEN account > 8 THEN 10 ELSE round((5 + random() * 10)::numeric, 4) END,
          commission => CASE WHEN account > 8 THEN 0 ELSE 1.01 END);
      ELSE
        PERFORM quant.record_transaction(account, kind, CASE WHEN kind <> 'deposit' THEN ticker END, amount => round((0.01 + random() * 20)::numeric, 2));
      END IF;
      done := done + 1;
    EXCEPTION WHEN OTHERS THEN
      INSERT INTO public.outcome VALUES (session, SQLSTATE, SQLERRM);
    END;
    COMMIT;
  END LOOP;
END
$$;
CREATE PROCEDURE public.insert_rows(account bigint, n int) LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..n LOOP
    BEGIN
      INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (account, 'LA', 'buy', 100, 10);
    EXCEPTION WHEN check_violation THEN
      INSERT INTO public.outcome VALUES (NULL, SQLSTATE, SQLERRM);
    END;
    COMMIT;
  END LOOP;
END
$$;
SQL

# The errors of all of them.
sub at_once
{
  my @sessions = map { session($node, 'platform', $_) } @_;
  return join '', map { (finish($_))[1] } @sessions;
}

my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
is(at_once(map { "CALL public.trade($_, " . EACH . ')' } 1 .. SESSIONS), '', 'no session fails');
is($node->safe_psql('platform', 'SELECT count(*) FROM trading.transactions'), SESSIONS * EACH,
  'every transaction that was booked is there');
is($node->safe_psql('platform', "SELECT coalesce(string_agg(DISTINCT state, ' '), '') FROM public.outcome"),
  '22023 23514', 'refused are sales of more than is held and orders beyond a limit, and nothing else');
is($node->safe_psql('platform', 'SELECT p.id, r.* FROM trading.portfolios p, quant.reconcile_portfolio(p.id) r'),
  '', 'a replay gives the stored state, to the cent');
is($node->safe_psql('platform', <<'SQL'), '0', 'the totals are what a sum of the rows gives');
SELECT count(*) FROM trading.portfolios p WHERE p.cash_balance <> p.initial_capital + coalesce((SELECT sum(t.net_amount) FROM trading.transactions t WHERE t.portfolio_id = p.id), 0)
  OR p.total_value <> p.cash_balance + coalesce((SELECT sum(o.market_value) FROM trading.positions o WHERE o.portfolio_id = p.id), 0)
  OR p.realized_pnl <> coalesce((SELECT sum(o.realized_pnl) FROM trading.positions o WHERE o.portfolio_id = p.id), 0)
SQL
is($node->safe_psql('platform', <<'SQL'), 't|t', 'no limit was passed at any moment, and some orders came close');
WITH held AS (SELECT portfolio_id, sum(CASE transaction_type WHEN 'buy' THEN quantity ELSE -quantity END) OVER (PARTITION BY portfolio_id, symbol ORDER BY id) AS units
  FROM trading.transactions WHERE portfolio_id IN (9, 10))
SELECT max(units) <= 2000, max(units) > 1500 FROM held
SQL

is(at_once(map { 'CALL public.insert_rows(11, 20)' } 1 .. 4), '', 'rows that are inserted directly: no session fails');
is($node->safe_psql('platform', 'SELECT sum(quantity) FROM trading.transactions WHERE portfolio_id = 11'),
  '2000.000000', 'together they fill the limit and do not pass it');

# A restore brings back what was there, limits or not.
$node->safe_psql('platform', 'UPDATE trading.risk_profiles SET max_position_size_pct = 1');
my $file = $node->basedir . '/dump.sql';
dump_file($node, 'platform', $file);
$node->safe_psql('postgres', 'CREATE DATABASE restored');
run_silent($node, 'a dump is restored although its orders are beyond the limits', 'psql', '-XqAt', '-o', '/dev/null',
  '-v', 'ON_ERROR_STOP=1', '-f', $file, 'restored');
is($node->safe_psql('restored', 'SELECT count(*) FROM trading.transactions'),
  $node->safe_psql('platform', 'SELECT count(*) FROM trading.transactions'), 'with every transaction');
stayed_up($node, $started);

done_testing();
