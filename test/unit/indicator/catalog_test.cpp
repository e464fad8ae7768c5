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

/// Prices that move up and down and never repeat for long, in units of the grid.
NumberColumn wave(std::size_t bars, int seed) {
  NumberColumn column(bars);
  for (std::size_t bar = 0; bar < bars; ++bar) {
    const auto step =
        static_cast<std::int64_t>((bar * 7919 + static_cast<std::size_t>(seed) * 104'729) % 97);
    const std::int64_t trend = bar % 40 < 20 ? static_cast<std::int64_t>(bar % 20) * 60 : 0;
    column.set(bar, Number::of(Int128{kGrid} / 100 * (10'000 + step + trend)));
  }
  return column;
}

/// Inputs that a bar could have: the highest price, the lowest one and two between.
std::vector<NumberColumn> inputs_of(const Indicator& indicator, std::size_t bars) {
  NumberColumn open = wave(bars, 1);
  NumberColumn close = wave(bars, 2);
  NumberColumn high(bars);
  NumberColumn low(bars);
  for (std::size_t bar = 0; bar < bars; ++bar) {
    high.set(bar, Number::of(std::max(open.values[bar], close.values[bar]) + kGrid / 2));
    low.set(bar, Number::of(std::min(open.values[bar], close.values[bar]) - kGrid / 3));
  }
  if (indicator.group == "math") {
    // Within the domain of every function.
    for (Int128& value : close.values) value /= 1000;
  }
  std::vector<NumberColumn> inputs;
  for (const InputSpec& input : indicator.inputs) {
    if (input.name == "periods") {
      NumberColumn periods(bars);
      for (std::size_t bar = 0; bar < bars; ++bar)
        periods.set(bar, Number::of(Int128{kGrid} * static_cast<int>(2 + bar % 20)));
      inputs.push_back(periods);
      continue;
    }
    switch (input.column.value_or(BarColumn::kClose)) {
      case BarColumn::kOpen:
        inputs.push_back(open);
        break;
      case BarColumn::kHigh:
        inputs.push_back(high);
        break;
      case BarColumn::kLow:
        inputs.push_back(low);
        break;
      case BarColumn::kClose:
        inputs.push_back(input.name == "y" ? high : close);
        break;
      default:
        inputs.push_back(wave(bars, 3));
    }
  }
  return inputs;
}

std::vector<const NumberColumn*> pointers(const std::vector<NumberColumn>& columns) {
  std::vector<const NumberColumn*> pointers;
  for (const NumberColumn& column : columns) pointers.push_back(&column);
  return pointers;
}

IndicatorArguments standard_of(const Indicator& indicator) {
  IndicatorArguments arguments;
  for (const ArgumentSpec& spec : indicator.arguments) arguments.add(spec.standard);
  return arguments;
}

TEST(Catalog, FindsEachIndicatorByItsName) {
  const auto names = indicator_names();
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
  for (const std::string_view name : names) EXPECT_EQ(find_indicator(name)->name, name);
  EXPECT_EQ(find_indicator("SMA"), nullptr);
  EXPECT_EQ(find_indicator(""), nullptr);
}

TEST(Catalog, DescribesEachIndicator) {
  for (const Indicator* indicator : all_indicators()) {
    SCOPED_TRACE(indicator->name);
    EXPECT_FALSE(indicator->title.empty());
    EXPECT_FALSE(indicator->formula.empty());
    EXPECT_FALSE(indicator->inputs.empty());
    EXPECT_LE(indicator->inputs.size(), Indicator::kMostInputs);
    EXPECT_LE(indicator->outputs.size(), Indicator::kMostOutputs);
    std::set<std::string_view> words;
    for (const InputSpec& input : indicator->inputs) EXPECT_TRUE(words.insert(input.name).second);
    for (const ArgumentSpec& spec : indicator->arguments) {
      EXPECT_TRUE(words.insert(spec.name).second) << spec.name;
      if (spec.kind == ArgumentSpec::Kind::kChoice) {
        EXPECT_LT(spec.standard, static_cast<Int128>(spec.choices.size()));
      } else {
        EXPECT_LE(spec.least, spec.standard);
        EXPECT_LE(spec.standard, spec.most);
      }
    }
    std::set<std::string_view> results;
    for (const OutputSpec& output : indicator->outputs) {
      EXPECT_TRUE(results.insert(output.name).second) << output.name;
      EXPECT_LT(output.input, indicator->inputs.size());
    }
  }
}

TEST(Catalog, StatesWarmUpAsComputedWith60Digits) {
  const Table cases(std::filesystem::path(__FILE__).parent_path() / "warm_up.csv");
  ASSERT_GT(cases.size(), 300U);
  for (std::size_t row = 0; row < cases.size(); ++row) {
    const Indicator& indicator = *find_indicator(cases.at(row, "name"));
    IndicatorArguments arguments = standard_of(indicator);
    const int period = std::stoi(cases.at(row, "period"));
    IndicatorArguments given{period};
    for (std::size_t i = 1; i < arguments.size(); ++i) given.add(arguments[i]);
    EXPECT_EQ(indicator.lookback(given), std::stoi(cases.at(row, "lookback"))) << indicator.name;
    EXPECT_EQ(indicator.stable_after(given), std::stoi(cases.at(row, "stable_after")))
        << indicator.name << ' ' << period;
  }
}

TEST(Catalog, TheFirstResultStandsAtTheLookback) {
  for (const Indicator* indicator : all_indicators()) {
    const IndicatorArguments arguments = standard_of(*indicator);
    const std::vector<NumberColumn> inputs = inputs_of(*indicator, 200);
    const auto outputs = run_outputs(*indicator, arguments, pointers(inputs));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto first = static_cast<std::size_t>(indicator->outputs[i].lookback(arguments));
      ASSERT_LT(first, 200U) << indicator->name;
      for (std::size_t bar = 0; bar < first; ++bar)
        ASSERT_FALSE(outputs[i].at(bar).known) << indicator->name << " at " << bar;
      EXPECT_TRUE(outputs[i].at(first).known)
          << indicator->name << '.' << indicator->outputs[i].name << " at " << first;
    }
  }
}

TEST(Catalog, AStreamGivesWhatTheColumnsGive) {
  for (const Indicator* indicator : all_indicators()) {
    const IndicatorArguments arguments = standard_of(*indicator);
    std::vector<NumberColumn> inputs = inputs_of(*indicator, 200);
    // Rows that lack one input, and rows that lack all.
    for (std::size_t bar = 0; bar < 200; ++bar) {
      if (bar % 83 == 70) inputs[bar % inputs.size()].set(bar, {});
      for (NumberColumn& column : inputs) {
        if (bar % 101 == 100) column.set(bar, {});
      }
    }
    const auto outputs = run_outputs(*indicator, arguments, pointers(inputs));
    const auto stream = indicator->runner.stream(arguments);
    for (std::size_t bar = 0; bar < 200; ++bar) {
      std::vector<Number> row;
      for (const NumberColumn& column : inputs) row.push_back(column.at(bar));
      std::vector<Number> results(outputs.size());
      stream->update(row.data(), results.data());
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        ASSERT_EQ(number_text(results[i]), number_text(outputs[i].at(bar)))
            << indicator->name << " at " << bar;
      }
      const bool is_whole = std::all_of(row.begin(), row.end(), [](Number n) { return n.known; });
      for (const Number& result : results) {
        ASSERT_TRUE(is_whole || !result.known) << indicator->name << " at " << bar;
      }
    }
  }
}

TEST(Catalog, RunsOverNoBarsAtAll) {
  for (const Indicator* indicator : all_indicators()) {
    const std::vector<NumberColumn> inputs(indicator->inputs.size(), NumberColumn(0));
    EXPECT_EQ(run_outputs(*indicator, {}, pointers(inputs)).front().size(), 0U) << indicator->name;
  }
}

}  // namespace
}  // namespace quant
