// SPDX-License-Identifier: PostgreSQL
#include "core/risk/order_limits.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"

namespace quant {

namespace {

constexpr int kShownDecimals = 4;

struct Exposures {
  Money equity;
  Quantity held;   // of the order's symbol, signed
  Money position;  // of the order's symbol, unsigned
  Money sector;    // of its sector, unsigned
  Money gross;
  Money net;  // signed
  int positions = 0;
};

Exposures exposures_of(const AccountExposure& account, const ProposedOrder& order) {
  Exposures after;
  after.equity = equity_after(account, order);
  Quantity held = order.quantity;
  for (const HeldPosition& position : account.positions) {
    if (position.symbol == order.symbol) {
      held += position.quantity;
      continue;
    }
    const Money size = magnitude_of(position.value);
    after.gross += size;
    after.net += position.value;
    ++after.positions;
    if (order.sector && position.sector == order.sector) after.sector += size;
  }
  after.held = held;
  const Money value = value_of(held, order.price);
  after.position = magnitude_of(value);
  after.gross += after.position;
  after.net += value;
  after.sector += after.position;
  if (!held.is_zero()) ++after.positions;
  return after;
}

/// amount / equity against a threshold in units of 1 / unit: 100 for percent, 1 for fractions.
LimitCheck share_check(std::string_view limit, Money amount, Money equity, const Decimal& threshold,
                       int unit, std::string_view what) {
  LimitCheck check{limit, std::nullopt, threshold, true, {}};
  if (equity <= Money{}) {
    check.detail = concat(what, " more than an equity of ", equity.to_text(), " can bear");
    return check;
  }
  const Int128 scaled = multiply(amount.units(), unit);
  check.value = Decimal{multiply_divide(scaled, power_of_ten(kShownDecimals), equity.units()),
                        kShownDecimals};
  check.breached = compare_products(scaled, threshold.unit(), threshold.mantissa, equity.units()) ==
                   std::strong_ordering::greater;
  check.detail = concat(what, ' ', amount.to_text(), " of an equity of ", equity.to_text());
  return check;
}

/// A halt: reached is breached.
LimitCheck halt_check(std::string_view limit, const Decimal& value, const Decimal& threshold,
                      std::string_view what) {
  return {limit, value.rounded(kShownDecimals), threshold, value >= threshold,
          concat(what, " halts orders that open or add to a position")};
}

void add_restrictions(const AssetRestrictions& restrictions, const ProposedOrder& order,
                      std::vector<LimitCheck>& checks) {
  const auto check = [&](const AssetRestrictions::Lists& lists, std::string_view what,
                         const std::optional<std::string>& name) {
    const auto is_in = [&](const std::vector<std::string>& list) {
      return name && std::find(list.begin(), list.end(), *name) != list.end();
    };
    const bool is_forbidden = is_in(lists.forbidden);
    const bool is_missing = !lists.allowed.empty() && !is_in(lists.allowed);
    if (!is_forbidden && !is_missing) return;
    checks.push_back(
        {"asset_restrictions", std::nullopt, std::nullopt, true,
         concat(what, ' ', name ? concat('"', *name, '"') : "of the asset is not known and",
                is_forbidden ? " is forbidden" : " is not among those allowed")});
  };
  check(restrictions.symbols, "symbol", order.symbol);
  check(restrictions.sectors, "sector", order.sector);
  check(restrictions.asset_types, "asset type", order.asset_type);
}

void add_risk(const RiskLimits& limits, Money equity, FunctionRef<OrderRisk()> risk,
              std::vector<LimitCheck>& checks) {
  if (!limits.max_portfolio_var && !limits.max_expected_shortfall && !limits.max_volatility) return;
  std::optional<OrderRisk> found;
  std::string failure = "the figure is not defined for these returns";
  try {
    found = risk();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidParameter) throw;
    failure = error.detail().empty() ? std::string(error.message())
                                     : concat(error.message(), " (", error.detail(), ')');
  }
  const auto unknown = [&](std::string_view limit, const Decimal& threshold) {
    checks.push_back(
        {limit, std::nullopt, threshold, true, concat("cannot be judged: ", failure)});
  };
  const auto amount = [&](std::string_view limit, const std::optional<Decimal>& threshold,
                          std::string_view what, const std::optional<Money> OrderRisk::*member) {
    if (!threshold) return;
    const auto value = found ? (*found).*member : std::nullopt;
    if (!value) return unknown(limit, *threshold);
    checks.push_back(share_check(limit, *value, equity, *threshold, 1, what));
  };
  amount("max_portfolio_var", limits.max_portfolio_var, "value at risk is",
         &OrderRisk::value_at_risk);
  amount("max_expected_shortfall", limits.max_expected_shortfall, "expected shortfall is",
         &OrderRisk::expected_shortfall);
  if (!limits.max_volatility) return;
  if (!found || !found->volatility) return unknown("max_volatility", *limits.max_volatility);
  checks.push_back({"max_volatility", found->volatility->rounded(kShownDecimals),
                    limits.max_volatility, *found->volatility > *limits.max_volatility,
                    "annual volatility of the holdings"});
}

/// What limits of the whole account are held against.
struct AccountState {
  Money equity;
  Money gross;
  Money net;  // signed
  int positions = 0;
  Decimal drawdown;
  Decimal daily_loss;
  std::string_view verb;  // " is", " would be"
};

void add_percent(std::string_view limit, Money amount, Money equity,
                 const std::optional<Decimal>& threshold, std::string_view what,
                 std::vector<LimitCheck>& checks) {
  if (threshold) checks.push_back(share_check(limit, amount, equity, *threshold, 100, what));
}

void add_account(const RiskLimits& limits, const AccountState& account,
                 FunctionRef<OrderRisk()> risk, std::vector<LimitCheck>& checks) {
  const std::string gross = concat("gross exposure", account.verb);
  add_percent("max_gross_exposure_pct", account.gross, account.equity,
              limits.max_gross_exposure_pct, gross, checks);
  add_percent("max_net_exposure_pct", magnitude_of(account.net), account.equity,
              limits.max_net_exposure_pct, concat("net exposure", account.verb), checks);
  checks.push_back(
      share_check("max_leverage", account.gross, account.equity, limits.max_leverage, 1, gross));
  if (limits.max_positions) {
    checks.push_back({"max_positions", Decimal{account.positions, 0},
                      Decimal{*limits.max_positions, 0}, account.positions > *limits.max_positions,
                      "open positions"});
  }
  if (limits.max_drawdown_limit) {
    checks.push_back(
        halt_check("max_drawdown_limit", account.drawdown, *limits.max_drawdown_limit, "drawdown"));
  }
  if (limits.max_daily_loss) {
    checks.push_back(halt_check("max_daily_loss", account.daily_loss, *limits.max_daily_loss,
                                "loss of the day"));
  }
  add_risk(limits, account.equity, risk, checks);
}

}  // namespace

LimitMode read_limit_mode(const Json& advanced_settings) {
  static constexpr std::array<std::pair<std::string_view, LimitMode>, 3> kModes = {
      {{"enforce", LimitMode::kEnforce}, {"warn", LimitMode::kWarn}, {"off", LimitMode::kOff}}};
  const JsonReader settings(advanced_settings, "advanced_settings");
  return settings.has("limit_mode") ? settings.at("limit_mode").choice(kModes)
                                    : LimitMode::kEnforce;
}

AssetRestrictions read_restrictions(const Json& asset_restrictions) {
  AssetRestrictions restrictions;
  const JsonReader reader(asset_restrictions, "asset_restrictions");
  reader.expect_object({"allowed_symbols", "forbidden_symbols", "allowed_sectors",
                        "forbidden_sectors", "allowed_asset_types", "forbidden_asset_types"});
  const auto read = [&](std::string_view key, std::vector<std::string>& list) {
    if (!reader.has(key)) return;
    for (const JsonReader& element : reader.at(key).elements()) list.push_back(element.string());
  };
  read("allowed_symbols", restrictions.symbols.allowed);
  read("forbidden_symbols", restrictions.symbols.forbidden);
  read("allowed_sectors", restrictions.sectors.allowed);
  read("forbidden_sectors", restrictions.sectors.forbidden);
  read("allowed_asset_types", restrictions.asset_types.allowed);
  read("forbidden_asset_types", restrictions.asset_types.forbidden);
  return restrictions;
}

Money equity_after(const AccountExposure& account, const ProposedOrder& order) {
  Quantity held = order.quantity;
  Money before;
  for (const HeldPosition& position : account.positions) {
    if (position.symbol != order.symbol) continue;
    held += position.quantity;
    before += position.value;
  }
  return account.equity - order.costs - value_of(order.quantity, order.price) +
         value_of(held, order.price) - before;
}

std::vector<LimitCheck> check_order_limits(const RiskLimits& limits, const AccountExposure& account,
                                           const ProposedOrder& order,
                                           FunctionRef<OrderRisk()> risk) {
  const Exposures after = exposures_of(account, order);
  std::vector<LimitCheck> checks;
  add_restrictions(limits.restrictions, order, checks);
  if (order.quantity < Quantity{} && after.held < Quantity{} && !limits.allow_short) {
    checks.push_back(
        {"allow_short", std::nullopt, std::nullopt, true, "short sales are not allowed"});
  }
  add_percent("max_position_size_pct", after.position, after.equity, limits.max_position_size_pct,
              "the position would be", checks);
  if (order.sector) {
    add_percent("max_sector_exposure_pct", after.sector, after.equity,
                limits.max_sector_exposure_pct, "the sector would be", checks);
  }
  add_account(limits,
              {after.equity, after.gross, after.net, after.positions, account.drawdown,
               account.daily_loss, " would be"},
              risk, checks);
  return checks;
}

std::vector<LimitCheck> limit_breaches(const RiskLimits& limits, const AccountExposure& account,
                                       const OrderRisk& risk) {
  std::vector<LimitCheck> checks;
  std::map<std::string, Money> sectors;
  Money gross;
  Money net;
  for (const HeldPosition& position : account.positions) {
    const Money size = magnitude_of(position.value);
    gross += size;
    net += position.value;
    if (position.sector) sectors[*position.sector] += size;
    add_percent("max_position_size_pct", size, account.equity, limits.max_position_size_pct,
                concat(position.symbol, " is"), checks);
    if (position.quantity < Quantity{} && !limits.allow_short) {
      checks.push_back({"allow_short", std::nullopt, std::nullopt, true,
                        concat(position.symbol, " is sold short")});
    }
  }
  for (const auto& [sector, size] : sectors) {
    add_percent("max_sector_exposure_pct", size, account.equity, limits.max_sector_exposure_pct,
                concat(sector, " is"), checks);
  }
  add_account(
      limits,
      {account.equity, gross, net, static_cast<int>(account.positions.size()), account.drawdown,
       account.daily_loss, " is"},
      [&] { return risk; }, checks);
  // Without any position nothing is at risk.
  std::erase_if(checks, [&](const LimitCheck& check) {
    return !check.breached || (account.positions.empty() && !check.value);
  });
  return checks;
}

std::string limit_checks_json(std::span<const LimitCheck> checks) {
  std::string list;
  const auto number = [](const std::optional<Decimal>& value) {
    return value ? value->to_text() : std::string("null");
  };
  for (const LimitCheck& check : checks) {
    list += concat(list.empty() ? "" : ", ", R"({"limit": )", json_string(check.limit),
                   R"(, "value": )", number(check.value), R"(, "threshold": )",
                   number(check.threshold), R"(, "detail": )", json_string(check.detail), '}');
  }
  return concat('[', list, ']');
}

}  // namespace quant
