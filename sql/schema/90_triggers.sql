-- SPDX-License-Identifier: PostgreSQL
-- Renewed at every quant.install(): DROP EXTENSION ... CASCADE takes the triggers with it.
CREATE OR REPLACE TRIGGER fill_portfolio BEFORE INSERT OR UPDATE ON trading.portfolios
  FOR EACH ROW EXECUTE FUNCTION quant.fill_portfolio();
CREATE OR REPLACE TRIGGER fill_position BEFORE INSERT OR UPDATE ON trading.positions
  FOR EACH ROW EXECUTE FUNCTION quant.fill_position();
-- A run stores many complete rows: they need no call.
CREATE OR REPLACE TRIGGER fill_transaction BEFORE INSERT ON trading.transactions
  FOR EACH ROW WHEN (NEW.total_value IS NULL OR NEW.symbol IS NULL)
  EXECUTE FUNCTION quant.fill_transaction();
-- Its name comes after fill_transaction, and so does it.
CREATE OR REPLACE TRIGGER keep_limits
  BEFORE INSERT OR UPDATE OF portfolio_id, symbol, transaction_type, quantity, price
  ON trading.transactions
  FOR EACH ROW WHEN (NEW.transaction_type IN ('buy', 'sell', 'short', 'cover'))
  EXECUTE FUNCTION quant.check_limits_trigger();

CREATE OR REPLACE TRIGGER check_bar BEFORE INSERT OR UPDATE ON trading.market_data
  FOR EACH ROW EXECUTE FUNCTION quant.check_bar_trigger();
CREATE OR REPLACE TRIGGER begin_import BEFORE INSERT ON trading.market_data_import
  FOR EACH STATEMENT EXECUTE FUNCTION quant.import_trigger();
CREATE OR REPLACE TRIGGER import_row INSTEAD OF INSERT ON trading.market_data_import
  FOR EACH ROW EXECUTE FUNCTION quant.import_trigger();
CREATE OR REPLACE TRIGGER end_import AFTER INSERT ON trading.market_data_import
  FOR EACH STATEMENT EXECUTE FUNCTION quant.import_trigger();
CREATE OR REPLACE TRIGGER check_strategy BEFORE INSERT OR UPDATE ON trading.strategies
  FOR EACH ROW EXECUTE FUNCTION quant.check_strategy_trigger();

CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.users
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.user_preferences
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.assets
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.benchmarks
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.strategies
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.backtests
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.portfolios
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.positions
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.risk_profiles
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.corporate_actions
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
CREATE OR REPLACE TRIGGER set_updated_at BEFORE UPDATE ON trading.partition_policy
  FOR EACH ROW EXECUTE FUNCTION quant.set_updated_at();
