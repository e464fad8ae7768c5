// SPDX-License-Identifier: PostgreSQL
// ema, rsi and atr against the same recursions in Python fractions, digit for digit, over bars of
// which some are missing and some do not move.
#include <gtest/gtest.h>

#include <filesystem>

#include "core/base/error.hpp"
#include "core/indicator/atr.hpp"
#include "core/indicator/ema.hpp"
#include "core/indicator/rsi.hpp"
#include "indicator/columns.hpp"
#include "support/table.hpp"

namespace quant {
namespace {

const Table& recursions() {
  static const Table kTable(std::filesystem::path(__FILE__).parent_path() / "recursions.csv");
  return kTable;
}

NumberColumn input(const char* name) { return column_of_units(recursions().column(name)); }

void expect_equal(const NumberColumn& found, const std::string& name) {
  EXPECT_EQ(column_texts(found), recursions().column(name)) << name;
}

TEST(Ema, EqualsTheRecursionInFractions) {
  const NumberColumn close = input("close");
  for (const int period : {1, 2, 3, 10, 50}) {
    expect_equal(run_indicator("ema", period, {&close}), "ema_" + std::to_string(period));
  }
}

TEST(Rsi, EqualsTheRecursionInFractions) {
  const NumberColumn close = input("close");
  for (const int period : {1, 2, 14}) {
    expect_equal(run_indicator("rsi", period, {&close}), "rsi_" + std::to_string(period));
  }
}

TEST(Atr, EqualsTheRecursionInFractions) {
  const NumberColumn high = input("high");
  const NumberColumn low = input("low");
  const NumberColumn close = input("close");
  for (const int period : {1, 2, 14}) {
    expect_equal(run_indicator("atr", period, {&high, &low, &close}),
                 "atr_" + std::to_string(period));
  }
}

TEST(Ema, AMissingValueLeavesTheStateAsItIs) {
  Ema with_gap(3);
  Ema without(3);
  for (const int x : {10, 20, 30, 40}) {
    EXPECT_FALSE(with_gap.update(Number{}).known);
    EXPECT_EQ(number_text(with_gap.update(Number::of(x))),
              number_text(without.update(Number::of(x))));
  }
}

TEST(Rsi, IsMissingWhereNothingMovesAnd100WhereAllRises) {
  Rsi flat(3);
  Rsi rising(3);
  Rsi falling(3);
  for (int bar = 0; bar < 6; ++bar) {
    EXPECT_FALSE(flat.update(Number::of(kGrid)).known);
    const Number up = rising.update(Number::of(Int128{kGrid} * bar));
    const Number down = falling.update(Number::of(-Int128{kGrid} * bar));
    EXPECT_EQ(up.known, bar >= 3);
    if (bar >= 3) {
      EXPECT_EQ(up.value, Int128{100} * kGrid);
      EXPECT_EQ(down.value, 0);
    }
  }
}

TEST(Recursions, RaiseInsteadOfWrapping) {
  Ema ema(2);
  (void)ema.update(Number::of(kInt128Max / 2));
  (void)ema.update(Number::of(kInt128Max / 2));
  EXPECT_THROW((void)ema.update(Number::of(kInt128Max)), Error);
  Rsi rsi(2);
  (void)rsi.update(Number::of(-kInt128Max));
  EXPECT_THROW((void)rsi.update(Number::of(kInt128Max)), Error);
}

}  // namespace
}  // namespace quant
