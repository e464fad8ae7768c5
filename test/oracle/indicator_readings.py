# SPDX-License-Identifier: PostgreSQL
"""What the definitions of the indicators leave open, one name for each.

The first choice is the one made here; indicator_compare.py can set another one.
"""

CHOICES = {
    # "row": a window is NULL while one of its rows lacks any input, whether or not the formula
    # reads it there (momentum between its ends, the close of a range of highs and lows);
    # "used": only while a value is NULL that the formula reads.
    "finite_null": ("row", "used"),
    # "null": a window of two rows, so NULL after a row without values; "previous": the close
    # before is that of the previous row that has all three prices.
    "true_range_gap": ("null", "previous"),
    # "bar 0": with 'range' only the partition's first row is h - l; "first": the first row that
    # has all three prices.
    "true_range_start": ("bar 0", "first"),
    # "values": adx[n-1] counts adx values; "rows": rows that have all prices.
    "adxr_lag": ("values", "rows"),
    # "rows": a NULL rsi makes the windows over it NULL; "values": it is passed over.
    "stochrsi_null": ("rows", "values"),
    # "exact": d is the mean of the exact means k; "grid": of the rounded ones.
    "stochastic_k": ("exact", "grid"),
    # "grid": quotients and roots enter an expression rounded; "exact": unrounded.
    "stochastic_raw": ("grid", "exact"),
    "kama_ratio": ("exact", "grid"),
    "ultimate_ratio": ("exact", "grid"),
    "beta_return": ("grid", "exact"),
    "bollinger_deviation": ("exact", "grid"),
    "stddev_times": ("exact", "grid"),
    # "exact": the quotient with the root is rounded once (class R); "grid": as above.
    "zscore_deviation": ("exact", "grid"),
    # "exact": percent_b and bandwidth take the bands before they are rounded; "grid": after.
    "bollinger_bands": ("exact", "grid"),
    # "product": G(m v) as in ad; "multiplier": G(m) v; "exact": m v.
    "cmf_flow": ("product", "multiplier", "exact"),
    # "no": no turn at the first bar that has bands; "yes": the test is made there too.
    "supertrend_first_turn": ("no", "yes"),
    # "bands": the middle begins with the bands; "own": as soon as the average is there.
    "keltner_middle": ("bands", "own"),
    # "window": of 'chester' at max(n, m) - 1; "as usual": at max(n - 1, m).
    "chester_first": ("window", "as usual"),
    # "window": with 'sum' a window of n + 1 rows; "pass": NULL rows are passed over.
    "cmo_sum_null": ("window", "pass"),
}
READINGS = {name: choices[0] for name, choices in CHOICES.items()}
