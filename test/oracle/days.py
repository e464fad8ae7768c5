# SPDX-License-Identifier: PostgreSQL
"""Days, periods and coarser bars: docs/semantics 1, 7 and 31."""
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MINUTES = {"1m": 1, "2m": 2, "3m": 3, "5m": 5, "10m": 10, "15m": 15, "30m": 30, "1h": 60,
           "2h": 120, "4h": 240, "6h": 360, "8h": 480, "12h": 720, "1d": 1440}
UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1),
         "d": timedelta(days=1), "w": timedelta(days=7)}


def bucket_start(timestamp, timeframe):
    """Start of the bar of a timeframe that holds the instant: the grid of UTC."""
    if timeframe == "1mo":
        return datetime(timestamp.year, timestamp.month, 1, tzinfo=timezone.utc)
    if timeframe == "1w":
        midnight = datetime(timestamp.year, timestamp.month, timestamp.day, tzinfo=timezone.utc)
        return midnight - timedelta(days=timestamp.weekday())
    length = timedelta(minutes=MINUTES[timeframe])
    return EPOCH + (timestamp - EPOCH) // length * length


def bar_end(start, timeframe):
    """The first instant after a bar."""
    if timeframe == "1mo":
        year, month = start.year + start.month // 12, start.month % 12 + 1
        return datetime(year, month, 1, tzinfo=timezone.utc)
    return start + (UNITS["w"] if timeframe == "1w" else timedelta(minutes=MINUTES[timeframe]))


def duration(text):
    """A length of time such as "5d"."""
    return int(text[:-1]) * UNITS[text[-1]]


def period_of(day, every):
    """A key that is equal within one day, week, month, quarter or year."""
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": (day.year, day.month),
            "quarter": (day.year, (day.month - 1) // 3), "year": day.year}[every]


def calendar_value(name, local):
    """year, month, day, weekday (Monday 1 to Sunday 7), hour, minute of a local time."""
    return local.isoweekday() if name == "weekday" else getattr(local, name)
