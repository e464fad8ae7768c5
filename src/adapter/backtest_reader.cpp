// SPDX-License-Identifier: PostgreSQL
#include "adapter/backtest_reader.hpp"

#include "core/base/json_reader.hpp"

#include "adapter/jsonb_reader.hpp"
#include "adapter/numeric_codec.hpp"

namespace quant::pg {

void check_period(Datum start, Datum end) {
  const DateADT from = DatumGetDateADT(start);
  const DateADT to = DatumGetDateADT(end);
  if (DATE_NOT_FINITE(from) || DATE_NOT_FINITE(to)) {
    throw invalid("start_date and end_date must be finite");
  }
  constexpr DateADT kLastDay = TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE - 2;
  if (from > kLastDay || to > kLastDay) throw out_of_range("start_date and end_date lie too far ahead");
  if (from > to) {
    throw invalid("start_date is after end_date")
        .detail(concat("The run would start on ", day_text(from), " and end on ", day_text(to), "."));
  }
}

Money decode_capital(Datum value) {
  const Decimal capital = decode_decimal(value, "initial_capital");
  const Error wrong = std::move(invalid("initial_capital must be a positive amount in cents")
                                    .detail(concat("The value is ", capital.to_text(), ".")));
  if (capital.mantissa <= 0 || capital.rounded(Money::kScale) != capital) throw wrong;
  if (capital > Decimal{Money::kMax, Money::kScale}) {
    throw out_of_range("initial_capital is out of range").detail(wrong.detail());
  }
  return *Money::from_decimal(capital);
}

BacktestRequest read_backtest(std::int64_t backtest_id) {
  const Rows rows = execute(
      "SELECT b.strategy_id, b.universe, b.timeframe, b.start_date, b.end_date, b.initial_capital, "
      "b.parameters, b.user_id, b.currency, b.benchmark_id "
      "FROM trading.backtests b WHERE b.id OPERATOR(pg_catalog.=) $1 FOR UPDATE",
      Arguments().add(backtest_id), Access::kWrite);
  if (rows.empty()) {
    throw Error(ErrorCode::kNotFound, concat("backtest ", backtest_id, " does not exist"));
  }
  const Row row = rows[0];
  BacktestRequest request;
  request.strategy_id = row.int64(1);
  request.universe = read_jsonb(row.value(2, JSONBOID));
  request.timeframe = row.string(3);
  check_period(row.value(4, DATEOID), row.value(5, DATEOID));
  request.start = DatumGetDateADT(row.value(4, DATEOID));
  request.end = DatumGetDateADT(row.value(5, DATEOID));
  request.initial_capital = decode_capital(row.value(6, NUMERICOID));
  request.parameters = read_jsonb(row.value(7, JSONBOID));
  request.user_id = row.int64(8);
  request.currency = row.string(9);
  if (!row.is_null(10)) request.benchmark_id = row.int64(10);
  return request;
}

StrategyDocument read_strategy(std::int64_t strategy_id, const std::optional<std::int64_t>& user_id) {
  const Rows rows = execute(
      "SELECT s.user_id, s.parameters, s.entry_rules, s.exit_rules, s.risk_rules "
      "FROM trading.strategies s WHERE s.id OPERATOR(pg_catalog.=) $1",
      Arguments().add(strategy_id));
  if (rows.empty()) {
    throw Error(ErrorCode::kNotFound, concat("strategy ", strategy_id, " does not exist"));
  }
  const Row row = rows[0];
  if (user_id && row.int64(1) != *user_id) {
    throw Error(ErrorCode::kNotPermitted, concat("strategy ", strategy_id, " belongs to another user"))
        .detail(concat("The strategy is of user ", row.int64(1), ", the backtest of user ", *user_id, "."))
        .hint("Copy the strategy to the user of the backtest.");
  }
  return {read_jsonb(row.value(2, JSONBOID)), read_jsonb(row.value(3, JSONBOID)), read_jsonb(row.value(4, JSONBOID)),
          read_jsonb(row.value(5, JSONBOID))};
}

namespace {

constexpr const char* kAssetColumns =
    "SELECT a.id, a.symbol, a.asset_type, a.currency, a.tick_size, a.lot_size FROM trading.assets a ";

std::vector<Asset> read_assets(const std::string& condition, Arguments arguments) {
  const Rows rows = execute(concat(kAssetColumns, condition, " ORDER BY a.symbol COLLATE \"C\""),
                            std::move(arguments));
  std::vector<Asset> assets;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    assets.push_back({row.int64(1), row.string(2), row.string(3), row.string(4),
                      decode_fixed<Price>(row.value(5, NUMERICOID)),
                      decode_fixed<Quantity>(row.value(6, NUMERICOID))});
  }
  return assets;
}

std::vector<std::string> read_symbols(const JsonReader& reader) {
  std::vector<std::string> symbols;
  for (const JsonReader& element : reader.elements()) {
    if (element.json().object() != nullptr) {
      element.expect_object({"symbol"}, {"from", "to"});
      symbols.push_back(element.at("symbol").string());
    } else {
      symbols.push_back(element.string());
    }
  }
  std::sort(symbols.begin(), symbols.end());
  const auto twice = std::adjacent_find(symbols.begin(), symbols.end());
  if (twice != symbols.end()) throw reader.wrong(concat("symbol \"", *twice, "\" stands twice"));
  return symbols;
}

Error empty_universe() {
  Error error = invalid("the universe is empty");
  error.hint("Give a list of symbols such as [\"AAPL\", \"MSFT\"], or a filter on trading.assets "
             "such as {\"asset_type\": \"stock\"}.");
  return error;
}

std::vector<Asset> read_listed(const JsonReader& reader) {
  const std::vector<std::string> symbols = read_symbols(reader);
  if (symbols.empty()) throw empty_universe();
  std::vector<Asset> assets = read_assets("WHERE a.symbol OPERATOR(pg_catalog.=) ANY ($1)",
                                          Arguments().add(TEXTARRAYOID, text_array(symbols)));
  for (const std::string& symbol : symbols) {
    const bool known = std::any_of(assets.begin(), assets.end(),
                                   [&](const Asset& asset) { return asset.symbol == symbol; });
    if (!known) {
      throw Error(ErrorCode::kNotFound, concat("symbol \"", symbol, "\" is no asset"))
          .detail(concat("At ", reader.path(), "."))
          .hint("Symbols stand in trading.assets.");
    }
  }
  return assets;
}

std::vector<Asset> read_filtered(const JsonReader& reader) {
  constexpr std::array<std::string_view, 5> kColumns = {"asset_type", "exchange", "sector", "industry",
                                                        "currency"};
  reader.expect_object({"asset_type", "exchange", "sector", "industry", "currency", "symbols", "exclude"},
                       {"min_history_bars"});
  if (reader.json().object()->empty()) throw empty_universe();
  std::string condition = "WHERE true";
  Arguments arguments;
  for (const std::string_view column : kColumns) {
    if (!reader.has(column)) continue;
    arguments.add(reader.at(column).string());
    condition += concat(" AND a.", column, " OPERATOR(pg_catalog.=) $", arguments.count());
  }
  if (reader.has("symbols")) {
    arguments.add(TEXTARRAYOID, text_array(read_symbols(reader.at("symbols"))));
    condition += concat(" AND a.symbol OPERATOR(pg_catalog.=) ANY ($", arguments.count(), ")");
  }
  if (reader.has("exclude")) {
    arguments.add(TEXTARRAYOID, text_array(read_symbols(reader.at("exclude"))));
    condition += concat(" AND a.symbol OPERATOR(pg_catalog.<>) ALL ($", arguments.count(), ")");
  }
  std::vector<Asset> assets = read_assets(condition, std::move(arguments));
  if (assets.empty()) {
    throw Error(ErrorCode::kNoData, "no asset meets the filter of the universe")
        .detail(concat("At ", reader.path(), "."));
  }
  return assets;
}

}  // namespace

std::vector<Asset> read_universe(const Json& universe) {
  const JsonReader reader(universe, "universe");
  return universe.object() != nullptr ? read_filtered(reader) : read_listed(reader);
}

Asset read_asset(const std::string& symbol, std::string_view what, std::string where) {
  const std::vector<Asset> assets =
      read_assets("WHERE a.symbol OPERATOR(pg_catalog.=) $1", Arguments().add(symbol));
  if (assets.empty()) {
    throw Error(ErrorCode::kNotFound, concat("the ", what, " \"", symbol, "\" is no asset"))
        .detail(std::move(where))
        .hint("Symbols stand in trading.assets.");
  }
  return assets.front();
}

std::optional<std::string> benchmark_symbol(const BacktestRequest& request) {
  if (auto symbol = read_benchmark(request.parameters)) return symbol;
  if (!request.benchmark_id) return std::nullopt;
  const Rows rows = execute("SELECT b.symbol FROM trading.benchmarks b WHERE b.id OPERATOR(pg_catalog.=) $1",
                            Arguments().add(*request.benchmark_id));
  return rows.empty() ? std::nullopt : std::optional(rows[0].string(1));
}

std::string recorded_actions(const std::vector<Asset>& assets, Day start, Day end) {
  std::vector<std::string> symbols;
  for (const Asset& asset : assets) symbols.push_back(asset.symbol);
  const Rows rows = execute(
      "SELECT pg_catalog.count(*), pg_catalog.min(a.symbol COLLATE \"C\") FROM trading.corporate_actions c "
      "JOIN trading.assets a ON a.id OPERATOR(pg_catalog.=) c.asset_id "
      "WHERE a.symbol OPERATOR(pg_catalog.=) ANY ($1) AND c.ex_date OPERATOR(pg_catalog.>=) $2 "
      "AND c.ex_date OPERATOR(pg_catalog.<=) $3",
      Arguments()
          .add(TEXTARRAYOID, text_array(symbols))
          .add(DATEOID, DateADTGetDatum(start))
          .add(DATEOID, DateADTGetDatum(end)));
  const std::int64_t count = rows[0].int64(1);
  if (count == 0) return {};
  return concat(count, " corporate actions are recorded in the period, the first for \"", rows[0].string(2),
                "\": this version does not apply them; prices are taken as they are stored");
}

}  // namespace quant::pg
