-- SPDX-License-Identifier: PostgreSQL
CREATE TABLE trading.equity_curves (
  portfolio_id bigint NOT NULL,
  timestamp timestamptz NOT NULL,
  cash_balance numeric(15,2) NOT NULL,
  market_value numeric(15,2) NOT NULL,
  equity numeric(15,2) NOT NULL,
  gross_exposure numeric(15,2),
  drawdown numeric(12,6) NOT NULL DEFAULT 0,
  benchmark_value numeric(15,2),
  CONSTRAINT pk_equity_curve PRIMARY KEY (portfolio_id, timestamp),
  CONSTRAINT fk_equity_curve_portfolio
    FOREIGN KEY (portfolio_id) REFERENCES trading.portfolios (id) ON DELETE CASCADE,
  CONSTRAINT ck_equity_valid CHECK (equity = cash_balance + market_value),
  CONSTRAINT ck_drawdown_non_negative CHECK (drawdown >= 0),
  CONSTRAINT ck_gross_exposure_valid CHECK (gross_exposure >= abs(market_value)),
  CONSTRAINT ck_numbers_not_nan
    CHECK ('NaN' <> ALL (ARRAY[cash_balance, market_value, equity, gross_exposure, drawdown,
      benchmark_value]))
);

ALTER TABLE trading.equity_curves ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE trading.equity_curves IS
  'Equity of a portfolio over time, bar by bar in a run: the base of every statistic.';
COMMENT ON COLUMN trading.equity_curves.portfolio_id IS 'Account';
COMMENT ON COLUMN trading.equity_curves.timestamp IS 'Start of the bar, or the instant of the mark';
COMMENT ON COLUMN trading.equity_curves.cash_balance IS 'Cash, negative for margin debt';
COMMENT ON COLUMN trading.equity_curves.market_value IS 'Open positions at the close, signed';
COMMENT ON COLUMN trading.equity_curves.equity IS 'cash_balance + market_value';
COMMENT ON COLUMN trading.equity_curves.gross_exposure IS 'Sum of the absolute position values';
COMMENT ON COLUMN trading.equity_curves.drawdown IS
  'From the running peak, positive fraction, above 1 when equity is negative';
COMMENT ON COLUMN trading.equity_curves.benchmark_value IS
  'What the initial capital would be worth in the benchmark';
COMMENT ON CONSTRAINT fk_equity_curve_portfolio ON trading.equity_curves IS
  'CASCADE: derived from the ledger, which itself protects the portfolio.';
COMMENT ON CONSTRAINT ck_equity_valid ON trading.equity_curves IS
  'The identity, held by the database.';
