// SPDX-License-Identifier: PostgreSQL
#include "core/market/raw_bar.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "core/base/error.hpp"

namespace quant {

namespace {

/// A number is judged with this many decimals: what is finer changes no rule and no rounding.
constexpr std::size_t kJudgedDecimals = 25;
constexpr std::size_t kLongestSymbol = 32;
constexpr Timestamp kUnixEpoch = -946'684'800'000'000;
/// PostgreSQL's timestamps end with the year 294276; no bar comes near.
constexpr std::int64_t kMostMilliseconds = 200'000'000'000'000;
/// As seconds these would be any day since 2001; as milliseconds, the first months of 1970.
constexpr std::int64_t kLeastMilliseconds = 10'000'000'000;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

bool is_special(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return equals_ignoring_case(text, "nan") || equals_ignoring_case(text, "inf") ||
         equals_ignoring_case(text, "infinity");
}

/// A decimal number with more digits than Decimal holds, taken apart: its digits, and where its
/// point stands among them.
struct LongDecimal {
  bool negative = false;
  std::string digits;
  std::int64_t point = 0;
};

LongDecimal long_decimal(const NumberText& text) {
  LongDecimal number{text.negative, concat(text.whole, text.fraction),
                     static_cast<std::int64_t>(text.whole.size()) + text.exponent};
  const auto zeros = std::min(number.digits.find_first_not_of('0'), number.digits.size());
  number.digits.erase(0, zeros);
  number.point -= static_cast<std::int64_t>(zeros);
  return number;
}

/// The number cut to kJudgedDecimals decimals. Cutting towards zero changes no rounding half away
/// from zero; what was lost is told by a last digit that is not 0.
BarNumber cut(const LongDecimal& number) {
  constexpr std::int64_t kMostWhole = 12;
  if (number.digits.empty()) return {BarNumber::State::kValue, {}};
  if (number.point > kMostWhole + 3) return {BarNumber::State::kTooLarge, {}};
  const std::int64_t kept =
      std::min<std::int64_t>(number.point + static_cast<std::int64_t>(kJudgedDecimals),
                             static_cast<std::int64_t>(number.digits.size()));
  Int128 mantissa = 0;
  for (std::int64_t i = 0; i < kept && i < 37; ++i)
    mantissa = mantissa * 10 + (number.digits[static_cast<std::size_t>(i)] - '0');
  std::int64_t scale = std::min<std::int64_t>(kept, 37) - number.point;
  const auto lost = static_cast<std::size_t>(std::clamp<std::int64_t>(kept, 0, 37));
  if (mantissa % 10 == 0 && number.digits.find_first_not_of('0', lost) != std::string::npos) {
    ++mantissa;
  }
  if (kept <= 0 || mantissa == 0) {
    mantissa = 1;
    scale = kJudgedDecimals;
  }
  for (; scale < 0; ++scale) mantissa *= 10;
  return {BarNumber::State::kValue,
          Decimal{number.negative ? -mantissa : mantissa, static_cast<int>(scale)}};
}

BarNumber read_number(std::string_view text) {
  if (const auto value = Decimal::parse(text)) return {BarNumber::State::kValue, *value};
  if (is_special(text)) return {BarNumber::State::kNotFinite, {}};
  const auto number = split_number(text);
  return number ? cut(long_decimal(*number)) : BarNumber{BarNumber::State::kMalformed, {}};
}

bool is_whole_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::optional<Timestamp> read_time(std::string_view text) {
  if (!is_whole_number(text)) return parse_timestamp(text);
  std::int64_t milliseconds = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (fault != std::errc{} || milliseconds > kMostMilliseconds ||
      milliseconds < -kMostMilliseconds / 4 || std::abs(milliseconds) < kLeastMilliseconds) {
    return std::nullopt;
  }
  return kUnixEpoch + milliseconds * 1000;
}

/// Length in characters of UTF-8.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

void read_keys(const RawBar& raw, CheckedBar& checked, ParsedBar& bar) {
  const auto symbol = raw.text(RawField::kSymbol);
  bar.broken.add_if(!symbol, BarRule::kNullSymbol);
  if (symbol) bar.symbol = *symbol;
  bar.broken.add_if(characters(bar.symbol) > kLongestSymbol, BarRule::kInvalidSymbol);

  const auto time = raw.text(RawField::kTimestamp);
  bar.broken.add_if(!time, BarRule::kNullTimestamp);
  if (time) {
    checked.timestamp = read_time(*time);
    bar.broken.add_if(!checked.timestamp, BarRule::kMalformedTimestamp);
    bar.timestamp = checked.timestamp.value_or(0);
  }

  checked.timeframe = raw.text(RawField::kTimeframe);
  bar.broken.add_if(!checked.timeframe, BarRule::kNullTimeframe);
  if (checked.timeframe)
    bar.timeframe = parse_timeframe(*checked.timeframe).value_or(Timeframe::k1d);
}

void read_trade_count(const RawBar& raw, ParsedBar& bar) {
  const auto text = raw.text(RawField::kTradeCount);
  if (!text) return;
  const BarNumber number = read_number(*text);
  if (number.state == BarNumber::State::kMalformed)
    return bar.broken.add(BarRule::kMalformedNumber);
  const Decimal whole = number.value.rounded(0);
  const bool fits = number.state == BarNumber::State::kValue && whole == number.value &&
                    whole.mantissa >= 0 && whole.mantissa <= INT32_MAX;
  bar.broken.add_if(!fits, BarRule::kOutOfRange);
  if (fits) bar.trade_count = static_cast<std::int32_t>(whole.mantissa);
}

/// Brings the numbers to the decimals of their columns.
void scale_numbers(const CheckedBar& checked, const ImportPolicy& policy, ParsedBar& bar) {
  for (const BarField field : kBarFields) {
    const BarNumber& number = checked.numbers[field];
    if (number.state != BarNumber::State::kValue) continue;
    // Far out of range, which has been reported, and more than rounding could hold.
    if (Decimal{magnitude(number.value.mantissa), number.value.scale} >
        Decimal{power_of_ten(16), 0})
      continue;
    const Decimal scaled = number.value.rounded(is_price(field) ? Price::kScale : Volume::kScale);
    if (scaled != number.value) {
      const bool rounds = is_price(field) ? policy.rounds_decimals : policy.rounds_volume;
      bar.broken.add_if(!rounds,
                        is_price(field) ? BarRule::kExcessDecimals : BarRule::kFractionalVolume);
      bar.is_rounded = true;
    }
    bar.units[field] =
        static_cast<std::int64_t>(std::clamp<Int128>(scaled.mantissa, INT64_MIN, INT64_MAX));
  }
  if (!bar.units[BarField::kVolume]) bar.units[BarField::kVolume] = 0;
}

}  // namespace

std::string_view raw_field_name(RawField field) {
  static constexpr std::array<std::string_view, kRawFields> kNames = {
      "symbol",    "timestamp",   "timeframe",      "open_price", "high_price",
      "low_price", "close_price", "volume",         "bid_price",  "ask_price",
      "vwap",      "trade_count", "additional_data"};
  return kNames.at(static_cast<std::size_t>(field));
}

std::optional<std::string_view> RawBar::text(RawField field) const {
  const auto& given = fields.at(static_cast<std::size_t>(field));
  if (!given) return std::nullopt;
  std::string_view text = *given;
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text.empty() ? std::nullopt : std::optional(text);
}

KeptRawBar::KeptRawBar(const RawBar& raw) {
  for (std::size_t i = 0; i < kRawFields; ++i) {
    lengths_[i] = raw.fields[i] ? static_cast<std::uint32_t>(raw.fields[i]->size()) : kMissing;
    if (raw.fields[i]) text_ += *raw.fields[i];
  }
}

RawBar KeptRawBar::view() const {
  RawBar raw;
  std::string_view rest = text_;
  for (std::size_t i = 0; i < kRawFields; ++i) {
    if (lengths_[i] == kMissing) continue;
    raw.fields[i] = rest.substr(0, lengths_[i]);
    rest.remove_prefix(lengths_[i]);
  }
  return raw;
}

ParsedBar parse_bar(const RawBar& raw, const ImportPolicy& policy) {
  ParsedBar bar;
  CheckedBar checked;
  read_keys(raw, checked, bar);
  for (const BarField field : kBarFields) {
    const auto raw_field =
        static_cast<RawField>(static_cast<int>(RawField::kOpen) + static_cast<int>(field));
    if (const auto text = raw.text(raw_field)) checked.numbers[field] = read_number(*text);
  }
  bar.broken.merge(check_bar(checked));
  read_trade_count(raw, bar);
  bar.additional_data = raw.text(RawField::kAdditionalData);
  scale_numbers(checked, policy, bar);
  return bar;
}

}  // namespace quant
