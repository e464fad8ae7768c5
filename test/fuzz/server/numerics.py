# SPDX-License-Identifier: PostgreSQL
"""Texts of numerics of every shape, and what is exactly computed with them."""
import decimal
from decimal import Decimal
from fractions import Fraction

LIMITS = [2**31, 2**32, 2**53, 2**63, 2**64, 2**127, 2**128, 10**4, 10**8, 10**16, 10**18, 10**19, 10**37,
          10**38, 10**39, 17 * 10**25, 9999 * 10**12]
FIVES = {step: 5**step for step in (4096, 256, 16, 1)}
SPECIAL = ("NaN", "Infinity", "-Infinity")
EXACT = decimal.Context(prec=300, rounding=decimal.ROUND_HALF_UP, Emax=999999, Emin=-999999,
                        traps=[decimal.InvalidOperation, decimal.DivisionByZero])


def digits_of(random, count):
    return "".join(random.choices("0123456789", k=count))


def with_point(random, digits):
    """The digits with a point somewhere, or none."""
    at = random.randint(0, len(digits))
    whole, fraction = digits[:at] or "0", digits[at:]
    return f"{whole}.{fraction}" if fraction else whole


def plain(random, decimals=4, most=10**6):
    """A common number of so many decimals at most."""
    places = random.randint(0, decimals)
    return str(Decimal(random.randint(0, random.choice((10, 1000, most)) * 10**places)).scaleb(-places))


def any_text(random, huge=True):
    """A numeric of any shape, as the server reads it."""
    kind = random.randrange(14)
    sign = random.choice(("", "", "-"))
    if kind < 3:
        return sign + plain(random)
    if kind == 3:  # around a limit, anywhere in the digits
        digits = str(random.choice(LIMITS) + random.randint(-2, 2))
        return sign + with_point(random, digits)
    if kind == 4:
        return sign + with_point(random, digits_of(random, random.randint(30, 45)))
    if kind == 5:  # padding behind
        places = random.choice((1, 4, 20, 37, 38, 63, 64, 500, 16370))
        text = plain(random)
        return sign + text + ("" if "." in text else ".") + "0" * (places - 1) + random.choice("0001")
    if kind == 6:  # padding before
        return sign + "0" * random.choice((1, 4, 40, 2000)) + plain(random)
    if kind == 7:
        return sign + "0." + "0" * random.choice((1, 3, 4, 11, 12, 20, 36, 37, 38, 100, 252, 256, 5000)) + \
            digits_of(random, random.randint(1, 6))
    if kind == 8:
        return sign + digits_of(random, random.randint(1, 5)) + "0" * random.choice((4, 12, 20, 33, 34, 60, 252, 256))
    if kind == 9:  # ties at the decimals that columns have
        places = random.choice((0, 2, 4, 6, 12))
        return sign + str(Decimal(random.randint(0, 10**(places + 4)) * 10 + 5).scaleb(-places - 1)) + \
            random.choice(("", "", "0" * 30, "0" * 40 + "1"))
    if kind == 10:
        return sign + random.choice(("0", "0.0", "0.00000", "0e-20", "0." + "0" * 16000))
    if kind == 11:
        return random.choice(SPECIAL)
    if kind == 12 and huge:
        return sign + random.choice(("1e131071", "9.99e131071", "1e-16383", "1e40000", "1e-16000", "123e4000",
                                     digits_of(random, 9000), with_point(random, digits_of(random, 5000)),
                                     "1" * 20000, "1" + "0" * 3000 + "1"))
    return sign + f"{random.randint(1, 9999)}e{random.randint(-40, 40)}"


def is_special(text):
    return text in SPECIAL


def exact(text):
    return Fraction(Decimal(text))


def digits_together(values):
    """Digits of the largest mantissa of `values` when all have the decimals of the longest; at most 101."""
    scale = max((decimals_of(value) for value in values), default=0)
    largest = int(max((abs(value) for value in values), default=Fraction(0)) * 10**scale)
    return len(str(largest)) if largest < 10**100 else 101


def decimals_of(value):
    """Decimals of a Fraction that ends; None of one that does not."""
    rest = value.denominator
    twos = (rest & -rest).bit_length() - 1
    rest >>= twos
    fives = 0
    for step in (4096, 256, 16, 1):
        while rest % FIVES[step] == 0:
            rest //= FIVES[step]
            fives += step
    return max(twos, fives) if rest == 1 else None


def rounded(value, decimals):
    """Half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def to_decimal(value, context=EXACT):
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def fits_decimal(value):
    """Whether the extension's decimal holds it: 38 digits, 37 of them decimals."""
    return decimals_of(value) <= 37 and digits_together([value]) <= 38
