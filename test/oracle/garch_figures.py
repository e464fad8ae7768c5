# SPDX-License-Identifier: PostgreSQL
"""GARCH(1,1) with normal errors, for risk_model_cases.py (Bollerslev 1986).

  e_t = x_t - mu, m = mean(e^2)
  h_1 = w + (A + B) m, h_t = w + A e_(t-1)^2 + B h_(t-1)
  log likelihood = -1/2 sum(ln 2 pi + ln h_t + e_t^2 / h_t)
with w > 0, A >= 0, B >= 0, A + B < 1.  m depends on mu, and so does h_1: the
derivatives (Fiorentini, Calzolari and Panattoni 1996) count that.

The maximum is found in two steps: damped Newton with floats from a grid of
starts, in the interior, on each face (A = 0, B = 0, A + B = 1) and on each
edge where two of them meet; then
Newton with 60 digits from the best point, until the gradient within the face
is below 1e-25 in units of the parameters' size.  A maximum on a face must
have the likelihood fall from it into the interior; on A + B = 1, which is
outside the open domain, the figures are the limit (the supremum).
"""

from math import isfinite, log, pi

from mpmath import mp, mpf

# A face: the parameters as constant + columns * free parameters
FACES = {
    "interior": ((0, 0, 0, 0), ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0),
                                (0, 0, 0, 1)), None),
    "alpha": ((0, 0, 0, 0), ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)),
              (0, 0, 1, 0)),
    "beta": ((0, 0, 0, 0), ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)),
             (0, 0, 0, 1)),
    "alpha_plus_beta": ((0, 0, 0, 1), ((1, 0, 0, 0), (0, 1, 0, 0),
                                       (0, 0, 1, -1)), (0, 0, -1, -1)),
    "edge_00": ((0, 0, 0, 0), ((1, 0, 0, 0), (0, 1, 0, 0)), None),
    "edge_01": ((0, 0, 0, 1), ((1, 0, 0, 0), (0, 1, 0, 0)), None),
    "edge_10": ((0, 0, 1, 0), ((1, 0, 0, 0), (0, 1, 0, 0)), None),
}
STARTS = [(a, b) for a in (0.02, 0.05, 0.1, 0.2, 0.4)
          for b in (0.05, 0.3, 0.6, 0.8, 0.9, 0.97) if a + b < 1]


def variances(x, theta):
    """h_1 .. h_(T+1)."""
    mu, w, a, b = theta
    squares = [(v - mu) ** 2 for v in x]
    m = sum(squares) / len(x)
    h = [w + (a + b) * m]
    for q in squares:
        h.append(w + a * q + b * h[-1])
    return h


def log_likelihood(x, theta):
    total = mpf(0)
    for v, h in zip(x, variances(x, theta)):
        total += mp.log(2 * mp.pi) + mp.log(h) + (v - theta[0]) ** 2 / h
    return -total / 2


def derivatives(x, theta):
    """(log likelihood, gradient, Hessian), in the type of theta."""
    mu, w, a, b = theta
    ln, two_pi = ((mp.log, 2 * mp.pi) if isinstance(mu, mpf)
                  else (log, 2 * pi))
    n = len(x)
    h = q = sum((v - mu) ** 2 for v in x) / n
    g0 = q0 = -2 * sum(v - mu for v in x) / n
    g1 = g2 = g3 = 0 * mu
    h00 = 2 + 0 * mu
    h01 = h02 = h03 = h13 = h23 = h33 = 0 * mu
    value = n * ln(two_pi)
    grad = [0 * mu] * 4
    hess = [[0 * mu] * 4 for _ in range(4)]
    for v in x:
        h00, h01, h02, h03 = (2 * a + b * h00, b * h01, q0 + b * h02,
                              g0 + b * h03)
        h13, h23, h33 = g1 + b * h13, g2 + b * h23, 2 * g3 + b * h33
        g0, g1, g2, g3 = a * q0 + b * g0, 1 + b * g1, q + b * g2, h + b * g3
        h = w + a * q + b * h
        e = v - mu
        q, q0 = e * e, -2 * e
        r = 1 / h
        z = q * r
        value += ln(h) + z
        first, second, cross = r * (1 - z), r * r * (2 * z - 1), q0 * r * r
        grad[0] += first * g0 + q0 * r
        grad[1] += first * g1
        grad[2] += first * g2
        grad[3] += first * g3
        hess[0][0] += (first * h00 + second * g0 * g0 - 2 * cross * g0
                       + 2 * r)
        hess[0][1] += first * h01 + (second * g0 - cross) * g1
        hess[0][2] += first * h02 + (second * g0 - cross) * g2
        hess[0][3] += first * h03 + (second * g0 - cross) * g3
        hess[1][1] += second * g1 * g1
        hess[1][2] += second * g1 * g2
        hess[1][3] += first * h13 + second * g1 * g3
        hess[2][2] += second * g2 * g2
        hess[2][3] += first * h23 + second * g2 * g3
        hess[3][3] += first * h33 + second * g3 * g3
    for i in range(4):
        for j in range(i):
            hess[i][j] = hess[j][i]
    return (-value / 2, [-g / 2 for g in grad],
            [[-v / 2 for v in row] for row in hess])


def on_face(face, free, number):
    constant, columns, _ = FACES[face]
    return [number(c) + sum((column[i] * f for column, f in
                             zip(columns, free)), number(0))
            for i, c in enumerate(constant)]


def restricted(face, gradient, hessian):
    columns = FACES[face][1]
    g = [sum(c * v for c, v in zip(column, gradient)) for column in columns]
    moved = [[sum(c * v for c, v in zip(column, row)) for row in hessian]
             for column in columns]
    return g, [[sum(c * v for c, v in zip(column, row)) for column in columns]
               for row in moved]


def solve(a, b):
    """a x = b by elimination with the largest pivot; None if singular."""
    n = len(b)
    rows = [list(row) + [v] for row, v in zip(a, b)]
    for j in range(n):
        k = max(range(j, n), key=lambda i: abs(rows[i][j]))
        if rows[k][j] == 0:
            return None
        rows[j], rows[k] = rows[k], rows[j]
        for i in range(j + 1, n):
            factor = rows[i][j] / rows[j][j]
            rows[i] = [u - factor * v for u, v in zip(rows[i], rows[j])]
    x = [0] * n
    for i in reversed(range(n)):
        x[i] = (rows[i][n] - sum(rows[i][j] * x[j]
                                 for j in range(i + 1, n))) / rows[i][i]
    return x


def negative_definite(a):
    """Elimination without exchange: every pivot must be negative."""
    rows = [list(row) for row in a]
    for j in range(len(rows)):
        if not rows[j][j] < 0:
            return False
        for i in range(j + 1, len(rows)):
            factor = rows[i][j] / rows[j][j]
            rows[i] = [u - factor * v for u, v in zip(rows[i], rows[j])]
    return True


def allowed(face, theta):
    _, w, a, b = theta
    if face.startswith("edge"):
        return w > 0
    return (w > 0 and (a > 0 or face == "alpha") and (b > 0 or face == "beta")
            and (a + b < 1 or face == "alpha_plus_beta"))


def climb(x, face, free):
    """Damped Newton with floats: (log likelihood, free) or None."""
    found = derivatives(x, on_face(face, free, float))
    damping = 1e-3
    for _ in range(200):
        value = found[0]
        g, h = restricted(face, found[1], found[2])
        if not all(map(isfinite, g)):
            return None
        damped = [[-v + (damping * (abs(v) + 1e-300) if i == j else 0)
                   for j, v in enumerate(row)] for i, row in enumerate(h)]
        step = solve(damped, g)
        usable = step and negative_definite([[-v for v in row]
                                             for row in damped])
        if usable:
            trial = [f + s for f, s in zip(free, step)]
            theta = on_face(face, trial, float)
            size = max(abs(s) / (abs(f) + 1e-12) for s, f in zip(step, free))
            if allowed(face, theta):
                new = derivatives(x, theta)
                if new[0] >= value - 1e-9 and size < 1e-7:
                    return new[0], trial
                if new[0] > value:
                    free, found = trial, new
                    damping = max(damping / 10, 1e-12)
                    continue
        damping = damping * 10 if damping > 1e-11 else 1e-3
        if damping > 1e12:
            return None
    return None


def starts(x, face):
    mu = sum(x) / len(x)
    m = sum((v - mu) ** 2 for v in x) / len(x)
    for a, b in STARTS:
        yield {
            "interior": [mu, m * (1 - a - b), a, b],
            "alpha": [mu, m * (1 - b), b],
            "beta": [mu, m * (1 - a), a],
            "alpha_plus_beta": [mu, m * a / 10, 1 - b],
        }.get(face, [mu, m * a])


def best_of_face(x, face):
    points = (climb(x, face, start) for start in starts(x, face))
    return max((p for p in points if p), default=None)


def polish(x, face, free):
    """Newton with 60 digits: (theta, log likelihood)."""
    free = [mpf(f) for f in free]
    for _ in range(30):
        theta = on_face(face, free, mpf)
        value, gradient, hessian = derivatives(x, theta)
        g, h = restricted(face, gradient, hessian)
        if max(abs(u * f) for u, f in zip(g, free)) < mpf(10) ** -25 and \
                max(abs(u) for u in g) < mpf(10) ** -20:
            if not allowed(face, theta) or not negative_definite(h):
                raise ArithmeticError("not a maximum")
            inward = FACES[face][2]
            if inward and sum(i * u for i, u in zip(inward, gradient)) >= 0:
                raise ArithmeticError("the likelihood rises from the face")
            return theta, value
        free = [f - s for f, s in zip(free, solve(h, g))]
    raise ArithmeticError("Newton's method did not converge")


def fit(texts):
    """(face, theta, log likelihood) of the greatest maximum."""
    floats = [float(v) for v in texts]
    found = {face: best_of_face(floats, face) for face in FACES}
    face = max((f for f in found if found[f]), key=lambda f: found[f][0])
    if face.startswith("edge"):
        raise ArithmeticError("the maximum is on an edge")
    return face, *polish([mpf(v) for v in texts], face, found[face][1])
