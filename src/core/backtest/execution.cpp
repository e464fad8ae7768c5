// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/execution.hpp"

#include <array>
#include <utility>

#include "core/base/json_reader.hpp"
#include "core/market/timeframe.hpp"
#include "core/strategy/document_keys.hpp"

namespace quant {

namespace {

template <typename T, std::size_t kSize>
using Choices = std::array<std::pair<std::string_view, T>, kSize>;

constexpr Choices<FillAt, 2> kFillAt = {
    {{"next_open", FillAt::kNextOpen}, {"same_close", FillAt::kSameClose}}};
constexpr Choices<Intrabar, 6> kIntrabar = {{{"worst_case", Intrabar::kWorstCase},
                                             {"stop_first", Intrabar::kStopFirst},
                                             {"nearest_extreme", Intrabar::kNearestExtreme},
                                             {"ohlc", Intrabar::kHighFirst},
                                             {"olhc", Intrabar::kLowFirst},
                                             {"lower_timeframe", Intrabar::kFinerBars}}};
constexpr Choices<bool, 2> kLimitFill = {{{"touch", false}, {"through", true}}};
constexpr Choices<bool, 2> kCrossover = {{{"default", false}, {"strict", true}}};
constexpr Choices<SizeAt, 2> kSizeAt = {{{"fill", SizeAt::kFill}, {"signal", SizeAt::kSignal}}};
constexpr Choices<OnOpposite, 3> kOnOpposite = {{{"reverse", OnOpposite::kReverse},
                                                 {"close", OnOpposite::kClose},
                                                 {"ignore", OnOpposite::kIgnore}}};
constexpr Choices<OnShortCash, 2> kOnShortCash = {
    {{"reduce", OnShortCash::kReduce}, {"skip", OnShortCash::kSkip}}};
constexpr Choices<Finalize, 3> kFinalize = {{{"none", Finalize::kNone},
                                             {"last_close", Finalize::kLastClose},
                                             {"last_open", Finalize::kLastOpen}}};
constexpr Choices<Prices, 3> kPrices = {{{"raw", Prices::kRaw},
                                         {"split_adjusted", Prices::kSplitAdjusted},
                                         {"adjusted", Prices::kAdjusted}}};
constexpr Choices<bool, 2> kFrequency = {{{"day", false}, {"bar", true}}};
constexpr Choices<bool, 2> kSpread = {{{"quoted", true}, {"none", false}}};
constexpr Choices<bool, 2> kVolumeBasis = {{{"filling_bar", false}, {"previous_bar", true}}};
constexpr Choices<bool, 2> kOnLeave = {{{"keep", false}, {"close", true}}};
constexpr int kMostStaleDays = 100'000;
constexpr std::size_t kMostTiers = 100;
constexpr int kMostShareDecimals = 9;
constexpr int kMostPeriods = 100'000'000;  // a year has 31,536,000 seconds

template <typename T, typename Table>
void read_choice(const JsonReader& reader, std::string_view key, const Table& table, T& target) {
  if (reader.has(key)) target = reader.at(key).choice(table);
}

/// An amount of money that a fee can reasonably be.
Decimal read_amount(const JsonReader& reader) {
  const Decimal amount = reader.not_negative();
  if (amount > Decimal{1'000'000'000, 0}) {
    throw reader.wrong(
        concat("an amount of at most 1000000000 is expected, not ", amount.to_text()));
  }
  return amount;
}

/// A setting between two bounds.
Decimal read_between(const JsonReader& reader, const Decimal& least, const Decimal& most,
                     std::string_view hint) {
  const Decimal value = reader.short_number();
  if (value < least || value > most) {
    Error error = reader.wrong(concat("a number between ", least.to_text(), " and ", most.to_text(),
                                      " is expected, not ", value.to_text()));
    throw error.hint(std::string(hint));
  }
  return value;
}

/// Tiers rise; only the last may be without end.
std::vector<CommissionTier> read_tiers(const JsonReader& reader) {
  const auto elements = reader.elements();
  if (elements.empty()) throw reader.wrong("the list of tiers is empty");
  if (elements.size() > kMostTiers)
    throw reader.wrong(concat("at most ", kMostTiers, " tiers are expected"));
  std::vector<CommissionTier> tiers;
  for (const JsonReader& element : elements) {
    element.expect_object({"up_to", "percent"});
    CommissionTier tier;
    tier.percent = element.at("percent").percent(false);
    if (!tiers.empty() && !tiers.back().up_to)
      throw element.wrong("a tier follows one without end");
    if (element.has("up_to")) {
      tier.up_to = element.at("up_to").fixed<Money>().to_decimal();
      const Decimal least = tiers.empty() ? Decimal{} : *tiers.back().up_to;
      if (*tier.up_to <= least)
        throw element.at("up_to").wrong("more than the tier before is expected");
    }
    tiers.push_back(std::move(tier));
  }
  if (tiers.back().up_to) {
    throw reader.wrong("the last tier ends")
        .hint("Leave out its \"up_to\": it is for all that is above.");
  }
  return tiers;
}

Commission read_commission(const JsonReader& reader) {
  reader.expect_form(R"({"percent": 0.1})");
  reader.expect_object({"percent", "per_order", "per_share", "min", "max", "tiers"});
  Commission commission;
  if (reader.has("tiers")) {
    if (reader.has("percent"))
      throw reader.wrong("a commission has \"percent\" or \"tiers\", not both");
    commission.tiers = read_tiers(reader.at("tiers"));
  }
  if (reader.has("percent")) commission.percent = reader.at("percent").percent(false);
  if (reader.has("per_order")) commission.per_order = read_amount(reader.at("per_order"));
  if (reader.has("per_share")) commission.per_share = read_amount(reader.at("per_share"));
  if (reader.has("min")) commission.minimum = read_amount(reader.at("min"));
  if (reader.has("max")) {
    commission.maximum = read_amount(reader.at("max"));
    if (*commission.maximum < commission.minimum) {
      throw reader.at("max").wrong("the maximum commission is below the minimum");
    }
  }
  return commission;
}

Slippage read_slippage(const JsonReader& reader, Execution& execution) {
  reader.expect_form(R"({"percent": 0.05} or {"ticks": 1})");
  reader.expect_object({"percent", "ticks", "volume_share", "volume_basis"});
  Slippage slippage;
  if (reader.has("percent")) {
    slippage.percent = reader.at("percent").percent(false);
    if (slippage.percent >= Decimal{100, 0}) {
      throw reader.at("percent").wrong("a slippage below 100 percent is expected");
    }
  }
  if (reader.has("ticks")) slippage.ticks = reader.at("ticks").whole_number(0, 1'000'000);
  if (reader.has("volume_share")) {
    slippage.volume_share =
        read_between(reader.at("volume_share"), {0, 0}, {1, 0}, "10 percent is written 0.1.");
    if (slippage.volume_share.scale > kMostShareDecimals) {
      throw reader.at("volume_share")
          .wrong(concat("at most ", kMostShareDecimals, " decimals are expected"));
    }
  }
  read_choice(reader, "volume_basis", kVolumeBasis, execution.volume_of_previous_bar);
  return slippage;
}

void read_volumes(const JsonReader& reader, Execution& execution) {
  if (reader.has("slippage")) execution.slippage = read_slippage(reader.at("slippage"), execution);
  if (!reader.has("max_volume_share")) return;
  const JsonReader share = reader.at("max_volume_share");
  (void)share.positive();
  execution.max_volume_share = read_between(share, {0, 0}, {1, 0}, "10 percent is written 0.1.");
}

/// "5d", "12h": a whole number of one unit.
Timestamp read_duration(const JsonReader& reader) {
  const auto duration = parse_duration(reader.string());
  if (duration) return *duration;
  throw reader.wrong(concat("a duration is expected, not \"", reader.string(), '"'))
      .hint("A duration is a whole number of s, m, h, d or w, such as \"5d\".");
}

void read_rates(const JsonReader& reader, Execution& execution) {
  const auto rate = [&](std::string_view key, const Decimal& least) {
    return reader.has(key)
               ? read_between(reader.at(key), least, {1000, 0}, "4 percent a year is written 4.")
               : Decimal{};
  };
  execution.borrow_rate_percent = rate("borrow_rate_percent", {0, 0});
  execution.interest_rate_percent = rate("interest_rate_percent", {-100, 0});
}

void read_numbers(const JsonReader& reader, Execution& execution) {
  if (reader.has("price_tick")) {
    (void)reader.at("price_tick").positive();
    execution.price_tick = reader.at("price_tick").fixed<Price>();
  }
  if (reader.has("quantity_step")) {
    (void)reader.at("quantity_step").positive();
    execution.quantity_step = reader.at("quantity_step").fixed<Quantity>();
  }
  if (reader.has("leverage")) {
    execution.leverage = read_between(reader.at("leverage"), {1, 0}, {1000, 0}, "");
  }
  if (reader.has("maintenance")) {
    execution.maintenance =
        read_between(reader.at("maintenance"), {0, 0}, {1, 0}, "25 percent is written 0.25.");
  }
  if (reader.has("periods_per_year")) {
    const JsonReader periods = reader.at("periods_per_year");
    (void)periods.positive();
    execution.periods_per_year = read_between(periods, {0, 0}, {kMostPeriods, 0}, "");
  }
  if (reader.has("risk_free")) {
    execution.risk_free =
        read_between(reader.at("risk_free"), {-99, 2}, {1, 0}, "4 percent a year is written 0.04.");
  }
}

}  // namespace

Money Commission::of(Quantity quantity, Money value) const {
  // One common scale holds every part exactly: value has 2 decimals, quantity 6.
  const Decimal shares = quantity.to_decimal();
  std::vector<Decimal> parts = {
      {multiply(value.units(), percent.mantissa), Money::kScale + percent.scale + 2},
      {multiply(shares.mantissa, per_share.mantissa), Quantity::kScale + per_share.scale},
      per_order,
  };
  Money below;
  for (const CommissionTier& tier : tiers) {
    const Money end = tier.up_to ? std::min(value, *Money::from_decimal(*tier.up_to)) : value;
    if (end <= below) break;
    parts.push_back({multiply((end - below).units(), tier.percent.mantissa),
                     Money::kScale + tier.percent.scale + 2});
    below = end;
  }
  int scale = 0;
  for (const Decimal& part : parts) scale = std::max(scale, part.scale);
  Decimal fee{0, scale};
  for (const Decimal& part : parts) fee.mantissa = add(fee.mantissa, part.rounded(scale).mantissa);
  if (fee < minimum) fee = minimum;
  if (maximum && fee > *maximum) fee = *maximum;
  return Money::from_units(fee.rounded(Money::kScale).mantissa);
}

Execution read_execution(const Json& run_parameters) {
  Execution execution;
  const Json* json = run_parameters.find("execution");
  if (json == nullptr) return execution;
  const JsonReader reader(*json, "parameters.execution");
  reader.expect_form(R"({"commission": {"percent": 0.1}})");
  reader.expect_object(kExecutionKeys);
  read_choice(reader, "fill", kFillAt, execution.fill);
  read_choice(reader, "intrabar", kIntrabar, execution.intrabar);
  read_choice(reader, "limit_fill", kLimitFill, execution.limit_fills_through);
  read_choice(reader, "crossover", kCrossover, execution.strict_crossover);
  read_choice(reader, "size_at", kSizeAt, execution.size_at);
  read_choice(reader, "on_opposite", kOnOpposite, execution.on_opposite);
  read_choice(reader, "on_short_cash", kOnShortCash, execution.on_short_cash);
  read_choice(reader, "finalize", kFinalize, execution.finalize);
  read_choice(reader, "prices", kPrices, execution.prices);
  read_choice(reader, "frequency", kFrequency, execution.every_bar);
  read_choice(reader, "conventions", kConventions, execution.conventions);
  if (reader.has("timezone")) execution.timezone = reader.at("timezone").string();
  if (reader.has("commission")) execution.commission = read_commission(reader.at("commission"));
  read_choice(reader, "on_leave", kOnLeave, execution.leaves_with_universe);
  read_choice(reader, "spread", kSpread, execution.crosses_spread);
  read_volumes(reader, execution);
  read_rates(reader, execution);
  if (reader.has("max_age")) execution.max_age = read_duration(reader.at("max_age"));
  if (reader.has("stale_days")) {
    execution.stale_days = reader.at("stale_days").whole_number(1, kMostStaleDays);
  }
  if (reader.has("use_risk_profile"))
    execution.use_risk_profile = reader.at("use_risk_profile").boolean();
  read_numbers(reader, execution);
  return execution;
}

std::optional<std::string> read_benchmark(const Json& run_parameters) {
  const Json* json = run_parameters.find("benchmark");
  if (json == nullptr || json->is_null()) return std::nullopt;
  return JsonReader(*json, "parameters.benchmark").string();
}

}  // namespace quant
