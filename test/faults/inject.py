# SPDX-License-Identifier: PostgreSQL
"""Makes every place where the library calls the server or allocates fail once, by want of memory and by
a cancel: an error each time, nothing leaked, and the same result as before afterwards.

Usage: inject.py [PART OF A STATEMENT..]

PG_QUANT_FAULTS=N takes one place in N, 8 where it is not set; 1 takes all, which lasts minutes."""
import collections
import os
import pathlib
import sys

import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))
from tap import Tap  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SQLSTATES = {"memory": "53200", "cancel": "57014"}
SETTINGS = "-c jit=off -c max_parallel_workers_per_gather=0 -c timezone=UTC"
FUNCTIONS = ("faults_count() RETURNS void", "faults_places() RETURNS text",
             "faults_arm(bigint, text) RETURNS void", "faults_disarm() RETURNS boolean",
             "faults_live() RETURNS bigint")
# What is lost at each failure would be more than this in all. Caches of the server grow with every
# partition that is made.
GROWTH_BYTES = 256 * 1024
CONTEXTS = """SELECT sum(used_bytes), count(*) FROM pg_catalog.pg_backend_memory_contexts
WHERE name NOT IN ('CacheMemoryContext', 'RI constraint cache', 'Type information cache')"""
FAILURES = "SELECT count(*) FROM trading.maintenance_log WHERE status = 'failed'"

# They jump to what makes their calls, so they are on no stack.
NOT_ON_STACK = {"quant_bind_schema", "quant_indicator", "quant_simulate_equity", "quant_simulate_trades",
                "quant_version"}
ONE_IN = int(os.environ.get("PG_QUANT_FAULTS", "8"))

Place = collections.namedtuple("Place", "hash entry call")


def connect():
    connection = psycopg.connect("", autocommit=True, prepare_threshold=None, options=SETTINGS)
    connection.execute("LOAD '$libdir/pg_quant'")
    return connection


def scalar(connection, sql, *arguments):
    return connection.execute(sql, arguments).fetchone()[0]


class Statement(str):
    """May have others before it, which end in a semicolon and are not looked at; what they select is
    statements, too."""

    def __new__(cls, block):
        *before, last = block.split(";\n")
        self = super().__new__(cls, last)
        self.before = before
        return self

    def is_call(self):
        return self.startswith("CALL")


def outcome(connection, statement):
    try:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else cursor.rowcount
    except psycopg.Error as error:
        return error


def run(connection, statement):
    """Rows, or the exception; nothing stays but of a CALL, which commits."""
    if statement.is_call():
        return outcome(connection, statement)
    connection.execute("BEGIN")
    try:
        return outcome(connection, statement)
    finally:
        if not connection.closed:
            connection.execute("ROLLBACK")


def prepare(connection, statement):
    for sql in statement.before:
        cursor = connection.execute(sql)
        for row in cursor.fetchall() if cursor.description else []:
            connection.execute(row[0])


def places_of(connection, statement):
    prepare(connection, statement)
    connection.execute("SELECT public.faults_count()")
    result = run(connection, statement)
    lines = scalar(connection, "SELECT public.faults_places()").splitlines()
    return result, [Place(int(h), entry, call) for h, entry, call in map(str.split, lines)]


def fault_name(place, kind):
    return f"{kind} in {place.call} of {place.entry} ({place.hash})"


def fault_of(place, kind, connection, statement, problems):
    """Lets the place fail in one run of the statement; whether it was reached."""
    prepare(connection, statement)
    failures = scalar(connection, FAILURES)
    connection.execute("SELECT public.faults_arm(%s, %s)", (place.hash, kind))
    result = run(connection, statement)
    where = fault_name(place, kind)
    if connection.closed:
        problems.append(f"{where}: the connection is lost: {result}")
        return False
    if not scalar(connection, "SELECT public.faults_disarm()"):
        return False
    if not isinstance(result, psycopg.Error):
        # A job goes on with its other tables and logs what failed.
        if not statement.is_call() or scalar(connection, FAILURES) == failures:
            problems.append(f"{where}: no error")
    elif result.sqlstate != SQLSTATES[kind]:
        problems.append(f"{where}: {result.sqlstate} {result}")
    return True


class Injection:
    def __init__(self):
        self.tap = Tap()
        self.done = set()
        self.entries = set()
        self.reached = 0

    def kinds_of(self, place):
        if place.hash % ONE_IN != 0:
            return []
        # Which serve no cancel.
        kinds = ["memory"] if place.call in ("new", "CopyErrorData") else list(SQLSTATES)
        return [kind for kind in kinds if (place.hash, kind) not in self.done]

    def warm(self, statement, problems):
        connection = connect()
        first, cold = places_of(connection, statement)
        if isinstance(first, psycopg.Error):
            problems.append(f"fails by itself: {first}")
            return [], cold
        for _ in range(3):
            expected, places = places_of(connection, statement)
        live = scalar(connection, "SELECT public.faults_live()")
        used, contexts = connection.execute(CONTEXTS).fetchone()
        for place in places:
            for kind in self.kinds_of(place):
                self.reached += fault_of(place, kind, connection, statement, problems)
                self.done.add((place.hash, kind))
                if connection.closed:
                    connection = connect()
                    for _ in range(3):
                        prepare(connection, statement)
                        run(connection, statement)
                now = scalar(connection, "SELECT public.faults_live()")
                if now != live:
                    problems.append(f"{fault_name(place, kind)}: {now - live} allocations are not freed")
                    live = now
        prepare(connection, statement)
        again = run(connection, statement)
        if str(again) != str(expected):
            problems.append(f"another result afterwards: {again}, not {expected}")
        used_now, contexts_now = connection.execute(CONTEXTS).fetchone()
        if used_now - used > GROWTH_BYTES:
            problems.append(f"{used_now - used} bytes, {contexts_now - contexts} contexts of the server are not freed")
        connection.close()
        return places, cold

    def cold(self, statement, places, problems):
        """What only the first call of a session passes."""
        for place in places:
            for kind in self.kinds_of(place):
                with connect() as connection:
                    self.reached += fault_of(place, kind, connection, statement, problems)
                    self.done.add((place.hash, kind))
                    if not connection.closed:
                        prepare(connection, statement)
                        again = run(connection, statement)
                        if isinstance(again, psycopg.Error):
                            problems.append(f"{fault_name(place, kind)}: later fails: {again}")

    def statement(self, statement):
        problems = []
        before = self.reached
        warm, cold = self.warm(statement, problems)
        self.entries |= {place.entry for place in warm + cold}
        known = {place.hash for place in warm}
        self.cold(statement, [place for place in cold if place.hash not in known], problems)
        self.tap.check(not problems, f"{self.reached - before} failures: {' '.join(statement.split())[:90]}",
                       "\n".join(problems[:30]))


def statements():
    text = (HERE / "statements.sql").read_text()
    blocks = (block.strip() for block in text.split("\n\n"))
    return [Statement(block) for block in blocks if block and not block.startswith("--")]


def main(parts):
    with connect() as connection:
        for function in FUNCTIONS:
            connection.execute(f"CREATE OR REPLACE FUNCTION public.{function} AS '$libdir/pg_quant' LANGUAGE C")
        entry_points = {row[0] for row in connection.execute("""
            SELECT DISTINCT p.prosrc FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
            WHERE p.pronamespace = 'quant'::regnamespace AND l.lanname = 'c'""")}
    injection = Injection()
    for statement in statements():
        if not parts or any(part in statement for part in parts):
            injection.statement(statement)
            sys.stdout.flush()
    if not parts:
        missing = entry_points - injection.entries - NOT_ON_STACK
        injection.tap.check(not missing, "every entry point is passed", ", ".join(sorted(missing)))
        seen = NOT_ON_STACK & injection.entries
        injection.tap.check(not seen, "but those that are on no stack", ", ".join(sorted(seen)))
        injection.tap.check(injection.reached > 0, f"{injection.reached} failures in all")
    return injection.tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
