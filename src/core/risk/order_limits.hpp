// SPDX-License-Identifier: PostgreSQL
// Whether an order that opens or adds to a position keeps to the limits of a risk profile.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/decimal.hpp"
#include "core/base/function_ref.hpp"
#include "core/base/json.hpp"

namespace quant {

enum class LimitMode : std::uint8_t { kEnforce, kWarn, kOff };

/// What may be traded; an empty list allows all.
struct AssetRestrictions {
  struct Lists {
    std::vector<std::string> allowed;
    std::vector<std::string> forbidden;
  };
  Lists symbols;
  Lists sectors;
  Lists asset_types;
};

/// The limits of a risk profile; percent of equity where a name ends in _pct, else fractions.
struct RiskLimits {
  Decimal max_position_size_pct;
  std::optional<Decimal> max_sector_exposure_pct;
  std::optional<Decimal> max_gross_exposure_pct;
  std::optional<Decimal> max_net_exposure_pct;
  Decimal max_leverage;
  std::optional<int> max_positions;
  bool allow_short = false;
  std::optional<Decimal> max_drawdown_limit;
  std::optional<Decimal> max_daily_loss;
  std::optional<Decimal> max_portfolio_var;
  std::optional<Decimal> max_expected_shortfall;
  std::optional<Decimal> max_volatility;
  AssetRestrictions restrictions;
};

/// Reads "limit_mode" of a profile's advanced_settings. kInvalidParameter for another value.
[[nodiscard]] LimitMode read_limit_mode(const Json& advanced_settings);
/// Reads asset_restrictions: allowed_symbols, forbidden_symbols, allowed_sectors,
/// forbidden_sectors, allowed_asset_types and forbidden_asset_types. kInvalidParameter for another
/// key or what is no list of texts.
[[nodiscard]] AssetRestrictions read_restrictions(const Json& asset_restrictions);

struct HeldPosition {
  std::string symbol;
  std::optional<std::string> sector;
  Quantity quantity;  // signed
  Money value;        // at the last mark, signed
};

/// The account before the order.
struct AccountExposure {
  Money equity;
  std::vector<HeldPosition> positions;
  Decimal drawdown;    // from its peak, a fraction
  Decimal daily_loss;  // since the last mark of the day before, negative for a gain
};

struct ProposedOrder {
  std::string symbol;
  std::string asset_type;
  std::optional<std::string> sector;
  Quantity quantity;  // signed: negative sells short
  Price price;
  Money costs;
};

/// Tail risk of the account with the order, in money, and its annual volatility as a fraction.
struct OrderRisk {
  std::optional<Money> value_at_risk;
  std::optional<Money> expected_shortfall;
  std::optional<Decimal> volatility;
};

/// One limit and what the order makes of it.
struct LimitCheck {
  std::string_view limit;        // column of trading.risk_profiles
  std::optional<Decimal> value;  // with 4 decimals, in the unit of the threshold
  std::optional<Decimal> threshold;
  bool breached = false;
  std::string detail;
};

/// The account as the order leaves it: the position revalued at its price, its costs paid.
[[nodiscard]] Money equity_after(const AccountExposure& account, const ProposedOrder& order);

/// Every limit that the profile sets. `risk` is asked for only where one needs it; what it throws
/// as kInvalidParameter (too few returns) breaches that limit, for a limit that cannot be judged
/// is not kept.
[[nodiscard]] std::vector<LimitCheck> check_order_limits(const RiskLimits& limits,
                                                         const AccountExposure& account,
                                                         const ProposedOrder& order,
                                                         FunctionRef<OrderRisk()> risk);

/// Which limits an account breaches as it stands; of positions each that does.
[[nodiscard]] std::vector<LimitCheck> limit_breaches(const RiskLimits& limits,
                                                     const AccountExposure& account,
                                                     const OrderRisk& risk);

/// A JSON array of {"limit", "value", "threshold", "detail"}.
[[nodiscard]] std::string limit_checks_json(std::span<const LimitCheck> checks);

}  // namespace quant
