// SPDX-License-Identifier: PostgreSQL
#include "adapter/backtest_rows.hpp"

namespace quant::pg {

std::string json_array(const std::vector<std::string>& strings) {
  std::string json = "[";
  for (const std::string& string : strings) json += concat(json.size() == 1 ? "" : ", ", json_string(string));
  return json + "]";
}

std::string trade_conditions(const Trade& trade) {
  std::string json = concat("{\"entry\": {\"rule\": ", json_string(trade.entry_rule), "}");
  if (trade.exit_time) json += concat(", \"exit\": {\"rule\": ", json_string(trade.exit_rule), "}");
  if (trade.stop) json += concat(", \"stop_loss\": ", trade.stop->to_text());
  if (trade.target) json += concat(", \"take_profit\": ", trade.target->to_text());
  return json + "}";
}

std::optional<Decimal> trade_return(const Trade& trade) {
  constexpr int kDecimals = 6;
  if (trade.cost <= Money{}) return std::nullopt;
  const Int128 units = multiply_divide(trade.pnl.units(), power_of_ten(kDecimals), trade.cost.units());
  constexpr Int128 kLimit = power_of_ten(12);
  if (magnitude(units) >= kLimit) return std::nullopt;
  return Decimal{units, kDecimals};
}

}  // namespace quant::pg
