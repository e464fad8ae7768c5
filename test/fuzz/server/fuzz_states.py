#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""States of aggregates, forged and real: every function of schema quant that takes a bytea.

A forged state is an error or a result, in the memory of the state and in time. Real states of the
parts of a sample, combined in any way, finish to what the aggregate says of the whole.
"""
import struct
from random import Random

from server_fuzz import Attempt, Run, SUCCESS, main

DOCUMENTED = {SUCCESS, "22023", "22003", "22004", "54000", "0A000"}
# Functions of the extension whose bytea is no state of an aggregate would be listed here.
NO_STATE = set()

OPTIONS = {
    "historical": ["{}", '{"quantile_type": 1}', '{"quantile_type": 8, "tail": "below"}', '{"horizon": 5}',
                   '{"horizon": 3, "horizon_method": "overlapping"}'],
    "normal": ["{}", '{"horizon": 10}'],
    "student_t": ["{}", '{"degrees_of_freedom": 5}'],
    "cornish_fisher": ["{}", '{"ddof": 0}'],
    "ewma": ["{}", '{"lambda": 0.9, "init": "window"}'],
    "filtered_historical": ["{}"],
    "age_weighted": ["{}", '{"lambda": 0.5}'],
    "monte_carlo": ['{"paths": 100, "seed": 7}'],
}
ORDERED = {"ewma", "filtered_historical", "age_weighted"}
HEADER = 40 + 5 * 16 + 16  # near the elements; mutations aim at both sides of it


def value_text(random):
    kind = random.randrange(8)
    if kind < 5:
        return f"{random.choice(('', '-'))}0.{random.randint(0, 9999):04d}"
    if kind == 5:
        return f"{random.randint(0, 5)}.{random.randint(0, 10**18):018d}"
    if kind == 6:
        return f"-0.{random.randint(0, 10**24):024d}"
    return random.choice(("0", "-1", "1000000", "0.5", "123456789012345678901"))


def time_text(random):
    return random.choice(("-infinity", "infinity", "4713-01-01 00:00:00+00 BC", "294276-12-31 00:00:00+00")) \
        if random.randrange(40) == 0 else f"2024-01-{random.randint(1, 28):02d} {random.randint(0, 23):02d}:00:00+00"


class States(Run):
    name = "fuzz_states"
    batch = 40

    def prepare(self, connection):
        aggregates = connection.execute("""
            SELECT p.proname, pg_get_function_identity_arguments(p.oid), t.proname, c.proname, f.proname,
                   array_length(p.proargtypes::oid[], 1)
            FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_proc t ON t.oid = a.aggtransfn
              JOIN pg_proc c ON c.oid = a.aggcombinefn JOIN pg_proc f ON f.oid = a.aggfinalfn
            WHERE p.pronamespace = 'quant'::regnamespace AND a.aggtranstype = 'bytea'::regtype
            ORDER BY 1, 2""").fetchall()
        self.aggregates = aggregates
        made = set()
        for _, arguments, transition, combine, _, count in aggregates:
            if (transition, count) in made:
                continue
            made.add((transition, count))
            connection.execute(f"CREATE AGGREGATE fuzz.state_of_{transition}({arguments}) (SFUNC = quant.{transition},"
                               f" STYPE = bytea, COMBINEFUNC = quant.{combine}, PARALLEL = SAFE)")
        self.functions = connection.execute("""
            SELECT proname, proargtypes::regtype[]::text[] FROM pg_proc
            WHERE pronamespace = 'quant'::regnamespace AND 'bytea'::regtype = ANY (proargtypes::oid[])
              AND prokind = 'f' AND proname <> ALL (%s) ORDER BY 1, 2""", (list(NO_STATE),)).fetchall()
        connection.execute("CREATE TABLE fuzz.kept (state bytea, copy bytea)")
        connection.execute("ALTER TABLE fuzz.kept ALTER state SET STORAGE EXTERNAL, ALTER copy SET STORAGE MAIN")
        self.real = {}

    def arguments_of(self, random, aggregate):
        """Arguments behind the columns, and whether the order counts."""
        name, _, transition, _, _, count = aggregate
        if transition == "tail_risk_accumulate":
            level = random.choice(("0.95", "0.99", "0.5", "0.9"))
            method = random.choice(list(OPTIONS))
            options = random.choice(OPTIONS[method])
            ordered = count > 2 and (method in ORDERED or "overlapping" in options)
            return [level, f"'{method}'", f"'{options}'"][:count - 1], ordered and (count > 3 or method in ORDERED)
        if transition in ("equity_accumulate", "candlestick_accumulate"):
            return [], False
        first = 2 if transition.startswith("relative") else 1
        numbers = {"omega_ratio": ["0"], "probabilistic_sharpe_ratio": ["0.1"],
                   "deflated_sharpe_ratio": ["0.01", "10"]}.get(name, ["252", "0.001"])
        return numbers[:count - first], False

    def columns_of(self, random, aggregate):
        """A row's values for the columns."""
        transition = aggregate[2]
        if random.randrange(15) == 0:
            value = "NULL"
        else:
            value = value_text(random)
        if transition == "equity_accumulate":
            return [f"{value}::numeric" if value == "NULL" else str(abs(float(value))), f"'{time_text(random)}'::timestamptz"]
        if transition == "candlestick_accumulate":
            return [f"'{time_text(random)}'::timestamptz", f"{value}::numeric", f"{random.randint(0, 50)}::numeric"]
        if transition.startswith("relative"):
            return [f"{value}::numeric", f"{value_text(random)}::numeric"]
        return [f"{value}::numeric"]

    def call(self, function, aggregate, arguments, rows):
        """The aggregate `function` over the rows, in their order."""
        if not rows:
            return "NULL::bytea"
        columns = [f"c{i}" for i in range(len(rows[0]))]
        values = ", ".join(f"({n}, {', '.join(row)})" for n, row in enumerate(rows))
        return (f"(SELECT {function}({', '.join(columns + arguments)} ORDER BY n)"
                f" FROM (VALUES {values}) t(n, {', '.join(columns)}))")

    def attempts(self, random):
        kind = random.randrange(10)
        if kind < 3:
            return [self.split(random)]
        if kind < 4:
            return [self.accumulate_again(random), self.made_twice(random)]
        return self.forged(random)

    def split(self, random):
        aggregate = random.choice(self.aggregates)
        name, _, transition, combine, final, _ = aggregate
        arguments, ordered = self.arguments_of(random, aggregate)
        rows = [self.columns_of(random, aggregate) for _ in range(random.choice((0, 1, 2, 3, 10, 40, 100)))]
        cuts = sorted(random.randint(0, len(rows)) for _ in range(random.randint(1, 4)))
        parts = [rows[a:b] for a, b in zip([0] + cuts, cuts + [len(rows)])]
        order_counts = ordered or name == "candlestick"
        if not order_counts:
            random.shuffle(parts)
            for part in parts:
                random.shuffle(part)
        states = [self.call(f"fuzz.state_of_{transition}", aggregate, arguments, part) for part in parts]
        while len(states) > 1:  # any tree over neighbours
            at = random.randrange(len(states) - 1)
            states[at:at + 2] = [f"quant.{combine}({states[at]}, {states[at + 1]})"]
        whole = self.call(f"quant.{name}", aggregate, arguments, rows) if rows else "NULL"
        statement = (f"SELECT CASE WHEN a IS NOT DISTINCT FROM b THEN 'same' ELSE 'whole ' || coalesce(a, 'NULL') ||"
                     f" ', parts ' || coalesce(b, 'NULL') END FROM (SELECT ({whole})::text AS a,"
                     f" (quant.{final}({states[0]}))::text AS b OFFSET 0) t")

        def judge(outcome):
            if outcome.state == SUCCESS:
                return None if outcome.value == "same" else "the parts give another result than the whole"
            if outcome.state not in DOCUMENTED:
                return "an error that is not documented"
            return None
        return Attempt(statement, judge)

    def accumulate_again(self, random):
        """A row onto a stored state gives the state of one row more; the stored one is not touched."""
        aggregate = random.choice(self.aggregates)
        _, _, transition, _, final, _ = aggregate
        arguments, _ = self.arguments_of(random, aggregate)
        rows = [self.columns_of(random, aggregate) for _ in range(random.choice((1, 2, 31, 32, 33, 64, 90)))]
        before = self.call(f"fuzz.state_of_{transition}", aggregate, arguments, rows[:-1])
        storage = f"INSERT INTO fuzz.kept SELECT s, s || '' FROM (SELECT {before} OFFSET 0) t(s)"
        whole = self.call(f"fuzz.state_of_{transition}", aggregate, arguments, rows)
        last = ", ".join(rows[-1] + arguments)
        statement = (f"SELECT ((quant.{final}(quant.{transition}(state, {last})))::text IS NOT DISTINCT FROM"
                     f" (quant.{final}({whole}))::text AND state IS NOT DISTINCT FROM copy)::text FROM fuzz.kept")

        def judge(outcome):
            if outcome.state == SUCCESS:
                return None if outcome.value == "true" else "a row onto a stored state gives something else"
            return None if outcome.state in DOCUMENTED else "an error that is not documented"
        return Attempt(statement, judge, setup=storage)

    def made_twice(self, random):
        """The same rows make the same bytes at any depth of the stack: none of them is left over."""
        aggregate = random.choice(self.aggregates)
        _, _, transition, _, _, _ = aggregate
        arguments, _ = self.arguments_of(random, aggregate)
        rows = [self.columns_of(random, aggregate) for _ in range(random.choice((1, 2, 33)))]
        one = self.call(f"fuzz.state_of_{transition}", aggregate, arguments, rows)
        nested = "NULL::bytea"
        for row in rows:
            nested = f"quant.{transition}({nested}, {', '.join(row + arguments)})"
        statement = (f"SELECT CASE WHEN length(a) = length(b) AND a <> b THEN 'different bytes' ELSE 'same' END"
                     f" FROM (SELECT {one} AS a, {nested} AS b OFFSET 0) t")

        def judge(outcome):
            if outcome.state == SUCCESS:
                return None if outcome.value == "same" else f"{transition}: the same rows make other bytes"
            return None if outcome.state in DOCUMENTED else "an error that is not documented"
        return Attempt(statement, judge)

    def real_state(self, random):
        """Bytes of a state, made once for each aggregate and number of a few."""
        index = random.randrange(len(self.aggregates))
        variant = random.randrange(8)
        if (index, variant) not in self.real:
            inner = Random(index * 8 + variant)
            self.real[index, variant] = b""
            for _ in range(20):
                aggregate = self.aggregates[index]
                arguments, _ = self.arguments_of(inner, aggregate)
                rows = [self.columns_of(inner, aggregate) for _ in range((1, 2, 5, 20, 31, 33, 64, 200)[variant])]
                sql = f"SELECT {self.call(f'fuzz.state_of_{aggregate[2]}', aggregate, arguments, rows)}"
                try:
                    self.server.connection.execute("SAVEPOINT s") if self.in_transaction() else None
                    self.real[index, variant] = self.server.connection.execute(sql).fetchone()[0] or b""
                    break
                except Exception:  # rows that do not go together: others
                    if self.in_transaction():
                        self.server.connection.execute("ROLLBACK TO s")
        return self.aggregates[index], self.real[index, variant]

    def in_transaction(self):
        return self.server.connection.info.transaction_status.name == "INTRANS"

    def mutated(self, random, data):
        data = bytearray(data)
        for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
            kind = random.randrange(13)
            near = min(len(data), HEADER + 32)
            if kind == 0:
                data = data[:random.randint(0, len(data))]
            elif kind == 1:
                data = data[:random.randint(0, near)]
            elif kind == 2:
                data += random.randbytes(random.choice((1, 7, 8, 16, 100)))
            elif kind == 3 and data:
                at = random.randrange(len(data))
                data[at] ^= 1 << random.randrange(8)
            elif kind in (4, 5) and near:
                at = random.randrange(near)
                data[at] ^= 1 << random.randrange(8)
            elif kind in (6, 7) and near >= 8:  # a count, a length, a mantissa
                width, form = random.choice(((8, "<Q"), (4, "<I"), (2, "<H"), (1, "<B")))
                at = random.randrange((near - width) // width + 1) * width
                extreme = random.choice((0, 1, 2, 3, 4, 5, 8, 16, 37, 38, 100, 255, 10**6, 2**31 - 1, 2**31, 2**32 - 1, 2**60, 2**61,
                                         2**62, 2**63 - 1, 2**63, 2**64 - 1, (1 << 64) - 16, len(data), len(data) // 8))
                data[at:at + width] = struct.pack(form, extreme & ((1 << (8 * width)) - 1))
            elif kind == 8:
                data += self.real_state(random)[1]
            elif kind == 9 and near:  # another header
                other = self.real_state(random)[1]
                at = random.randint(0, min(near, len(other)))
                data[:at] = other[:at]
            elif kind == 10:
                data = bytearray(random.choice((b"", b"\0", b"\xff" * 300, random.randbytes(random.randint(0, 400)))))
            elif kind == 11 and len(data) > 16:  # values of 16 bytes at their limits
                at = random.randrange(len(data) // 8) * 8
                data[at:at + 8] = struct.pack("<Q", random.choice((0, 2**63, 2**64 - 1, 2**63 - 1, 1, 4 * 10**18)))
            elif kind == 12 and random.randrange(60) == 0:
                data += bytes(1 << 20) if random.randrange(2) else data * ((1 << 20) // (len(data) + 1))
        return bytes(data)

    @staticmethod
    def is_heavy(data):
        """Asks for many paths of monte_carlo, as its caller may: that takes its time."""
        return any(len(data) >= at + 8 and struct.unpack("<Q", data[at:at + 8])[0] > 50_000
                   for at in range(80, 112, 8))

    def forged(self, random):
        name, types = random.choice(self.functions)
        aggregate, data = self.real_state(random)
        if random.randrange(3):  # a function that the state belongs to
            own = [f for f in self.functions if f[0] in (aggregate[2], aggregate[3], aggregate[4])]
            name, types = random.choice(own)
        arguments = []
        heavy = False
        for position, kind in enumerate(types):
            if kind == "bytea":
                state = self.mutated(random, data)
                if position and random.randrange(2):
                    state = data
                heavy = heavy or self.is_heavy(state)
                arguments.append(f"'\\x{state.hex()}'::bytea" if random.randrange(40) else "NULL")
            elif kind == "numeric":
                arguments.append(random.choice(("0.95", "252", "0.01", "NULL", "'NaN'::numeric", "-2", "0", value_text(random))))
            elif kind == "text":
                arguments.append(random.choice([f"'{m}'" for m in OPTIONS] + ["NULL", "'x'"]))
            elif kind == "jsonb":
                arguments.append("'" + random.choice([o for all_of in OPTIONS.values() for o in all_of] + ["[]", '{"x": 1}']) + "'")
            else:
                arguments.append(random.choice((f"'{time_text(random)}'", "NULL")))
        calls = [f"quant.{name}({', '.join(arguments)})"]
        finals = [f for f in self.functions if f[1] == ["bytea"]]
        if "final" not in name and random.randrange(2):  # and on with what came of it
            own = [f for f in finals if f[0] == aggregate[4]]
            calls.append(f"quant.{random.choice(own or finals)[0]}({calls[0]})")

        def judge(outcome):
            return None if outcome.state in DOCUMENTED else "an error that is not documented"
        # Length and a part only: a state may be large.
        shown = calls[-1]
        text = f"SELECT left(({shown})::text, 100)"
        return [Attempt(text, judge, may_take_long=heavy)]


main(States)
