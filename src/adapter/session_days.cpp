// SPDX-License-Identifier: PostgreSQL
#include "adapter/session_days.hpp"

extern "C" {
#include "pgtime.h"
#include "utils/datetime.h"
}

namespace quant::pg {

ZoneDays::ZoneDays(const std::string& name) {
  if (name == "UTC") return;
  zone_ = call_server([&] { return pg_tzset(name.c_str()); });
  if (zone_ == nullptr) {
    throw invalid(concat("unknown time zone \"", name, "\""))
        .detail("At parameters.execution.timezone.")
        .hint("Names stand in the view pg_timezone_names.");
  }
}

Day ZoneDays::day_of(Timestamp timestamp) const {
  if (zone_ == nullptr) return utc_day(timestamp);
  pg_tm parts{};
  fsec_t fraction = 0;
  int offset = 0;
  if (timestamp2tm(timestamp, &offset, &parts, &fraction, nullptr, zone_) != 0) {
    throw out_of_range("timestamp out of range");
  }
  return date2j(parts.tm_year, parts.tm_mon, parts.tm_mday) - POSTGRES_EPOCH_JDATE;
}

Timestamp ZoneDays::start_of(Day day) const {
  const Timestamp midnight = day * kDayLength;
  if (zone_ == nullptr) return midnight;
  pg_tm parts{};
  j2date(day + POSTGRES_EPOCH_JDATE, &parts.tm_year, &parts.tm_mon, &parts.tm_mday);
  const int offset = call_server([&] { return DetermineTimeZoneOffset(&parts, zone_); });
  return midnight + Timestamp{offset} * 1'000'000;
}

}  // namespace quant::pg
