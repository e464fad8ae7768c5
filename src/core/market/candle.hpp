// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>

#include "core/base/calendar.hpp"
#include "core/base/decimal.hpp"

namespace quant {

/// A bar that grows with its trades. Sums are exact; what needs more than 38 digits is kOutOfRange.
struct Candle {
  std::int64_t trades = 0;
  Timestamp first_time = 0;
  Timestamp last_time = 0;
  Decimal open;
  Decimal high;
  Decimal low;
  Decimal close;
  Decimal volume;
  Decimal turnover;  // sum of price x volume

  /// Of trades at one instant the first that is added is the earliest.
  void add(Timestamp time, const Decimal& price, const Decimal& trade_volume);
  /// `other` counts as added later.
  void merge(const Candle& other);

  static constexpr int kVwapDecimals = 12;
  /// turnover / volume, rounded to 12 decimals; nothing without volume.
  [[nodiscard]] std::optional<Decimal> vwap() const;
};

}  // namespace quant
