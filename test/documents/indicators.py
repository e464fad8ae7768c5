#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""The reference in docs/indicators.md is what quant.indicators() says. With --write it is written
anew, from the database that the environment names."""
import sys

from pages import ROOT, Tap, rows

PAGE = ROOT / "docs" / "indicators.md"
BEGIN = "<!-- made by test/documents/indicators.py --write -->\n"
TITLES = {
    "overlap": "Averages and bands", "momentum": "Momentum", "volume": "Volume", "volatility": "Volatility",
    "statistics": "Statistics", "price": "Prices", "cycle": "Cycles", "math": "Arithmetic", "pattern": "Candlestick patterns",
}
QUERY = """
SELECT i."group", i.name, i.title, i.formula, coalesce(i.source, ''), coalesce(i.peers, ''), i.lookback, i.stable_after,
  (SELECT string_agg(x, ', ' ORDER BY n) FROM unnest(i.inputs) WITH ORDINALITY u (x, n)),
  regexp_replace(replace(replace(replace(i.signature, '"', ''), ' DEFAULT ', ' = '), 'quant.' || i.name, ''), ' (integer|numeric|text|date)', '', 'g'),
  array_to_string(i.outputs, ', '), array_length(i.outputs, 1)
FROM quant.indicators() i
"""


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def reference():
    text, group = "", None
    for (kind, name, title, formula, source, peers, lookback, stable, inputs, signature, outputs, count) in rows(QUERY):
        if kind != group:
            group = kind
            text += f"\n### {TITLES[kind]}\n\nFunction | Definition | First, stable | Elsewhere\n--- | --- | --- | ---\n"
        results = f" → {outputs}" if int(count) > 1 else ""
        origin = f" [{source}]" if source else ""
        bars = lookback if lookback == stable else f"{lookback}, {stable}"
        text += f"`{name}{cell(signature)}`{results} | {title}: {cell(formula)}{origin} | {bars} | {cell(peers)}\n"
    return text


def main():
    page = PAGE.read_text(encoding="utf-8")
    head, found, stored = page.partition(BEGIN)
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(head + BEGIN + reference(), encoding="utf-8")
        return
    tap = Tap()
    tap.check(bool(found) and stored == reference(), "docs/indicators.md: the reference is that of the catalog")
    tap.end()


main()
