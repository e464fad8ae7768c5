// SPDX-License-Identifier: PostgreSQL
// Segments between splits, and prices and volumes in the units of a later bar.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/market/splits.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"

namespace quant {
namespace {

std::vector<std::string> texts(const NumberColumn& column) {
  std::vector<std::string> result;
  for (const Int128 value : column.values) result.push_back(to_text(value));
  return result;
}

TEST(Segments, LieBetweenSplits) {
  BarSeries bars = bars_of_closes({"1", "2", "3", "4", "5"});
  EXPECT_EQ(segments_of(bars).size(), 1U);
  bars.splits = {{2, 2, 1}, {4, 1, 10}};
  const auto segments = segments_of(bars);
  ASSERT_EQ(segments.size(), 3U);
  EXPECT_EQ(segments[0].begin, 0U);
  EXPECT_EQ(segments[0].end, 2U);
  EXPECT_EQ(segments[1].end, 4U);
  EXPECT_TRUE(segments[1].to == 2 && segments[1].from == 1);
  EXPECT_EQ(segments[2].end, 5U);
  EXPECT_TRUE(segments[2].to == 1 && segments[2].from == 10);
}

TEST(Segments, JoinSplitsOfOneBarAndLeaveOutWhatPartsNothing) {
  BarSeries bars = bars_of_closes({"1", "2", "3"});
  // The first comes before every bar, the last after; 6 for 4 twice is 9 for 4.
  bars.splits = {{0, 5, 1}, {1, 6, 4}, {1, 6, 4}, {3, 7, 1}};
  const auto segments = segments_of(bars);
  ASSERT_EQ(segments.size(), 2U);
  EXPECT_TRUE(segments[1].to == 9 && segments[1].from == 4);
  EXPECT_TRUE(price_multiple(bars) == 9);
}

TEST(PriceMultiple, IsTheProductOfTheNewUnits) {
  BarSeries bars = bars_of_closes(std::vector<std::string>(12, "1"));
  EXPECT_TRUE(price_multiple(bars) == 1);
  bars.splits = {{1, 3, 2}, {5, 1, 10}, {6, 4, 1}};
  EXPECT_TRUE(price_multiple(bars) == 12);
  bars.splits.clear();
  for (std::size_t bar = 1; bar <= 9; ++bar) bars.splits.push_back({bar, 10, 1});
  EXPECT_TRUE(price_multiple(bars) == 1'000'000'000);
  bars.splits.push_back({10, 2, 1});
  const Error error = caught([&] { (void)price_multiple(bars); });
  EXPECT_EQ(error.code(), ErrorCode::kOutOfRange);
  EXPECT_EQ(error.message(), "the splits of \"TEST\" are too many for exact prices");
  EXPECT_EQ(error.detail(), "The product of their new units exceeds 1000000000.");
}

TEST(AdjustedPrices, AreExactInTheUnitsOfTheLastSegment) {
  BarSeries bars = bars_of_closes({"10", "10.0001", "7"});
  bars.splits = {{2, 3, 2}};
  const auto segments = segments_of(bars);
  // In thirds of 10^-4: 10 is 300,000, two thirds of it 200,000.
  EXPECT_EQ(texts(adjusted_prices(bars.close, segments, 3)),
            (std::vector<std::string>{"200000", "200002", "210000"}));
  // Before the split, in their own units.
  EXPECT_EQ(texts(adjusted_prices(bars.close, std::span(segments).first(1), 3)),
            (std::vector<std::string>{"300000", "300003"}));
}

TEST(AdjustedVolumes, RoundHalfAwayFromZero) {
  BarSeries bars = bars_of_closes({"10", "10", "20"});
  bars.volume = {Volume::from_units(1001), Volume::from_units(7), Volume::from_units(8)};
  bars.splits = {{1, 3, 1}, {2, 1, 2}};
  // 1001 x 3 / 2 = 1501.5; 7 / 2 = 3.5.
  EXPECT_EQ(texts(adjusted_volumes(bars.volume, segments_of(bars))),
            (std::vector<std::string>{"1502", "4", "8"}));
}

}  // namespace
}  // namespace quant
