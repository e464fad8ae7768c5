// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/pricing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "core/base/error.hpp"
#include "support/caught.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

constexpr bool kBuying = true;
constexpr bool kSelling = false;

Price worsened(std::string_view reference, bool buying, const char* percent, int ticks,
               const char* tick = "0.01") {
  return worsened_price(price(reference), buying, Slippage{decimal_of(percent), ticks, {}},
                        price(tick));
}

TEST(WorsenedPrice, RoundsToTheTickAgainstTheTrader) {
  EXPECT_EQ(worsened("10.001", kBuying, "0", 0), price("10.01"));
  EXPECT_EQ(worsened("10.009", kSelling, "0", 0), price("10"));
  EXPECT_EQ(worsened("10.01", kBuying, "0", 0), price("10.01"));
  EXPECT_EQ(worsened("10.01", kSelling, "0", 0), price("10.01"));
  EXPECT_EQ(worsened("10.01", kBuying, "0", 0, "0.05"), price("10.05"));
  EXPECT_EQ(worsened("10.04", kSelling, "0", 0, "0.05"), price("10"));
}

TEST(WorsenedPrice, AddsPercentAndTicks) {
  EXPECT_EQ(worsened("100", kBuying, "0.05", 0), price("100.05"));
  EXPECT_EQ(worsened("100", kSelling, "0.05", 0), price("99.95"));
  EXPECT_EQ(worsened("100", kBuying, "0", 3), price("100.03"));
  EXPECT_EQ(worsened("100", kSelling, "0.05", 3), price("99.92"));
  // 33.33 x 1.0005 is 33.346665, 33.33 x 0.9995 is 33.313335.
  EXPECT_EQ(worsened("33.33", kBuying, "0.05", 0), price("33.35"));
  EXPECT_EQ(worsened("33.33", kSelling, "0.05", 0), price("33.31"));
  EXPECT_EQ(worsened("33.33", kBuying, "0.05", 0, "0.0001"), price("33.3467"));
}

TEST(WorsenedPrice, IsAtLeastOneTick) {
  EXPECT_EQ(worsened("0.02", kSelling, "0", 5), price("0.01"));
  EXPECT_EQ(worsened("0.003", kSelling, "0", 0), price("0.01"));
  EXPECT_EQ(worsened("10", kSelling, "99.9999", 0), price("0.01"));
}

TEST(WorsenedPrice, RaisesBeyondTheColumn) {
  EXPECT_EQ(caught([] { (void)worsened("999999.9999", kBuying, "1", 0); }).code(),
            ErrorCode::kOutOfRange);
}

TEST(LevelPrice, RoundsHalfAwayFromZeroToTheTick) {
  EXPECT_EQ(level_price(10'005, 1'000, price("0.01")), price("10.01"));
  EXPECT_EQ(level_price(10'004, 1'000, price("0.01")), price("10"));
  EXPECT_EQ(level_price(10'025, 1'000, price("0.05")), price("10.05"));
  EXPECT_EQ(level_price(1, 3, price("0.0001")), price("0.3333"));
}

TEST(LevelPrice, MayLieWhereNoBarReachesIt) {
  EXPECT_EQ(level_price(-5, 1, price("0.01")), Price{} - price("5"));
  EXPECT_EQ(level_price(0, 1, price("0.01")), Price{});
  EXPECT_EQ(level_price(4, 1'000, price("0.01")), Price{});
  EXPECT_EQ(level_price(1'200'000, 1, price("0.01")), std::nullopt);
  EXPECT_EQ(level_price(-1'200'000, 1, price("0.01")), std::nullopt);
}

std::optional<Price> level(const LevelRule& rule, bool is_stop, Side side, Int128 value = 0,
                           Int128 denominator = 1) {
  return level_of(rule, is_stop, side, price("33.33"), value, denominator, price("0.01"));
}

TEST(LevelOf, StopsLieAgainstThePositionAndTargetsAlongIt) {
  const LevelRule fraction{LevelRule::Kind::kFraction, decimal_of("0.1")};
  EXPECT_EQ(level(fraction, true, Side::kLong), price("30"));      // 29.997
  EXPECT_EQ(level(fraction, false, Side::kLong), price("36.66"));  // 36.663
  EXPECT_EQ(level(fraction, true, Side::kShort), price("36.66"));
  EXPECT_EQ(level(fraction, false, Side::kShort), price("30"));
}

TEST(LevelOf, ADistanceIsMeasuredFromTheFill) {
  const LevelRule distance{LevelRule::Kind::kDistance, {}, 0};
  EXPECT_EQ(level(distance, true, Side::kLong, 10, 3), price("30"));  // 33.33 - 3.333...
  EXPECT_EQ(level(distance, false, Side::kLong, 10, 3), price("36.66"));
  EXPECT_EQ(level(distance, true, Side::kShort, 5, 1), price("38.33"));
  EXPECT_EQ(level(distance, true, Side::kLong, 100, 1), Price{} - price("66.67"));
}

TEST(LevelOf, APriceIsTakenAsItIs) {
  const LevelRule fixed{LevelRule::Kind::kPrice, {}, 0};
  EXPECT_EQ(level(fixed, true, Side::kLong, 12'345, 1'000), price("12.35"));
  EXPECT_EQ(level(fixed, false, Side::kShort, 12'345, 1'000), price("12.35"));
}

TEST(FloorToStep, NeverRoundsUp) {
  EXPECT_EQ(floor_to_step(quantity("7.999999"), quantity("1")), quantity("7"));
  EXPECT_EQ(floor_to_step(quantity("7.5"), quantity("0.25")), quantity("7.5"));
  EXPECT_EQ(floor_to_step(quantity("0.99"), quantity("1")), Quantity{});
}

/// The largest quantity by trying every step downwards.
Quantity by_search(const Budget& budget, Price at, Quantity step, Quantity limit,
                   const Commission& commission) {
  for (std::int64_t steps = limit.units() / step.units(); steps > 0; --steps) {
    const Quantity candidate = Quantity::from_units(Int128{steps} * step.units());
    const Money value = value_of(candidate, at);
    if (budget.covers(value, commission.of(candidate, value))) return candidate;
  }
  return {};
}

TEST(LargestQuantity, EqualsTheSearchOverAllSteps) {
  std::mt19937 random(5);
  const auto below = [&](std::uint32_t bound) { return static_cast<int>(random() % bound); };
  const std::array<Quantity, 4> steps = {quantity("1"), quantity("0.01"), quantity("0.5"),
                                         quantity("7")};
  for (int round = 0; round < 1'500; ++round) {
    Commission commission;
    if (below(2) == 0) commission.percent = Decimal{below(500), 3};
    if (below(2) == 0) commission.per_share = Decimal{below(300), 4};
    if (below(2) == 0) commission.per_order = Decimal{below(200), 2};
    if (below(3) == 0) commission.minimum = Decimal{below(500), 2};
    if (below(3) == 0)
      commission.maximum = Decimal{commission.minimum.rounded(2).mantissa + below(300), 2};
    Budget budget{1 + (below(3) == 0 ? below(300) : below(200'000)), 1, 1};
    if (below(2) == 0) budget = {budget.total * 100, 100, 100};
    if (below(4) == 0) budget.fee_weight = budget.value_weight * 3;
    const Price at = Price::from_units(1 + below(below(2) == 0 ? 400 : 2'000'000));
    const Quantity step = steps[random() % steps.size()];
    const Quantity limit = Quantity::from_units(Int128{below(3'000)} * step.units());
    ASSERT_EQ(largest_quantity(budget, FillPrice(at), step, limit, commission),
              by_search(budget, at, step, limit, commission))
        << "round " << round << ", price " << at.to_text() << ", total " << to_text(budget.total);
  }
}

TEST(LargestQuantity, SpendsTheLastCentAndNotOneMore) {
  const Commission none;
  EXPECT_EQ(
      largest_quantity({10'000}, FillPrice(price("10")), quantity("1"), quantity("1000000"), none),
      quantity("10"));
  EXPECT_EQ(
      largest_quantity({9'999}, FillPrice(price("10")), quantity("1"), quantity("1000000"), none),
      quantity("9"));
  Commission fee;
  fee.per_order = decimal_of("0.01");
  EXPECT_EQ(
      largest_quantity({10'000}, FillPrice(price("10")), quantity("1"), quantity("1000000"), fee),
      quantity("9"));
  EXPECT_EQ(
      largest_quantity({10'001}, FillPrice(price("10")), quantity("1"), quantity("1000000"), fee),
      quantity("10"));
  EXPECT_EQ(largest_quantity({0}, FillPrice(price("10")), quantity("1"), quantity("5"), none),
            Quantity{});
  EXPECT_EQ(largest_quantity({-100}, FillPrice(price("10")), quantity("1"), quantity("5"), none),
            Quantity{});
}

TEST(LargestQuantity, StaysWithinItsColumnWithTheLargestBudget) {
  const Budget budget{Money::kMax};
  EXPECT_EQ(largest_quantity(budget, FillPrice(price("0.0001")), quantity("0.000001"),
                             Quantity::from_units(Quantity::kMax), {}),
            Quantity::from_units(Quantity::kMax));
}

TEST(FillPrice, TakesTheImpactOfVolumeExactly) {
  // 152.46 x 0.02 x (10 / 66)^2 is 0.07 exactly: no rounding lifts it to the next tick.
  const Slippage slippage{{}, 0, decimal_of("0.02")};
  const FillPrice at(price("152.46"), kBuying, &slippage, {}, Volume::from_units(66),
                     price("0.01"));
  EXPECT_EQ(at.of(quantity("10")), price("152.53"));
  EXPECT_EQ(at.of(quantity("10.000001")), price("152.54"));
}

TEST(FillPrice, WithTheLeastImpactLeavesItsTick) {
  const Slippage slippage{{}, 0, decimal_of("0.1")};
  const FillPrice at(price("10"), kBuying, &slippage, {}, Volume::from_units(999'999'999),
                     price("0.01"));
  EXPECT_EQ(at.of(quantity("0.000001")), price("10.01"));
  EXPECT_EQ(at.of({}), price("10"));
}

TEST(LargestFitting, FindsTheLargestWhereItsOwnPriceFalls) {
  // Sold short, 1 to 10 units at falling prices; by trying every quantity from above.
  const Slippage slippage{{}, 0, decimal_of("0.9")};
  const FillPrice at(price("10"), kSelling, &slippage, {}, Volume::from_units(10), price("0.01"));
  for (int cents = 500; cents < 6'000; cents += 7) {
    const auto fits = [&](Quantity sold, Price each) {
      return value_of(sold, each).units() <= cents;
    };
    Quantity expected = quantity("10");
    while (!fits(expected, at.of(expected))) expected -= quantity("0.01");
    EXPECT_EQ(largest_fitting(quantity("0.01"), quantity("10"), at, fits), expected) << cents;
  }
}

}  // namespace
}  // namespace quant
