# SPDX-License-Identifier: PostgreSQL
"""entry_rules, exit_rules and risk_rules as expression trees (docs/semantics 44, 45, 47)."""
from collections import namedtuple
from fractions import Fraction

from expressions import parse, parse_condition
from settings import optional

SIZES = ("units", "cash", "percent_equity", "weight", "risk_percent",
         "volatility_target_percent")
DEFAULT_LOOKBACK = 20
EntryRule = namedtuple("EntryRule", "side condition order")
ExitRule = namedtuple("ExitRule", "identifier side condition order portion")
# limit and stop are trees; tif is "gtc", "day" or a number of bars.
OrderForm = namedtuple("OrderForm", "kind limit stop tif")
# A level: kind is "fraction", "distance" or "price"; the node is a tree.
Level = namedtuple("Level", "kind node")
Size = namedtuple("Size", "kind amount node lookback")
Rotation = namedtuple("Rotation", "every on gate rank_by order top keep weight node buffer drift "
                                  "lookback")
Leg = namedtuple("Leg", "name symbol ratio")

LIMIT_KEYS = ("max_positions", "max_position_size_pct", "max_gross_exposure_pct",
              "max_net_exposure_pct", "daily_loss_halt_pct", "drawdown_halt_pct")
PROFILE_LIMITS = {"max_position_size_pct": ("max_position_size_pct", 1),
                  "max_positions": ("max_positions", 1),
                  "max_gross_exposure_pct": ("max_gross_exposure_pct", 1),
                  "max_net_exposure_pct": ("max_net_exposure_pct", 1),
                  "max_daily_loss": ("daily_loss_halt_pct", 100),
                  "max_drawdown_limit": ("drawdown_halt_pct", 100)}


class Strategy:
    """What the strategy's documents say; the case inherits its attributes."""

    def read_strategy(self, strategy, parameters):
        """All four documents; `nodes` collects every tree, for the warm-up."""
        entries = strategy.get("entry_rules", {})
        self._parameters, self.nodes = parameters, []
        self._names = dict(entries.get("indicators", {}))
        legs = entries.get("legs", {})
        self._names.update({name + ".": leg["asset"] for name, leg in legs.items()})
        self.legs = [Leg(name, legs[name]["asset"], self._number(legs[name]["ratio"]))
                     for name in sorted(legs, key=str.encode)]
        self.entries = [EntryRule(side, self._condition(entries[side]["when"]),
                                  self._order(entries[side].get("order")))
                        for side in ("long", "short") if side in entries]
        self.priority = self._number(entries.get("priority"))
        self.follows_signals = entries.get("signals", False)
        self._read_exits(strategy.get("exit_rules", []))
        self._read_risk(strategy.get("risk_rules", {}))
        self.rotation = self._rotation(entries["rotate"]) if "rotate" in entries else None
        lookbacks = [self.size.lookback, self.rotation.lookback if self.rotation else 0]
        self.volatility_lookback = max(lookbacks)

    def _number(self, text):
        if text is None:
            return None
        node = parse(text, self._parameters, self._names)
        self.nodes.append(node)
        return node

    def _condition(self, text):
        node = parse_condition(text, self._parameters, self._names)
        self.nodes.append(node)
        return node

    def _order(self, form):
        form = form or {"type": "market"}
        tif = form.get("tif", "gtc")
        return OrderForm(form["type"], self._number(form.get("limit")),
                         self._number(form.get("stop")),
                         int(tif["bars"]) if isinstance(tif, dict) else tif)

    def _read_exits(self, rules):
        self.exits, self.trailing_rules = [], []
        for rule in rules:
            side = None if rule.get("side") == "both" else rule.get("side")
            if rule.get("type") == "trailing_stop":
                self.trailing_rules.append((side, Level("distance",
                                                        self._number(rule["distance"]))))
                continue
            self.exits.append(ExitRule(rule.get("id"), side, self._condition(rule["when"]),
                                       self._order(rule.get("order")),
                                       optional(rule.get("portion"))))

    def _read_risk(self, risk):
        self.stop_loss = self._level(risk.get("stop_loss"))
        self.take_profit = self._level(risk.get("take_profit"))
        self.trailing_stop = self._level(risk.get("trailing_stop"))
        self.time_stop_bars = risk.get("time_stop_bars")
        self.cooldown_bars = risk.get("cooldown_bars", 0)
        pyramiding = risk.get("pyramiding")
        self.max_entries = int(pyramiding["max"]) if pyramiding else 1
        self.pyramid_step = self._number(pyramiding.get("step")) if pyramiding else None
        self.limits = {key: optional(risk.get(key)) for key in LIMIT_KEYS}
        self.halt_closes = risk.get("halt_action", "none") == "close"
        self.allow_short = True
        self.size = self._size(risk.get("size", {"percent_equity": 100}))

    def _level(self, form):
        if form is None:
            return None
        if isinstance(form, dict):
            (kind, text), = form.items()
            return Level(kind, self._number(text))
        return Level("fraction", ("number", Fraction(form)))

    def _size(self, form):
        kind = next(key for key in form if key in SIZES)
        if kind == "weight":
            return Size(kind, None, self._number(form[kind]), 0)
        return Size(kind, Fraction(form[kind]), self._number(form.get("distance")),
                    int(form.get("lookback", 0)))

    def _rotation(self, form):
        weight = form.get("weight", "equal")
        named = weight in ("equal", "rank", "inverse_volatility")
        lookback = int(form.get("lookback", DEFAULT_LOOKBACK))
        return Rotation(
            form["every"], form.get("on", "first"),
            self._condition(form["gate"]) if "gate" in form else None,
            self._number(form["rank_by"]), form.get("order", "desc"), int(form["top"]),
            int(form.get("keep_if_rank_within", 0)), weight if named else "expression",
            None if named else self._number(weight),
            1 - Fraction(form.get("cash_buffer_percent", 0)) / 100,
            Fraction(form.get("drift_threshold_percent", 0)),
            lookback if weight == "inverse_volatility" else 0)

    def tighten(self, profile):
        """Of two limits the stricter holds (docs/semantics 29)."""
        for key, (name, scale) in PROFILE_LIMITS.items():
            if profile.get(key) is not None:
                value = Fraction(profile[key]) * scale
                own = self.limits[name]
                self.limits[name] = value if own is None else min(own, value)
        self.leverage = min(self.leverage, Fraction(profile.get("max_leverage", 1)))
        self.allow_short = profile.get("allow_short", False)
