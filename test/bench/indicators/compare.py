#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Each indicator of core against TA-Lib, columns in memory, one core: nanoseconds per bar of both
and their ratio, medians of interleaved rounds. Needs the program built from core.cpp, its path as
the first argument, and the modules TA-Lib and numpy. Names behind it limit the run."""
import statistics
import subprocess
import sys
import time

import numpy
import talib

BARS = 500_000
ROUNDS = 3

# name: (function, inputs, arguments), by the defaults of the catalog
PEERS = {
    "sma": ("SMA", "c", {"timeperiod": 20}), "ema": ("EMA", "c", {"timeperiod": 20}),
    "wma": ("WMA", "c", {"timeperiod": 20}), "dema": ("DEMA", "c", {"timeperiod": 20}),
    "tema": ("TEMA", "c", {"timeperiod": 20}), "trima": ("TRIMA", "c", {"timeperiod": 20}),
    "kama": ("KAMA", "c", {"timeperiod": 10}), "t3": ("T3", "c", {"timeperiod": 5, "vfactor": 0.7}),
    "bollinger": ("BBANDS", "c", {"timeperiod": 20}), "midpoint": ("MIDPOINT", "c", {}),
    "midprice": ("MIDPRICE", "hl", {}), "psar": ("SAR", "hl", {"acceleration": 0.02, "maximum": 0.2}),
    "mama": ("MAMA", "c", {}), "ht_trendline": ("HT_TRENDLINE", "c", {}),
    "ht_dcperiod": ("HT_DCPERIOD", "c", {}), "ht_sine": ("HT_SINE", "c", {}),
    "macd": ("MACD", "c", {}), "rsi": ("RSI", "c", {}), "cmo": ("CMO", "c", {}),
    "stochastic": ("STOCH", "hlc", {}), "stochf": ("STOCHF", "hlc", {}),
    "stochrsi": ("STOCHRSI", "c", {}), "cci": ("CCI", "hlc", {"timeperiod": 20}),
    "williams_r": ("WILLR", "hlc", {}), "momentum": ("MOM", "c", {}), "roc": ("ROC", "c", {}),
    "adx": ("ADX", "hlc", {}), "adxr": ("ADXR", "hlc", {}), "dx": ("DX", "hlc", {}),
    "plus_di": ("PLUS_DI", "hlc", {}), "aroon": ("AROON", "hl", {}), "bop": ("BOP", "ohlc", {}),
    "mfi": ("MFI", "hlcv", {}), "trix": ("TRIX", "c", {"timeperiod": 15}),
    "ultimate_oscillator": ("ULTOSC", "hlc", {}), "apo": ("APO", "c", {}), "ppo": ("PPO", "c", {}),
    "obv": ("OBV", "cv", {}), "ad": ("AD", "hlcv", {}), "adosc": ("ADOSC", "hlcv", {}),
    "true_range": ("TRANGE", "hlc", {}), "atr": ("ATR", "hlc", {}), "natr": ("NATR", "hlc", {}),
    "stddev": ("STDDEV", "c", {}), "var": ("VAR", "c", {}), "linearreg": ("LINEARREG", "c", {}),
    "linreg_slope": ("LINEARREG_SLOPE", "c", {}), "tsf": ("TSF", "c", {}),
    "correlation": ("CORREL", "ch", {}), "beta": ("BETA", "hc", {}),
    "highest": ("MAX", "c", {"timeperiod": 20}), "lowest": ("MIN", "c", {"timeperiod": 20}),
    "typical_price": ("TYPPRICE", "hlc", {}), "median_price": ("MEDPRICE", "hl", {}),
    "cdldoji": ("CDLDOJI", "ohlc", {}), "cdlengulfing": ("CDLENGULFING", "ohlc", {}),
    "cdlhammer": ("CDLHAMMER", "ohlc", {}), "cdlmorningstar": ("CDLMORNINGSTAR", "ohlc", {}),
}


def bars():
    """A walk in cents."""
    generator = numpy.random.default_rng(1)
    close = 10_000 + numpy.cumsum(generator.integers(-20, 21, BARS))
    close = 5_000 + numpy.abs(close - 5_000)
    open_ = close + generator.integers(-15, 16, BARS)
    high = numpy.maximum(open_, close) + generator.integers(0, 25, BARS)
    low = numpy.minimum(open_, close) - generator.integers(0, 25, BARS)
    return {"o": open_, "h": high, "l": low, "c": close, "v": generator.integers(0, 1_000_000, BARS)}


def main():
    program, wanted = sys.argv[1], sys.argv[2:] or list(PEERS)
    columns = bars()
    text = "\n".join(",".join(map(str, row)) for row in zip(*(columns[k].tolist() for k in "ohlcv")))
    prices = {key: column / (1 if key == "v" else 100.0) for key, column in columns.items()}
    own, peer = {}, {}
    for _ in range(ROUNDS):
        printed = subprocess.run([program, *wanted], input=text.encode(), check=True, stdout=subprocess.PIPE)
        for line in printed.stdout.decode().splitlines():
            name, nanoseconds = line.split()
            own.setdefault(name, []).append(float(nanoseconds))
        for name in wanted:
            function, inputs, arguments = PEERS[name]
            series = [prices[key].astype(float) for key in inputs]
            start = time.perf_counter()
            getattr(talib, function)(*series, **arguments)
            peer.setdefault(name, []).append(1e9 * (time.perf_counter() - start) / BARS)
    print(f"{'indicator':22}{'core ns':>10}{'TA-Lib ns':>12}{'ratio':>8}")
    for name in wanted:
        if name not in own:
            continue
        mine, theirs = statistics.median(own[name]), statistics.median(peer[name])
        print(f"{name:22}{mine:10.2f}{theirs:12.2f}{mine / theirs:8.2f}")


if __name__ == "__main__":
    main()
