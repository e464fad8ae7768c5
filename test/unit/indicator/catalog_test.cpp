// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/catalog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "indicator/columns.hpp"
#include "support/table.hpp"

namespace quant {
namespace {

TEST(Catalog, FindsEachIndicatorByItsName) {
  const auto names = indicator_names();
  EXPECT_EQ(std::set(names.begin(), names.end()),
            (std::set<std::string_view>{"sma", "ema", "rsi", "atr", "highest", "lowest"}));
  for (const std::string_view name : names) EXPECT_EQ(find_indicator(name)->name, name);
  EXPECT_EQ(find_indicator("SMA"), nullptr);
  EXPECT_EQ(find_indicator(""), nullptr);
}

TEST(Catalog, StatesWarmUpAsComputedWith60Digits) {
  const Table cases(std::filesystem::path(__FILE__).parent_path() / "warm_up.csv");
  ASSERT_GT(cases.size(), 300U);
  for (std::size_t row = 0; row < cases.size(); ++row) {
    const Indicator& indicator = *find_indicator(cases.at(row, "name"));
    const int period = std::stoi(cases.at(row, "period"));
    EXPECT_EQ(indicator.lookback(period), std::stoi(cases.at(row, "lookback"))) << indicator.name;
    EXPECT_EQ(indicator.stable_after(period), std::stoi(cases.at(row, "stable_after")))
        << indicator.name << ' ' << period;
  }
}

TEST(Catalog, TheFirstResultStandsAtTheLookback) {
  NumberColumn rising(60);
  for (std::size_t bar = 0; bar < rising.size(); ++bar)
    rising.set(bar, Number::of(Int128{kGrid} * bar));
  for (const std::string_view name : indicator_names()) {
    const Indicator& indicator = *find_indicator(name);
    const std::vector<const NumberColumn*> inputs(
        std::max<std::size_t>(indicator.bar_columns.size(), 1), &rising);
    for (const int period : {1, 2, 14, 50}) {
      const NumberColumn result = run_indicator(name, period, inputs);
      const auto first = static_cast<std::size_t>(indicator.lookback(period));
      for (std::size_t bar = 0; bar < result.size(); ++bar) {
        ASSERT_EQ(result.at(bar).known, bar >= first) << name << ' ' << period << " at " << bar;
      }
    }
  }
}

TEST(Catalog, RunsOverNoBarsAtAll) {
  const NumberColumn none(0);
  for (const std::string_view name : indicator_names()) {
    EXPECT_EQ(run_indicator(name, 3, {&none, &none, &none}).size(), 0U) << name;
  }
}

}  // namespace
}  // namespace quant
