#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""COPY of a file with faults into trading.market_data_import, and indicators over what landed.

Runs with psycopg (3), or with psycopg2 where that is missing or PSYCOPG=2 is set.
"""
import io
import os

from tap import Tap, skip_all

psycopg = psycopg2 = None
try:
    if os.environ.get("PSYCOPG") == "2":
        raise ImportError
    import psycopg
except ImportError:
    try:
        import psycopg2
        import psycopg2.errorcodes
    except ImportError:
        skip_all("neither psycopg nor psycopg2")

from decimal import Decimal

FILE = """\
time,o,h,l,c,v
2024-01-02,10.0000,10.5000,9.8000,10.2000,1000
2024-01-03T00:00:00Z,10.2000,10.4000,10.1000,10.3000,1200
2024-01-04,10.3000,10.2000,10.1000,10.2500,900
2024-01-05,10.3000,10.6000,10.1000,10.1111,800
2024-01-08,10.1,ten,10.0,10.05,700
2024-01-09,10.1000,10.3000,10.0000,10.2222,650
2024-01-09,10.1000,10.3000,10.0000,10.2222,650
2024-01-10,10.2000,10.2000,10.0000,10.0001,-5
2024-01-11,10.0000,10.4000,9.9000,10.4000,500
"""
COLUMNS = "timestamp, open_price, high_price, low_price, close_price, volume, symbol, timeframe"
COPY = f"COPY trading.market_data_import ({COLUMNS}) FROM STDIN (FORMAT csv, HEADER true)"
tap = Tap()


def connected():
    if psycopg:
        return psycopg.connect("", autocommit=True)
    connection = psycopg2.connect("")
    connection.autocommit = True
    return connection


def lines():
    """The lines of the file with symbol and timeframe, which it lacks."""
    for number, line in enumerate(FILE.splitlines()):
        yield line + (",symbol,timeframe\n" if number == 0 else ",ACME,1d\n")


def copy(cursor):
    if psycopg:
        with cursor.copy(COPY) as target:
            for line in lines():
                target.write(line)
    else:
        cursor.copy_expert(COPY, io.StringIO("".join(lines())))


def notices_of(connection):
    """Filled with the notices that come."""
    notices = []
    if psycopg:
        connection.add_notice_handler(lambda diagnostic: notices.append(diagnostic.message_primary))
        return lambda: notices
    return lambda: [notice.split(":", 1)[1].strip().split("\n")[0] for notice in connection.notices]


def code_of(error):
    return error.sqlstate if psycopg else error.pgcode


def main():
    module = psycopg or psycopg2
    print(f"# {module.__name__} {module.__version__}")
    connection = connected()
    cursor = connection.cursor()
    cursor.execute("SET timezone = 'Asia/Tokyo'")  # times of the file are in UTC all the same
    cursor.execute("CALL quant.create_partitions('2024-01-01', '2024-01-31')")
    cursor.execute("INSERT INTO trading.assets (symbol) VALUES ('ACME')")
    notices = notices_of(connection)
    copy(cursor)
    tap.equal(cursor.rowcount, 9, "the tag of COPY counts all rows")
    cursor.execute("SELECT timestamp AT TIME ZONE 'UTC', close_price FROM trading.market_data"
                   " WHERE symbol = 'ACME' ORDER BY timestamp")
    tap.equal([(time.strftime("%m-%d %H:%M"), close) for time, close in cursor.fetchall()],
              [("01-02 00:00", Decimal("10.2000")), ("01-03 00:00", Decimal("10.3000")),
               ("01-05 00:00", Decimal("10.1111")), ("01-09 00:00", Decimal("10.2222")),
               ("01-11 00:00", Decimal("10.4000"))], "the good rows landed, exactly")
    # psycopg2 hands over the notice of a COPY with the next statement.
    tap.equal(notices()[-1:], ["import 1: 9 rows, 5 stored, 0 replaced, 0 skipped, 4 rejected"],
              "a notice tells what became of them")

    cursor.execute("SELECT row_number, reasons, raw ->> 'high_price' FROM trading.market_data_rejects"
                   " ORDER BY row_number")
    tap.equal(cursor.fetchall(),
              [(3, ["high_below_open_close"], "10.2000"), (5, ["malformed_number"], "ten"),
               (7, ["duplicate"], "10.3000"), (8, ["negative_volume"], "10.2000")],
              "the others are kept, with reasons and text")

    cursor.execute("UPDATE trading.market_data_rejects SET raw = raw || %s::jsonb"
                   " WHERE row_number = %s", ('{"high_price": "10.3"}', 5))
    cursor.execute("SELECT inserted, rejected FROM quant.retry_rejects(%s)", (1,))
    tap.equal(cursor.fetchone(), (1, 3), "quant.retry_rejects() reads a mended row again")

    cursor.execute("""
        SELECT quant.sma(close_price, 3) OVER w, (quant.bollinger(close_price, 3) OVER w).upper
        FROM trading.market_data WHERE symbol = %s AND timeframe = '1d'
        WINDOW w AS (ORDER BY timestamp) ORDER BY timestamp""", ("ACME",))
    rows = cursor.fetchall()
    tap.equal(rows[:2], [(None, None)] * 2, "no average before the window is full")
    # (10.2 + 10.3 + 10.1111) / 3 = 10.203700000000
    tap.check(rows[2][0] == Decimal("10.2037") and isinstance(rows[2][0], Decimal),
              "an average is an exact Decimal", rows[2])
    # The population deviation of 10.2, 10.3, 10.1111 is 0.077161... : mean + 2 of them.
    mean = sum(map(Decimal, ("10.2", "10.3", "10.1111"))) / 3
    deviation = (sum((Decimal(x) - mean) ** 2 for x in ("10.2", "10.3", "10.1111")) / 3).sqrt()
    tap.check(rows[2][1] == round(mean + 2 * deviation, 12),
              "a band agrees with Decimal to twelve places", (rows[2][1], mean + 2 * deviation))

    cursor.execute("INSERT INTO trading.users (username, email, password_hash)"
                   " VALUES ('ann', 'ann@example.com', 'no login')")
    cursor.execute("INSERT INTO trading.strategies (user_id, name, entry_rules, risk_rules) VALUES"
                   " (1, 'buy', '{\"long\": {\"when\": \"close > 0\"}}', '{\"size\": {\"units\": 10}}')")
    cursor.execute("SELECT final_value, total_trades FROM quant.simulate(%s, %s::jsonb, '1d',"
                   " '2024-01-01', '2024-01-31', %s)", (1, '["ACME"]', Decimal("1000.50")))
    # Bought 10 at the second bar's open, 10.20, marked at the last close, 10.40.
    tap.equal(cursor.fetchone(), (Decimal("1002.50"), 0), "a simulation ends at the exact money")

    try:
        cursor.execute("INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price,"
                       " high_price, low_price, close_price) VALUES ('ACME', '1d',"
                       " '2024-02-01 00:00+00', 10, 9, 9.5, 9.7)")
        tap.check(False, "a wrong bar is refused")
    except module.errors.CheckViolation as error:
        tap.equal((code_of(error), error.diag.constraint_name, error.diag.message_primary),
                  ("23514", "ck_high_low_valid",
                   "invalid bar: high_below_low, high_below_open_close"),
                  "a wrong bar is a CheckViolation that names its rules")
        tap.check("quant.check_bar()" in error.diag.message_hint, "with a hint",
                  error.diag.message_hint)
    connection.close()
    return tap.end()


if __name__ == "__main__":
    raise SystemExit(main())
