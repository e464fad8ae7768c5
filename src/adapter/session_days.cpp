// SPDX-License-Identifier: PostgreSQL
#include "adapter/session_days.hpp"

extern "C" {
#include "pgtime.h"
#include "utils/datetime.h"
}

namespace quant::pg {

namespace {

/// A name such as America/New_York. The server would also take POSIX strings, whose sign is the
/// reverse of what people mean, and names that stand for the machine's own zone.
bool is_zone_name(const std::string& name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_part = [&](char c) { return is_letter(c) || c == '_' || c == '-' || c == '/'; };
  if (name.rfind("Etc/", 0) == 0) return true;
  return name.find('/') != std::string::npos && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), is_part);
}

}  // namespace

ZoneDays::ZoneDays(const std::string& name, std::string_view where) {
  if (name == "UTC") return;
  if (is_zone_name(name)) zone_ = call_server([&] { return pg_tzset(name.c_str()); });
  if (zone_ == nullptr) {
    throw invalid(concat("unknown time zone \"", name, '"'))
        .detail(std::string(where))
        .hint("It is UTC or an area and city such as America/New_York.");
  }
}

Day ZoneDays::day_of(Timestamp timestamp) const { return utc_day(local_of(timestamp)); }

Timestamp ZoneDays::local_of(Timestamp timestamp) const {
  if (zone_ == nullptr) return timestamp;
  pg_tm parts{};
  fsec_t fraction = 0;
  int offset = 0;  // seconds west of UTC
  if (timestamp2tm(timestamp, &offset, &parts, &fraction, nullptr, zone_) != 0) {
    throw out_of_range("timestamp out of range");
  }
  return timestamp - Timestamp{offset} * 1'000'000;
}

Timestamp ZoneDays::start_of(Day day) const {
  const Timestamp start = midnight(day);
  if (zone_ == nullptr) return start;
  pg_tm parts{};
  j2date(day + POSTGRES_EPOCH_JDATE, &parts.tm_year, &parts.tm_mon, &parts.tm_mday);
  const int offset = call_server([&] { return DetermineTimeZoneOffset(&parts, zone_); });
  return start + Timestamp{offset} * 1'000'000;
}

}  // namespace quant::pg
