// SPDX-License-Identifier: PostgreSQL
// libpq: parameters, a window function, and the fields of an error.
//   g++ -std=c++20 -I "$(pg_config --includedir)" libpq_usage.cpp -o libpq_usage -lpq
#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

int count = 0;
int failed = 0;

void equal(const std::string& value, const std::string& expected, const char* what) {
  const bool succeeded = value == expected;
  ++count;
  failed += succeeded ? 0 : 1;
  std::printf("%s %d - %s\n", succeeded ? "ok" : "not ok", count, what);
  if (!succeeded) {
    std::printf("# \"%s\", not \"%s\"\n", value.c_str(), expected.c_str());
  }
}

// Parameters are texts, of the types that the server infers from where they stand.
Result query(PGconn* connection, const char* text, const std::vector<const char*>& values = {}) {
  return {PQexecParams(connection, text, static_cast<int>(values.size()), nullptr, values.data(),
                       nullptr, nullptr, 0),
          &PQclear};
}

// A statement that has to succeed.
Result rows(PGconn* connection, const char* text, const std::vector<const char*>& values = {}) {
  Result result = query(connection, text, values);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    std::printf("# %s", PQresultErrorMessage(result.get()));
    std::exit(1);
  }
  return result;
}

std::string value(const Result& result, int row, int column) {
  return PQgetisnull(result.get(), row, column) != 0 ? "NULL"
                                                      : PQgetvalue(result.get(), row, column);
}

std::string field(const Result& result, int code) {
  const char* text = PQresultErrorField(result.get(), code);
  return text == nullptr ? "" : text;
}

void add_bars(PGconn* connection) {
  rows(connection, "INSERT INTO trading.assets (symbol) VALUES ($1)", {"ACME"});
  for (int day = 1; day <= 6; ++day) {
    const std::string at = "2024-01-0" + std::to_string(day) + " 00:00+00";
    const std::string close = std::to_string(day) + ".1234";
    rows(connection,
         "INSERT INTO trading.market_data"
         " (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)"
         " VALUES ('ACME', '1d', $1, $2, $2, $2, $2)",
         {at.c_str(), close.c_str()});
  }
}

void show_window(PGconn* connection) {
  const Result result = rows(connection,
                             "SELECT close_price, quant.sma(close_price, $1) OVER w,"
                             " (quant.bollinger(close_price, $1) OVER w).middle"
                             " FROM trading.market_data WHERE symbol = $2"
                             " WINDOW w AS (ORDER BY timestamp) ORDER BY timestamp",
                             {"3", "ACME"});
  equal(std::to_string(PQntuples(result.get())), "6", "a row for each bar");
  equal(value(result, 1, 1), "NULL", "NULL before the window is full");
  equal(value(result, 2, 0), "3.1234", "a price has its four decimals");
  equal(value(result, 5, 1), "5.1234", "the average of the last three");
  equal(value(result, 5, 2), value(result, 5, 1), "and the same as a field of a composite");
}

void show_simulation(PGconn* connection) {
  rows(connection,
       "INSERT INTO trading.users (username, email, password_hash)"
       " VALUES ('ann', 'ann@example.com', 'no login')");
  const Result strategy = rows(connection,
                               "INSERT INTO trading.strategies"
                               " (user_id, name, entry_rules, risk_rules)"
                               " VALUES (1, 'buy', $1, $2) RETURNING id",
                               {R"({"long": {"when": "close > 0"}})", R"({"size": {"units": 10}})"});
  const std::string id = value(strategy, 0, 0);
  const Result result = rows(connection,
                             "SELECT final_value, total_trades FROM quant.simulate("
                             "$1, $2, '1d', '2024-01-01', '2024-01-31', $3)",
                             {id.c_str(), R"(["ACME"])", "1000.50"});
  // Ten are bought at the open of the second bar, 2.13 by the tick of 0.01, and stand at 6.1234:
  // 1000.50 - 21.30 + 61.234, to the cent.
  equal(value(result, 0, 0), "1040.43", "a simulation ends at the money by hand");
}

void show_errors(PGconn* connection) {
  const Result bar = query(connection,
                           "INSERT INTO trading.market_data (symbol, timeframe, timestamp,"
                           " open_price, high_price, low_price, close_price)"
                           " VALUES ('ACME', '1d', $1, 10, 9, 9.5, 9.7)",
                           {"2024-01-20 00:00+00"});
  equal(field(bar, PG_DIAG_SQLSTATE), "23514", "a wrong bar is refused with 23514");
  equal(field(bar, PG_DIAG_MESSAGE_PRIMARY),
        "invalid bar: high_below_low, high_below_open_close", "and the rules that it breaks");
  equal(field(bar, PG_DIAG_MESSAGE_HINT),
        "Correct the bar at its source; quant.check_bar() names the rules that a bar breaks without "
        "storing it.",
        "and a hint");
  equal(field(bar, PG_DIAG_CONSTRAINT_NAME), "ck_high_low_valid", "and a constraint");

  const Result rule = query(connection,
                            "INSERT INTO trading.strategies (user_id, name, entry_rules)"
                            " VALUES (1, 'typo', $1)",
                            {R"({"long": {"when": "clos > 1"}})"});
  equal(field(rule, PG_DIAG_SQLSTATE), "22023", "a typo in a rule is refused with 22023");
  equal(field(rule, PG_DIAG_MESSAGE_DETAIL), "In entry_rules.long.when, at column 1.",
        "with the place");
  equal(field(rule, PG_DIAG_MESSAGE_HINT), "Perhaps you meant \"close\".", "and a hint");
  equal(value(rows(connection, "SELECT count(*) FROM trading.strategies"), 0, 0), "1",
        "and the connection goes on");
}

}  // namespace

int main() {
  // PGHOST, PGPORT, PGUSER, PGDATABASE
  const Connection connection(PQconnectdb(""), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    std::printf("# %s", PQerrorMessage(connection.get()));
    return 1;
  }
  std::printf("# libpq %d\n", PQlibVersion());
  add_bars(connection.get());
  show_window(connection.get());
  show_simulation(connection.get());
  show_errors(connection.get());
  std::printf("1..%d\n", count);
  return failed == 0 ? 0 : 1;
}
