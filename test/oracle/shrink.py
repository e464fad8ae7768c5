# SPDX-License-Identifier: PostgreSQL
"""Makes a failing case smaller for as long as it still fails."""
import copy


def shrink(case, fails):
    """A case from which nothing more can be taken; `fails` runs and compares a case."""
    smaller = True
    while smaller:
        smaller = None
        for change in _changes(case):
            candidate = copy.deepcopy(case)
            change(candidate)
            if candidate != case and _can_run(candidate) and _still(fails, candidate):
                smaller = case = candidate
                break
    return case


def _still(fails, candidate):
    """Differs, and not because it is no case any more."""
    messages = fails(candidate)
    broken = ("database error", "the oracle fails")
    return bool(messages) and not messages[0].startswith(broken)


def _can_run(case):
    return any(case["bars"].get(symbol) for symbol in _symbols(case))


def _symbols(case):
    return [entry if isinstance(entry, str) else entry["symbol"] for entry in case["universe"]]


def _changes(case):
    """Functions that take something out, the largest pieces first."""
    for symbol in dict.fromkeys(_symbols(case)):
        yield lambda c, symbol=symbol: _drop_symbol(c, symbol)
    for key in ("actions", "finer_bars", "risk_profile", "signals"):
        yield lambda c, key=key: c.pop(key, None)
    for part in _parts(case):
        yield lambda c, path=part: _drop(c, path)
    days = sorted({row[0] for rows in case["bars"].values() for row in rows})
    for share in (2, 4, 8, 16, 64):
        count = max(1, len(days) // share)
        yield lambda c, last=days[-count - 1:][0][:10]: c.update(
            end_date=min(last, c["end_date"]))
        yield lambda c, first=days[:count + 1][-1]: _drop_bars(c, lambda row: row[0] < first)
        yield lambda c, last=days[-count - 1:][0]: _drop_bars(c, lambda row: row[0] > last)
    for number in range(len(days) if len(days) < 40 else 0):
        yield lambda c, day=days[number]: _drop_bars(c, lambda row: row[0] == day)


def _drop_symbol(case, symbol):
    case["universe"] = [entry for entry, name in zip(case["universe"], _symbols(case))
                        if name != symbol]
    case["bars"].pop(symbol, None)
    case["assets"] = [asset for asset in case["assets"] if asset["symbol"] != symbol]
    case.get("actions", {}).pop(symbol, None)
    if case["parameters"].get("benchmark") == symbol:
        del case["parameters"]["benchmark"]


def _drop_bars(case, unwanted):
    case["bars"] = {symbol: [row for row in rows if not unwanted(row)]
                    for symbol, rows in case["bars"].items()}


def _parts(case):
    """Paths of keys and list items that may be left out."""
    yield ("parameters", "benchmark")
    strategy = case["strategy"]
    roots = [("strategy", "entry_rules"), ("strategy", "exit_rules"), ("strategy", "risk_rules"),
             ("parameters", "execution")]
    for first, second in roots:
        items = (strategy if first == "strategy" else case["parameters"]).get(second, {})
        yield from _paths(items, (first, second), 2)
    for symbol, actions in case.get("actions", {}).items():
        for number in range(len(actions)):
            yield ("actions", symbol, number)
    for number in range(len(case.get("signals", []))):
        yield ("signals", number)
    for number, asset in enumerate(case["assets"]):
        for key in ("listed_on", "delisted_on"):
            if key in asset:
                yield ("assets", number, key)


def _paths(value, path, depth):
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield path + (key,)
        inner = value[key]
        if depth > 1 and isinstance(inner, (dict, list)):
            yield from _paths(inner, path + (key,), depth - 1)


def _drop(case, path):
    *above, last = path
    for key in above:
        case = case[key]
    if isinstance(case, dict):
        case.pop(last, None)
    else:
        del case[last]
