# SPDX-License-Identifier: PostgreSQL
"""How the hand-worked cases are written down.

Volume is the trigger: 1 asks for a long entry, 2 for a short one, 3 for an exit, 4 for long and
short at once, 5 for a long entry and an exit at once. A bar is "open high low close volume", and
"bid ask" if it has quotes. `expect` lists (symbol, side, quantity, entry price, exit price,
reason, pnl) by exit, open lots last; where it is absent the case only compares the two engines.
`income` lists the trades' income, `final` is the last equity.
"""
from datetime import datetime, timedelta, timezone

FIRST_DAY = datetime(2021, 3, 1, tzinfo=timezone.utc)
ENTRIES = {"long": {"when": "volume = 1 or volume >= 4"},
           "short": {"when": "volume = 2 or volume = 4"}}
EXITS = [{"id": "out", "when": "volume = 3 or volume = 5"}]
QUIET = "10 10.1 9.9 10 0"


def case(name, bars, expect=None, execution=None, risk=None, capital="1000.00", **changes):
    """A daily case; bars is a list (one symbol) or {symbol: list}, None is a missing bar."""
    series = bars if isinstance(bars, dict) else {"ORC": bars}
    length = max(len(rows) for rows in series.values())
    built = {
        "name": name, "timeframe": "1d", "start_date": day_text(0)[:10],
        "end_date": day_text(length - 1)[:10], "initial_capital": capital,
        "universe": list(series),
        "assets": [{"symbol": symbol, "tick_size": "0.01", "lot_size": "1",
                    **changes.get("asset", {}).get(symbol, {})} for symbol in series],
        "bars": {symbol: [[day_text(day)] + row.split() for day, row in enumerate(rows) if row]
                 for symbol, rows in series.items()},
        "strategy": {"parameters": {}, "entry_rules": ENTRIES, "exit_rules": EXITS,
                     "risk_rules": {"size": {"units": 10}, **(risk or {})}},
        "parameters": {"execution": execution or {}},
    }
    built["strategy"].update(changes.pop("strategy", {}))
    changes.pop("asset", None)
    built.update(changes)
    if expect is not None:
        built["expect"] = expect
    return built


def day_text(number):
    """Midnight of a day of the case."""
    return (FIRST_DAY + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
