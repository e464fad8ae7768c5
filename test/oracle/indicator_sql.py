# SPDX-License-Identifier: PostgreSQL
"""Evaluates indicators as window functions in a database, through psql and libpq's environment.

The bars of a group of series are in a temporary table; one query evaluates several calls. A query
that fails is repeated call by call, so that one missing function does not hide the others.
"""
import subprocess

from database import MARK, PREAMBLE, DatabaseError
from indicator_figures import outputs
from indicator_series import COLUMNS

CALLS_PER_QUERY = 12
TABLE = """CREATE TEMP TABLE indicator_bars (symbol integer, "timestamp" timestamptz,
    open_price numeric(10,4), high_price numeric(10,4), low_price numeric(10,4),
    close_price numeric(10,4), volume numeric(15,0), session_date date);
COPY indicator_bars FROM STDIN;
"""
QUERY = """SELECT symbol, bar, {fields} FROM (
    SELECT symbol, extract(epoch FROM "timestamp")::bigint / 60 AS bar, {calls}
    FROM indicator_bars WINDOW w AS (PARTITION BY symbol ORDER BY "timestamp")) AS figure;
"""


def evaluate(group, calls):
    """{call: {(series, output): list of texts, '' for NULL} or the text of an error}."""
    batches = [calls[start:start + CALLS_PER_QUERY]
               for start in range(0, len(calls), CALLS_PER_QUERY)]
    found = _run(group, batches)
    failed = [call for batch, answer in zip(batches, found) if isinstance(answer, str)
              for call in batch]
    singles = dict(zip(failed, _run(group, [[call] for call in failed]) if failed else []))
    result = {}
    for batch, answer in zip(batches, found):
        for call in batch:
            single = singles.get(call, answer)
            result[call] = single if isinstance(single, str) else single[call]
    return result


def _run(group, batches):
    script = PREAMBLE + TABLE + _rows(group) + "\\.\n"
    script += "".join(f"\\echo {MARK} {number}\n\\warn {MARK} {number}\n" + _query(batch)
                      for number, batch in enumerate(batches))
    output, errors = _psql(script)
    return [error or _columns(group, batch, lines) for batch, lines, error in
            zip(batches, _sections(output, len(batches)), _errors(errors, len(batches)))]


def _psql(script):
    process = subprocess.run(["psql", "-X", "-q"], input=script, text=True, encoding="utf-8",
                             capture_output=True, check=False)
    if process.returncode != 0:
        raise DatabaseError(process.stderr.strip()[-2000:])
    return process.stdout, process.stderr


def _rows(group):
    """COPY's text; bar t is t minutes after 1970, and the rows are not in order."""
    lines = []
    for series in group:
        for t, row in enumerate(zip(*(series.columns[name] for name in COLUMNS))):
            values = "\t".join("\\N" if value is None else str(value) for value in row)
            lines.append(f"{series.number}\t1970-01-{1 + t // 1440:02d} "
                         f"{t // 60 % 24:02d}:{t % 60:02d}Z\t{values}\n")
    return "".join(lines[::2] + lines[1::2])


def _query(calls):
    fields, inner = [], []
    for number, call in enumerate(calls):
        inner.append(f"{call.sql()} OVER w AS f{number}")
        names = outputs(call.name)
        fields += [f"f{number}"] if len(names) == 1 else [
            f"(f{number}).{name}" for name in names]
    return QUERY.format(fields=", ".join(fields), calls=", ".join(inner))


def _sections(output, count):
    sections = [[] for _ in range(count)]
    current = None
    for line in output.splitlines():
        if line.startswith(MARK):
            current = sections[int(line.split()[-1])]
        elif current is not None and line:
            current.append(line)
    return sections


def _errors(text, count):
    """The first line of the first error of each query, or None; one before them is everyone's."""
    errors, number = [None] * count, None
    for line in text.splitlines():
        if line.startswith(MARK):
            number = int(line.split()[-1])
        elif number is None and line.strip():
            return [line.strip()] * count
        elif line.strip() and errors[number] is None:
            errors[number] = line.strip()
    return errors


def _columns(group, calls, lines):
    """The texts of each call, series and output in the order of bars."""
    keys = [(call, name) for call in calls for name in outputs(call.name)]
    tables = {series.number: [[None] * series.size for _ in keys] for series in group}
    for line in lines:
        symbol, bar, *values = line.split("\t")
        table = tables[int(symbol)]
        for column, value in zip(table, values):
            column[int(bar)] = value
    found = {call: {} for call in calls}
    for number, table in tables.items():
        for (call, name), column in zip(keys, table):
            found[call][number, name] = column
    return found
