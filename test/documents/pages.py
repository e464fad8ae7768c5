# SPDX-License-Identifier: PostgreSQL
"""What the tests of the documents share: the blocks of a page, psql, and results in TAP."""
import dataclasses
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
PSQL = os.path.join(os.environ.get("PG_QUANT_BIN", ""), "psql")


@dataclasses.dataclass
class Section:
    """A heading of level 2, with the blocks of code below it: (language, text)."""
    name: str
    blocks: list

    def sql(self):
        return "\n".join(text for language, text in self.blocks if language == "sql")


def sections(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    found = [Section("", _blocks(parts[0]))]
    found += [Section(name, _blocks(body)) for name, body in zip(parts[1::2], parts[2::2])]
    return found


def _blocks(text):
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def psql(script, *options):
    """What psql prints, errors among it, and whether it ended well."""
    process = subprocess.run([PSQL, "-X", "-q", *options], input=script.encode(),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return process.stdout.decode(), process.returncode == 0


def rows(query):
    """Rows of texts; raises if the query fails."""
    output, succeeded = psql(query, "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1")
    if not succeeded:
        raise RuntimeError(output.strip())
    return [line.split("\t") for line in output.splitlines()]


class Tap:
    """Prints a line for each test."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, succeeded, name, remark=""):
        self.count += 1
        self.failed += not succeeded
        print(f"{'ok' if succeeded else 'not ok'} {self.count} - {name}")
        if not succeeded and remark:
            print("\n".join("# " + line for line in remark.splitlines()))

    def end(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
