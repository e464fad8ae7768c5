# SPDX-License-Identifier: PostgreSQL
"""Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
easy as 1, 2, 3", 2011) for monte_carlo_figures.py.

Words are unsigned 32 bits; counter and answer are words 0 .. 3, key words 0
and 1, in the order of Random123's file kat_vectors.
"""

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
INCREMENTS = (0x9E3779B9, 0xBB67AE85)
MASK = 0xFFFFFFFF

# Random123, tests/kat_vectors, the lines "philox4x32 10"
KNOWN = (
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
)

# Further inputs: each word alone, a carry into the next word, a seed
FURTHER = (
    ("00000001 00000000 00000000 00000000", "00000000 00000000"),
    ("00000000 00000001 00000000 00000000", "00000000 00000000"),
    ("00000000 00000000 00000001 00000000", "00000000 00000000"),
    ("00000000 00000000 00000000 00000001", "00000000 00000000"),
    ("00000000 00000000 00000000 00000000", "00000001 00000000"),
    ("00000000 00000000 00000000 00000000", "00000000 00000001"),
    ("ffffffff 00000000 00000000 00000000", "0000002a 00000000"),
    ("00000000 00000001 00000000 00000000", "0000002a 00000000"),
    ("0000270f 00000000 00000007 00000000", "deadbeef 00c0ffee"),
)


def philox(counter, key):
    """Ten rounds; the key is raised before each but the first."""
    a, b, c, d = counter
    k0, k1 = key
    for turn in range(10):
        if turn:
            k0, k1 = (k0 + INCREMENTS[0]) & MASK, (k1 + INCREMENTS[1]) & MASK
        first, second = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
        a, b, c, d = (second >> 32 ^ b ^ k0, second & MASK,
                      first >> 32 ^ d ^ k1, first & MASK)
    return a, b, c, d


def words(text):
    return [int(word, 16) for word in text.split()]


def philox_cases():
    cases = []
    for counter, key, *known in KNOWN + FURTHER:
        answer = [f"{word:08x}" for word in philox(words(counter), words(key))]
        if known and answer != known[0].split():
            raise ArithmeticError(f"Philox of {counter}: {answer}")
        cases.append({"counter": counter.split(), "key": key.split(),
                      "words": answer,
                      "source": "kat_vectors" if known else "computed"})
    return cases
