-- SPDX-License-Identifier: PostgreSQL
-- A data-only restore fires these functions: each leaves a row alone that was stored before.

CREATE FUNCTION quant.set_updated_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Images are compared, as a column that a user added may be of a type without equality.
  IF NEW *<> OLD THEN
    NEW.updated_at := now();
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION quant.set_updated_at() IS
  'Trigger: sets updated_at when an UPDATE changed the row.
Example: CREATE TRIGGER set_updated_at BEFORE UPDATE ON app.orders
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();';

CREATE FUNCTION quant.fill_portfolio() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.current_capital := coalesce(NEW.current_capital, NEW.initial_capital);
    NEW.cash_balance := coalesce(NEW.cash_balance, NEW.initial_capital);
    NEW.total_value :=
      coalesce(NEW.total_value, NEW.current_capital + coalesce(NEW.unrealized_pnl, 0));
    NEW.unrealized_pnl := coalesce(NEW.unrealized_pnl, NEW.total_value - NEW.current_capital);
  ELSIF NEW.unrealized_pnl = OLD.unrealized_pnl THEN
    -- An application that keeps balance and equity need not know the column of their difference.
    NEW.unrealized_pnl := NEW.total_value - NEW.current_capital;
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION quant.fill_portfolio() IS
  'Trigger of trading.portfolios: fills current_capital, cash_balance, total_value and
unrealized_pnl where they are left out.
Example: INSERT INTO trading.portfolios (user_id, name, initial_capital)
  VALUES (1, ''Paper'', 100000.50) RETURNING current_capital, cash_balance, total_value;';

CREATE FUNCTION quant.fill_position() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NEW.quantity = 0 THEN
    -- All three speak of the open quantity.
    NEW.is_open := false;
    NEW.market_value := 0;
    NEW.cost_basis := 0;
    NEW.unrealized_pnl := 0;
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.market_value :=
      coalesce(NEW.market_value, round(NEW.quantity * NEW.current_price, 2), 0);
    NEW.cost_basis := coalesce(NEW.cost_basis, NEW.market_value - NEW.unrealized_pnl,
      round(NEW.quantity * NEW.avg_entry_price, 2));
    NEW.unrealized_pnl := coalesce(NEW.unrealized_pnl,
      CASE WHEN NEW.current_price IS NULL THEN 0 ELSE NEW.market_value - NEW.cost_basis END);
    RETURN NEW;
  END IF;
  -- A writer that sets only the new mark gets the values that follow from it.
  IF NEW.market_value = OLD.market_value AND NEW.current_price IS NOT NULL
    AND (NEW.quantity <> OLD.quantity OR NEW.current_price IS DISTINCT FROM OLD.current_price)
  THEN
    NEW.market_value := round(NEW.quantity * NEW.current_price, 2);
  END IF;
  IF NEW.unrealized_pnl = OLD.unrealized_pnl AND NEW.current_price IS NOT NULL THEN
    NEW.unrealized_pnl := NEW.market_value - NEW.cost_basis;
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION quant.fill_position() IS
  'Trigger of trading.positions: fills market_value, cost_basis and unrealized_pnl where they are
left out, keeps the first and the last in step with a new mark, and clears all at quantity 0.
Example: UPDATE trading.positions SET current_price = 46 WHERE id = 1
  RETURNING market_value, unrealized_pnl;';

CREATE FUNCTION quant.fill_transaction() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.total_value := coalesce(NEW.total_value, round(NEW.quantity * NEW.price, 2));
  IF NEW.symbol IS NULL AND NEW.position_id IS NOT NULL THEN
    SELECT p.symbol INTO NEW.symbol FROM trading.positions p WHERE p.id = NEW.position_id;
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION quant.fill_transaction() IS
  'Trigger of trading.transactions: fills total_value and symbol where they are left out.
Example: INSERT INTO trading.transactions (portfolio_id, position_id, quantity, price, commission)
  VALUES (1, 1, 123.456789, 45.6789, 9.95) RETURNING symbol, total_value, net_amount;';
