#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""docs/strategies.md as a reader pastes it: every block runs and prints what expected/strategies.out
holds. Then each strategy is run once more as a stored backtest, whose rows must agree with each
other, with the simulation, and with what was known at the time.
"""
import difflib
import re

from pages import HERE, Tap, psql, rows, sections

PAGE = "docs/strategies.md"
SETTINGS = "SET client_encoding = 'UTF8';\nSET timezone = 'UTC';\nSET datestyle = 'ISO';\n"
NAME = re.compile(r"INSERT INTO trading\.strategies .*?VALUES \(1, '([^']+)'", re.DOTALL)
CALL = re.compile(r"quant\.simulate\(s\.id, (.*?)\) AS m\n", re.DOTALL)

# The arguments of a simulation in the order of the columns, the last of which may be missing.
STORE = """
INSERT INTO trading.backtests
  (user_id, strategy_id, name, universe, timeframe, start_date, end_date, initial_capital{parameters})
SELECT 1, id, name, {arguments}
FROM trading.strategies
WHERE name = '{name}';
"""
CHECKS = """
WITH run AS (
  SELECT b.id, b.strategy_id, b.initial_capital, b.final_value, b.total_trades + b.open_trades AS trades,
    p.id AS account, p.cash_balance, p.total_value
  FROM trading.backtests AS b
  JOIN trading.portfolios AS p ON p.backtest_id = b.id
  WHERE b.name = '{name}'
)
SELECT
  run.trades > 0,
  quant.explain_strategy(run.strategy_id) <> '',
  NOT EXISTS (SELECT FROM quant.validate_strategy(run.strategy_id)),
  (SELECT count(*) > 1 AND bool_and(e.equity = e.cash_balance + e.market_value)
   FROM trading.equity_curves AS e WHERE e.portfolio_id = run.account),
  run.initial_capital + (SELECT sum(t.net_amount) FROM trading.transactions AS t WHERE t.portfolio_id = run.account)
    = run.cash_balance,
  (SELECT sum(t.pnl) FROM trading.trades AS t WHERE t.backtest_id = run.id)
    + (SELECT coalesce(sum(t.net_amount), 0) FROM trading.transactions AS t
       WHERE t.portfolio_id = run.account AND t.transaction_type NOT IN ('buy', 'sell', 'short', 'cover'))
    = run.total_value - run.initial_capital,
  run.final_value = run.total_value,
  (quant.verify_backtest(run.id)).reproduces,
  (SELECT count(*) > 0 AND bool_and(c.matches) FROM quant.check_lookahead(run.id, 3) AS c)
FROM run;
"""
CLAIMS = ("makes a trade", "is explained", "is valid", "equity is cash and market value at every point",
          "transactions give the cash", "trades and income give the result", "the account has the final value",
          "verifies", "knows nothing of the future")


def check_output(tap, page):
    """The whole page in one session, as it is pasted."""
    script = SETTINGS + "".join(f"\\echo ## {section.name}\n{section.sql()}\n" for section in page)
    output, succeeded = psql(script, "-v", "ON_ERROR_STOP=1")
    tap.check(succeeded, "every block runs", output[-2000:])
    expected = (HERE / "expected" / "strategies.out").read_text(encoding="utf-8")
    difference = difflib.unified_diff(expected.splitlines(), output.splitlines(), "expected", "printed", lineterm="")
    tap.check(output == expected, "the page prints what is expected", "\n".join(difference))
    return succeeded


def store(tap, section, name):
    """A stored run of what the section simulates; a section that stores one itself is left as it is."""
    call = CALL.search(section.sql())
    if call is None:
        return
    arguments = call.group(1)
    parameters = ", parameters" if re.search(r",\s*'\{[^']*\}'$", arguments) else ""
    rows(STORE.format(name=name, arguments=arguments, parameters=parameters)
         + f"SELECT quant.run_backtest(id) FROM trading.backtests WHERE name = '{name}';")
    simulated, stored = rows(f"""
        SELECT m.metrics FROM trading.strategies AS s, quant.simulate(s.id, {arguments}) AS m
        WHERE s.name = '{name}';
        SELECT metrics FROM trading.backtests WHERE name = '{name}';""")
    tap.check(simulated == stored, f"{section.name}: simulated and stored, the figures are the same")


def check_strategy(tap, section):
    names = NAME.findall(section.sql())
    tap.check(len(names) == 1, f"{section.name}: one strategy")
    for name in names:
        try:
            store(tap, section, name)
            answer = rows(CHECKS.format(name=name))
        except RuntimeError as error:
            tap.check(False, f"{section.name}: runs as a stored backtest", str(error))
            continue
        tap.check(len(answer) == 1, f"{section.name}: runs as a stored backtest")
        for claim, value in zip(CLAIMS, answer[0] if answer else []):
            tap.check(value == "t", f"{section.name}: {claim}", value or "NULL")


def main():
    tap = Tap()
    page = [section for section in sections(PAGE) if section.sql()]
    if check_output(tap, page):
        for section in page[1:]:
            check_strategy(tap, section)
    tap.end()


main()
