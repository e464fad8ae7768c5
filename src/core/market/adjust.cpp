// SPDX-License-Identifier: PostgreSQL
#include "core/market/adjust.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/market/splits.hpp"

namespace quant {

namespace {

/// What happens when bar `bar` opens, all of it together.
struct Event {
  std::size_t bar = 0;
  Int128 to = 1;
  Int128 from = 1;
  Real dividend = 0;  // for each unit of that bar
};

std::vector<Event> events_of(const BarSeries& bars) {
  std::vector<Event> events;
  const auto at = [&](std::size_t bar) -> Event& {
    const auto found = std::find_if(events.begin(), events.end(),
                                    [&](const Event& event) { return event.bar == bar; });
    if (found != events.end()) return *found;
    return events.emplace_back(Event{bar, 1, 1, 0});
  };
  for (const Segment& segment : segments_of(bars)) {
    if (segment.begin > 0) events.push_back({segment.begin, segment.to, segment.from, 0});
  }
  for (const Dividend& dividend : bars.dividends) {
    at(dividend.bar).dividend +=
        to_real<Real>(dividend.numerator) / to_real<Real>(dividend.denominator);
  }
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return a.bar < b.bar; });
  return events;
}

/// What a dividend leaves of the prices before it.
Real kept_share(const BarSeries& bars, const Event& event, Adjustment adjustment) {
  if (adjustment == Adjustment::kSplit || event.dividend == 0) return 1;
  if (adjustment == Adjustment::kFull) {
    const Real close = to_real<Real>(bars.close[event.bar].to_decimal());
    return close / (close + event.dividend);
  }
  // In the units of the ex-date.
  const Real before = to_real<Real>(bars.close[event.bar - 1].to_decimal()) *
                      to_real<Real>(event.from) / to_real<Real>(event.to);
  if (event.dividend >= before) {
    throw invalid(
        concat("a dividend of \"", bars.asset.symbol, "\" is not less than the price before it"))
        .detail(concat("It is paid at ", timestamp_text(bars.timestamp[event.bar]), "."))
        .hint("Correct the dividend, or adjust with \"full\".");
  }
  return 1 - event.dividend / before;
}

}  // namespace

std::optional<Adjustment> parse_adjustment(std::string_view name) {
  if (name == "split") return Adjustment::kSplit;
  if (name == "full") return Adjustment::kFull;
  if (name == "yahoo") return Adjustment::kYahoo;
  return std::nullopt;
}

std::vector<AdjustedSpan> adjusted_spans(const BarSeries& bars, Adjustment adjustment) {
  const std::vector<Event> events = events_of(bars);
  std::vector<AdjustedSpan> spans;
  AdjustedSpan span{0, bars.size(), 1, 1, 1};
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    span.begin = event->bar;
    if (span.begin < span.end) spans.push_back(span);
    span.end = event->bar;
    span.factor *= kept_share(bars, *event, adjustment) * to_real<Real>(event->from) /
                   to_real<Real>(event->to);
    span.split_to = multiply(span.split_to, event->to);
    span.split_from = multiply(span.split_from, event->from);
    const Int128 shared = greatest_common_divisor(span.split_to, span.split_from);
    span.split_to /= shared;
    span.split_from /= shared;
  }
  span.begin = 0;
  if (span.begin < span.end) spans.push_back(span);
  std::reverse(spans.begin(), spans.end());
  return spans;
}

Decimal adjusted_price(Price price, const AdjustedSpan& span) {
  return round_real(to_real<Real>(price.to_decimal()) * span.factor, kAdjustedDecimals)
      .value.trimmed();
}

Volume adjusted_volume(Volume volume, const AdjustedSpan& span) {
  return Volume::from_units(
      divide_rounded(multiply(volume.units(), span.split_to), span.split_from));
}

}  // namespace quant
