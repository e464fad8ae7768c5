#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""The pages that a reader follows from top to bottom: their SQL runs in the order in which it stands,
one database for all of them, and prints what the page says where it shows an output.
"""
import os
import re

from pages import Tap, psql, sections

PAGES = ("README.md", "docs/market-data.md", "docs/accounts.md", "docs/strategy-language.md", "docs/indicators.md", "docs/operations.md", "docs/formulas.md")
# What is not there: another extension; and what the suite has done already.
LEFT_OUT = re.compile(r"cron\.|\ACREATE EXTENSION pg_quant;\Z")
NOISE = re.compile(r"\(\d+ rows?\)|LINE \d+: .*| *\^")


def lines_of(output):
    """Without what psql adds to a result and a page leaves out."""
    stripped = (re.sub(r"^psql:<stdin>:\d+: ", "", line).rstrip() for line in output.splitlines())
    return [line for line in stripped if line and not NOISE.fullmatch(line)]


def check_page(tap, page):
    number = 0
    for section in sections(page):
        following = [language for language, _ in section.blocks[1:]] + [""]
        for place, (language, text) in enumerate(section.blocks):
            if language != "sql":
                continue
            number += 1
            if LEFT_OUT.search(text.strip()):
                continue
            name = f"{page}: block {number} of SQL, {section.name or 'at the head'}"
            output, succeeded = psql(text, "-v", "ON_ERROR_STOP=1", "-f", "-")
            if following[place] != "text":
                tap.check(succeeded, f"{name}: runs", output)
                continue
            shown = lines_of(section.blocks[place + 1][1])
            tap.check(lines_of(output) == shown, f"{name}: prints what is shown", output)


def main():
    os.environ.update(PGTZ="UTC", PGDATESTYLE="ISO", PGCLIENTENCODING="UTF8")
    # Roles belong to all databases of a server, so an earlier run may have left them.
    psql("DROP ROLE IF EXISTS quant_reader, quant_trader, quant_operator, quant_loader, quant_monitor, carla, auth_service;")
    tap = Tap()
    for page in PAGES:
        check_page(tap, page)
    tap.end()


main()
