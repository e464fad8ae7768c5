// SPDX-License-Identifier: PostgreSQL
// sma, highest and lowest against a search over each window.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/base/error.hpp"
#include "core/indicator/extreme.hpp"
#include "core/indicator/sma.hpp"
#include "indicator/columns.hpp"

namespace quant {
namespace {

/// Few distinct values, so that extremes are tied, and a share of missing ones.
NumberColumn random_column(std::size_t size, int missing_percent) {
  std::mt19937 random(11);
  NumberColumn column(size);
  for (std::size_t bar = 0; bar < size; ++bar) {
    const int value = static_cast<int>(random() % 21) - 10;
    if (static_cast<int>(random() % 100) >= missing_percent) column.set(bar, Number::of(value));
  }
  return column;
}

/// What `fold` makes of each window of n known values; missing where the window is not full.
template <typename Fold>
std::vector<std::string> by_search(const NumberColumn& x, std::size_t n, Fold fold) {
  std::vector<std::string> results;
  for (std::size_t bar = 0; bar < x.size(); ++bar) {
    bool full = bar + 1 >= n;
    std::vector<Int128> window;
    for (std::size_t back = 0; full && back < n; ++back) {
      full = x.at(bar - back).known;
      window.push_back(x.at(bar - back).value);
    }
    results.push_back(full ? to_text(fold(window)) : "");
  }
  return results;
}

Int128 sum(const std::vector<Int128>& values) {
  Int128 total = 0;
  for (const Int128 value : values) total += value;
  return total;
}
Int128 greatest(const std::vector<Int128>& values) {
  return *std::max_element(values.begin(), values.end());
}
Int128 least(const std::vector<Int128>& values) {
  return *std::min_element(values.begin(), values.end());
}

TEST(Windows, EqualTheSearchOverEachWindow) {
  for (const int missing_percent : {0, 3, 30}) {
    const NumberColumn x = random_column(400, missing_percent);
    for (const int period : {1, 2, 3, 7, 50, 400, 401}) {
      const auto n = static_cast<std::size_t>(period);
      EXPECT_EQ(column_texts(run_indicator("sma", period, {&x})), by_search(x, n, sum)) << period;
      EXPECT_EQ(column_texts(run_indicator("highest", period, {&x})), by_search(x, n, greatest))
          << period;
      EXPECT_EQ(column_texts(run_indicator("lowest", period, {&x})), by_search(x, n, least))
          << period;
    }
  }
}

TEST(Windows, OfOneBarAreTheBarItself) {
  const NumberColumn x = column_of_units({"5", "", "-3", "0"});
  for (const char* name : {"sma", "highest", "lowest"}) {
    EXPECT_EQ(column_texts(run_indicator(name, 1, {&x})), column_texts(x)) << name;
  }
}

TEST(Windows, AreNormalAgainOnceTheMissingValueHasLeft) {
  const NumberColumn x = column_of_units({"1", "2", "3", "", "4", "5", "6"});
  const std::vector<std::string> sums = {"", "", "6", "", "", "", "15"};
  EXPECT_EQ(column_texts(run_indicator("sma", 3, {&x})), sums);
  const std::vector<std::string> extremes = {"", "", "3", "", "", "", "6"};
  EXPECT_EQ(column_texts(run_indicator("highest", 3, {&x})), extremes);
}

template <typename One>
void expect_stream_to_equal(const char* name) {
  const NumberColumn x = random_column(200, 5);
  One stream(9);
  std::vector<std::string> streamed;
  for (std::size_t bar = 0; bar < x.size(); ++bar)
    streamed.push_back(number_text(stream.update(x.at(bar))));
  EXPECT_EQ(streamed, column_texts(run_indicator(name, 9, {&x})));
}

TEST(Windows, StreamAndColumnAgree) {
  expect_stream_to_equal<Sma>("sma");
  expect_stream_to_equal<Highest>("highest");
  expect_stream_to_equal<Lowest>("lowest");
}

TEST(Sma, RaisesInsteadOfWrapping) {
  Sma sma(2);
  (void)sma.update(Number::of(kInt128Max));
  EXPECT_THROW((void)sma.update(Number::of(1)), Error);
}

}  // namespace
}  // namespace quant
