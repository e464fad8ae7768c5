# SPDX-License-Identifier: PostgreSQL
"""Bars, plans and rules that several cases share."""
from peer_plan import Plan, crosses_above, crosses_below, sma

GOOG = {"file": "goog_daily.csv", "from": "2004-08-19", "to": "2013-03-01"}
GOOG_CLOSES = GOOG | {"bars": "from_closes"}
MSFT = {"file": "raw_and_adjusted_msft.csv", "from": "2004-01-02", "to": "2012-12-31",
        "decimals": 2}
SPY = {"file": "raw_and_adjusted_spy.csv", "from": "2003-01-02", "to": "2012-12-31",
       "decimals": 2}
AAPL = {"file": "sp500_5yr.csv.xz", "name": "AAPL", "from": "2013-02-08", "to": "2018-02-07"}
BTC = {"file": "btcusd_1m_2018_2019.csv.xz", "from": "2018-01-01", "to": "2018-03-31",
       "bars": "1h", "decimals": 2}

CROSS = {"fast": 10, "slow": 30}
UP = "crosses_above(sma(close, $fast), sma(close, $slow))"
DOWN = "crosses_below(sma(close, $fast), sma(close, $slow))"


# Plans that several cases share

def closes(bars):
    """The closing prices."""
    return [bar.close for bar in bars]


def cross_plan(bars, fast=10, slow=30, strict=True, **settings):
    """Entry on the crossing up; `reversal=True`: short on the crossing down, else only leave."""
    reversal = settings.pop("reversal", False)
    quick, calm = sma(closes(bars), fast), sma(closes(bars), slow)
    down = crosses_below(quick, calm, strict)
    settings |= {"short": down} if reversal else {"exit_long": down}
    return Plan(bars=bars, long=crosses_above(quick, calm, strict), **settings)


def cross_rules(size, reversal=False, fast=10, slow=30, order=None, leave=None,
                **risk):
    """The same in the strategy language."""
    entry = {"long": {"when": UP}}
    if order:
        entry["long"]["order"] = order
    if reversal:
        entry["short"] = {"when": DOWN}
    return {"parameters": {"fast": fast, "slow": slow}, "entry_rules": entry,
            "exit_rules": [] if reversal else [{"side": "long", "when": DOWN}
                                               | ({"order": leave} if leave else {})],
            "risk_rules": {"size": size} | risk}
