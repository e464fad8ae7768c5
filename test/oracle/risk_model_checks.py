# SPDX-License-Identifier: PostgreSQL
"""Published figures, for risk_model_cases.py: volatility as R's TTR computes
it (windows of 10 bars, 260 periods a year).  The others stand with the figures
that they check: Philox, AS 241 and the spectral repair in their modules, the
DEM/GBP fit in garch_inputs.py."""

import csv
import os
from fractions import Fraction

from exact_matrix import near
from volatility_figures import ESTIMATORS, figures

WINDOW = 10
PERIODS = 260


def check_volatility(rows):
    bars = [[row[k] for k in ("open", "high", "low", "close")] for row in rows]
    for name in ESTIMATORS:
        first = WINDOW if name == "yang_zhang" else WINDOW - 1
        count = WINDOW + 1 if name == "yang_zhang" else WINDOW
        for i in range(first, len(rows)):
            window = bars[i + 1 - count:i + 1]
            near(figures(window, Fraction(PERIODS))[name], rows[i][name], 13)


def check_published():
    root = os.environ.get("PG_QUANT_REFERENCE_DIR")
    if not root:
        return
    path = os.path.join(root, "reference", "ttr_volatility_250.csv")
    with open(path, encoding="utf-8", newline="") as file:
        check_volatility(list(csv.DictReader(file)))
