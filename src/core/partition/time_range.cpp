// SPDX-License-Identifier: PostgreSQL
#include "core/partition/time_range.hpp"

#include "core/base/error.hpp"

namespace quant {

namespace {

std::string bound_text(Timestamp bound) {
  if (bound == kMinValue) return "MINVALUE";
  if (bound == kMaxValue) return "MAXVALUE";
  return bound % kDayLength == 0 ? day_text(utc_day(bound)) : timestamp_text(bound);
}

}  // namespace

std::string bound_literal(Timestamp bound) {
  if (bound == kMinValue || bound == kMaxValue) return bound_text(bound);
  return concat('\'', timestamp_text(bound), '\'');
}

std::string range_text(const TimeRange& range) {
  return concat(bound_text(range.from), " to ", bound_text(range.to));
}

}  // namespace quant
