# SPDX-License-Identifier: PostgreSQL
"""Compares the extension with the oracle, trade by trade, point by point, figure by figure.

    python3 compare.py [COUNT] [--first-seed N] [--without name,name] [--with name,name]
                       [--jobs N] [--only-fixed] [--no-fixed] [--reference]
                       [--ignore name,name] [--differences N]
    python3 compare.py --seed N [--without name,name] [--shrink] [--dump]

COUNT random cases (default 500), the fixed ones and, if PG_QUANT_REFERENCE_DIR is set, the GOOG
reference run. --reference runs the latter alone, --seed one random case, --without leaves
features of the generator out (generate.FEATURES names them; the others stay as they are), --with
leaves all others out,
--shrink looks for a smaller case that still fails and prints it, --dump prints the failing case
as JSON. --ignore names columns. The connection is libpq's (PGHOST, PGPORT, PGDATABASE, PGUSER).
The last line is `oracle: N passed, N failed`; the exit status is 0 only if nothing failed.
"""
import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction

from case_input import dump_json, load_json
from database import DatabaseError, run_cases
from differences import differences
from fixed_cases import fixed_cases
from generate import FEATURES, random_case
from reference_cases import goog_case, reference_directory
from shrink import shrink

BATCH = 20


def _given_cases(options):
    cases = []
    if reference_directory():
        cases += [goog_case(), goog_case(Fraction("0.2"))]
    elif options.reference:
        sys.exit("PG_QUANT_REFERENCE_DIR is not set")
    if not options.reference and not options.no_fixed:
        cases += fixed_cases()
    return cases


def _batches(options):
    """Lists of cases, the random ones as seeds."""
    if options.seed is not None:
        return [[options.seed]]
    cases = _given_cases(options)
    if not options.only_fixed and not options.reference:
        cases += range(options.first_seed, options.first_seed + options.count)
    return [cases[start:start + BATCH] for start in range(0, len(cases), BATCH)]


def _compare_batch(batch, without, ignored):
    """(case, differences) of each case of a batch; one that passes is not handed back."""
    cases = [random_case(item, without) if isinstance(item, int) else item for item in batch]
    cases = [load_json(dump_json(case)) for case in cases]
    answers = run_cases(cases)
    results = [_differences(case, answer, ignored) for case, answer in zip(cases, answers)]
    return [(case if messages else None, messages) for case, messages in zip(cases, results)]


def _differences(case, answer, ignored):
    """Differences, where an oracle that cannot run the case is one too."""
    try:
        return differences(case, answer, ignored)
    except Exception as error:  # pylint: disable=broad-except
        return [f"the oracle fails: {error!r}"]


def _report(options, case, messages, without, ignored):
    print(f"FAILED {case['name']}: {len(messages)} differences")
    for message in messages[:options.differences]:
        print(f"    {message}")
    if options.shrink:
        case = shrink(case, lambda smaller: _compare_batch([smaller], without, ignored)[0][1])
        print("\n".join(_compare_batch([case], without, ignored)[0][1][:options.differences]))
    if options.dump or options.shrink:
        print(dump_json(case))
    sys.stdout.flush()


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=500)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--without", default="", help="features, separated by commas")
    parser.add_argument("--with", dest="only", default="", help="no features but these")
    parser.add_argument("--only-fixed", action="store_true")
    parser.add_argument("--no-fixed", action="store_true")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--ignore", default="", help="names of columns, separated by commas")
    parser.add_argument("--differences", type=int, default=8, help="shown for each case")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--dump", action="store_true")
    return parser.parse_args()


def _left_out(options):
    """Names of the features that no case may have."""
    known = {name for name, _, _ in FEATURES}
    without, only = (set(text.split(",")) - {""} for text in (options.without, options.only))
    if unknown := (without | only) - known:
        sys.exit(f"no such feature: {', '.join(sorted(unknown))}")
    return frozenset(without | (known - only if only else set()))


def _results(batches, without, ignored, jobs):
    if jobs == 1:
        for batch in batches:
            yield from _compare_batch(batch, without, ignored)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(_compare_batch, batch, without, ignored) for batch in batches]
        for future in waiting:
            yield from future.result()


def main():
    """Run, compare, report; exit status 1 if a case differs."""
    options = _options()
    without = _left_out(options)
    ignored = set(options.ignore.split(","))
    passed = failed = 0
    try:
        for case, messages in _results(_batches(options), without, ignored, options.jobs):
            passed, failed = passed + (not messages), failed + bool(messages)
            if messages:
                _report(options, case, messages, without, ignored)
    except DatabaseError as error:
        sys.exit(f"psql: {error}")
    print(f"oracle: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
