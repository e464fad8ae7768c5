// SPDX-License-Identifier: PostgreSQL
#include "market.hpp"

#include <algorithm>

namespace quant::fuzz {

namespace {

constexpr int kCent = 100;  // units of a price
constexpr Day kFirstDay = 8766;

struct Walk {
  Choices& choices;
  int cents;

  Price next(int reach) {
    cents = std::clamp(cents + choices.between(-reach, reach), 1, 99'000'000);
    return Price::from_units(Int128{cents} * kCent);
  }
};

void add_bar(Choices& choices, BarSeries& series, Walk& walk, Timestamp time, bool has_quotes) {
  const int reach = std::max(1, walk.cents / (choices.one_in(12) ? 3 : 40));
  const Price open = walk.next(reach);
  const Price one = walk.next(reach);
  const Price other = walk.next(reach);
  const Price close = walk.next(reach);
  series.timestamp.push_back(time);
  series.open.push_back(open);
  series.high.push_back(std::max({open, one, other, close}));
  series.low.push_back(std::min({open, one, other, close}));
  series.close.push_back(close);
  series.volume.push_back(Volume::from_units(choices.one_in(8) ? 0 : choices.between(1, 60'000)));
  series.vwap.push_back(choices.one_in(4) ? Price{} : one);
  series.bid.push_back(has_quotes ? std::min(one, other) : Price{});
  series.ask.push_back(has_quotes ? std::max(one, other) : Price{});
  series.local.push_back(time);
}

void add_actions(Choices& choices, BarSeries& series) {
  for (std::size_t bar = 1; bar < series.size(); ++bar) {
    if (choices.one_in(25)) {
      const int to = choices.between(1, 5);
      const int from = choices.between(1, 5);
      if (to != from) series.splits.push_back({bar, to, from});
    }
    if (choices.one_in(20))
      series.dividends.push_back({bar, choices.between(1, 50'000), 1000 * choices.between(1, 7)});
  }
}

void add_membership(Choices& choices, Asset& asset) {
  if (choices.one_in(5)) asset.listed_on = kFirstDay + choices.between(0, 10);
  if (choices.one_in(5)) asset.delisted_on = kFirstDay + choices.between(5, 60);
  if (choices.one_in(5)) {
    const Day first = kFirstDay + choices.between(0, 20);
    asset.member_days.push_back({first, first + choices.between(0, 30)});
  }
  if (choices.one_in(8)) asset.min_history_bars = choices.between(1, 8);
}

}  // namespace

std::vector<BarSeries> random_bars(Choices& choices) {
  std::vector<BarSeries> all;
  const int count = choices.between(1, 4);
  for (int i = 0; i < count; ++i) {
    BarSeries series;
    series.asset.id = i + 1;
    series.asset.symbol = std::string(1, static_cast<char>('A' + i));
    series.asset.tick_size = Price::from_units(kCent);
    series.asset.lot_size = Quantity::from_units(choices.one_in(3) ? 10'000 : 1'000'000);
    Walk walk{choices,
              choices.one_in(10) ? choices.between(1, 10) : choices.between(1'000, 30'000)};
    const bool has_quotes = choices.one_in(3);
    Day day = kFirstDay + (choices.one_in(5) ? choices.between(0, 9) : 0);
    const int bars = choices.between(2, 60);
    for (int bar = 0; bar < bars; ++bar) {
      add_bar(choices, series, walk, Timestamp{day} * kDayLength, has_quotes);
      day += choices.one_in(10) ? choices.between(1, 20) : 1;
    }
    if (choices.one_in(3)) series.first = choices.below(3) % series.size();
    if (choices.one_in(2)) add_actions(choices, series);
    if (choices.one_in(3)) add_membership(choices, series.asset);
    all.push_back(std::move(series));
  }
  return all;
}

std::vector<UserSignal> random_signals(Choices& choices, const std::vector<BarSeries>& bars) {
  using enum UserSignal::Kind;
  constexpr std::array kKinds = {kBuy, kShort, kSell, kCover, kExit, kHold};
  std::vector<UserSignal> signals;
  const int count = choices.between(0, 30);
  for (int i = 0; i < count; ++i) {
    UserSignal signal;
    signal.id = i + 1;
    signal.symbol = choices.below(bars.size());
    signal.kind = kKinds[choices.below(kKinds.size())];
    signal.time =
        (Timestamp{kFirstDay} + choices.between(0, 70)) * kDayLength - choices.between(0, 1);
    if (choices.one_in(3))
      signal.quantity = Quantity::from_units(Int128{choices.between(0, 60'000)} * 100'000);
    if (choices.one_in(4)) signal.weight_percent = Decimal{choices.between(0, 3000), 1};
    if (choices.one_in(4)) signal.strength = Decimal{choices.between(-100, 100), 2};
    signals.push_back(signal);
  }
  std::stable_sort(signals.begin(), signals.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return signals;
}

std::vector<BarSeries> bars_until(const std::vector<BarSeries>& bars, Timestamp last) {
  std::vector<BarSeries> cut = bars;
  for (BarSeries& series : cut) {
    const auto size = static_cast<std::size_t>(
        std::upper_bound(series.timestamp.begin(), series.timestamp.end(), last) -
        series.timestamp.begin());
    series.timestamp.resize(size);
    for (auto* prices : {&series.open, &series.high, &series.low, &series.close, &series.vwap,
                         &series.bid, &series.ask}) {
      prices->resize(size);
    }
    series.volume.resize(size);
    series.local.resize(size);
    std::erase_if(series.splits, [&](const Split& split) { return split.bar >= size; });
    std::erase_if(series.dividends, [&](const Dividend& dividend) { return dividend.bar >= size; });
  }
  return cut;
}

}  // namespace quant::fuzz
