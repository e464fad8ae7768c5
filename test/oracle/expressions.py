# SPDX-License-Identifier: PostgreSQL
"""Recursive-descent parser of the rule expressions, and the warm-up that they ask for.

Nodes are tuples: ("number", x), ("truth", x), ("field", name), ("state", name),
("calendar", name), ("shift", node, n), ("at", symbol, node), ("tf", timeframe, node),
("call", name, arguments), ("negate", x), ("+", a, b) and so on, ("<", a, b) and so on,
("not", a), ("and", a, b), ("or", a, b). A `$parameter` becomes a number while parsing, a name
under `indicators` the expression behind it, and `y.close` of a leg becomes at(its asset, close).
Binding, loosest first: or, and, not, one comparison (not chained), + -, * /, unary minus, [n].
"""
import re
from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil

FIELDS = ("open", "high", "low", "close", "volume")
CALENDAR = ("year", "month", "day", "weekday", "hour", "minute")
STATES = ("position", "entry_price", "bars_held", "equity", "cash")
WINDOWS = ("sma", "highest", "lowest")
RECURSIONS = ("ema", "rsi", "atr")
CROSSES = ("crosses_above", "crosses_below")
FUNCTIONS = {"abs": (1, 1), "min": (2, 99), "max": (2, 99), "round": (1, 2), "sqrt": (1, 1)}
DEFAULT_LENGTH = {"rsi": 14, "atr": 14}
COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")
LOGIC = ("and", "or", "not")
TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?"
                   r"|\$[A-Za-z_]\w*|\"[^\"]*\"|<=|>=|!=|[-+*/<>=(),\[\]])")
STABLE_DIGITS = 8


class ExpressionError(ValueError):
    """An expression that the language does not allow."""


def parse(text, parameters, names=None):
    """Tree of one expression; parameters maps names to exact numbers, `names` the indicators
    to their text and, with a dot ("y."), the legs to their assets."""
    if isinstance(text, (bool, int, Fraction)):
        return ("truth", text) if isinstance(text, bool) else ("number", Fraction(text))
    parser = _Parser(_tokens(text), parameters, names or {})
    node = parser.disjunction()
    if parser.peek() is not None:
        raise ExpressionError(f"unexpected {parser.peek()!r} in {text!r}")
    return node


def parse_condition(text, parameters, names=None):
    """Tree of an expression that must be true or false."""
    node = parse(text, parameters, names)
    if not is_condition(node):
        raise ExpressionError(f"not a condition: {text!r}")
    return node


def _tokens(text):
    tokens, position = [], 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        if not match:
            raise ExpressionError(f"cannot read {text[position:]!r}")
        tokens.append(match.group(1))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens, parameters, names):
        self.tokens, self.parameters, self.names, self.at = tokens, parameters, names, 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, expected=None):
        token = self.peek()
        if token is None or (expected is not None and token != expected):
            raise ExpressionError(f"expected {expected or 'more'}, found {token!r}")
        self.at += 1
        return token

    def disjunction(self):
        node = self.conjunction()
        while self.peek() == "or":
            self.take()
            node = ("or", node, self.conjunction())
        return node

    def conjunction(self):
        node = self.negation()
        while self.peek() == "and":
            self.take()
            node = ("and", node, self.negation())
        return node

    def negation(self):
        if self.peek() == "not":
            self.take()
            return ("not", self.negation())
        return self.comparison()

    def comparison(self):
        node = self.sum()
        if self.peek() in COMPARISONS:
            operator = self.take()
            node = (operator, node, self.sum())
        return node

    def sum(self):
        node = self.product()
        while self.peek() in ("+", "-"):
            operator = self.take()
            node = (operator, node, self.product())
        return node

    def product(self):
        node = self.signed()
        while self.peek() in ("*", "/"):
            operator = self.take()
            node = (operator, node, self.signed())
        return node

    def signed(self):
        if self.peek() == "-":
            self.take()
            return ("negate", self.signed())
        return self.shifted()

    def shifted(self):
        node = self.primary()
        while self.peek() == "[":
            self.take()
            node = ("shift", node, _length(self.sum(), 0))
            self.take("]")
        return node

    def primary(self):
        token = self.take()
        if token == "(":
            node = self.disjunction()
            self.take(")")
            return node
        if token[0].isdigit() or token[0] == ".":
            return ("number", Fraction(token))
        if token[0] == "$":
            if token[1:] not in self.parameters:
                raise ExpressionError(f"unknown parameter {token}")
            return ("number", Fraction(self.parameters[token[1:]]))
        if token in ("at", "tf") and self.peek() == "(":
            return self.other_series(token)
        if self.peek() == "(":
            return _call(token, self.arguments())
        return self.name(token)

    def name(self, token):
        for kind, known in (("field", FIELDS), ("state", STATES), ("calendar", CALENDAR)):
            if token in known:
                return (kind, token)
        if token in ("true", "false"):
            return ("truth", token == "true")
        if token in self.names:
            return parse(self.names[token], self.parameters, self.names)
        leg, _, field = token.partition(".")
        if leg + "." in self.names and field in FIELDS:
            return ("at", self.names[leg + "."], ("field", field))
        raise ExpressionError(f"unknown name {token!r}")

    def other_series(self, kind):
        self.take("(")
        which = self.take()
        if which[0] != '"':
            raise ExpressionError(f"{kind} wants a quoted name, not {which}")
        self.take(",")
        node = self.disjunction()
        self.take(")")
        return (kind, which[1:-1], node)

    def arguments(self):
        self.take("(")
        arguments = []
        while self.peek() != ")":
            if arguments:
                self.take(",")
            arguments.append(self.disjunction())
        self.take(")")
        return arguments


def _length(node, least):
    """A bar count: a constant whole number."""
    if not is_constant(node):
        raise ExpressionError("a length must be constant")
    value = constant_value(node)
    if value.denominator != 1 or value < least:
        raise ExpressionError(f"length {value} is not a whole number >= {least}")
    return int(value)


def _call(name, arguments):
    if name in CROSSES and len(arguments) == 2:
        return ("call", name, tuple(arguments))
    if name in FUNCTIONS and FUNCTIONS[name][0] <= len(arguments) <= FUNCTIONS[name][1]:
        return ("call", name, tuple(arguments))
    if name == "atr" and len(arguments) <= 1:
        length = arguments[0] if arguments else ("number", Fraction(DEFAULT_LENGTH[name]))
        return ("call", name, (("field", "close"), _length(length, 1)))
    if name in WINDOWS + RECURSIONS and len(arguments) <= 2:
        source = ("field", "close")
        if arguments and not is_constant(arguments[0]):
            source = arguments.pop(0)
        if not arguments and name in DEFAULT_LENGTH:
            arguments = [("number", Fraction(DEFAULT_LENGTH[name]))]
        if len(arguments) == 1:
            return ("call", name, (source, _length(arguments[0], 1)))
    raise ExpressionError(f"unknown function or wrong arguments: {name}")


def is_condition(node):
    """Whether the node is true, false or missing rather than a number."""
    if node[0] in ("at", "tf"):
        return is_condition(node[2])
    if node[0] == "shift":
        return is_condition(node[1])
    is_cross = node[0] == "call" and node[1] in CROSSES
    return node[0] in COMPARISONS + LOGIC + ("truth",) or is_cross


def is_constant(node):
    """Built of numbers and parameters only."""
    if node[0] == "number":
        return True
    return node[0] in ("+", "-", "*", "/", "negate") and all(is_constant(x) for x in node[1:])


def constant_value(node):
    """Exact value of a constant node."""
    if node[0] == "number":
        return node[1]
    values = [constant_value(x) for x in node[1:]]
    if node[0] == "negate":
        return -values[0]
    left, right = values
    if node[0] == "/" and right == 0:
        raise ExpressionError("division of constants by zero")
    return {"+": lambda: left + right, "-": lambda: left - right,
            "*": lambda: left * right, "/": lambda: left / right}[node[0]]()


def is_stateful(node):
    """Whether the node reads the account, and so has no history."""
    if node[0] == "state":
        return True
    children = node[2] if node[0] == "call" else node[1:]
    return any(is_stateful(x) for x in children if isinstance(x, tuple))


def warm_up_bars(node, elsewhere=True):
    """Bars before the deciding bar that the node needs (docs/semantics 8, docs/formulas), with or
    without those that it reads of other symbols and timeframes."""
    kind = node[0]
    if kind in ("number", "truth", "field", "state", "calendar"):
        return 0
    if kind in ("at", "tf"):
        return warm_up_bars(node[2]) if elsewhere else 0
    if kind == "shift":
        return node[2] + warm_up_bars(node[1], elsewhere)
    if kind != "call":
        return max(warm_up_bars(x, elsewhere) for x in node[1:])
    name, arguments = node[1], node[2]
    if name in CROSSES:
        return 1 + max(warm_up_bars(x, elsewhere) for x in arguments)
    if name in FUNCTIONS:
        return max(warm_up_bars(x, elsewhere) for x in arguments)
    source, length = arguments
    if name in WINDOWS:
        return length - 1 + warm_up_bars(source, elsewhere)
    first = length - 1 if name == "ema" else length
    weight = Fraction(2, length + 1) if name == "ema" else Fraction(1, length)
    return first + stable_after(weight) + warm_up_bars(source, elsewhere)


def stable_after(weight):
    """Bars until a seed's weight is below 10^-8: ceil(8 ln 10 / -ln(1 - a))."""
    if weight >= 1:
        return 0
    with localcontext() as context:
        context.prec = 60
        kept = Decimal((1 - weight).numerator) / Decimal((1 - weight).denominator)
        return ceil(STABLE_DIGITS * Decimal(10).ln() / -kept.ln())
