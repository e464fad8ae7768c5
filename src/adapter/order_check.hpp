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
/// The active profile of the portfolio's user, of several the default one, else the first. Of one
/// whose limits are off only id and mode where it is read `to_enforce` them: nothing else of it
/// matters then. Needs a connection to SPI.
[[nodiscard]] std::optional<ActiveProfile> read_active_profile(std::int64_t portfolio_id,
                                                               bool to_enforce = false);

/// Where the account stands at an instant, with what is held at the last marks.
[[nodiscard]] AccountExposure read_exposure(std::int64_t portfolio_id, Timestamp as_of);

/// An order that is to be filled, or a row of trading.transactions that says it was.
struct OrderRequest {
  std::int64_t portfolio_id = 0;
  TransactionType type = TransactionType::kBuy;
  std::string symbol;
  Quantity quantity;  // unsigned
  Price price;
  Money costs;
  Timestamp time = 0;                    // as of which drawdown and value at risk are judged
  std::optional<std::int64_t> row_id{};  // of the row, which does not count before itself

  /// Signed by the type.
  [[nodiscard]] Quantity change() const;
};

/// What the order makes of each limit of the active risk profile of the portfolio's user; nothing
/// for an order that only reduces a position, and where there is no profile. What is held is what
/// the transactions say of a symbol that has any, else its position (without the order, where that
/// is the row of its first fill). Needs a connection to SPI.
[[nodiscard]] std::vector<LimitCheck> judge_order(const OrderRequest& order);

/// As the mode of the profile says: kCheckViolation with every limit that the order breaches,
/// warnings, or nothing.
void enforce_limits(const OrderRequest& order);

/// The close of the last daily bar that began by `as_of`; kNoData where there is none. Needs a
/// connection to SPI.
[[nodiscard]] Price last_price(const std::string& symbol, Timestamp as_of);

/// The trigger of trading.transactions: judges the row that is to be inserted, and returns it.
[[nodiscard]] Datum check_limits_of_row(FunctionCallInfo fcinfo);

/// While one lives, the trigger lets pass what has been judged: one row, once, or all rows of the
/// account of a backtest. Rows that triggers of the user insert meanwhile are judged.
class OrdersJudged {
 public:
  explicit OrdersJudged(const OrderRequest& order);
  explicit OrdersJudged(std::int64_t backtest_portfolio);
  ~OrdersJudged();
  OrdersJudged(const OrdersJudged&) = delete;
  OrdersJudged& operator=(const OrdersJudged&) = delete;

  [[nodiscard]] static bool cover_account(std::int64_t portfolio_id);
  /// True once for the row that was judged.
  [[nodiscard]] static bool take(const OrderRequest& row);

 private:
  OrdersJudged* outer_;
  std::optional<std::int64_t> account_;
  std::optional<OrderRequest> order_;
};

/// A dump is being restored: pg_dump sets row_security and xmloption for its session, nobody else
/// sets both. Needs a connection to SPI.
[[nodiscard]] bool is_restoring();

}  // namespace quant::pg
