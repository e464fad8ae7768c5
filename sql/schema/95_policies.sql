-- SPDX-License-Identifier: PostgreSQL
-- Who sees which rows: a user his own, and what belongs to them. Renewed where they are missing:
-- DROP EXTENSION ... CASCADE takes the policies with it, and nobody but the owner sees a row then.
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.users'::regclass) THEN
  CREATE POLICY own_rows ON trading.users
    USING (id = (SELECT quant.current_user_id()));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.user_preferences'::regclass) THEN
  CREATE POLICY own_rows ON trading.user_preferences
    USING (user_id = (SELECT quant.current_user_id()));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.strategies'::regclass) THEN
  CREATE POLICY own_rows ON trading.strategies
    USING (user_id = (SELECT quant.current_user_id()));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.backtests'::regclass) THEN
  CREATE POLICY own_rows ON trading.backtests
    USING (user_id = (SELECT quant.current_user_id()))
    WITH CHECK (user_id = (SELECT quant.current_user_id())
      AND strategy_id IN (SELECT s.id FROM trading.strategies s));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.portfolios'::regclass) THEN
  CREATE POLICY own_rows ON trading.portfolios
    USING (user_id = (SELECT quant.current_user_id()))
    WITH CHECK (user_id = (SELECT quant.current_user_id())
      AND (backtest_id IS NULL OR backtest_id IN (SELECT b.id FROM trading.backtests b)));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.positions'::regclass) THEN
  CREATE POLICY own_rows ON trading.positions
    USING (portfolio_id IN (SELECT p.id FROM trading.portfolios p));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.transactions'::regclass) THEN
  CREATE POLICY own_rows ON trading.transactions
    USING (portfolio_id IN (SELECT p.id FROM trading.portfolios p));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.equity_curves'::regclass) THEN
  CREATE POLICY own_rows ON trading.equity_curves
    USING (portfolio_id IN (SELECT p.id FROM trading.portfolios p));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.trades'::regclass) THEN
  CREATE POLICY own_rows ON trading.trades
    USING (backtest_id IN (SELECT b.id FROM trading.backtests b));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.signals'::regclass) THEN
  CREATE POLICY own_rows ON trading.signals
    USING (backtest_id IN (SELECT b.id FROM trading.backtests b));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.risk_profiles'::regclass) THEN
  CREATE POLICY own_rows ON trading.risk_profiles
    USING (user_id = (SELECT quant.current_user_id()));
END IF;
IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = 'trading.risk_metrics'::regclass) THEN
  CREATE POLICY own_rows ON trading.risk_metrics
    USING (portfolio_id IN (SELECT p.id FROM trading.portfolios p))
    WITH CHECK (portfolio_id IN (SELECT p.id FROM trading.portfolios p)
      AND (risk_profile_id IS NULL OR risk_profile_id IN (SELECT r.id FROM trading.risk_profiles r)));
END IF;
