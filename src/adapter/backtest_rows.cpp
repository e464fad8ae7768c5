// SPDX-License-Identifier: PostgreSQL
#include "adapter/backtest_rows.hpp"

namespace quant::pg {

std::string json_array(const std::vector<std::string>& strings) {
  std::string json = "[";
  for (const std::string& string : strings)
    json += concat(json.size() == 1 ? "" : ", ", json_string(string));
  return json + "]";
}

namespace {

std::string fill_conditions(const std::string& rule, Timestamp decided, FillBasis basis) {
  return concat("{\"rule\": ", json_string(rule),
                ", \"decided\": ", json_string(timestamp_text(decided)),
                ", \"fill\": ", json_string(fill_basis_name(basis)), "}");
}

}  // namespace

std::string trade_conditions(const Trade& trade) {
  std::string json = concat(
      "{\"entry\": ", fill_conditions(trade.entry_rule, trade.entry_decided, trade.entry_basis));
  if (trade.exit_time) {
    json += concat(", \"exit\": ",
                   fill_conditions(trade.exit_rule, trade.exit_decided, trade.exit_basis));
  }
  if (trade.stop) json += concat(", \"stop_loss\": ", trade.stop->to_text());
  if (trade.target) json += concat(", \"take_profit\": ", trade.target->to_text());
  if (trade.as_traded) {
    json += concat(", \"as_traded\": {\"quantity\": ", trade.as_traded->quantity.to_text(),
                   ", \"entry_price\": ", trade.as_traded->entry_price.to_text(), "}");
  }
  return json + "}";
}

std::optional<Decimal> trade_return(const Trade& trade) {
  constexpr int kDecimals = 6;
  if (trade.cost <= Money{}) return std::nullopt;
  const Int128 units =
      multiply_divide(trade.pnl.units(), power_of_ten(kDecimals), trade.cost.units());
  constexpr Int128 kLimit = power_of_ten(12);
  if (magnitude(units) >= kLimit) return std::nullopt;
  return Decimal{units, kDecimals};
}

}  // namespace quant::pg
