// SPDX-License-Identifier: PostgreSQL
#include "adapter/order_check.hpp"

#include <algorithm>

#include "core/base/json_reader.hpp"
#include "core/risk/risk_contributions.hpp"

#include "adapter/account_curve.hpp"
#include "adapter/jsonb_reader.hpp"
#include "adapter/ledger_rows.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/risk_reader.hpp"
#include "adapter/spi.hpp"

extern "C" {
#include "utils/rls.h"
}

namespace quant::pg {

namespace {

OrdersJudged* innermost = nullptr;

std::optional<Decimal> find_number(const Row& row, int column) {
  const auto value = row.find(column, NUMERICOID);
  return value ? std::optional(decode_decimal(*value, "a limit of the risk profile"))
               : std::nullopt;
}

/// How the profile wants its value at risk found: keys var_method, var_lookback.
RiskRequest read_risk_settings(const Json& settings) {
  const JsonReader reader(settings, "advanced_settings");
  RiskRequest request;
  request.options.pause = serve_interrupts;
  if (reader.has("var_method")) {
    request.options.method = parse_risk_method(reader.at("var_method").string());
  }
  if (reader.has("var_lookback")) {
    request.lookback = static_cast<std::size_t>(
        reader.at("var_lookback").whole_number(1, static_cast<int>(kLongestRiskWindow)));
  }
  return request;
}

}  // namespace

std::optional<ActiveProfile> read_active_profile(std::int64_t portfolio_id, bool to_enforce) {
  const Rows rows = execute(
      "SELECT r.id, r.max_position_size_pct, r.max_sector_exposure_pct, r.max_gross_exposure_pct, "
      "r.max_net_exposure_pct, r.max_leverage, r.max_positions, r.allow_short, "
      "r.max_drawdown_limit, r.max_daily_loss, r.max_portfolio_var, r.max_expected_shortfall, "
      "r.max_volatility, r.asset_restrictions, r.advanced_settings "
      "FROM trading.portfolios p JOIN trading.risk_profiles r ON r.user_id = p.user_id "
      "AND r.is_active WHERE p.id = $1 ORDER BY r.is_default DESC, r.id LIMIT 1",
      Arguments().add(portfolio_id));
  if (rows.empty()) return std::nullopt;
  const Row row = rows[0];
  ActiveProfile profile;
  profile.id = row.int64(1);
  profile.settings = read_jsonb(row.value(15, JSONBOID), "settings");
  profile.mode = read_limit_mode(profile.settings);
  if (to_enforce && profile.mode == LimitMode::kOff) return profile;
  profile.risk = read_risk_settings(profile.settings);
  RiskLimits& limits = profile.limits;
  limits.max_position_size_pct = *find_number(row, 2);
  limits.max_sector_exposure_pct = find_number(row, 3);
  limits.max_gross_exposure_pct = find_number(row, 4);
  limits.max_net_exposure_pct = find_number(row, 5);
  limits.max_leverage = *find_number(row, 6);
  if (!row.is_null(7)) limits.max_positions = row.int32(7);
  limits.allow_short = row.boolean(8);
  limits.max_drawdown_limit = find_number(row, 9);
  limits.max_daily_loss = find_number(row, 10);
  limits.max_portfolio_var = find_number(row, 11);
  limits.max_expected_shortfall = find_number(row, 12);
  limits.max_volatility = find_number(row, 13);
  limits.restrictions = read_restrictions(read_jsonb(row.value(14, JSONBOID), "restrictions"));
  return profile;
}

namespace {

std::vector<HeldPosition> read_held(std::int64_t portfolio_id,
                                    std::optional<std::int64_t> without_row) {
  const std::string held_rows = concat(
      "SELECT coalesce(h.symbol, p.symbol), coalesce(h.quantity, p.quantity)::numeric(15, 6), "
      "CASE WHEN h.quantity IS NULL OR h.quantity = p.quantity THEN p.market_value "
      "ELSE round(h.quantity * coalesce(p.current_price, h.price), 2) END::numeric(15, 2) "
      "FROM (SELECT t.symbol, coalesce(sum(",
      kSignedQuantity,
      ") FILTER (WHERE t.id IS DISTINCT FROM $2), 0) AS "
      "quantity, "
      "(array_agg(t.price ORDER BY t.id DESC) FILTER (WHERE t.price IS NOT NULL))[1] AS price "
      "FROM trading.transactions t WHERE t.portfolio_id = $1 AND ",
      kChangesHolding,
      " GROUP BY t.symbol) h "
      "FULL JOIN (SELECT * FROM trading.positions o WHERE o.portfolio_id = $1 AND o.is_open) p "
      "ON p.symbol = h.symbol WHERE coalesce(h.quantity, p.quantity) <> 0");
  Arguments arguments = Arguments().add(portfolio_id);
  without_row ? arguments.add(*without_row) : arguments.add_null(INT8OID);
  const Rows rows = execute(
      concat("SELECT h.*, a.sector FROM (", held_rows,
             ") AS h (symbol, quantity, value) LEFT JOIN trading.assets a ON a.symbol = h.symbol"),
      std::move(arguments));
  std::vector<HeldPosition> held;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    held.push_back({row.string(1), row.is_null(4) ? std::nullopt : std::optional(row.string(4)),
                    decode_fixed<Quantity>(row.value(2, NUMERICOID)),
                    decode_fixed<Money>(row.value(3, NUMERICOID))});
  }
  return held;
}

/// Whether the position holds what the row tells of: where a symbol has no other transaction, its
/// writer has opened the position first.
bool position_holds_row(const OrderRequest& order) {
  if (!order.row_id) return false;
  const Rows rows = execute(
      "SELECT EXISTS (SELECT FROM trading.positions o WHERE o.portfolio_id = $1 AND o.symbol = $2 "
      "AND o.is_open AND o.quantity * sign($3) >= abs($3)) AND NOT EXISTS (SELECT FROM "
      "trading.transactions t WHERE t.portfolio_id = $1 AND t.symbol = $2 AND t.quantity IS NOT "
      "NULL AND t.id <> $4)",
      Arguments()
          .add(order.portfolio_id)
          .add(order.symbol)
          .add(NUMERICOID, encode_fixed(order.change()))
          .add(*order.row_id));
  return DatumGetBool(rows[0].value(1, BOOLOID));
}

/// Takes an order out of the positions, at its price.
void take_out(const OrderRequest& order, std::vector<HeldPosition>& positions) {
  const Quantity change = order.change();
  for (HeldPosition& position : positions) {
    if (position.symbol != order.symbol) continue;
    position.quantity -= change;
    position.value -= value_of(change, order.price);
  }
  std::erase_if(positions, [](const HeldPosition& held) { return held.quantity.is_zero(); });
}

/// Where the account stands by its curve, what was paid in since then counted.
AccountLoss read_loss(std::int64_t portfolio_id, const LedgerAccount& account, Timestamp today) {
  const std::vector<AccountMark> marks = read_marks(portfolio_id);
  const Timestamp last = marks.empty() ? DT_NOBEGIN : marks.back().point.timestamp;
  const Rows flow = execute(
      concat("SELECT coalesce(sum(", kPaidIn,
             "), 0)::numeric(15, 2) FROM trading.transactions t WHERE t.portfolio_id = $1 AND ",
             kMovesCapital, " AND t.transaction_date > $2"),
      Arguments().add(portfolio_id).add(TIMESTAMPTZOID, TimestampTzGetDatum(last)));
  return account_loss(account.initial_capital, marks,
                      {{today, utc_day(today), account.total_value},
                       decode_fixed<Money>(flow[0].value(1, NUMERICOID))},
                      today);
}

/// The holdings at the end of the order's day, the order among them; the positions may be
/// `holding_it` already.
OrderRisk risk_with(const OrderRequest& order, bool holding_it, const RiskRequest& request) {
  const Day day = utc_day(order.time);
  PortfolioHistory history = read_portfolio_history(order.portfolio_id, day, request.lookback);
  const bool is_held = holding_it && history.holdings_source == "positions";
  const Quantity change = is_held ? Quantity{} : order.change();
  const auto held = std::find_if(history.holdings.begin(), history.holdings.end(),
                                 [&](const Holding& h) { return h.symbol == order.symbol; });
  if (held == history.holdings.end()) {
    Holding added = read_symbol_history(order.symbol, day);
    added.quantity = change;
    history.holdings.push_back(std::move(added));
  } else {
    held->quantity += change;
    if (held->quantity.is_zero()) history.holdings.erase(held);
  }
  if (!is_held) history.cash -= value_of(change, order.price) + order.costs;
  const PortfolioTail tail = portfolio_tail(history, request);
  return {tail.value_at_risk, tail.expected_shortfall, portfolio_volatility(history, request)};
}

std::vector<LimitCheck> judge(const OrderRequest& order, const ActiveProfile& profile) {
  const LedgerAccount account = read_account(order.portfolio_id);
  const Rows asset =
      execute("SELECT a.asset_type, a.sector FROM trading.assets a WHERE a.symbol = $1",
              Arguments().add(order.symbol));
  const Quantity change = order.change();
  const ProposedOrder entry{
      order.symbol,
      asset.empty() ? std::string() : asset[0].string(1),
      asset.empty() || asset[0].is_null(2) ? std::nullopt : std::optional(asset[0].string(2)),
      change,
      order.price,
      order.costs};
  AccountExposure exposure{
      account.total_value, read_held(order.portfolio_id, order.row_id), {}, {}};
  const bool holding_it = position_holds_row(order);
  if (holding_it) take_out(order, exposure.positions);
  for (const HeldPosition& position : exposure.positions) {
    // An order that only reduces what is held always passes, whatever it is called.
    const bool is_opposite = (position.quantity < Quantity{}) != (change < Quantity{});
    if (position.symbol == order.symbol && is_opposite &&
        magnitude_of(change) <= magnitude_of(position.quantity)) {
      return {};
    }
  }
  if (profile.limits.max_drawdown_limit || profile.limits.max_daily_loss) {
    const AccountLoss loss = read_loss(order.portfolio_id, account, midnight(utc_day(order.time)));
    exposure.drawdown = loss.drawdown;
    exposure.daily_loss = loss.of_today;
  }
  return check_order_limits(profile.limits, exposure, entry,
                            [&] { return risk_with(order, holding_it, profile.risk); });
}

std::string describe(const LimitCheck& check) {
  const std::string threshold = check.threshold ? check.threshold->to_text() : std::string();
  if (check.value) {
    return concat(check.limit, ": ", check.detail, ", ", check.value->to_text(), " against ",
                  threshold);
  }
  return concat(check.limit, threshold.empty() ? "" : concat(" of ", threshold), ": ",
                check.detail);
}

}  // namespace

Quantity OrderRequest::change() const {
  return type == TransactionType::kShort || type == TransactionType::kSell ? -quantity : quantity;
}

AccountExposure read_exposure(std::int64_t portfolio_id, Timestamp as_of) {
  const LedgerAccount account = read_account(portfolio_id);
  const AccountLoss loss = read_loss(portfolio_id, account, midnight(utc_day(as_of)));
  return {account.total_value, read_held(portfolio_id, std::nullopt), loss.drawdown, loss.of_today};
}

std::vector<LimitCheck> judge_order(const OrderRequest& order) {
  (void)read_account(order.portfolio_id);  // there must be one
  const auto profile = read_active_profile(order.portfolio_id);
  return profile ? judge(order, *profile) : std::vector<LimitCheck>();
}

void enforce_limits(const OrderRequest& order) {
  const auto profile = read_active_profile(order.portfolio_id, true);
  if (!profile || profile->mode == LimitMode::kOff) return;
  std::string breaches;
  std::string first;
  for (const LimitCheck& check : judge(order, *profile)) {
    if (!check.breached) continue;
    if (first.empty()) first = check.limit;
    breaches += concat(breaches.empty() ? "" : "\n", describe(check));
  }
  if (first.empty()) return;
  const std::string message =
      concat(transaction_type_name(order.type), " of ", order.quantity.to_text(), ' ', order.symbol,
             " exceeds ", first, " of risk profile ", profile->id);
  if (profile->mode == LimitMode::kWarn) {
    call_server([&] {
      ereport(WARNING, (errmsg("%s", message.c_str()), errdetail("%s", breaches.c_str())));
    });
    return;
  }
  throw Error(ErrorCode::kCheckViolation, message)
      .detail(breaches)
      .hint(
          "quant.check_limits() tells beforehand. The profile's advanced_settings may set "
          "\"limit_mode\" to \"warn\" or \"off\".")
      .constraint(first);
}

Price last_price(const std::string& symbol, Timestamp as_of) {
  const Rows rows = execute(
      "SELECT m.close_price FROM trading.market_data m WHERE m.symbol = $1 AND m.timeframe = '1d' "
      "AND m.timestamp <= $2 ORDER BY m.timestamp DESC LIMIT 1",
      Arguments().add(symbol).add(TIMESTAMPTZOID, TimestampTzGetDatum(as_of)));
  if (!rows.empty()) return decode_fixed<Price>(rows[0].value(1, NUMERICOID));
  throw Error(ErrorCode::kNoData, concat("there is no price of ", symbol))
      .detail("It has no bar of timeframe 1d up to then.")
      .hint("Give the price of the order.");
}

OrdersJudged::OrdersJudged(const OrderRequest& order) : outer_(innermost), order_(order) {
  innermost = this;
}
OrdersJudged::OrdersJudged(std::int64_t backtest_portfolio)
    : outer_(innermost), account_(backtest_portfolio) {
  innermost = this;
}
OrdersJudged::~OrdersJudged() { innermost = outer_; }

bool OrdersJudged::cover_account(std::int64_t portfolio_id) {
  for (const OrdersJudged* judged = innermost; judged != nullptr; judged = judged->outer_) {
    if (judged->account_ == portfolio_id) return true;
  }
  return false;
}

bool OrdersJudged::take(const OrderRequest& row) {
  if (innermost == nullptr || !innermost->order_) return false;
  const OrderRequest& order = *innermost->order_;
  if (order.portfolio_id != row.portfolio_id || order.type != row.type ||
      order.symbol != row.symbol || order.quantity != row.quantity || order.price != row.price) {
    return false;
  }
  innermost->order_.reset();
  return true;
}

bool is_restoring() {
  if (row_security) return false;
  return execute(
             "SELECT pg_catalog.count(*) FROM pg_catalog.pg_settings s WHERE s.name "
             "OPERATOR(pg_catalog.=) ANY ('{row_security,xmloption}') "
             "AND s.source OPERATOR(pg_catalog.=) 'session'")[0]
             .int64(1) == 2;
}

}  // namespace quant::pg
