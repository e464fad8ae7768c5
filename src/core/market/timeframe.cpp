// SPDX-License-Identifier: PostgreSQL
#include "core/market/timeframe.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace quant {

namespace {

constexpr Timestamp kSecond = 1'000'000;
constexpr Timestamp kMinute = 60 * kSecond;
constexpr Timestamp kHour = 60 * kMinute;

struct Entry {
  std::string_view name;
  /// 0 for the month, whose length varies.
  Timestamp length;
};

/// In the order of Timeframe.
constexpr std::array<Entry, 20> kTimeframes = {{
    {"1s", kSecond},       {"5s", 5 * kSecond},   {"15s", 15 * kSecond},  {"30s", 30 * kSecond},
    {"1m", kMinute},       {"2m", 2 * kMinute},   {"3m", 3 * kMinute},    {"5m", 5 * kMinute},
    {"10m", 10 * kMinute}, {"15m", 15 * kMinute}, {"30m", 30 * kMinute},  {"1h", kHour},
    {"2h", 2 * kHour},     {"4h", 4 * kHour},     {"6h", 6 * kHour},      {"8h", 8 * kHour},
    {"12h", 12 * kHour},   {"1d", kDayLength},    {"1w", 7 * kDayLength}, {"1mo", 0},
}};
static_assert(kTimeframes.size() == static_cast<std::size_t>(Timeframe::k1mo) + 1);

const Entry& entry_of(Timeframe timeframe) {
  return kTimeframes.at(static_cast<std::size_t>(timeframe));
}

constexpr std::array<Entry, 5> kUnits = {
    {{"s", kSecond}, {"m", kMinute}, {"h", kHour}, {"d", kDayLength}, {"w", 7 * kDayLength}}};
constexpr Timestamp kLongestDuration = 1'000'000 * kDayLength;

}  // namespace

std::optional<Timeframe> parse_timeframe(std::string_view name) noexcept {
  const auto* found = std::find_if(kTimeframes.begin(), kTimeframes.end(),
                                   [&](const Entry& entry) { return entry.name == name; });
  if (found == kTimeframes.end()) return std::nullopt;
  return static_cast<Timeframe>(found - kTimeframes.begin());
}

std::string_view timeframe_name(Timeframe timeframe) noexcept { return entry_of(timeframe).name; }

std::optional<Timestamp> parse_duration(std::string_view text) noexcept {
  static constexpr std::array<std::pair<char, Timestamp>, 5> kUnits = {
      {{'s', kSecond}, {'m', kMinute}, {'h', kHour}, {'d', kDayLength}, {'w', 7 * kDayLength}}};
  constexpr Timestamp kLongest = 1'000'000 * kDayLength;
  std::int64_t count = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (fault != std::errc{} || count < 0 || end + 1 != text.data() + text.size())
    return std::nullopt;
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                  [letter = *end](const auto& one) { return one.first == letter; });
  if (unit == kUnits.end() || count > kLongest / unit->second) return std::nullopt;
  return count * unit->second;
}

Timestamp bar_end(Timestamp start, Timeframe timeframe) {
  if (timeframe != Timeframe::k1mo) return start + entry_of(timeframe).length;
  using namespace std::chrono;
  const Day day = utc_day(start);
  auto next = civil_date(day) + months{1};
  if (!next.ok()) next = next.year() / next.month() / last;
  return start + (Timestamp{day_number(next)} - day) * kDayLength;
}

bool is_aligned(Timestamp start, Timeframe timeframe) {
  if (is_daily_or_finer(timeframe)) return start % entry_of(timeframe).length == 0;
  if (start % kDayLength != 0) return false;
  using namespace std::chrono;
  const Day date = utc_day(start);
  if (timeframe == Timeframe::k1mo) return civil_date(date).day() == day{1};
  return weekday{sys_days{year{2000} / January / 1} + days{date}} == Monday;
}

}  // namespace quant
