# SPDX-License-Identifier: PostgreSQL
"""Writes the peer cases: what other backtest engines make of real bars, as JSON for test_peers.py.

    python3 generate_peer_cases.py DATA_DIRECTORY CASE_DIRECTORY [NAME...]

Needs requirements.txt, and peer_bars.py of test/oracle. Every case is also worked out by the
rules (peer_replay.py) and written only if both agree, so that a difference found later is the
product's. Each case is a function in one of the modules cases_*.py.
"""
import os
import sys

import cases_crossing
import cases_ledgers
import cases_orders
import cases_portfolio
import cases_positions
from peer_case import CASES, Maker, layout

MODULES = (cases_crossing, cases_orders, cases_positions, cases_portfolio, cases_ledgers)


def main():
    """Makes the cases, all or those that are named."""
    directory, target, *names = sys.argv[1:]
    os.makedirs(target, exist_ok=True)
    make = Maker(directory)
    for function in CASES:
        if names and function.__name__ not in names:
            continue
        found = function(make)
        path = os.path.join(target, found["case"] + ".json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(layout(found))
        print(f"{found['case']}: {len(found['trades'])} trades")


if __name__ == "__main__":
    main()
