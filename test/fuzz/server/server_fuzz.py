# SPDX-License-Identifier: PostgreSQL
"""What the fuzzers that work through SQL share: the clock, the seeds, the database, the findings.

    PROGRAM SECONDS [SEED]   inputs from SEED on, for so long; 0 seconds: that one input

An input is made from its seed alone. Connection parameters come from the environment (PGHOST ...),
as `scripts/throwaway-server env` prints them; each program makes a database of its own and drops it.
A finding is printed with its seed and the SQL that shows it again; the exit status is then 1.
"""
import collections
import os
import sys
import time
from random import Random

import psycopg

LONGEST_STATEMENT_SECONDS = 20
MOST_MEMORY = 200 << 20
SHOWN_OF_A_KIND = 2
MOST_KINDS = 20
VACUUM_AFTER_BATCHES = 400

# Outcomes of an attempt: the SQLSTATE, or this.
SUCCESS = "00000"
# What no error of the extension may be, whatever a target lets pass: internal errors, an unexpected
# class. 57014 is the statement's time limit.
NEVER = ("XX", "57", "58", "53", "2F", "39", "P0001", "54001")

HELPERS = """
CREATE SCHEMA fuzz;
-- Runs a statement that gives one text, and tells its outcome in place of an error. Without `keep`
-- what it did is undone.
CREATE FUNCTION fuzz.attempt(setup text, statement text, keep boolean,
  OUT state text, OUT value text, OUT message text, OUT detail text, OUT hint text, OUT name text)
LANGUAGE plpgsql AS $$
BEGIN
  IF setup <> '' THEN EXECUTE setup; END IF;
  EXECUTE statement INTO value;
  state := '00000';
  IF NOT keep THEN RAISE EXCEPTION USING ERRCODE = 'FZ000'; END IF;
EXCEPTION
  WHEN SQLSTATE 'FZ000' THEN NULL;
  WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
      detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, name = CONSTRAINT_NAME;
    value := NULL;
END
$$;
"""


def quoted(text):
    """As a literal of SQL; None is NULL."""
    if text is None:
        return "NULL"
    escaped = text.replace("'", "''")
    if "\\" in escaped:
        return " E'" + escaped.replace("\\", "\\\\") + "'"
    return f"'{escaped}'"


Outcome = collections.namedtuple("Outcome", "state value message detail hint name")


class Attempt:
    """One statement, and what must come of it: `judge` gets the Outcome and says what is wrong.

    It runs after `setup`, in a subtransaction that is undone.
    """

    def __init__(self, statement, judge, setup="", keep=False, may_take_long=False):
        self.statement = statement
        self.judge = judge
        self.setup = setup
        self.keep = keep
        self.may_take_long = may_take_long

    def reproduction(self):
        return "".join(f"{text};\n" for text in (self.setup, self.statement) if text)


class Server:
    """A database of our own, and the one session in it."""

    def __init__(self, name, prepare):
        self.database = f"{name}_{os.getpid()}"
        self.prepare = prepare
        with psycopg.connect(dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self.database}" TEMPLATE template0 ENCODING UTF8')
        self.connection = None
        self.connect(first=True)

    def connect(self, first=False):
        for attempt in range(60):
            try:
                self.connection = psycopg.connect(dbname=self.database, autocommit=True)
                break
            except psycopg.OperationalError:  # it recovers from a crash
                if attempt == 59:
                    raise
                time.sleep(1)
        if first:
            self.connection.execute("SET client_min_messages = error")
            self.connection.execute("CREATE EXTENSION pg_quant")
            self.connection.execute(HELPERS)
            self.prepare(self.connection)
        self.connection.execute("SET client_min_messages = error")
        self.connection.execute("SET timezone = 'UTC'")
        self.connection.execute(f"SET statement_timeout = '{LONGEST_STATEMENT_SECONDS}s'")
        self.pid = self.connection.info.backend_pid
        self.reset_memory()

    def reset_memory(self):
        """Lets the peak be measured anew."""
        try:
            with open(f"/proc/{self.pid}/clear_refs", "w", encoding="ascii") as file:
                file.write("5")
        except OSError:
            pass  # not root: the peak since the session began
        self.memory_before = self.memory()

    def memory(self):
        """The backend's peak of resident memory, in bytes; 0 where it cannot be read."""
        try:
            with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
                for line in file:
                    if line.startswith("VmHWM:"):
                        return int(line.split()[1]) << 10
        except OSError:
            pass
        return 0

    def growth(self):
        return self.memory() - self.memory_before

    def rollback(self):
        if not self.connection.closed:
            self.connection.execute("ROLLBACK")

    def close(self):
        if not self.connection.closed:
            self.connection.close()
        with psycopg.connect(dbname="postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    def attempt(self, attempts):
        """The outcomes of several attempts, made in one statement."""
        rows = self.connection.execute(
            "SELECT a.* FROM ROWS FROM (unnest(%s::text[]), unnest(%s::text[]), unnest(%s::boolean[]))"
            " WITH ORDINALITY t(setup, statement, keep, n),"
            " LATERAL fuzz.attempt(t.setup, t.statement, t.keep) a ORDER BY n",
            ([a.setup for a in attempts], [a.statement for a in attempts], [a.keep for a in attempts]))
        return [Outcome(*row) for row in rows.fetchall()]


class Run:
    """The inputs of one program; a subclass makes them and judges what came of them."""

    name = ""
    batch = 1

    def __init__(self, arguments):
        self.seconds = float(arguments[1]) if len(arguments) > 1 else 60
        self.seed = int(arguments[2]) if len(arguments) > 2 else 1
        self.states = collections.Counter()
        self.findings = 0
        self.kinds = collections.Counter()
        self.inputs = 0
        self.server = None

    # For the subclass.
    def prepare(self, connection):
        """Makes what the inputs need."""

    def attempts(self, random):
        """The attempts of an input, for a subclass that has no more to do than to make them."""
        raise NotImplementedError

    def run_inputs(self, seeds):
        """Runs the inputs of `seeds`, reporting what is wrong; by their attempts, all at once."""
        by_seed = {seed: self.attempts(Random(seed)) for seed in seeds}
        everything = [(seed, attempt) for seed, attempts in by_seed.items() for attempt in attempts]
        self.current = [(seed, attempt.reproduction()) for seed, attempt in everything]
        self.may_take_long = any(attempt.may_take_long for _, attempt in everything)
        self.server.connection.execute("BEGIN")
        outcomes = self.server.attempt([attempt for _, attempt in everything])
        for (seed, attempt), outcome in zip(everything, outcomes):
            self.states[outcome.state] += 1
            try:
                problem = attempt.judge(outcome)
            except (ArithmeticError, ValueError) as error:
                problem = f"a result that cannot be read\n{error!r}"
            if not problem and outcome.state.startswith(NEVER):
                problem = "an error that must not be"
            if problem:
                self.report(seed, f"{problem}\n{shortened(str(outcome))}", attempt.reproduction())

    # The rest.
    def report(self, seed, problem, reproduction=""):
        self.findings += 1
        kind = problem.split("\n")[0]
        self.kinds[kind] += 1
        if self.kinds[kind] > SHOWN_OF_A_KIND:
            return
        print(f"FINDING, the input's seed is {seed}: {problem}", flush=True)
        if reproduction:
            file = f"{self.name}-{seed}-{self.findings}.sql"
            if len(reproduction) > 4000 and os.environ.get("FUZZ_OUTPUT"):
                with open(os.path.join(os.environ["FUZZ_OUTPUT"], file), "w", encoding="utf-8") as out:
                    out.write(reproduction)
                print(f"-- the SQL is in {file}", flush=True)
            else:
                print(shortened(reproduction, 6000), flush=True)

    def guarded(self, seeds):
        """A batch; one that takes the session down, or too long, again input by input."""
        start = time.monotonic()
        if len(seeds) == 1:
            self.server.reset_memory()
        self.current = []
        self.may_take_long = False
        try:
            self.run_inputs(seeds)
            self.server.rollback()
        except psycopg.Error as error:
            crashed = self.server.connection.closed
            if crashed:
                self.server.connect()
            else:
                self.server.rollback()
            self.server.reset_memory()
            if len(seeds) == 1:
                self.states[error.sqlstate or "lost"] += 1
            if len(seeds) > 1:
                for seed in seeds:
                    self.guarded([seed])
            elif not (self.may_take_long and error.sqlstate == "57014"):
                what = "the server went away" if crashed else f"SQLSTATE {error.sqlstate}"
                self.report(seeds[0], f"{what}: {error}", "".join(sql for _, sql in self.current))
            return
        if len(seeds) == 1 and time.monotonic() - start > LONGEST_STATEMENT_SECONDS:
            self.report(seeds[0], "it takes too long", "".join(sql for _, sql in self.current))
        if self.server.growth() > MOST_MEMORY:
            grown = self.server.growth()
            self.server.connection.close()
            self.server.connect()
            if len(seeds) > 1:
                for seed in seeds:
                    self.guarded([seed])
            elif not self.may_take_long:
                self.report(seeds[0], f"the session grew by {grown >> 20} MB",
                            "".join(sql for _, sql in self.current))

    def main(self):
        start = time.monotonic()
        self.server = Server(self.name, self.prepare)
        try:
            end = time.monotonic() + self.seconds
            batches = 0
            while True:
                count = self.batch if self.seconds else 1
                self.guarded(list(range(self.seed, self.seed + count)))
                self.inputs += count
                self.seed += count
                batches += 1
                if batches % VACUUM_AFTER_BATCHES == 0:
                    self.server.connection.execute("VACUUM")
                    self.server.reset_memory()
                if time.monotonic() >= end or len(self.kinds) >= MOST_KINDS:
                    break
        finally:
            self.server.close()
        rate = self.inputs / max(time.monotonic() - start, 0.001)
        print("outcomes: " + ", ".join(f"{state} {count}" for state, count in sorted(self.states.items())))
        for kind, count in self.kinds.most_common():
            print(f"{count} times: {shortened(kind, 200)}")
        print(f"{self.findings} findings, {rate:.0f} inputs a second")
        print(f"{self.inputs} inputs, the next seed is {self.seed}", flush=True)
        return 1 if self.findings else 0


def shortened(text, length=1500):
    return text if len(text) <= length else f"{text[:length // 2]} ... {text[-length // 2:]}"


def main(run):
    try:
        sys.exit(run(sys.argv).main())
    except KeyboardInterrupt:
        sys.exit(2)
