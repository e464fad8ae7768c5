#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Writes decimal_rounding.csv, decimal_texts.csv and calendar.csv beside this file: what Python's
decimal and datetime modules say, which share no code with the project."""
import csv
import random
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path

HERE = Path(__file__).parent
CONTEXT = Context(prec=120)
LARGEST = 2 ** 127 - 1


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def rounded(value, decimals):
    # Decimal's ROUND_HALF_UP goes away from zero at a tie.
    result = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, CONTEXT)
    return format(result if result else abs(result), "f")


def rounding_rows(source):
    values = []
    for decimals in range(7):
        unit = Decimal(1).scaleb(-decimals)
        for count in range(-3, 4):
            tie = (Decimal(count) + Decimal("0.5")) * unit
            for beside in (Decimal(0), Decimal("1e-20"), Decimal("-1e-20")):
                values.append((tie + beside, decimals))
    for text in ("12345678901234567890123456789012345678", "0", "-99999999999999999999999999999999999.995",
                 "99999999999999999999999999999999999.995", "0.0000000000000000000000000000000000005"):
        value = Decimal(text)
        values += [(value, decimals) for decimals in (0, 2, 12)
                   if abs(value.scaleb(decimals, CONTEXT)) < LARGEST]
    for _ in range(200):
        scale = source.randint(0, 37)
        value = Decimal(source.randint(-10 ** 30, 10 ** 30)).scaleb(-scale)
        values.append((value, source.randint(0, 8)))
    return [[format(value, "f"), decimals, rounded(value, decimals)] for value, decimals in values]


def text_rows(source):
    rows = []
    for _ in range(200):
        digits = str(source.randint(0, 10 ** source.randint(1, 30)))
        point = source.randint(0, len(digits))
        exponent = source.randint(-12, 8)
        text = (source.choice(["", "-", "+"]) + digits[:point] + "." + digits[point:]
                + source.choice(["", f"e{exponent}", f"E{exponent:+d}"]))
        value = Decimal(text)
        plain = format(value, "f")
        if "." in plain:
            plain = plain.rstrip("0").rstrip(".")
        rows.append([text, "0" if value == 0 else plain])
    return [row for row in rows if len(row[1].replace("-", "").replace(".", "")) <= 37]


def calendar_rows(source):
    epoch = datetime(2000, 1, 1)
    dates = [datetime(1, 1, 1), datetime(1, 12, 31), datetime(4, 2, 29), datetime(1582, 10, 15),
             datetime(1600, 2, 29), datetime(1900, 2, 28), datetime(1900, 3, 1), datetime(1969, 12, 31),
             datetime(1970, 1, 1), datetime(1999, 12, 31), epoch, datetime(2000, 2, 29),
             datetime(2000, 3, 1), datetime(2023, 2, 28), datetime(2024, 2, 29), datetime(2100, 2, 28),
             datetime(2100, 3, 1), datetime(9999, 12, 31)]
    dates += [datetime(1, 1, 1) + timedelta(days=source.randint(0, 3652058)) for _ in range(60)]
    rows = []
    for date in dates:
        microsecond = source.choice([0, 0, 1, 500000, 999999, 86399999999])
        moment = date + timedelta(microseconds=microsecond)
        stamp = (moment - epoch) // timedelta(microseconds=1)
        text = moment.isoformat(sep=" ").rjust(19, "0") + "+00"
        rows.append([stamp, (date - epoch).days, date.year, text])
    return rows


def main():
    source = random.Random(20240131)
    write("decimal_rounding.csv", ["value", "decimals", "rounded"], rounding_rows(source))
    write("decimal_texts.csv", ["text", "plain"], text_rows(source))
    write("calendar.csv", ["timestamp", "day", "year", "text"], calendar_rows(source))


if __name__ == "__main__":
    main()
