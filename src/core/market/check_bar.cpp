// SPDX-License-Identifier: PostgreSQL
#include "core/market/check_bar.hpp"

#include <algorithm>

namespace quant {

namespace {

/// In the order of BarRule.
constexpr std::array<BarRuleDescription, 29> kDescriptions = {{
    {"null_price", "", "open, high, low and close must be given"},
    {"not_finite", "ck_prices_positive", "a price is NaN or infinite"},
    {"not_finite", "ck_volume_non_negative", "the volume is NaN or infinite"},
    {"not_finite", "ck_quote_valid", "bid or ask is NaN or infinite"},
    {"not_finite", "ck_vwap_valid", "the vwap is NaN or infinite"},
    {"not_finite", "ck_timestamp_finite", "the timestamp is infinite"},
    {"out_of_range", "", "a number does not fit its column"},
    {"not_positive", "ck_prices_positive", "a price is zero or negative"},
    {"not_positive", "ck_quote_valid", "bid or ask is zero or negative"},
    {"rounds_to_zero", "ck_prices_positive", "a price is zero once rounded to four decimals"},
    {"high_below_low", "ck_high_low_valid", "the high is below the low"},
    {"high_below_open_close", "ck_ohlc_valid", "the high is below the open or the close"},
    {"low_above_open_close", "ck_ohlc_valid", "the low is above the open or the close"},
    {"negative_volume", "ck_volume_non_negative", "the volume is negative"},
    {"bid_above_ask", "ck_quote_valid", "the bid is above the ask"},
    {"vwap_outside_range", "ck_vwap_valid", "the vwap lies outside low and high"},
    {"unknown_timeframe", "ck_timeframe_valid", "there is no such timeframe"},
    {"misaligned", "", "the timestamp does not lie on the grid of the timeframe"},
    {"null_symbol", "", "there is no symbol"},
    {"invalid_symbol", "", "the symbol is longer than 32 characters"},
    {"unknown_symbol", "fk_market_data_asset", "trading.assets has no such symbol"},
    {"null_timestamp", "", "there is no timestamp"},
    {"malformed_timestamp", "", "the timestamp is neither ISO 8601 nor milliseconds since 1970"},
    {"null_timeframe", "", "there is no timeframe"},
    {"malformed_number", "", "what should be a number is none"},
    {"excess_decimals", "", "a price has more than four decimals"},
    {"fractional_volume", "", "the volume is not a whole number"},
    {"malformed_json", "", "the additional data are no JSON"},
    {"duplicate", "idx_market_data_symbol_timeframe_timestamp", "the bar is there already"},
}};
static_assert(kDescriptions.size() == static_cast<std::size_t>(BarRule::kDuplicate) + 1);

/// The first magnitudes that numeric(10,4) and numeric(15,0) cannot hold once they are rounded.
constexpr Decimal kPriceLimit{99'999'999'995, 5};
constexpr Decimal kVolumeLimit{9'999'999'999'999'995, 1};
/// The least price that does not round to 0.0000.
constexpr Decimal kLeastPrice{5, 5};

BarRule not_finite_rule(BarField field) {
  using enum BarField;
  if (field == kVolume) return BarRule::kVolumeNotFinite;
  if (field == kVwap) return BarRule::kVwapNotFinite;
  if (field == kBid || field == kAsk) return BarRule::kQuoteNotFinite;
  return BarRule::kPriceNotFinite;
}

BarRules check_field(BarField field, const BarNumber& number) {
  BarRules broken;
  broken.add_if(number.state == BarNumber::State::kNotFinite, not_finite_rule(field));
  broken.add_if(number.state == BarNumber::State::kTooLarge, BarRule::kOutOfRange);
  broken.add_if(number.state == BarNumber::State::kMalformed, BarRule::kMalformedNumber);
  if (number.state != BarNumber::State::kValue) return broken;

  const Decimal size{magnitude(number.value.mantissa), number.value.scale};
  broken.add_if(size >= (is_price(field) ? kPriceLimit : kVolumeLimit), BarRule::kOutOfRange);
  broken.add_if(is_price(field) && number.value > Decimal{} && size < kLeastPrice,
                BarRule::kRoundsToZero);
  return broken;
}

BarRules check_time(const CheckedBar& bar) {
  BarRules broken;
  const bool finite = bar.timestamp && is_finite(*bar.timestamp);
  broken.add_if(bar.timestamp && !finite, BarRule::kTimestampNotFinite);
  if (!bar.timeframe) return broken;
  const auto timeframe = parse_timeframe(*bar.timeframe);
  broken.add_if(!timeframe, BarRule::kUnknownTimeframe);
  broken.add_if(timeframe && finite && !is_aligned(*bar.timestamp, *timeframe),
                BarRule::kMisaligned);
  return broken;
}

}  // namespace

std::string_view bar_field_name(BarField field) {
  static constexpr PerBarField<std::string_view> kNames = {
      {"open", "high", "low", "close", "volume", "bid", "ask", "vwap"}};
  return kNames[field];
}

const BarRuleDescription& describe(BarRule rule) {
  return kDescriptions.at(static_cast<std::size_t>(rule));
}

std::vector<BarRule> BarRules::list() const {
  std::vector<BarRule> rules;
  for (std::size_t i = 0; i < kDescriptions.size(); ++i) {
    const auto rule = static_cast<BarRule>(i);
    if (has(rule)) rules.push_back(rule);
  }
  return rules;
}

std::vector<std::string_view> BarRules::names() const {
  std::vector<std::string_view> names;
  for (const BarRule rule : list()) {
    const std::string_view name = describe(rule).name;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

BarRules check_bar(const CheckedBar& bar) {
  BarRules broken;
  PerBarField<std::optional<Decimal>> values;
  bool all_prices_given = true;
  for (const BarField field : kBarFields) {
    const BarNumber& number = bar.numbers[field];
    broken.merge(check_field(field, number));
    if (number.state == BarNumber::State::kValue) values[field] = number.value;
    if (field <= BarField::kClose && number.state == BarNumber::State::kMissing) {
      all_prices_given = false;
    }
  }

  BarRules between = check_numbers(values);
  // A price that is there but is no usable number has been reported as such.
  if (all_prices_given) between.remove(BarRule::kNullPrice);
  broken.merge(between);
  broken.merge(check_time(bar));
  return broken;
}

}  // namespace quant
