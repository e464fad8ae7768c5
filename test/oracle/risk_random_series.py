# SPDX-License-Identifier: PostgreSQL
"""Random series of returns and of equity, what the aggregates are asked, and what they must say."""
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from random import Random

from mpmath import mp

from risk_random_figures import (METHODS, ONE, OVERLAPPING, TINY, YEAR_DAYS, ZERO, Moments,
                                 compounded, downside, falls, mean, normal_probability,
                                 normal_quantile, over, quantile, slope_and_means, tail_risk,
                                 to_decimal)

LEVELS = ("0.9", "0.95", "0.975", "0.99", "0.995", "0.999")
KINDS = ("usual",) * 8 + ("constant", "tiny", "huge", "few values", "zeros first", "gains")
PERIODS = ("252", "365", "52", "12", "1", "252.5")
LARGEST = 10 ** 26
EXACT = "exact"  # to as many digits as were given, 12 at least unless it ends before


def decimal_of(value, digits):
    return Decimal(round(value * 10 ** digits)).scaleb(-digits)


def random_returns(random, kind, count, digits):
    if kind == "constant":
        return [decimal_of(random.choice((0, random.uniform(-0.05, 0.05))), digits)] * count
    if kind == "huge":
        return [max(Decimal(-1), decimal_of(random.choice((-1, random.gauss(0, 3), 10 ** 4
                                                           * random.random())), digits))
                for _ in range(count)]
    if kind == "tiny":
        return [Decimal(random.randint(-3, 3)).scaleb(-digits) for _ in range(count)]
    if kind == "few values":
        choice = [decimal_of(random.gauss(0, 0.02), 2) for _ in range(4)]
        return [random.choice(choice) for _ in range(count)]
    spread, drift = random.choice((0.002, 0.01, 0.05)), random.gauss(0, 0.002)
    values = [max(Decimal(-1), decimal_of(random.gauss(drift, spread)
                                          * random.choice((1, 1, 1, 1, 3)), digits))
              for _ in range(count)]
    if kind == "gains":
        return [abs(value) for value in values]
    if kind == "zeros first":
        zeros = random.randint(1, count)
        return [ZERO] * zeros + values[zeros:]
    return values


def with_gaps(random, values):
    chance = random.choice((0, 0, 0.05, 0.3))
    if random.random() < 0.005:
        chance = 1
    return [None if random.random() < chance else value for value in values]


def random_level(random):
    return random.choice(LEVELS + (f"0.9{random.randint(1, 998):03d}".rstrip("0"),))


def random_options(random, method, whole_horizon=True):
    """Options as the JSON has them."""
    options = {}
    if whole_horizon and random.random() < 0.3:
        options["horizon"] = random.choice((1, 2, 4, 5, 10, 21))
    if method in OVERLAPPING and random.random() < 0.2:
        options["horizon_method"] = random.choice(("sqrt", "overlapping"))
    if method in ("historical", "filtered_historical"):
        if random.random() < 0.7:
            options["quantile_type"] = random.randint(1, 9)
        if random.random() < 0.4:
            options["tail"] = random.choice(("integral", "below"))
    if method in ("ewma", "filtered_historical", "age_weighted") and random.random() < 0.6:
        options["lambda"] = random.choice((0.9, 0.94, 0.97, 0.99, 0.995, 0.5, 0.123))
    if method == "ewma" and random.random() < 0.5:
        options["init"] = random.choice(("recursive", "window"))
    if method == "cornish_fisher" and random.random() < 0.5:
        options["ddof"] = random.choice((0, 1))
    if method == "student_t" and random.random() < 0.3:
        options["degrees_of_freedom"] = random.choice((3, 4, 5.5, 10, 2.1, 200))
    return options


def read_options(options):
    return {name: Decimal(str(value)) if isinstance(value, float) else value
            for name, value in options.items()}


def tail_risk_of_returns(values, level, method, options):
    options = read_options(options)
    horizon = options.get("horizon", 1)
    if options.get("horizon_method") == "overlapping":
        values = compounded(values, horizon)
    return tail_risk(values, Decimal(level), method, options, horizon)


def tail_questions(random, returns):
    """[(SQL, value, digits)] of value at risk and shortfall."""
    level = random_level(random)
    var, es = tail_risk_of_returns(returns, level, "historical", {})
    found = [(f"quant.value_at_risk(r, {level} ORDER BY k)", var, EXACT),
             (f"quant.expected_shortfall(r, {level})", es, EXACT)]
    for method in random.sample(sorted(METHODS), 4):
        level, options = random_level(random), random_options(random, method)
        var, es = tail_risk_of_returns(returns, level, method, options)
        digits = EXACT if method == "historical" else 12
        given = f"r, {level}, '{method}'"
        if "tail" not in options:
            extra = f", '{json.dumps(options)}'" if options else ""
            found.append((f"quant.value_at_risk({given}{extra} ORDER BY k)", var, digits))
        extra = f", '{json.dumps(options)}'" if options else ""
        found.append((f"quant.expected_shortfall({given}{extra} ORDER BY k)", es, digits))
    return found


def ratio_questions(random, rows):
    """Those of the plain ratios."""
    periods, target = random.choice(PERIODS), random.choice((ZERO, decimal_of(
        random.gauss(0, 0.001), 6)))
    goal = decimal_of(random.gauss(0, 0.1), 3)
    returns = [r for r, _ in rows if r is not None]
    variance, trials = decimal_of(random.uniform(0, 0.01), 6), random.choice((1, 2, 50, 1000))
    luck = best_of_luck(variance, Decimal(trials))
    alone = ratio_figures(returns, periods, target, goal, luck) if returns else {}
    pairs = [(r, b) for r, b in rows if r is not None and b is not None]
    joint = relative_figures(pairs, periods)
    calls = {"volatility": f"r, {periods}", "downside_deviation": f"r, {periods}, {target}",
             "sharpe_ratio": f"r, {periods}", "sortino_ratio": f"r, {periods}, {target}",
             "omega_ratio": f"r, {target}", "skewness": "r", "excess_kurtosis": "r",
             "tail_ratio": "r", "probabilistic_sharpe_ratio": f"r, {goal}",
             "deflated_sharpe_ratio": f"r, {variance}, {trials}", "beta": "r, b",
             "alpha": f"r, b, {periods}", "tracking_error": f"r, b, {periods}",
             "information_ratio": f"r, b, {periods}"}
    return [(f"quant.{name}({given})", (joint if name in joint else alone).get(name), 12)
            for name, given in calls.items()]


def ratio_figures(returns, periods, target, goal, luck):
    """The plain aggregates of returns by their names; `goal` is the Sharpe ratio to beat."""
    moments, a = Moments(returns), Decimal(periods)
    deviation, low = moments.deviation(), downside(returns, a, target)
    ordered = sorted(returns)
    gains = sum((max(value - target, ZERO) for value in returns), ZERO)
    losses = sum((max(target - value, ZERO) for value in returns), ZERO)
    sharpe = over(moments.mean, deviation)
    return {"volatility": None if deviation is None else deviation * a.sqrt(),
            "downside_deviation": low,
            "sharpe_ratio": None if sharpe is None else sharpe * a.sqrt(),
            "sortino_ratio": None if losses == 0 else a * (moments.mean - target) / low,
            "omega_ratio": None if losses == 0 else gains / losses,
            "skewness": moments.skewness, "excess_kurtosis": moments.kurtosis,
            "tail_ratio": over(quantile(ordered, Decimal("0.95")),
                               abs(quantile(ordered, Decimal("0.05")))),
            "probabilistic_sharpe_ratio": probable_sharpe(moments, sharpe, goal),
            "deflated_sharpe_ratio": probable_sharpe(moments, sharpe, luck)}


def probable_sharpe(moments, sharpe, goal):
    if sharpe is None or goal is None:
        return None
    spread = 1 - moments.skewness * sharpe + (moments.kurtosis + 2) / 4 * sharpe ** 2
    if spread <= TINY:
        return None
    return normal_probability((sharpe - goal) * Decimal(moments.n - 1).sqrt() / spread.sqrt())


def best_of_luck(variance, trials):
    """The largest Sharpe ratio that so many trials without skill would show."""
    if trials < 2:
        return None
    c, e = (to_decimal(+constant) for constant in (mp.euler, mp.e))
    first, second = (-normal_quantile(ONE / count) for count in (trials, trials * e))
    return variance.sqrt() * ((1 - c) * first + c * second)


def relative_figures(pairs, periods):
    """Those against a benchmark, of pairs (r, b)."""
    a, (beta, r_mean, b_mean) = Decimal(periods), slope_and_means(pairs)
    alpha = None if beta is None else a * (r_mean - beta * b_mean)
    if len(pairs) < 2:
        return {"beta": beta, "alpha": alpha, "tracking_error": None, "information_ratio": None}
    moments = Moments([r - b for r, b in pairs])
    error = moments.deviation()
    ratio = over(moments.mean, error)
    return {"beta": beta, "alpha": alpha, "tracking_error": error * a.sqrt(),
            "information_ratio": None if ratio is None else ratio * a.sqrt()}


def storable(questions):
    """Without those whose answer is beyond the 38 digits that an aggregate has."""
    return [question for question in questions
            if question[1] is None or abs(question[1]) < LARGEST]


def series_case(seed):
    """(statement, [(SQL, value, digits)]) of one series of returns."""
    random = Random(f"risk series {seed}")
    count = random.randint(10, 400) if random.random() < 0.97 else random.randint(1, 9)
    kind, digits = random.choice(KINDS), random.randint(4, 12)
    rows = list(zip(with_gaps(random, random_returns(random, kind, count, digits)),
                    with_gaps(random, random_returns(random, random.choice(KINDS), count, 6))))
    if random.random() < 0.05:
        rows = [(r, r) for r, _ in rows]
    returns = [r for r, _ in rows if r is not None]
    questions = storable(tail_questions(random, returns) + ratio_questions(random, rows))
    arrays = [array_text(side) for side in zip(*rows)]
    asked = ", ".join(f"({text})::text" for text, _, _ in questions)
    return (f"SELECT 'answers', to_json(ARRAY[{asked}]) FROM unnest({arrays[0]}, {arrays[1]})"
            " WITH ORDINALITY AS given (r, b, k);", questions)


def array_text(values):
    shown = ",".join("NULL" if value is None else f"{value:f}" for value in values)
    return "'{" + shown + "}'::numeric[]"


def random_equity(random):
    """Points (instant, equity) in any order, the first in time positive."""
    count, step = random.randint(1, 300), random.choice((0.003, 0.01, 0.1))
    moment = datetime(2020, 1, 1, tzinfo=timezone.utc) + timedelta(days=random.randint(0, 900))
    value, points = Decimal(random.randint(1, 10 ** 8)).scaleb(-2), []
    growing = random.random() < 0.1
    for _ in range(count):
        points.append((moment, value))
        move = decimal_of(random.gauss(0, step), 5)
        value = (value * (1 + (abs(move) if growing else move))).quantize(Decimal("0.01"))
        moment += timedelta(hours=random.choice((1, 6, 24, 24, 24, 72)))
    if random.random() < 0.05 and count > 1:
        points[-1] = (points[-1][0], Decimal(random.choice((0, -50))))
    return points


def curve_case(seed):
    """The same of one series of equity."""
    random = Random(f"risk curve {seed}")
    points = random_equity(random)
    equity, depths = [value for _, value in points], falls([value for _, value in points])
    days = (points[-1][0].date() - points[0][0].date()).days
    deepest = max(depths)
    calmar = None
    if days and deepest and equity[-1] >= 0:
        grown = (equity[-1] / equity[0]) ** (YEAR_DAYS / days) if equity[-1] else ZERO
        calmar = (grown - 1) / deepest
    ulcer = mean([depth ** 2 for depth in depths[1:]]).sqrt() if len(depths) > 1 else None
    questions = storable([("quant.max_drawdown(e, t)", deepest, 12),
                          ("quant.calmar_ratio(e, t)", calmar, 12),
                          ("quant.ulcer_index(e, t)", ulcer, 12)])
    random.shuffle(points)
    asked = ", ".join(f"({text})::text" for text, _, _ in questions)
    moments = "'{" + ",".join(moment.isoformat() for moment, _ in points) + "}'::timestamptz[]"
    values = array_text([value for _, value in points])
    return (f"SELECT 'answers', to_json(ARRAY[{asked}]) FROM unnest({values}, {moments})"
            " AS given (e, t);", questions)
