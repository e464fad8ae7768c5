// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/calendar.hpp"
#include "core/base/int256.hpp"
#include "core/indicator/indicator.hpp"

namespace quant {

/// Volume weighted average price since the session began: sum(TP volume) / sum(volume) with
/// TP = (high + low + close) / 3; missing while the volume is 0. First value at row 0. Inputs and
/// result in grid units; a session is the number of its day, also in grid units. The sums may begin
/// with the week (Monday), the month, or never anew.
class SessionVwap {
 public:
  enum class Anchor { kSession, kWeek, kMonth, kRun };

  static constexpr std::size_t kInputs = 5;
  static constexpr std::size_t kOutputs = 1;

  explicit SessionVwap(const IndicatorArguments& arguments)
      : anchor_(static_cast<Anchor>(arguments.whole(0))) {}

  std::array<Number, 1> update(const std::array<Number, 5>& row) {
    if (!all_known(row)) return {};
    const auto& [high, low, close, volume, session] = row;
    if (const std::int64_t span = span_of(session.value); !begun_ || span != span_) {
      begun_ = true;
      span_ = span;
      weighted_ = {};
      volume_ = 0;
    }
    weighted_ += product(add(add(high.value, low.value), close.value), volume.value);
    volume_ = add(volume_, volume.value);
    if (volume_ == 0) return {};
    return {Number::of(ratio(weighted_, Int256(multiply(volume_, 3)), 1))};
  }

 private:
  /// A number that all rows of the anchor's span share.
  [[nodiscard]] std::int64_t span_of(Int128 session) const {
    const auto day = static_cast<Day>(session / kGrid);
    switch (anchor_) {
      case Anchor::kSession:
        return day;
      case Anchor::kWeek:
        return static_cast<std::int64_t>(divide_floor(Int128{day} - kFirstMonday, 7));
      case Anchor::kMonth: {
        const auto date = civil_date(day);
        return static_cast<int>(date.year()) * 12 + static_cast<int>(unsigned{date.month()});
      }
      case Anchor::kRun:
        break;
    }
    return 0;
  }

  static constexpr int kFirstMonday = 2;  // day 0 is a Saturday, 2000-01-01

  Anchor anchor_;
  bool begun_ = false;
  std::int64_t span_ = 0;
  Int256 weighted_;
  Int128 volume_ = 0;
};

}  // namespace quant
