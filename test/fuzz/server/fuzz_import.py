#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Rows for trading.market_data_import and trading.market_data, against a model of the documents.

docs/market-data.md says which rows are stored and which reasons the others get. The model is
Decimal arithmetic and reads no code. Where the documents leave a reason open (numbers far out of
range, decimals beyond the twentieth) it is let pass whether it is there or not.
"""
import collections
from fractions import Fraction
from random import Random

import psycopg

from import_model import FIELDS, KNOWN, NUMBERS, read_number, trimmed
from import_rows import new_row
from server_fuzz import Attempt, Run, SUCCESS, main, quoted
from table_rows import check_bar, insert


class Imports(Run):
    name = "fuzz_import"
    batch = 1

    def prepare(self, connection):
        connection.execute("CALL quant.create_partitions('2024-01-01', '2024-03-31')")
        for symbol in KNOWN:
            connection.execute("INSERT INTO trading.assets (symbol) VALUES (%s)", (symbol,))
        connection.execute("""
            INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
            SELECT s, '1d', timestamptz '2024-01-01 00:00+00' + n * interval '2 days', 10, 11, 9, 10.5, 100 + n
            FROM unnest(ARRAY['FZA', 'FZB']) s, generate_series(0, 5) n""")
        self.server_state = None

    def stored(self):
        """All bars: key to values."""
        rows = self.execute("""SELECT symbol, timeframe, (extract(epoch FROM "timestamp") * 1000000)::numeric(30)::text,
            open_price, high_price, low_price, close_price, volume, bid_price, ask_price, vwap, trade_count, additional_data,
            asset_id = (SELECT a.id FROM trading.assets a WHERE a.symbol = m.symbol) FROM trading.market_data m""").fetchall()
        assert all(row[13] for row in rows)
        return {(row[0], row[1], int(row[2])): tuple(None if v is None else Fraction(v) for v in row[3:12]) + (row[12],) for row in rows}

    def execute(self, sql, arguments=None):
        return self.server.connection.execute(sql, arguments)

    def assets(self):
        return {row[0] for row in self.execute("SELECT symbol FROM trading.assets").fetchall()}

    def run_inputs(self, seeds):
        for seed in seeds:
            random = Random(seed)
            self.current = []
            self.execute("BEGIN")
            kind = random.randrange(10)
            if kind < 6:
                self.load(seed, random)
            elif kind < 9:
                self.direct(seed, random)
            else:
                self.odd_copy(seed, random)
            self.execute("ROLLBACK")

    def set_policy(self, random):
        policy = {"duplicates": random.choice(("reject", "skip", "replace")), "decimals": random.choice(("reject", "round")),
                  "volume": random.choice(("reject", "round")), "unknown_symbol": random.choice(("reject", "reject", "create"))}
        for name, value in policy.items():
            sql = f"SET LOCAL quant.import_{name} = '{value}'"
            self.note(sql)
        zone = random.choice(("UTC", "Asia/Kolkata", "America/New_York"))
        self.note(f"SET LOCAL timezone = '{zone}'")
        self.execute("; ".join(sql for _, sql in self.current[-5:]))
        return policy

    def note(self, sql):
        self.current.append((0, sql + ";\n"))

    def wrong(self, seed, problem):
        self.report(seed, problem, "BEGIN;\n" + "".join(sql for _, sql in self.current) + "ROLLBACK;")

    def expect(self, rows, policy, assets, bars):
        """What becomes of rows: counts, bars, reasons by row; `uncertain` where the documents leave it open."""
        counts = collections.Counter(received=0)
        outcomes = []
        created = set()
        for row in rows:
            counts["received"] += 1
            judged, key, values = row.judge(policy, assets | created)
            if judged.must or judged.may:
                outcomes.append(judged)
                if judged.must:
                    counts["rejected"] += 1
                else:
                    counts["uncertain"] += 1
                continue
            if key[0] not in assets | created:
                created.add(key[0])
            if key in bars:
                if policy["duplicates"] == "reject":
                    judged.add("duplicate")
                    counts["rejected"] += 1
                elif policy["duplicates"] == "skip":
                    counts["skipped"] += 1
                else:
                    counts["replaced"] += 1
                    bars[key] = values
            else:
                counts["inserted"] += 1
                bars[key] = values
            outcomes.append(judged)
        counts["created"] = len(created)
        return counts, outcomes

    def load(self, seed, random):
        before, assets = self.base()
        policy = self.set_policy(random)
        rows = [new_row(random) for _ in range(random.choice((1, 2, 5, 12, 30)))]
        for row in rows:
            if random.randrange(8) == 0:  # twice in the load
                rows[random.randrange(len(rows))] = row
        columns = FIELDS + ("source",)
        data = [tuple(row.texts[name] for name in FIELDS) + (row.source,) for row in rows]
        names = ", ".join(f'"{name}"' for name in columns)
        if random.randrange(2):
            values = ",\n".join("(" + ", ".join(quoted(v) for v in line) + ")" for line in data)
            sql = f"INSERT INTO trading.market_data_import ({names}) VALUES {values}"
            self.note(sql)
            self.execute(sql)
        else:
            lines = "".join("\t".join("\\N" if v is None else copy_text(v) for v in line) + "\n" for line in data)
            sql = f"COPY trading.market_data_import ({names}) FROM STDIN"
            self.note(sql)
            self.current.append((0, lines + "\\.\n"))
            with self.server.connection.cursor() as cursor:
                with cursor.copy(sql) as copy:
                    copy.write(lines)
        self.states[SUCCESS] += 1
        bars = dict(before)
        counts, outcomes = self.expect(rows, policy, assets, bars)
        batches = self.execute("SELECT id, rows_received, rows_inserted, rows_replaced, rows_skipped, rows_rejected, rows_rounded,"
                               " assets_created, rejected_by_reason, policy, finished_at IS NOT NULL FROM trading.import_batches").fetchall()
        if len(batches) != 1:
            return self.wrong(seed, f"{len(batches)} batches of one load")
        batch, received, inserted, replaced, skipped, rejected, rounded_rows, created, by_reason, stored_policy, finished = batches[0]
        rejects = self.execute("SELECT row_number, reasons, raw, symbol, timeframe, source, (extract(epoch FROM bar_timestamp)"
                               " * 1000000)::numeric(30)::text, batch_id FROM trading.market_data_rejects ORDER BY row_number").fetchall()
        if not (received == len(rows) == inserted + replaced + skipped + rejected and rejected == len(rejects) and finished):
            return self.wrong(seed, f"the counts do not add up: {batches[0]}, {len(rejects)} rejects of {len(rows)} rows")
        if stored_policy != policy:
            self.wrong(seed, f"the policy is stored as {stored_policy}")
        found = collections.Counter(reason for reject in rejects for reason in reject[1])
        if by_reason != dict(found):
            self.wrong(seed, f"rejected_by_reason is {by_reason}, the rejects have {dict(found)}")
        by_row = {reject[0]: reject for reject in rejects}
        for number, (row, judged) in enumerate(zip(rows, outcomes), 1):
            reject = by_row.get(number)
            reasons = list(reject[1]) if reject else []
            open_duplicate = counts["uncertain"] and reasons == ["duplicate"]
            if not judged.agrees(reasons) and not open_duplicate:
                # An open one that was stored may have made a duplicate of this one.
                self.wrong(seed, f"other reasons than the documents say\nrow {number} {row.texts} has {reasons}, not {sorted(judged.must)}"
                                 f" (perhaps {sorted(judged.may)})")
                return
            if reject:
                raw = {name: text for name, text in row.texts.items() if text is not None}
                if reject[2] != raw or reject[5] != row.source or reject[7] != batch:
                    self.wrong(seed, f"a reject is not kept as it came\nrow {number}: {reject}, not {raw}")
                if reject[3] != trimmed(row.texts["symbol"]) or reject[4] != trimmed(row.texts["timeframe"]):
                    self.wrong(seed, f"a reject's keys are not kept\nrow {number}: {reject}")
                if isinstance(row.moment, int) and reject[6] != str(row.moment) and trimmed(row.texts["timestamp"]):
                    self.wrong(seed, f"a reject's time is another\nrow {number}: {reject[6]}, not {row.moment}")
        after = self.stored()
        if counts["uncertain"]:
            if {k: v for k, v in after.items() if k in before} != before and policy["duplicates"] != "replace":
                self.wrong(seed, "a bar that was there has changed")
            return None
        if (inserted, replaced, skipped, created) != tuple(counts[c] for c in ("inserted", "replaced", "skipped", "created")):
            return self.wrong(seed, f"other counts\n{batches[0]}, not {dict(counts)}")
        if after != bars:
            different = [(key, after.get(key), bars.get(key)) for key in after.keys() | bars.keys() if after.get(key) != bars.get(key)]
            return self.wrong(seed, f"other bars are stored than were sent\n{different[:3]} (stored, sent)")
        if inserted and not replaced:
            expected = sum(row.is_rounded for number, row in enumerate(rows, 1) if number not in by_row)
            if skipped == 0 and rounded_rows != expected:
                self.wrong(seed, f"rows_rounded is {rounded_rows}, not {expected}")
        if rejects and random.randrange(2):
            self.retry(seed, random, batch, rows, by_row, after)
        return None

    def retry(self, seed, random, batch, rows, by_row, before):
        policy = self.set_policy(random)
        left = [row for number, row in enumerate(rows, 1) if number in by_row]
        assets = self.assets()
        if random.randrange(2):
            sql = "INSERT INTO trading.assets (symbol) VALUES ('FZNEW') ON CONFLICT DO NOTHING"
            self.note(sql)
            self.execute(sql)
            assets.add("FZNEW")
        sql = "SELECT received, inserted, replaced, skipped, rejected FROM quant.retry_rejects((SELECT min(id) FROM trading.import_batches))"
        self.note(sql)
        received, inserted, replaced, skipped, rejected = self.execute(sql).fetchone()
        self.states[SUCCESS] += 1
        bars = dict(before)
        counts, _ = self.expect(left, policy, assets, bars)
        if received != len(left) or received != inserted + replaced + skipped + rejected:
            return self.wrong(seed, f"the counts of a retry do not add up: {received, inserted, replaced, skipped, rejected}")
        if counts["uncertain"]:
            return None
        if (inserted, replaced, skipped, rejected) != tuple(counts[c] for c in ("inserted", "replaced", "skipped", "rejected")):
            return self.wrong(seed, f"other counts of a retry\n{inserted, replaced, skipped, rejected}, not {dict(counts)}")
        open_rejects = self.execute("SELECT count(*) FROM trading.market_data_rejects WHERE resolved_at IS NULL").fetchone()[0]
        if open_rejects != rejected:
            self.wrong(seed, f"{open_rejects} rejects are open after a retry that rejects {rejected}")
        if self.stored() != bars:
            self.wrong(seed, "a retry stores other bars than were sent")
        return None

    def base(self):
        if self.server_state is None:
            self.server_state = self.stored(), self.assets()
        return self.server_state

    def direct(self, seed, random):
        """Rows straight into the table, and quant.check_bar()."""
        before, assets = self.base()
        attempts = []
        for _ in range(5):
            row = new_row(random)
            values = {}
            for name in NUMBERS:
                text = trimmed(row.texts[name])
                value = read_number(text)
                values[name] = None if value == "malformed" else text if value != "special" else \
                    random.choice(("NaN", "Infinity", "-Infinity"))
            moment = row.moment if isinstance(row.moment, int) else random.choice((None, "infinity", "-infinity", "low", "high"))
            symbol = row.texts["symbol"]
            timeframe = row.texts["timeframe"]
            attempts.append(insert(symbol, timeframe, moment, values, assets, before))
            attempts.append(check_bar(timeframe, moment, values))
        attempts.append(Attempt("SELECT count(*)::text FROM trading.market_data",
                                lambda o: None if o.value == str(len(before)) else "an attempt that failed left a bar"))
        self.current = [(0, a.reproduction()) for a in attempts]
        for attempt, outcome in zip(attempts, self.server.attempt(attempts)):
            self.states[outcome.state] += 1
            problem = attempt.judge(outcome)
            if problem:
                self.report(seed, f"{problem}\n{outcome}", attempt.reproduction())

    def odd_copy(self, seed, random):
        """Bytes that are no rows: an error, and nothing is stored; or rows, and the counts add up."""
        self.set_policy(random)
        row = new_row(random)
        line = "\t".join("\\N" if row.texts[n] is None else copy_text(row.texts[n]) for n in FIELDS).encode() + b"\n"
        data = bytearray(line * random.randint(1, 3))
        for _ in range(random.choice((1, 1, 2, 5))):
            at = random.randrange(len(data))
            data[at:at + random.choice((0, 0, 1, 3))] = random.choice((
                b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\t", b"\n", b"\r", b"\\", b"\\N", b"\\x", b"\\777", b"\\.\n",
                b"\x80", b"\xc0\x80", random.randbytes(4)))
        names = ", ".join(f'"{name}"' for name in FIELDS)
        sql = f"COPY trading.market_data_import ({names}) FROM STDIN"
        self.note(sql)
        self.note(f"-- bytes: {bytes(data).hex()}")
        self.execute("SAVEPOINT s")
        try:
            with self.server.connection.cursor() as cursor:
                with cursor.copy(sql) as copy:
                    copy.write(bytes(data))
            self.states[SUCCESS] += 1
        except psycopg.Error as error:
            if self.server.connection.closed:
                raise
            self.states[error.sqlstate] += 1
            if error.sqlstate not in ("22021", "22P04", "22P05"):
                self.wrong(seed, f"a COPY ends with {error.sqlstate}: {error}")
            self.execute("ROLLBACK TO s")
            if self.stored() != self.base()[0]:
                self.wrong(seed, "a COPY that failed left bars")
            return
        for batch in self.execute("SELECT rows_received, rows_inserted + rows_replaced + rows_skipped + rows_rejected, rows_rejected,"
                                  " (SELECT count(*) FROM trading.market_data_rejects), rows_inserted, (SELECT count(*) FROM trading.market_data)"
                                  " FROM trading.import_batches").fetchall():
            if batch[0] != batch[1] or batch[2] != batch[3] or batch[4] + len(self.base()[0]) != batch[5]:
                self.wrong(seed, f"the counts do not add up: {batch}")


def copy_text(value):
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


main(Imports)
