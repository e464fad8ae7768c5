# SPDX-License-Identifier: PostgreSQL
"""Values of expressions on the bars of one symbol; missing is None (docs/semantics 32 to 34)."""
from fractions import Fraction

from expressions import COMPARISONS, CROSSES, RECURSIONS, WINDOWS, is_constant, is_stateful
from rounding import round_half_away, sqrt_on_grid, to_grid


def window(values, length, combine):
    """A finite window over the last `length` rows; missing while one of them is missing."""
    result = []
    for row in range(len(values)):
        rows = values[row - length + 1:row + 1] if row >= length - 1 else [None]
        result.append(None if None in rows else combine(rows))
    return result


def sma(values, length):
    """Exact mean."""
    return window(values, length, lambda rows: sum(rows) / Fraction(length))


def highest(values, length):
    """Largest value, the current bar included."""
    return window(values, length, max)


def lowest(values, length):
    """Smallest value, the current bar included."""
    return window(values, length, min)


def ema(values, length):
    """Seed G(mean of the first n), then e = G(e + 2(x - e)/(n + 1)); missing rows are skipped."""
    result, seed, state = [], [], None
    for value in values:
        if value is None:
            result.append(None)
            continue
        if state is None:
            seed.append(value)
            if len(seed) == length:
                state = to_grid(sum(seed) / Fraction(length))
        else:
            state = to_grid(state + 2 * (value - state) / Fraction(length + 1))
        result.append(state)
    return result


def wilder_sum(values, length):
    """W: exact sum of the first n, then W - G(W/n) + x."""
    result, seed, state = [], [], None
    for value in values:
        if value is None:
            result.append(None)
            continue
        if state is None:
            seed.append(value)
            if len(seed) == length:
                state = sum(seed)
        else:
            state = state - to_grid(state / Fraction(length)) + value
        result.append(state)
    return result


def rsi(values, length):
    """G(100 U/(U + D)) of the Wilder sums of gains and losses; 0/0 is missing."""
    gains, losses, previous = [], [], None
    for value in values:
        if value is None or previous is None:
            gains.append(None)
            losses.append(None)
        else:
            gains.append(max(value - previous, Fraction(0)))
            losses.append(max(previous - value, Fraction(0)))
        previous = value if value is not None else previous
    result = []
    for up, down in zip(wilder_sum(gains, length), wilder_sum(losses, length)):
        missing = up is None or up + down == 0
        result.append(None if missing else to_grid(100 * up / (up + down)))
    return result


def true_range(bars):
    """max(h, c[1]) - min(l, c[1]), from the second bar on; prices that a split has taken off the
    grid are rounded to it."""
    result = [None] if bars else []
    for previous, bar in zip(bars, bars[1:]):
        close = to_grid(previous.close)
        result.append(max(to_grid(bar.high), close) - min(to_grid(bar.low), close))
    return result


def atr(bars, length):
    """G(W/n) of the true range."""
    return [None if total is None else to_grid(total / Fraction(length))
            for total in wilder_sum(true_range(bars), length)]


class SymbolSeries:
    """Evaluates expression trees on one symbol's bars (the warm-up bars come first).

    `elsewhere(node, row)` gives the values of at(...), tf(...) and the calendar names."""

    def __init__(self, bars, strict_crossover, elsewhere=None):
        self.bars = bars
        self.strict = strict_crossover
        self.elsewhere = elsewhere
        # By the identity of a node, which _stateful holds on to, so that it stays its own.
        self._indicators, self._known, self._stateful = {}, {}, {}

    def is_true(self, condition, row, state):
        """Only the whole rule turns missing into false."""
        return self.value(condition, row, state) is True

    def value(self, node, row, state=None):
        """Value of the node at a bar; state maps account names to values, None in the past."""
        if row < 0:
            return None
        if id(node) not in self._stateful:
            self._stateful[id(node)] = (node, is_stateful(node))
        if self._stateful[id(node)][1]:
            return self._compute(node, row, state)
        key = (id(node), row)
        if key not in self._known:
            self._known[key] = self._compute(node, row, None)
        return self._known[key]

    def _compute(self, node, row, state):
        kind = node[0]
        if kind in ("number", "truth"):
            return node[1]
        if kind in ("at", "tf", "calendar"):
            return self.elsewhere(node, row)
        if kind == "field":
            return getattr(self.bars[row], node[1])
        if kind == "state":
            return None if state is None else state[node[1]]
        if kind == "shift":
            past = None if node[2] else state
            return self.value(node[1], row - node[2], past)
        if kind == "call":
            return self._call(node, row, state)
        values = [self.value(child, row, state) for child in node[1:]]
        if kind in ("not", "and", "or"):
            return _logic(kind, values)
        if None in values:
            return None
        if kind == "negate":
            return -values[0]
        if kind in COMPARISONS:
            return _compare(kind, *values)
        return _arithmetic(kind, *values, is_constant(node[2]))

    def _call(self, node, row, state):
        name, arguments = node[1], node[2]
        if name in WINDOWS + RECURSIONS:
            return self._indicator(node)[row]
        if name in CROSSES:
            return self._crosses(name, arguments, row, state)
        values = [self.value(argument, row, state) for argument in arguments]
        if None in values:
            return None
        if name == "abs":
            return abs(values[0])
        if name in ("min", "max"):
            return min(values) if name == "min" else max(values)
        if name == "round":
            return round_half_away(values[0], int(values[1]) if len(values) == 2 else 0)
        return None if values[0] < 0 else sqrt_on_grid(values[0])

    def _crosses(self, name, arguments, row, state):
        """a[1] <= b[1] and a > b; `strict` wants a[1] < b[1] (docs/semantics 33)."""
        left, right = arguments if name == "crosses_above" else reversed(arguments)
        before = [self.value(left, row - 1), self.value(right, row - 1)]
        now = [self.value(left, row, state), self.value(right, row, state)]
        was_below = None if None in before else _compare("<" if self.strict else "<=", *before)
        is_above = None if None in now else _compare(">", *now)
        return _logic("and", [was_below, is_above])

    def _indicator(self, node):
        if id(node) not in self._indicators:
            name, (source, length) = node[1], node[2]
            if name == "atr":
                self._indicators[id(node)] = atr(self.bars, length)
            else:
                values = [self.value(source, row) for row in range(len(self.bars))]
                function = {"sma": sma, "ema": ema, "rsi": rsi,
                            "highest": highest, "lowest": lowest}[name]
                self._indicators[id(node)] = function(values, length)
        return self._indicators[id(node)]


def _logic(kind, values):
    """SQL's three-valued logic."""
    if kind == "not":
        return None if values[0] is None else not values[0]
    decisive = kind == "or"
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _compare(kind, left, right):
    return {"<": left < right, "<=": left <= right, ">": left > right,
            ">=": left >= right, "=": left == right, "!=": left != right}[kind]


def _arithmetic(kind, left, right, constant_divisor):
    """Exact, but a quotient by anything that is not constant enters on the grid."""
    if kind == "+":
        return left + right
    if kind == "-":
        return left - right
    if kind == "*":
        return left * right
    if right == 0:
        return None
    return left / right if constant_divisor else to_grid(left / right)
