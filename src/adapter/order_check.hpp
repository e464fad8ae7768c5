// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/ledger/booking.hpp"
#include "core/risk/order_limits.hpp"
#include "core/risk/risk_contributions.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

/// The risk profile that a portfolio is judged by.
struct ActiveProfile {
  std::int64_t id = 0;
  RiskLimits limits;
  LimitMode mode = LimitMode::kEnforce;
  RiskRequest risk;
  Json settings;  // advanced_settings
};
/// The active profile of the portfolio's user, of several the default one, else the first. Needs a
/// connection to SPI.
[[nodiscard]] std::optional<ActiveProfile> read_active_profile(std::int64_t portfolio_id);

/// Where the account stands at an instant, with what is held at the last marks.
[[nodiscard]] AccountExposure read_exposure(std::int64_t portfolio_id, Timestamp as_of);

/// An order that is to be filled.
struct OrderRequest {
  std::int64_t portfolio_id = 0;
  TransactionType type = TransactionType::kBuy;
  std::string symbol;
  Quantity quantity;  // unsigned
  Price price;
  Money costs;
  Timestamp time = 0;
};

/// Where the holdings before the order are taken from: the positions, or the transactions where a
/// symbol has any, which know of those that came in the same statement.
enum class HoldingsFrom { kPositions, kTransactions };

/// What the order makes of each limit of the active risk profile of the portfolio's user; nothing
/// for an order that reduces a position, and where there is no profile. Needs a connection to SPI.
[[nodiscard]] std::vector<LimitCheck> judge_order(const OrderRequest& order, HoldingsFrom from);

/// As the mode of the profile says: kCheckViolation with every limit that the order breaches,
/// warnings, or nothing.
void enforce_limits(const OrderRequest& order, HoldingsFrom from);

/// The close of the last daily bar that began by `as_of`; kNoData where there is none. Needs a
/// connection to SPI.
[[nodiscard]] Price last_price(const std::string& symbol, Timestamp as_of);

/// The trigger of trading.transactions: judges the row that is to be inserted, and returns it.
[[nodiscard]] Datum check_limits_of_row(FunctionCallInfo fcinfo);

/// While one lives, transactions are stored whose orders have been judged, or are a backtest's: the
/// trigger lets them pass.
class OrdersJudged {
 public:
  OrdersJudged();
  ~OrdersJudged();
  OrdersJudged(const OrdersJudged&) = delete;
  OrdersJudged& operator=(const OrdersJudged&) = delete;
  [[nodiscard]] static bool in_force();

 private:
  bool before_;
};

/// A dump is being restored: pg_dump sets row_security and xmloption for its session, nobody else
/// sets both. Needs a connection to SPI.
[[nodiscard]] bool is_restoring();

}  // namespace quant::pg
