# SPDX-License-Identifier: PostgreSQL
"""The bars of a peer case, read from the files that its "data" names.

A source is {"file": name, "from": date, "to": date} (both inclusive) and, where needed,
  "name": symbol           the rows of that symbol in a file of many,
  "bars": "from_closes"    each bar is made of two closes: open = close before, high and low = the
                           greater and the smaller of the two; the first row gives no bar,
  "bars": "1h"             hours made of the file's minutes,
  "decimals": n            prices rounded half up to n decimals.
The files themselves are not part of the repository.
"""
import csv
import io
import lzma
import os
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

PRICES = ("open", "high", "low", "close")


def load_bars(directory, source):
    """[timestamp, open, high, low, close, volume], oldest first, all as text."""
    path = os.path.join(directory, source["file"])
    if source.get("bars") == "1h":
        rows = _hours(_minutes(path, source["from"], source["to"]))
    else:
        rows = [row for row in _daily_rows(path)[source.get("name")]
                if source["from"] <= row[0][:10] <= source["to"]]
        rows.sort(key=lambda row: row[0])
    if source.get("bars") == "from_closes":
        rows = [_from_closes(before, row) for before, row in zip(rows, rows[1:])]
    if "decimals" in source:
        rows = [_rounded(row, source["decimals"]) for row in rows]
    return rows


def _open(path):
    if path.endswith(".xz"):
        return io.TextIOWrapper(lzma.open(path), encoding="utf-8", newline="")
    return open(path, encoding="utf-8", newline="")


def _columns(reader):
    return {title.lower(): place for place, title in enumerate(next(reader))}


@lru_cache(maxsize=None)
def _daily_rows(path):
    """Rows by symbol; a file of one symbol has them under None."""
    found = {}
    with _open(path) as file:
        reader = csv.reader(file)
        columns = _columns(reader)
        time = columns.get("date", columns.get("timestamp", columns.get("")))
        places = [columns[title] for title in PRICES + ("volume",)]
        owner = columns.get("name")
        for row in reader:
            name = None if owner is None else row[owner]
            found.setdefault(name, []).append(
                [f"{row[time][:10]}T00:00:00Z"] + [row[place] for place in places])
    return found


def _minutes(path, first_day, last_day):
    def start_of(day):
        return datetime.fromisoformat(day).replace(tzinfo=timezone.utc).timestamp()
    first, end = start_of(first_day), start_of(last_day) + 86400
    with _open(path) as file:
        reader = csv.reader(file)
        columns = _columns(reader)
        places = [columns[title] for title in PRICES + ("volume",)]
        time = columns["timestamp_ms"]
        for row in reader:
            second = int(row[time]) // 1000
            if first <= second < end:
                yield second, [Decimal(row[place]) for place in places]


def _hours(minutes):
    hours = {}
    for second, values in minutes:
        hours.setdefault(second // 3600 * 3600, []).append(values)
    return [_hour(second, rows) for second, rows in sorted(hours.items())]


def _hour(second, rows):
    start = datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = (rows[0][0], max(row[1] for row in rows), min(row[2] for row in rows), rows[-1][3],
              sum(row[4] for row in rows).to_integral_value(ROUND_HALF_UP))
    return [start] + [str(value) for value in values]


def _from_closes(before, row):
    first, last = Decimal(before[4]), Decimal(row[4])
    return [row[0], before[4], str(max(first, last)), str(min(first, last)), row[4], row[5]]


def _rounded(row, decimals):
    unit = Decimal(1).scaleb(-decimals)
    prices = [str(Decimal(text).quantize(unit, ROUND_HALF_UP)) for text in row[1:5]]
    return row[:1] + prices + row[5:]
