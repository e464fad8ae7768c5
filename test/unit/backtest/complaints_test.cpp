// SPDX-License-Identifier: PostgreSQL
// What users have complained of in other engines, each as a test that it does not apply here.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kBoth =
    R"({"size": {"units": 100}, "stop_loss": 0.1, "take_profit": 0.2})";

TEST(Complaint, AStopIsIgnoredOnTheEntryBar) {
  EXPECT_EQ(fills_of(run({kBoth}, {flat("10", kGoLong), {"10", "10", "8.5", "9.5"}, flat("9.5")})),
            (Lines{"1 A buy 100 @ 10 signal", "1 A sell 100 @ 9 stop_loss"}));
}

TEST(Complaint, AStopFillsAtItsPriceThoughTheBarOpenedBeyondIt) {
  EXPECT_EQ(fills_of(run({kBoth}, {flat("10", kGoLong), flat("10"), {"7", "9.5", "6.5", "9"}}))[1],
            "2 A sell 100 @ 7 stop_loss");
}

TEST(Complaint, TheTargetIsTakenWhereTheStopMayHaveComeFirst) {
  const RunRecords records =
      run({kBoth}, {flat("10", kGoLong), flat("10"), {"10", "13", "8", "12"}});
  EXPECT_EQ(fills_of(records)[1], "2 A sell 100 @ 9 stop_loss");
  EXPECT_EQ(records.ambiguous_bars, 1);
}

TEST(Complaint, AStopIsMeasuredFromTheCloseAndNotFromTheFill) {
  const std::vector<TestBar> bars = {flat("10", kGoLong), flat("12"), {"12", "12", "10.8", "11"}};
  const RunRecords records = run({kBoth}, bars);
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 12 signal", "2 A sell 100 @ 10.8 stop_loss"}));
}

TEST(Complaint, ATrailingStopUsesTheHighOfTheBarAgainstItsOwnLow) {
  EXPECT_EQ(run({R"({"size": {"units": 100}, "trailing_stop": 0.1})"},
                {flat("10", kGoLong), flat("10"), {"10", "14", "9.5", "14"}})
                .fills.size(),
            1U);
}

TEST(Complaint, AFillAtTheOpenKnowsTheCloseOfItsDay) {
  // The rule sees the close of day 1 for the first time then; the open of day 1 is gone.
  const RunSettings settings{.entry = R"({"long": {"when": "close > 11"}})", .exit = "[]"};
  EXPECT_EQ(
      fills_of(run(settings, {flat("10"), {"10", "12", "10", "12"}, {"13", "13", "13", "13"}})),
      (Lines{"2 A buy 100 @ 13 signal"}));
}

TEST(Complaint, RoundingBuysOneUnitTooFewOrTooMany) {
  // In binary floating point (1 - 6/7) * 2100 is 299.99999999999994.
  const auto bought = [](std::string_view weight, std::string_view capital, std::string_view at) {
    const std::string risk = concat(R"({"size": {"weight": ")", weight, "\"}}");
    const RunRecords records =
        run({.risk = risk, .capital = capital}, {flat(at, kGoLong), flat(at)});
    return records.fills.empty() ? "none" : trimmed(records.fills[0].quantity);
  };
  EXPECT_EQ(bought("1 - 6/7", "2100", "3"), "100");
  EXPECT_EQ(bought("0.29", "100", "1"), "29");  // 0.29 * 100 is 28.999999999999996
  EXPECT_EQ(bought("0.1 + 0.2", "10", "1"), "3");
  EXPECT_EQ(bought("0.1 + 0.7", "10", "1"), "8");  // 7.999999999999999
  EXPECT_EQ(bought("1", "0.3", "0.1"), "3");       // 2.9999999999999996
  EXPECT_EQ(bought("1", "4.35", "0.01"), "435");   // 434.99999999999994
  EXPECT_EQ(bought("1", "999.99", "10"), "99");
  for (int whole = 3; whole <= 29; ++whole) {
    for (int part = 1; part < whole; ++part) {
      EXPECT_EQ(bought(concat(part, " / ", whole), concat(100 * whole), "1"), concat(100 * part));
    }
  }
}

TEST(Complaint, TheCommissionIsForgottenInTheSize) {
  const RunRecords records =
      run({R"({"size": {"percent_equity": 100}})", R"({"commission": {"per_order": 5}})"},
          {flat("10", kGoLong), flat("10")});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 999 @ 10 signal"}));
  EXPECT_EQ(records.equity.back().cash, money("5"));
}

TEST(Complaint, TheProceedsOfAShortSaleBuyMore) {
  const std::vector<BarSeries> bars = {series("A", {flat("10", kGoShort), flat("10")}),
                                       series("B", {flat("10", kGoLong), flat("10")})};
  EXPECT_EQ(fills_of(run({R"({"size": {"units": 700}})"}, bars)),
            (Lines{"1 A short 700 @ 10 signal", "1 B buy 300 @ 10 signal"}));
}

struct Exchange {
  int to, from;
  std::string_view units, before, after;
};

TEST(Complaint, ThePortfolioValueJumpsAtASplit) {
  for (const Exchange& split :
       {Exchange{2, 1, "100", "10", "5"}, Exchange{3, 2, "101", "9", "6"},
        Exchange{1, 10, "105", "1", "10"}, Exchange{7, 3, "100", "7", "3"},
        Exchange{1, 3, "100", "5", "15"}, Exchange{21, 20, "99", "10.5", "10"}}) {
    for (const Command side : {kGoLong, kGoShort}) {
      BarSeries bars = series("A", {flat(split.before, side), flat(split.before), flat(split.after),
                                    flat(split.after), flat(split.after)});
      bars.splits = {{2, split.to, split.from}};
      const std::string risk = concat(R"({"size": {"units": )", split.units, "}}");
      EXPECT_EQ(equity_of(run({risk}, std::vector{bars})), Lines(5, "10000"))
          << split.to << ':' << split.from << " side " << side;
    }
  }
}

/// Numbers that look random and are the same everywhere.
class Numbers {
 public:
  explicit Numbers(std::uint32_t seed) : state_(seed) {}
  int below(int bound) {
    state_ = state_ * 1'664'525U + 1'013'904'223U;
    return static_cast<int>((state_ >> 8) % static_cast<std::uint32_t>(bound));
  }

 private:
  std::uint32_t state_;
};

BarSeries random_bars(std::string symbol, std::uint32_t seed, int days) {
  Numbers numbers(seed);
  BarSeries made = series(std::move(symbol), {});
  int last = 1'000 + numbers.below(2'000);
  for (int day = 0; day < days; ++day) {
    const int open = std::max(200, last + numbers.below(81) - 40);
    const int close = std::max(200, open + numbers.below(121) - 60);
    const int high = std::max(open, close) + numbers.below(40);
    const int low = std::min(open, close) - numbers.below(40);
    last = close;
    if (numbers.below(10) == 0) continue;  // no bar
    const auto cents = [](int amount) {
      return Price::from_units(Int128{amount} * (Price::kUnit / 100));
    };
    made.timestamp.push_back(day * kDayLength);
    made.open.push_back(cents(open));
    made.high.push_back(cents(high));
    made.low.push_back(cents(low));
    made.close.push_back(cents(close));
    const int command = numbers.below(9);
    made.volume.push_back(Volume::from_units(command > 6 ? 0 : command));
  }
  return made;
}

constexpr const char* kOrders[] = {
    R"({"type": "market"})", R"({"type": "limit", "limit": "close - 0.2", "tif": {"bars": 3}})",
    R"({"type": "stop", "stop": "close + 0.2"})",
    R"({"type": "stop_limit", "stop": "close + 0.1", "limit": "close + 0.15"})",
    R"({"type": "market_on_close"})"};
constexpr const char* kShortOrders[] = {
    R"({"type": "market"})", R"({"type": "limit", "limit": "close + 0.2", "tif": "day"})",
    R"({"type": "stop", "stop": "close - 0.2"})",
    R"({"type": "stop_limit", "stop": "close - 0.1", "limit": "close - 0.15"})",
    R"({"type": "market_on_close"})"};
constexpr std::string_view kAllExits =
    R"([{"id": "out", "when": "volume = 3 or volume = 4"},
        {"id": "part", "when": "volume = 6", "portion": 0.4,
         "order": {"type": "limit", "limit": "close + 0.1"}}])";
constexpr std::string_view kAllRisks =
    R"({"size": {"percent_equity": 40}, "stop_loss": 0.03, "take_profit": 0.04,
        "trailing_stop": 0.05, "time_stop_bars": 4, "pyramiding": {"max": 3, "step": 0.1}})";

std::string entries(std::size_t type) {
  return concat(R"({"long": {"when": "volume = 1 or volume = 4 or volume = 5", "order": )",
                kOrders[type], R"(}, "short": {"when": "volume = 2 or volume = 5", "order": )",
                kShortOrders[type], "}}");
}

constexpr std::size_t kTypes = std::size(kOrders);

const char* intrabar_of(std::uint32_t seed) {
  constexpr const char* kPolicies[] = {"worst_case", "nearest_extreme", "ohlc", "olhc"};
  return kPolicies[seed % std::size(kPolicies)];
}

TEST(Complaint, AFillLiesOutsideTheRangeOfItsBar) {
  std::size_t fills = 0;
  std::map<Reason, int> reasons;
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    for (std::size_t type = 0; type < kTypes; ++type) {
      const std::vector<BarSeries> bars = {random_bars("A", seed, 200),
                                           random_bars("B", seed + 100, 200)};
      const std::string execution = concat(R"({"intrabar": ")", intrabar_of(seed), "\"}");
      const std::string entry = entries(type);
      const RunRecords records = run({kAllRisks, execution, "10000", entry, kAllExits}, bars);
      std::map<std::pair<std::size_t, Timestamp>, std::size_t> places;
      for (std::size_t symbol = 0; symbol < bars.size(); ++symbol) {
        for (std::size_t i = 0; i < bars[symbol].size(); ++i)
          places[{symbol, bars[symbol].timestamp[i]}] = i;
      }
      for (const Fill& fill : records.fills) {
        const auto place = places.find({fill.symbol, fill.time});
        ASSERT_NE(place, places.end()) << "a fill without a bar";
        EXPECT_GE(fill.price, bars[fill.symbol].low[place->second]);
        EXPECT_LE(fill.price, bars[fill.symbol].high[place->second]);
        ++reasons[fill.reason];
      }
      fills += records.fills.size();
    }
  }
  EXPECT_GT(fills, 1'000U);
  for (const Reason reason :
       {Reason::kSignal, Reason::kStopLoss, Reason::kTakeProfit, Reason::kTimeExit}) {
    EXPECT_GT(reasons[reason], 10) << reason_name(reason);
  }
}

/// The bars up to index `size` alone.
BarSeries shortened(BarSeries bars, Timestamp end) {
  std::size_t size = 0;
  while (size < bars.size() && bars.timestamp[size] < end) ++size;
  bars.timestamp.resize(size);
  for (auto* column : {&bars.open, &bars.high, &bars.low, &bars.close}) column->resize(size);
  bars.volume.resize(size);
  return bars;
}

TEST(Complaint, APriceIsUsedBeforeItIsKnown) {
  // What comes later changes no fill and no equity of what came before.
  for (std::size_t type = 0; type < kTypes; ++type) {
    const std::vector<BarSeries> bars = {random_bars("A", 7, 120), random_bars("B", 8, 120)};
    const std::string entry = entries(type);
    const RunSettings settings{kAllRisks, "{}", "10000", entry, kAllExits};
    const RunRecords whole = run(settings, bars);
    const Lines all = fills_of(whole);
    const Lines equity = equity_of(whole);
    for (const int day : {20, 45, 77, 100}) {
      const Timestamp end = day * kDayLength;
      const RunRecords part = run(settings, {shortened(bars[0], end), shortened(bars[1], end)});
      const Lines fills = fills_of(part);
      const Lines points = equity_of(part);
      ASSERT_LE(fills.size(), all.size());
      EXPECT_EQ(fills, Lines(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(fills.size())));
      EXPECT_EQ(points,
                Lines(equity.begin(), equity.begin() + static_cast<std::ptrdiff_t>(points.size())));
      const bool ends_there = fills.size() == all.size() || whole.fills[fills.size()].time >= end;
      EXPECT_TRUE(ends_there) << day;
    }
  }
}

TEST(Complaint, AFillAtTheOpenDependsOnTheRestOfItsBar) {
  const BarSeries bars = random_bars("A", 21, 150);
  const RunSettings settings{.risk = R"({"size": {"percent_equity": 90}})"};
  const RunRecords before = run(settings, std::vector{bars});
  ASSERT_GT(before.fills.size(), 10U);
  for (std::size_t i = 0; i < before.fills.size(); i += 3) {
    const Timestamp time = before.fills[i].time;
    std::size_t bar = 0;
    while (bars.timestamp[bar] != time) ++bar;
    BarSeries changed = bars;
    changed.high[bar] = changed.close[bar] = changed.open[bar] + price("5");
    const Lines fills = fills_of(run(settings, std::vector{changed}));
    ASSERT_GT(fills.size(), i);
    EXPECT_EQ(fills[i], fills_of(before)[i]);
  }
}

TEST(Complaint, TwoRunsOfTheSameBarsDiffer) {
  for (std::size_t type = 0; type < kTypes; ++type) {
    const std::vector<BarSeries> bars = {random_bars("A", 31, 150), random_bars("B", 32, 150),
                                         random_bars("C", 33, 150)};
    const std::string entry = entries(type);
    const RunSettings settings{kAllRisks, R"({"commission": {"percent": 0.1}, "leverage": 1.5})",
                               "10000", entry, kAllExits};
    const RunRecords first = run(settings, bars);
    const RunRecords second = run(settings, bars);
    EXPECT_EQ(fills_of(first), fills_of(second));
    EXPECT_EQ(signals_of(first), signals_of(second));
    EXPECT_EQ(trades_of(first), trades_of(second));
    EXPECT_EQ(equity_of(first), equity_of(second));
  }
}

TEST(Complaint, TheTradesDoNotAddUpToTheEquity) {
  for (std::size_t type = 0; type < kTypes; ++type) {
    const std::vector<BarSeries> bars = {random_bars("A", 41, 200), random_bars("B", 42, 200)};
    const std::string entry = entries(type);
    const RunRecords records = run(
        {kAllRisks, R"({"commission": {"percent": 0.13, "min": 0.37}, "slippage": {"percent": 0.05},
                            "interest_rate_percent": 2, "borrow_rate_percent": 3, "leverage": 2})",
         "10000", entry, kAllExits},
        bars);
    Money sum = money("10000") + records.dividends + records.interest - records.borrow;
    for (const Trade& trade : records.trades) sum += trade.pnl;
    EXPECT_EQ(sum, records.equity.back().equity()) << type;
    EXPECT_GT(records.trades.size(), 20U);
  }
}

TEST(Complaint, MoneyIsSpentThatIsNotThere) {
  // Without short positions and leverage, cash never falls below zero, fill by fill.
  for (std::size_t type = 0; type < kTypes; ++type) {
    const std::vector<BarSeries> bars = {random_bars("A", 51, 200), random_bars("B", 52, 200),
                                         random_bars("C", 53, 200)};
    const std::string entry =
        concat(R"({"long": {"when": "volume = 1 or volume = 2", "order": )", kOrders[type], "}}");
    const RunRecords records = run({R"({"size": {"percent_equity": 70}, "stop_loss": 0.03})",
                                    R"({"commission": {"percent": 0.2, "per_order": 1}})", "10000",
                                    entry, R"([{"when": "volume = 3"}])"},
                                   bars);
    Money cash = money("10000");
    for (const Fill& fill : records.fills) {
      cash = is_buying(fill.kind) ? cash - fill.value : cash + fill.value;
      cash = cash - fill.commission;
      EXPECT_GE(cash, Money{});
    }
    EXPECT_EQ(cash, records.equity.back().cash);
  }
}

}  // namespace
}  // namespace quant
