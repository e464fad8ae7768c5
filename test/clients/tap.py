# SPDX-License-Identifier: PostgreSQL
"""What the clients in Python share: results in TAP."""
import sys


class Tap:
    """Prints a line for each check, and the plan at the end."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, succeeded, what, remark=""):
        self.count += 1
        self.failed += not succeeded
        print(f"{'ok' if succeeded else 'not ok'} {self.count} - {what}")
        if not succeeded and remark:
            print("\n".join(f"# {line}" for line in str(remark).splitlines()))

    def equal(self, value, expected, what):
        """The same value and the same type: 1 is not Decimal(1), 9.950 not 9.95."""
        self.check(repr(value) == repr(expected), what, f"{value!r}, not {expected!r}")

    def end(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)
