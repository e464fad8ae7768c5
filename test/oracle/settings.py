# SPDX-License-Identifier: PostgreSQL
"""The keys of parameters.execution (docs/semantics 43)."""
from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from days import duration

CHOICES = {
    "fill": ("next_open", "same_close"),
    "intrabar": ("worst_case", "stop_first", "nearest_extreme", "ohlc", "olhc",
                 "lower_timeframe"),
    "limit_fill": ("touch", "through"),
    "crossover": ("default", "strict"),
    "size_at": ("fill", "signal"),
    "on_opposite": ("reverse", "close", "ignore"),
    "on_short_cash": ("reduce", "skip"),
    "on_leave": ("keep", "close"),
    "finalize": ("none", "last_close", "last_open"),
    "prices": ("raw", "split_adjusted", "adjusted"),
    "spread": ("quoted", "none"),
    "frequency": ("day", "bar"),
}
NUMBERS = {"leverage": 1, "maintenance": Fraction(1, 4), "risk_free": 0, "stale_days": 10,
           "borrow_rate_percent": 0, "interest_rate_percent": 0}


class Settings:
    """What parameters.execution says; the case inherits its attributes."""

    def read_execution(self, execution):
        """Choices, numbers, costs, zone."""
        for key, allowed in CHOICES.items():
            value = execution.get(key, allowed[0])
            if value not in allowed:
                raise ValueError(f"execution.{key}: {value!r}")
            setattr(self, key, value)
        for key, default in NUMBERS.items():
            setattr(self, key, Fraction(execution.get(key, default)))
        self.zone = ZoneInfo(execution.get("timezone", "UTC"))
        self.max_age = duration(execution["max_age"]) if "max_age" in execution else timedelta(0)
        self.use_risk_profile = execution.get("use_risk_profile", False)
        self._read_steps(execution)
        self._read_costs(execution)
        override = execution.get("periods_per_year")
        self.periods_per_year = Fraction(override) if override else self._default_periods()

    def _read_steps(self, execution):
        self.price_tick = {s: Fraction(execution.get("price_tick", asset["tick_size"]))
                           for s, asset in self.assets.items()}
        self.quantity_step = {s: Fraction(execution.get("quantity_step", asset["lot_size"]))
                              for s, asset in self.assets.items()}

    def _read_costs(self, execution):
        commission = execution.get("commission", {})
        self.tiers = [(optional(tier.get("up_to")), Fraction(tier["percent"]))
                      for tier in commission.get("tiers", [])]
        self.commission = {key: Fraction(commission.get(key, 0))
                           for key in ("percent", "per_order", "per_share", "min")}
        self.commission["max"] = optional(commission.get("max"))
        slippage = execution.get("slippage", {})
        self.slippage = {key: Fraction(slippage.get(key, 0))
                         for key in ("percent", "ticks", "volume_share")}
        self.volume_basis = slippage.get("volume_basis", "bar")
        self.max_volume_share = optional(execution.get("max_volume_share"))

    def _default_periods(self):
        if self.timeframe in ("1w", "1mo"):
            return Fraction({"1w": 52, "1mo": 12}[self.timeframe])
        kinds = {self.assets[s].get("asset_type", "stock") for s in self.symbols}
        return Fraction(365 if kinds == {"crypto"} else 252)


def optional(value):
    """A rational, or None."""
    return None if value is None else Fraction(value)
