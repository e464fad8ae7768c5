// SPDX-License-Identifier: PostgreSQL
#include "adapter/backtest_reader.hpp"

#include <map>

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
  if (from > kLastDay || to > kLastDay)
    throw out_of_range("start_date and end_date lie too far ahead");
  if (from > to) {
    throw invalid("start_date is after end_date")
        .detail(
            concat("The run would start on ", day_text(from), " and end on ", day_text(to), "."));
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

BacktestRequest read_backtest(std::int64_t backtest_id, Access access) {
  const std::string sql =
      "SELECT b.strategy_id, b.universe, b.timeframe, b.start_date, b.end_date, b.initial_capital, "
      "b.parameters, b.user_id, b.currency, b.benchmark_id "
      "FROM trading.backtests b WHERE b.id OPERATOR(pg_catalog.=) $1";
  const Rows rows = execute(access == Access::kWrite ? sql + " FOR UPDATE" : sql,
                            Arguments().add(backtest_id), access);
  if (rows.empty()) {
    throw Error(ErrorCode::kNotFound, concat("backtest ", backtest_id, " does not exist"));
  }
  const Row row = rows[0];
  BacktestRequest request;
  request.backtest_id = backtest_id;
  request.strategy_id = row.int64(1);
  request.universe = read_jsonb(row.value(2, JSONBOID), "universe");
  request.timeframe = row.string(3);
  check_period(row.value(4, DATEOID), row.value(5, DATEOID));
  request.start = DatumGetDateADT(row.value(4, DATEOID));
  request.end = DatumGetDateADT(row.value(5, DATEOID));
  request.initial_capital = decode_capital(row.value(6, NUMERICOID));
  request.parameters = read_jsonb(row.value(7, JSONBOID), "parameters");
  request.user_id = row.int64(8);
  request.currency = row.string(9);
  if (!row.is_null(10)) request.benchmark_id = row.int64(10);
  return request;
}

StoredStrategy read_strategy(std::int64_t strategy_id, const std::optional<std::int64_t>& user_id) {
  const Rows rows = execute(
      "SELECT s.user_id, s.parameters, s.entry_rules, s.exit_rules, s.risk_rules "
      "FROM trading.strategies s WHERE s.id OPERATOR(pg_catalog.=) $1",
      Arguments().add(strategy_id));
  if (rows.empty()) {
    throw Error(ErrorCode::kNotFound, concat("strategy ", strategy_id, " does not exist"));
  }
  const Row row = rows[0];
  if (user_id && row.int64(1) != *user_id) {
    throw Error(ErrorCode::kNotPermitted,
                concat("strategy ", strategy_id, " belongs to another user"))
        .detail(concat("The strategy is of user ", row.int64(1), ", the backtest of user ",
                       *user_id, "."))
        .hint("Copy the strategy to the user of the backtest.");
  }
  return {row.int64(1),
          {read_jsonb(row.value(2, JSONBOID), "parameters"),
           read_jsonb(row.value(3, JSONBOID), "entry_rules"),
           read_jsonb(row.value(4, JSONBOID), "exit_rules"),
           read_jsonb(row.value(5, JSONBOID), "risk_rules")}};
}

std::optional<std::string> benchmark_symbol(const BacktestRequest& request) {
  if (auto symbol = read_benchmark(request.parameters)) return symbol;
  if (!request.benchmark_id) return std::nullopt;
  const Rows rows =
      execute("SELECT b.symbol FROM trading.benchmarks b WHERE b.id OPERATOR(pg_catalog.=) $1",
              Arguments().add(*request.benchmark_id));
  return rows.empty() ? std::nullopt : std::optional(rows[0].string(1));
}

std::optional<Limits> read_risk_profile(std::int64_t user_id) {
  const Rows rows = execute(
      "SELECT r.max_position_size_pct, r.max_gross_exposure_pct, r.max_net_exposure_pct, "
      "r.max_leverage, r.max_daily_loss, r.max_drawdown_limit, r.max_positions, r.allow_short "
      "FROM trading.risk_profiles r WHERE r.user_id OPERATOR(pg_catalog.=) $1 AND r.is_default AND "
      "r.is_active",
      Arguments().add(user_id));
  if (rows.empty()) return std::nullopt;
  const Row row = rows[0];
  const auto decimal = [&](int column) -> std::optional<Decimal> {
    const auto value = row.find(column, NUMERICOID);
    return value ? std::optional(decode_decimal(*value, "a limit of the risk profile"))
                 : std::nullopt;
  };
  Limits limits;
  limits.max_position_size_pct = decimal(1);
  limits.max_gross_exposure_pct = decimal(2);
  limits.max_net_exposure_pct = decimal(3);
  limits.max_leverage = decimal(4);
  const auto percent = [&](int column) {
    auto fraction = decimal(column);
    if (fraction) fraction->mantissa = multiply(fraction->mantissa, 100);
    return fraction;
  };
  limits.daily_loss_halt_pct = percent(5);
  limits.drawdown_halt_pct = percent(6);
  if (!row.is_null(7)) limits.max_positions = row.int32(7);
  limits.allow_short = row.boolean(8);
  return limits;
}

std::vector<UserSignal> read_signals(std::int64_t backtest_id, const std::vector<BarSeries>& bars) {
  const Rows rows = execute(
      "SELECT s.id, s.symbol, s.signal_type, s.signal_date, s.target_quantity, "
      "s.target_weight_pct, s.strength "
      "FROM trading.signals s WHERE s.backtest_id OPERATOR(pg_catalog.=) $1 "
      "AND s.source OPERATOR(pg_catalog.=) 'user' ORDER BY s.signal_date, s.id",
      Arguments().add(backtest_id));
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < bars.size(); ++i) places.emplace(bars[i].asset.symbol, i);
  std::vector<UserSignal> signals;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    const auto place = places.find(row.string(2));
    if (place == places.end()) {
      throw invalid(concat("a signal is for \"", row.string(2), "\", which the run does not have"))
          .detail(
              concat("It is signal ", row.int64(1), " of ", timestamp_text(row.timestamp(4)), "."))
          .hint("Put the symbol into the universe, and load its bars.");
    }
    UserSignal signal;
    signal.id = row.int64(1);
    signal.symbol = place->second;
    signal.kind = user_signal_kind(row.string(3));
    signal.time = row.timestamp(4);
    if (const auto quantity = row.find(5, NUMERICOID))
      signal.quantity = decode_fixed<Quantity>(*quantity);
    if (const auto weight = row.find(6, NUMERICOID))
      signal.weight_percent = decode_decimal(*weight, "target_weight_pct");
    if (const auto strength = row.find(7, NUMERICOID))
      signal.strength = decode_decimal(*strength, "strength");
    signals.push_back(signal);
  }
  return signals;
}

}  // namespace quant::pg
