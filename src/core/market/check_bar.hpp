// SPDX-License-Identifier: PostgreSQL
// What makes a bar wrong. The table's CHECKs decide what may be stored; the rules here say which of
// them a bar breaks, in words, and see what a CHECK cannot: values before they are rounded to the
// column's decimals, and the timeframe's grid.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/base/decimal.hpp"
#include "core/market/timeframe.hpp"

namespace quant {

/// The numbers of a bar, in the order in which they are named everywhere.
enum class BarField : std::uint8_t { kOpen, kHigh, kLow, kClose, kVolume, kBid, kAsk, kVwap };
inline constexpr std::array kBarFields = {BarField::kOpen,  BarField::kHigh,   BarField::kLow,
                                          BarField::kClose, BarField::kVolume, BarField::kBid,
                                          BarField::kAsk,   BarField::kVwap};

/// One T for each number of a bar.
template <typename T>
struct PerBarField {
  std::array<T, kBarFields.size()> items{};

  [[nodiscard]] constexpr T& operator[](BarField field) {
    return items[static_cast<std::size_t>(field)];
  }
  [[nodiscard]] constexpr const T& operator[](BarField field) const {
    return items[static_cast<std::size_t>(field)];
  }
};

[[nodiscard]] constexpr bool is_price(BarField field) { return field != BarField::kVolume; }
/// "open", "high" ...
[[nodiscard]] std::string_view bar_field_name(BarField field);

/// The rules, in the order in which they are reported. Where one name stands for several, another
/// constraint of the table holds each.
enum class BarRule : std::uint8_t {
  kNullPrice,
  kPriceNotFinite,
  kVolumeNotFinite,
  kQuoteNotFinite,
  kVwapNotFinite,
  kTimestampNotFinite,
  kOutOfRange,
  kPriceNotPositive,
  kQuoteNotPositive,
  kRoundsToZero,
  kHighBelowLow,
  kHighBelowOpenClose,
  kLowAboveOpenClose,
  kNegativeVolume,
  kBidAboveAsk,
  kVwapOutsideRange,
  kUnknownTimeframe,
  kMisaligned,
  // Rules of an import: of the text, and of what is stored already.
  kNullSymbol,
  kInvalidSymbol,
  kUnknownSymbol,
  kNullTimestamp,
  kMalformedTimestamp,
  kNullTimeframe,
  kMalformedNumber,
  kExcessDecimals,
  kFractionalVolume,
  kMalformedJson,
  kDuplicate,
};

struct BarRuleDescription {
  /// What quant.check_bar returns.
  std::string_view name;
  /// The CHECK of trading.market_data that holds the rule; empty where none does: NOT NULL, the
  /// column's type, or nothing.
  std::string_view constraint;
  std::string_view text;
};
[[nodiscard]] const BarRuleDescription& describe(BarRule rule);

/// A set of broken rules.
class BarRules {
 public:
  constexpr void add(BarRule rule) { bits_ |= bit(rule); }
  constexpr void add_if(bool broken, BarRule rule) { bits_ |= broken ? bit(rule) : 0U; }
  constexpr void remove(BarRule rule) { bits_ &= ~bit(rule); }
  constexpr void merge(BarRules other) { bits_ |= other.bits_; }
  [[nodiscard]] constexpr bool has(BarRule rule) const { return (bits_ & bit(rule)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] std::vector<BarRule> list() const;
  /// The names, each once.
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  static constexpr std::uint32_t bit(BarRule rule) {
    return std::uint32_t{1} << static_cast<unsigned>(rule);
  }
  std::uint32_t bits_ = 0;
};

/// The rules between the numbers of a bar. Number is Decimal, or an integer in the units of the
/// columns. A missing number breaks nothing but kNullPrice.
template <typename Number>
[[nodiscard]] constexpr BarRules check_numbers(const PerBarField<std::optional<Number>>& bar) {
  using enum BarField;
  const Number zero{};
  const auto below = [&](BarField a, BarField b) { return bar[a] && bar[b] && *bar[a] < *bar[b]; };
  const auto not_positive = [&](BarField field) { return bar[field] && *bar[field] <= zero; };

  BarRules broken;
  broken.add_if(!bar[kOpen] || !bar[kHigh] || !bar[kLow] || !bar[kClose], BarRule::kNullPrice);
  broken.add_if(
      not_positive(kOpen) || not_positive(kHigh) || not_positive(kLow) || not_positive(kClose),
      BarRule::kPriceNotPositive);
  broken.add_if(not_positive(kBid) || not_positive(kAsk), BarRule::kQuoteNotPositive);
  broken.add_if(below(kHigh, kLow), BarRule::kHighBelowLow);
  broken.add_if(below(kHigh, kOpen) || below(kHigh, kClose), BarRule::kHighBelowOpenClose);
  broken.add_if(below(kOpen, kLow) || below(kClose, kLow), BarRule::kLowAboveOpenClose);
  broken.add_if(bar[kVolume] && *bar[kVolume] < zero, BarRule::kNegativeVolume);
  broken.add_if(below(kAsk, kBid), BarRule::kBidAboveAsk);
  broken.add_if(below(kVwap, kLow) || below(kHigh, kVwap), BarRule::kVwapOutsideRange);
  return broken;
}

/// A number as it came, before any column rounded it.
struct BarNumber {
  enum class State : std::uint8_t { kMissing, kValue, kNotFinite, kTooLarge, kMalformed };
  State state = State::kMissing;
  Decimal value;
};

struct CheckedBar {
  PerBarField<BarNumber> numbers;
  std::optional<Timestamp> timestamp;
  std::optional<std::string_view> timeframe;
};

/// All rules that `bar` breaks. A bar without timestamp or timeframe is not held to their rules.
[[nodiscard]] BarRules check_bar(const CheckedBar& bar);

[[nodiscard]] constexpr bool is_finite(Timestamp timestamp) {
  return timestamp != INT64_MIN && timestamp != INT64_MAX;
}

}  // namespace quant
