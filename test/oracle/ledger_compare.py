# SPDX-License-Identifier: PostgreSQL
"""Compares quant.record_transaction() and what reads its account with the oracle.

    python3 ledger_compare.py [N] [SEED]

N (default 150) random accounts from seed SEED (default 0) on, each compared after every
transaction; faults planted in them, which quant.reconcile_portfolio() must name; 60 cases of
quant.check_limits(); 30 of the marks and metrics. The database is that of libpq's environment
and has the extension; nothing is left in it. Prints each failure and a count; exit status 1
when something failed.
"""
import sys
from random import Random

from ledger_cases import ASSETS, random_account
from ledger_limits import check_limit_cases
from ledger_metrics import check_metric_cases
from ledger_sql import account_statements, differences, number, run_scripts, sql, step_statement
from rounding import to_cents

SHOWN = 200
POSITION = ("(SELECT max(id) FROM trading.positions WHERE portfolio_id = :account"
            " AND is_open = {is_open})")
COST = ("UPDATE trading.positions SET cost_basis = cost_basis + 0.01,"
        " unrealized_pnl = unrealized_pnl - 0.01 WHERE id = ")
PNL = "UPDATE trading.positions SET realized_pnl = realized_pnl - 0.01 WHERE id = "
INCOME = "UPDATE trading.positions SET income = income + 0.01 WHERE id = "
STRAY = ("UPDATE trading.transactions SET realized_pnl = coalesce(realized_pnl, 0) + 0.01"
         " WHERE id = (SELECT max(id) FROM trading.transactions WHERE portfolio_id = :account"
         " AND transaction_type IN ({}));")
OPEN, CLOSED = POSITION.format(is_open="true"), POSITION.format(is_open="false")
# What is planted: (the object and figure that must be named, the statement).
FAULTS = {
    "cost of an open position": ("position", "cost_basis", COST + OPEN + ";"),
    "profit of an open position": ("position", "realized_pnl", PNL + OPEN + ";"),
    "income of an open position": ("position", "income", INCOME + OPEN + ";"),
    "profit of a closed position": ("position", "realized_pnl", PNL + CLOSED + ";"),
    "income of a closed position": ("position", "income", INCOME + CLOSED + ";"),
    "cash": ("portfolio", "cash_balance",
             "UPDATE trading.portfolios SET cash_balance = cash_balance - 0.01, current_capital ="
             " current_capital - 0.01, total_value = total_value - 0.01 WHERE id = :account;"),
    "capital": ("portfolio", "current_capital",
                "UPDATE trading.portfolios SET current_capital = current_capital + 0.01,"
                " unrealized_pnl = unrealized_pnl - 0.01 WHERE id = :account;"),
    "profit of the portfolio": ("portfolio", "realized_pnl",
                                "UPDATE trading.portfolios SET realized_pnl = realized_pnl + 0.01"
                                " WHERE id = :account;"),
    "profit of a closing": ("transaction", "realized_pnl", STRAY.format("'sell', 'cover'")),
    "profit of an opening": ("transaction", "realized_pnl", STRAY.format("'buy', 'short'")),
    "profit of a cash movement": ("transaction", "realized_pnl",
                                  STRAY.format("'deposit', 'withdrawal', 'fee', 'interest'")),
}


class Tally:
    """Counts what passed and shows what did not."""

    def __init__(self):
        self.passed = self.failed = 0

    def note(self, name, found):
        if not found:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= SHOWN:
            print(f"FAILED {name}: " + "; ".join(found[:6]), flush=True)


def faults_of(seed, steps):
    """Three faults that this account can have."""
    positions = steps[-1]["positions"]
    booked = {step["terms"]["kind"] for step in steps if step["code"] == "ok"}
    impossible = {"open position": not any(row["is_open"] for row in positions),
                  "closed position": all(row["is_open"] for row in positions),
                  "closing": not booked & {"sell", "cover"},
                  "opening": not booked & {"buy", "short"},
                  "cash movement": not booked & {"deposit", "withdrawal", "fee", "interest"}}
    possible = [name for name in FAULTS
                if not any(name.endswith(end) and absent for end, absent in impossible.items())]
    return Random(f"faults {seed}").sample(possible, 3)


def account_script(seed, initial, steps):
    name = f"ledger oracle {seed}"
    script = account_statements(name, initial, ASSETS)
    script += [step_statement(step["terms"], step["date"]) for step in steps]
    reconcile = ("SELECT {}, coalesce(jsonb_agg(to_jsonb(r)), '[]')"
                 " FROM quant.reconcile_portfolio(:account) AS r;")
    script.append(reconcile.format("'clean'"))
    for fault in faults_of(seed, steps):
        script += ["SAVEPOINT planted;", FAULTS[fault][2],
                   reconcile.format(sql("fault " + fault)), "ROLLBACK TO planted;"]
    return script


def step_faults(step, count, answer):
    """What the database did otherwise with one transaction."""
    if answer["code"] != step["code"]:
        return [f"code: oracle {step['code']}, database {answer['code']}"]
    found = [] if answer["transactions"] == count else ["number of transactions"]
    found += differences(step["portfolio"], answer["portfolio"])
    if len(answer["positions"]) != len(step["positions"]):
        found.append(f"positions: oracle {len(step['positions'])},"
                     f" database {len(answer['positions'])}")
    for expected, stored in zip(step["positions"], answer["positions"]):
        found += [f"{expected['symbol']} {text}" for text in differences(expected, stored)]
    if step["code"] == "ok":
        terms = step["terms"]
        value = terms.get("amount") or 0
        if "price" in terms:
            value = to_cents(terms["quantity"] * terms["price"])
        found += differences({"total_value": value, "net_amount": step["net"],
                              "symbol": terms.get("symbol")}, answer["last"])
        if number(answer["last"]["realized_pnl"]) != step["profit"]:
            found.append(f"realized_pnl: oracle {step['profit']},"
                         f" database {answer['last']['realized_pnl']}")
    return found


def check_account(tally, seed, steps, answer):
    rows, error = answer
    found = [error] if error else []
    answers = [value for section, value in rows if section == "step"]
    booked = 0
    for index, (step, stored) in enumerate(zip(steps, answers)):
        booked += step["code"] == "ok"
        wrong = step_faults(step, booked, stored)
        if wrong:
            found.append(f"step {index + 1} {shown_terms(step['terms'])}: {wrong}")
            break
    if len(answers) != len(steps):
        found.append(f"{len(answers)} answers to {len(steps)} transactions")
    clean = [value for section, value in rows if section == "clean"]
    if clean != [[]]:
        found.append(f"reconcile_portfolio of a good account: {clean}")
    tally.note(f"account {seed}", found)
    for section, named in rows:
        if section.startswith("fault "):
            thing, figure, _ = FAULTS[section.removeprefix("fault ")]
            hit = [row for row in named if row["object"] == thing and row["figure"] == figure]
            tally.note(f"account {seed} {section}", [] if len(hit) == 1 else
                       [f"reconcile_portfolio gives {named}"])


def shown_terms(terms):
    return " ".join(f"{key}={sql(value)}" for key, value in terms.items() if value is not None)


def check_accounts(tally, count, first_seed):
    for start in range(first_seed, first_seed + count, 15):
        seeds = range(start, min(start + 15, first_seed + count))
        accounts = [random_account(seed) for seed in seeds]
        answers = run_scripts([account_script(seed, initial, steps)
                               for seed, (initial, steps, _) in zip(seeds, accounts)])
        for seed, (_, steps, _), answer in zip(seeds, accounts, answers):
            check_account(tally, seed, steps, answer)


def main(arguments):
    count = int(arguments[0]) if arguments else 150
    first_seed = int(arguments[1]) if len(arguments) > 1 else 0
    tally = Tally()
    check_accounts(tally, count, first_seed)
    check_limit_cases(tally, 60, first_seed)
    check_metric_cases(tally, 30, first_seed)
    print(f"oracle: {tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
