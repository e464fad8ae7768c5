// SPDX-License-Identifier: PostgreSQL
// Where an engine in double precision errs: ties of averages, folded constants, division.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"

namespace quant {
namespace {

/// A constant expression folds to one number: its text, in lowest terms.
std::string folded(std::string_view text) {
  Program program;
  const NodeId id = compile_number(program, parse_expression(text), {});
  const ProgramNode& node = program[id];
  EXPECT_EQ(node.operation, Operation::kConstant) << text;
  return to_text(node.constant) + (node.denominator == 1 ? "" : "/" + to_text(node.denominator));
}

TEST(ConstantFolding, IsExact) {
  EXPECT_EQ(folded("1/3*3"), "1");
  EXPECT_EQ(folded("1/3"), "1/3");
  EXPECT_EQ(folded("0.1 + 0.2"), "3/10");
  EXPECT_EQ(folded("0.1 + 0.2 - 0.3"), "0");
  EXPECT_EQ(folded("2/3 - 1/6"), "1/2");
  EXPECT_EQ(folded("-1/-3"), "1/3");
  EXPECT_EQ(folded("1/-3"), "-1/3");
  EXPECT_EQ(folded("-(2 - 5) * 0.5"), "3/2");
  EXPECT_EQ(folded("min(1/3, 0.333)"), "333/1000");
  EXPECT_EQ(folded("max(1/3, 0.333, -5)"), "1/3");
  EXPECT_EQ(folded("1e20 / 1e20"), "1");
}

TEST(ConstantFolding, RaisesBeyond128Bits) {
  for (const char* text : {"1e20 * 1e20", "1e37 * 1e-3 * 1e37", "1e30 + 1e-30"}) {
    Program program;
    EXPECT_EQ(caught([&] { (void)compile_number(program, parse_expression(text), {}); }).code(),
              ErrorCode::kOutOfRange)
        << text;
  }
}

TEST(Division, ByAConstantIsExact) {
  const BarSeries bars = bars_of_closes({"1", "2", "0.0001"});
  EXPECT_EQ(Evaluated("close / 3", bars).numbers(),
            (std::vector<std::string>{"1/3", "2/3", "1/30000"}));
  EXPECT_EQ(Evaluated("close / 3 * 3 = close", bars).truths(), "ttt");
  EXPECT_EQ(Evaluated("close / 7 + close / 13 = 20 * close / 91", bars).truths(), "ttt");
  EXPECT_EQ(Evaluated("close / -4", bars).number(1), "-1/2");
}

TEST(Division, ByASeriesIsRoundedToTheGrid) {
  const BarSeries bars = bars_of_closes({"1", "3", "7"});
  EXPECT_EQ(Evaluated("1 / close", bars).number(1), "333333333333/1000000000000");
  EXPECT_EQ(Evaluated("2 / close", bars).number(1), "666666666667/1000000000000");
  EXPECT_EQ(Evaluated("-2 / close", bars).number(1), "-666666666667/1000000000000");
  EXPECT_EQ(Evaluated("2 / -close", bars).number(1), "-666666666667/1000000000000");
  EXPECT_EQ(Evaluated("1 / close * close = 1", bars).truths(), "tff");
  // 5 / (11 / 3) is 1.363636..., in lowest terms on the grid:
  EXPECT_EQ(Evaluated("sma(close, 2) / sma(close, 3)", bars).number(2),
            "340909090909/250000000000");
}

TEST(Division, HalvesOfTheGridGoAwayFromZero) {
  // 0.0001 / 200000000 is 0.5 units of 10^-12.
  const BarSeries bars = bars_of_closes({"0.0001"});
  EXPECT_EQ(Evaluated("close / (volume * 200000)", bars).number(0), "1/1000000000000");
  EXPECT_EQ(Evaluated("-close / (volume * 200000)", bars).number(0), "-1/1000000000000");
  EXPECT_EQ(Evaluated("close / (volume * 200001)", bars).number(0), "0");
}

/// 13 closes in cents whose last 7 average `mean`, and all 13 as well.
std::vector<std::string> tied_closes(std::mt19937& random, int mean) {
  std::vector<int> cents;
  const auto add_block = [&](int count) {
    int rest = mean * count;
    for (int left = count - 1; left > 0; --left) {
      const int value = mean - 200 + static_cast<int>(random() % 400);
      cents.push_back(value);
      rest -= value;
    }
    cents.push_back(rest);
  };
  add_block(6);
  add_block(7);
  std::vector<std::string> closes;
  for (const int value : cents) closes.push_back(decimal_text(value, 2));
  return closes;
}

double mean_in_double(const std::vector<std::string>& closes, std::size_t count) {
  double sum = 0;
  for (std::size_t i = closes.size() - count; i < closes.size(); ++i) sum += std::stod(closes[i]);
  return sum / static_cast<double>(count);
}

TEST(Averages, TieExactlyWhereDoublesErr) {
  std::mt19937 random(3);
  int decided_wrongly_by_double = 0;
  for (int round = 0; round < 200; ++round) {
    const auto closes = tied_closes(random, 5'000 + static_cast<int>(random() % 5'000));
    if (mean_in_double(closes, 7) != mean_in_double(closes, 13)) ++decided_wrongly_by_double;
    const BarSeries bars = bars_of_closes(closes);
    EXPECT_EQ(Evaluated("sma(close, 7) = sma(close, 13)", bars).truths().back(), 't');
    EXPECT_EQ(Evaluated("sma(close, 7) > sma(close, 13)", bars).truths().back(), 'f');
    EXPECT_EQ(Evaluated("sma(close, 7) < sma(close, 13)", bars).truths().back(), 'f');
  }
  EXPECT_GT(decided_wrongly_by_double, 20);
}

TEST(Averages, SeeTheSmallestDifference) {
  std::mt19937 random(4);
  auto closes = tied_closes(random, 6'000);
  closes.back() += "01";  // a hundredth of a cent more
  const BarSeries bars = bars_of_closes(closes);
  EXPECT_EQ(Evaluated("sma(close, 7) > sma(close, 13)", bars).truths().back(), 't');
}

TEST(Comparison, OfWideNumeratorsIsExact) {
  BarSeries bars = bars_of_closes({"1"});
  EXPECT_EQ(Evaluated("volume = 1000.0000000000000000000000000000000001", bars).truths(), "f");
  EXPECT_EQ(Evaluated("volume < 1000.0000000000000000000000000000000001", bars).truths(), "t");
  // Over the common denominator of 10^34 the volume needs more than 128 bits.
  bars.volume[0] = Volume::from_units(Volume::kMax);
  EXPECT_EQ(Evaluated("volume > 1000.0000000000000000000000000000000001", bars).truths(), "t");
  EXPECT_EQ(Evaluated("-volume > 1000.0000000000000000000000000000000001", bars).truths(), "f");
}

}  // namespace
}  // namespace quant
