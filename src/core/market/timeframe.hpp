// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/calendar.hpp"

namespace quant {

/// Length of a bar: the values of market_data.timeframe, from the shortest to the longest.
enum class Timeframe : std::uint8_t {
  k1s,
  k5s,
  k15s,
  k30s,
  k1m,
  k2m,
  k3m,
  k5m,
  k10m,
  k15m,
  k30m,
  k1h,
  k2h,
  k4h,
  k6h,
  k8h,
  k12h,
  k1d,
  k1w,
  k1mo,
};

/// The timeframe named `name` ("5m", "1d", "1mo"), or nothing. Case matters: M is not the month.
[[nodiscard]] std::optional<Timeframe> parse_timeframe(std::string_view name) noexcept;
[[nodiscard]] std::string_view timeframe_name(Timeframe timeframe) noexcept;

/// A duration such as "30s", "30m", "12h", "5d" or "2w": a whole number from 0 and its unit, in
/// microseconds. Nothing where `text` is none, or longer than 1,000,000 days.
[[nodiscard]] std::optional<Timestamp> parse_duration(std::string_view text) noexcept;

/// One trading day or less, so that a bar never spans two days.
[[nodiscard]] constexpr bool is_daily_or_finer(Timeframe timeframe) {
  return timeframe <= Timeframe::k1d;
}
[[nodiscard]] constexpr bool is_intraday(Timeframe timeframe) { return timeframe < Timeframe::k1d; }

/// When a bar that starts at `start` has closed: start + timeframe. A month is a calendar month, as
/// PostgreSQL adds it: the day is cut to the length of the month that it reaches.
[[nodiscard]] Timestamp bar_end(Timestamp start, Timeframe timeframe);

/// Whether a bar of `timeframe` may start at `start`: what date_trunc and date_bin in UTC leave as
/// it is. Intraday bars start on the grid that midnight UTC begins; a day at midnight UTC; a week
/// on Monday; a month on its first day. For bars that follow another zone's days, pass the local
/// time.
[[nodiscard]] bool is_aligned(Timestamp start, Timeframe timeframe);

}  // namespace quant
