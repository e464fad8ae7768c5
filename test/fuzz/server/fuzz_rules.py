#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Expressions and rule documents through SQL: validate_strategy, the trigger of trading.strategies,
simulate, explain_strategy, indicator_lookback, indicator_series.

A wrong document is an error of the documents that tells its place, the same from validate_strategy
and from the INSERT; a right one is stored, explained and run.
"""
import json

from rule_texts import Rules, Texts, dumped, heavy
from server_fuzz import Attempt, Run, SUCCESS, main, quoted, shortened

DOCUMENTS = ("entry_rules", "exit_rules", "risk_rules", "parameters")
FAULTS = {"22023", "22003", "0A000", "42704"}
RUN_FAULTS = FAULTS | {"P0002"}
# Words by which a DETAIL or a message tells a place.
PLACES = DOCUMENTS + ("column", "indicators", "universe", "execution")


class RuleRuns(Run):
    name = "fuzz_rules"
    batch = 10

    def prepare(self, connection):
        connection.execute("CALL quant.create_partitions('2024-01-01', '2024-04-30')")
        connection.execute("INSERT INTO trading.users (id, username, email, password_hash) VALUES (1, 'f', 'f@example.com', 'x')")
        for n, symbol in enumerate(("FZA", "FZB", "FZC")):
            connection.execute("INSERT INTO trading.assets (symbol) VALUES (%s)", (symbol,))
            connection.execute("""
                INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
                SELECT %s, '1d', timestamptz '2024-01-01 00:00+00' + d * interval '1 day', o, greatest(o, c) + 0.3, least(o, c) - 0.3, c, 1000 + d * 7
                FROM (SELECT d, c, lag(c, 1, 50.0) OVER (ORDER BY d) AS o FROM (SELECT d, 50 + %s * 10 + round(sum((d * d * 7919 + d * 104729 + %s * 31) %% 401 - 198)
                  OVER (ORDER BY d) / 100.0, 2) AS c FROM generate_series(0, 89) d) w) b""", (symbol, n, n))

    def attempts(self, random):
        if random.randrange(4) == 0:
            return self.expressions(random)
        rules = Rules(random)
        entry = rules.entry()
        documents = [entry, rules.exits(), rules.risk(entry), rules.parameters()]
        if random.randrange(60) == 0:
            documents[0] = heavy(random)
        if random.randrange(40) == 0:
            documents[random.randrange(4)] = rules.anything()
        literals = ", ".join(f"{quoted(dumped(d))}::jsonb" for d in documents)
        known = {}

        def judge_validation(outcome):
            if outcome.state != SUCCESS:
                # A document too deep for the server's own JSON is none.
                if outcome.state == "54001" and len(literals) > 15000:
                    return None
                return f"quant.validate_strategy() raises {outcome.state} {outcome.message}"
            known["rows"] = json.loads(outcome.value)
            if not known["rows"]:
                return None
            if len(known["rows"]) > 1:
                return "several faults for one refusal"
            row = known["rows"][0]
            if row["sqlstate"] not in FAULTS:
                return "a fault of another SQLSTATE than the documents say"
            if not any(place in (row["detail"] or "") + row["message"] for place in PLACES):
                return f"a fault does not tell its place: {shortened(row['message'], 60)}"
            return None

        def same_fault(outcome):
            """Of a strategy that was stored first."""
            if "rows" not in known:
                return ""
            if known["rows"]:
                row = known["rows"][0]
                if (outcome.state, outcome.message, outcome.detail or "", outcome.hint or "") != \
                        (row["sqlstate"], row["message"], row["detail"] or "", row["hint"] or ""):
                    return f"the INSERT says something else than validate_strategy\n{row}"
                return ""
            return None

        def judge_run(outcome):
            problem = same_fault(outcome)
            if problem is not None:
                return problem
            if outcome.state == SUCCESS:
                return "a figure is no number" if outcome.value and ("NaN" in outcome.value or "Infinity" in outcome.value) else None
            return None if outcome.state in RUN_FAULTS else f"a run ends with an error that is not documented: {outcome.state} {shortened(outcome.message, 60)}"

        def judge_explanation(outcome):
            problem = same_fault(outcome)
            if problem is not None:
                return problem
            return None if outcome.state == SUCCESS else f"what is valid cannot be stored and explained: {outcome.state} {shortened(outcome.message, 60)}"
        store = f"INSERT INTO trading.strategies (id, user_id, name, {', '.join(DOCUMENTS)}) VALUES (1, 1, 'f', {literals})"
        capital = random.choice(("100000", "1000", "0.01", "9999999999999.99", "100000.005", "-1", "'NaN'::numeric")) if random.randrange(8) == 0 else "100000"
        run = (f"quant.simulate(1, {quoted(dumped(rules.universe()))}::jsonb, '{random.choice(('1d', '1d', '1d', '1w', '1h', 'x')) if random.randrange(6) == 0 else '1d'}',"
               f" '2024-01-15', '2024-03-30', {capital}, {quoted(dumped(rules.run_parameters()))}::jsonb)")
        return [
            Attempt(f"SELECT coalesce(jsonb_agg(to_jsonb(v)), '[]')::text FROM quant.validate_strategy({literals}) v", judge_validation),
            Attempt(f"SELECT s::text FROM {run} s", judge_run, setup=store),
            Attempt("SELECT quant.explain_strategy(1)", judge_explanation, setup=store)]

    def expressions(self, random):
        texts = Texts(random, random.choice((0, 3)))
        texts.account = random.randrange(3) == 0
        is_number = random.randrange(2) == 0
        expression = texts.spoilt(texts.number(3) if is_number else texts.condition(3))
        for name, value in (("$fast", "2"), ("$slow", "5"), ("$odd", "3"), ("trend", "ema(close, 5)")):
            if random.randrange(10):
                expression = expression.replace(name, value)
        known = {}
        literal = quoted(expression)

        def place(outcome):
            if outcome.state not in FAULTS:
                return "an error that is not documented"
            if outcome.state == "22023" and "column" not in (outcome.detail or "") + outcome.message:
                return f"a fault of an expression does not tell its place: {shortened(outcome.message, 60)}"
            return None

        def judge_lookback(outcome):
            if outcome.state != SUCCESS:
                return place(outcome)
            known["lookback"] = int(outcome.value)
            return "a lookback below 0" if known["lookback"] < 0 else None

        def judge_stable(outcome):
            if ("lookback" in known) != (outcome.state == SUCCESS):
                return "lookback and stable_after do not agree on what is an expression"
            if outcome.state != SUCCESS:
                return None
            return "stable before the first value" if outcome.value is not None and int(outcome.value) < known["lookback"] else None

        def judge_series(outcome):
            if outcome.state != SUCCESS:
                if "lookback" not in known:
                    return None if outcome.state in FAULTS else "an error that is not documented"
                return None if outcome.state in RUN_FAULTS else "an error that is not documented"
            if "lookback" not in known:
                return "a series of what is no expression"
            rows, first = outcome.value.split(",")
            if int(rows) != 90:
                return "a series of another length"
            if first != "-" and int(first) < known["lookback"] and is_number and "tf(" not in expression:
                return f"a value before the lookback {known['lookback']}"
            return None
        return [Attempt(f"SELECT quant.indicator_lookback({literal})::text", judge_lookback),
                Attempt(f"SELECT quant.indicator_stable_after({literal})::text", judge_stable),
                Attempt(f"SELECT count(*) || ',' || coalesce(min(n) FILTER (WHERE value IS NOT NULL)::text, '-') FROM (SELECT row_number() OVER"
                        f" (ORDER BY \"timestamp\") - 1 AS n, value FROM quant.indicator_series('FZA', '1d', NULL, NULL, {literal}) s(\"timestamp\", value)) t", judge_series)]


main(RuleRuns)
