# SPDX-License-Identifier: PostgreSQL
"""Series of returns, for tail_risk_cases.py: fixed by a generator of their own."""

# Series: whole millionths from a linear congruential generator

class Generator:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005
                      + 1442695040888963407) % 2 ** 64
        return (self.state >> 33) % bound

    def uniform(self, reach):
        return self.below(2 * reach + 1) - reach

    def bell(self, reach):
        """The sum of twelve uniforms: nearly normal."""
        return sum(self.uniform(reach) for _ in range(12))


def text_of(millionths):
    sign = "-" if millionths < 0 else ""
    return f"{sign}{abs(millionths) // 10**6}.{abs(millionths) % 10**6:06d}"


def fat_and_skewed(generator):
    """Nearly normal, one day in eleven with a wider and lower distribution."""
    if generator.below(11) == 0:
        return generator.bell(11000) - 9000
    return generator.bell(5000) + 1000


def make_series():
    series = {}
    series["ten"] = ["0.012345", "-0.020001", "0.003", "-0.007777", "0.0151",
                     "-0.007777", "0.000001", "-0.031415", "0.022222",
                     "-0.000333"]
    g = Generator(60)
    series["sixty"] = [text_of(g.bell(3000) + 400) for _ in range(60)]
    g = Generator(251)
    series["fat_250"] = [text_of(fat_and_skewed(g)) for _ in range(250)]
    g = Generator(7)
    series["flat_60"] = [text_of(g.uniform(20000) + 150) for _ in range(60)]
    g = Generator(11)
    series["zero_first_60"] = (
        ["0.000000"] + [text_of(g.bell(4000)) for _ in range(59)])
    g = Generator(12)
    series["zeros_first_10"] = (
        ["0", "0", "0"] + [text_of(g.bell(4000)) for _ in range(7)])
    g = Generator(13)
    crash = [text_of(g.bell(2500)) for _ in range(60)]
    crash[41] = "-0.456789"
    series["crash_60"] = crash
    series["gains_10"] = [text_of(1000 + 731 * (i * 7 % 10))
                          for i in range(10)]
    series["constant_10"] = ["0.001500"] * 10
    series["constant_loss_10"] = ["-0.002500"] * 10
    series["zero_3"] = ["0", "0", "0"]
    series["one"] = ["-0.012500"]
    series["one_zero"] = ["0"]
    series["two"] = ["0.010000", "-0.013750"]
    return series


# Cases of tail figures
