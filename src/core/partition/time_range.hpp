// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <limits>
#include <string>

#include "core/base/calendar.hpp"

namespace quant {

/// Stand for MINVALUE and MAXVALUE in the bounds of a partition.
inline constexpr Timestamp kMinValue = std::numeric_limits<Timestamp>::min();
inline constexpr Timestamp kMaxValue = std::numeric_limits<Timestamp>::max();

/// The instants from `from` up to, but without, `to`: the bounds of a range partition.
struct TimeRange {
  Timestamp from = 0;
  Timestamp to = 0;

  [[nodiscard]] constexpr bool overlaps(const TimeRange& other) const {
    return from < other.to && other.from < to;
  }
  [[nodiscard]] constexpr bool contains(Timestamp timestamp) const {
    return from <= timestamp && timestamp < to;
  }
  [[nodiscard]] constexpr bool operator==(const TimeRange&) const = default;
};

/// A bound as SQL writes it between the parentheses of FROM (...): quoted, in UTC whatever the
/// session's zone, or MINVALUE or MAXVALUE.
[[nodiscard]] std::string bound_literal(Timestamp bound);
/// "2024-01-01 to 2024-02-01", with the time of day where a bound has one.
[[nodiscard]] std::string range_text(const TimeRange& range);

}  // namespace quant
