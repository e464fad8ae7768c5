# SPDX-License-Identifier: PostgreSQL
"""Expected figures for volatility, covariance, regression, GARCH, Monte Carlo
and the back-tests of expected shortfall.

Writes into ../unit/risk/data (relative to this file):
  volatility_cases.json        volatility_figures.py
  covariance_cases.json        covariance_figures.py
  regression_cases.json        regression_figures.py, regression_inputs.py
  garch_cases.json             garch_figures.py, garch_inputs.py
  monte_carlo_cases.json       monte_carlo_figures.py, philox.py
  acerbi_szekely_cases.json    acerbi_szekely_figures.py
Each of those modules says what its figures are and where they come from.
With names of files as arguments (volatility_cases, ..), only those.

Needs mpmath.  Rationals stay exact, everything else has 60 digits, and a
value that lies too near a rounding boundary stops the script.  Figures are
rounded half away from zero to 12 decimals unless a module says otherwise.

PG_QUANT_REFERENCE_DIR, if set, names a directory whose folders reference and
data hold published figures and series.  With it the script checks itself
against them, and the DEM/GBP case of garch_cases.json can be made at all;
the series itself stays out of the file, which names it.
"""

import json
import sys
from pathlib import Path

from acerbi_szekely_figures import acerbi_szekely_cases
from covariance_figures import covariance_cases
from garch_inputs import garch_cases
from monte_carlo_figures import monte_carlo_cases
from regression_inputs import regression_cases
from risk_model_checks import check_published
from volatility_figures import volatility_cases

DATA = Path(__file__).resolve().parent.parent / "unit" / "risk" / "data"

FILES = {
    "volatility_cases": volatility_cases,
    "covariance_cases": covariance_cases,
    "regression_cases": regression_cases,
    "garch_cases": garch_cases,
    "monte_carlo_cases": monte_carlo_cases,
    "acerbi_szekely_cases": acerbi_szekely_cases,
}


def lines(items):
    return "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]"


def document(cases):
    """One case a line, under the names of the parts if there are any."""
    if isinstance(cases, list):
        return lines(cases) + "\n"
    parts = (f"{json.dumps(name)}: {lines(items)}"
             for name, items in cases.items())
    return "{" + ",\n".join(parts) + "}\n"


def main():
    check_published()
    DATA.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or FILES:
        (DATA / f"{name}.json").write_text(document(FILES[name]()),
                                           encoding="utf-8")


if __name__ == "__main__":
    main()
