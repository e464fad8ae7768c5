// SPDX-License-Identifier: PostgreSQL
// The indicators against figures of TA-Lib and of exact decimals.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "indicator/columns.hpp"
#include "support/json_text.hpp"
#include "support/table.hpp"

namespace quant {
namespace {

/// TA-Lib computes in double precision and its figures were printed with 15 digits.
constexpr double kTolerance = 1e-10;

struct ReferenceColumn {
  const char* indicator;
  int period;
  const char* column;
};

constexpr std::array<ReferenceColumn, 6> kColumns = {{{"sma", 30, "sma_30"},
                                                      {"ema", 10, "ema_10"},
                                                      {"rsi", 14, "rsi_14"},
                                                      {"atr", 14, "atr_14"},
                                                      {"highest", 30, "max_30"},
                                                      {"lowest", 30, "min_30"}}};

TEST(TaLib, GivesTheSameFirstBarAndTheSameValues) {
  const auto path = reference_file("talib_252bars_reference.csv");
  if (!path) GTEST_SKIP() << kNoReference;
  const Table bars(*path);
  ASSERT_EQ(bars.size(), 252U);
  const NumberColumn high = column_of_decimals(bars.column("high"), kGrid);
  const NumberColumn low = column_of_decimals(bars.column("low"), kGrid);
  const NumberColumn close = column_of_decimals(bars.column("close"), kGrid);
  for (const ReferenceColumn& reference : kColumns) {
    const Indicator& indicator = *find_indicator(reference.indicator);
    const std::vector<const NumberColumn*> inputs =
        indicator.bar_columns.empty() ? std::vector{&close} : std::vector{&high, &low, &close};
    const NumberColumn found = run_indicator(reference.indicator, reference.period, inputs);
    const double unit = static_cast<double>(kGrid) *
                        (indicator.scale == ResultScale::kInputTimesN ? reference.period : 1);
    for (std::size_t bar = 0; bar < bars.size(); ++bar) {
      const std::string& wanted = bars.at(bar, reference.column);
      ASSERT_EQ(found.at(bar).known, !wanted.empty()) << reference.column << " at " << bar;
      if (wanted.empty()) continue;
      ASSERT_NEAR(static_cast<double>(found.at(bar).value) / unit, std::stod(wanted), kTolerance)
          << reference.column << " at " << bar;
    }
  }
}

/// The named case of exact_decimal_cases.json.
class ExactCase : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = reference_file("exact_decimal_cases.json");
    if (!path) GTEST_SKIP() << kNoReference;
    std::ifstream file(*path);
    document_ = json_of(std::string(std::istreambuf_iterator<char>(file), {}));
    ASSERT_NE(document_.find("cases"), nullptr);
  }
  [[nodiscard]] const Json& named(std::string_view name) const {
    for (const Json& entry : *document_.find("cases")->array()) {
      if (*entry.find("name")->string() == name) return entry;
    }
    throw std::out_of_range(std::string(name));
  }
  /// The values of a list as multiples of 1 / `unit`; they stand as numbers, strings or null.
  static std::vector<std::string> units(const Json& list, Int128 unit) {
    std::vector<std::string> texts;
    for (const Json& entry : *list.array()) {
      if (entry.is_null()) {
        texts.emplace_back();
        continue;
      }
      const Decimal value =
          entry.string() != nullptr ? decimal_of(*entry.string()) : *entry.number();
      texts.push_back(to_text(multiply_divide(value.mantissa, unit, value.unit())));
    }
    return texts;
  }

  Json document_;
};

TEST_F(ExactCase, SmaAfterAHugeValueForgetsIt) {
  const Json& wanted = named("sma_3_after_huge_value");
  const NumberColumn x = column_of_units(units(*wanted.find("input"), 1));
  const std::vector<std::string> sums = column_texts(run_indicator("sma", 3, {&x}));
  // The mean of the first three has no finite decimal; the later ones are 1 exactly.
  EXPECT_EQ(sums[2], "10000000000000002");
  for (std::size_t bar = 3; bar < sums.size(); ++bar) EXPECT_EQ(sums[bar], "3") << bar;
}

TEST_F(ExactCase, SmaRecoversFromAMissingValue) {
  const Json& wanted = named("sma_3_null_inside");
  const NumberColumn x = column_of_units(units(*wanted.find("input"), 1));
  EXPECT_EQ(column_texts(run_indicator("sma", 3, {&x})),
            units(*wanted.find("exact_with_recovery"), 3));
}

TEST_F(ExactCase, EmaIsNoMovingWindow) {
  const Json& wanted = named("ema_3_bounded_frame_trap");
  const NumberColumn x = column_of_units(units(*wanted.find("input"), kGrid));
  EXPECT_EQ(column_texts(run_indicator("ema", 3, {&x})),
            units(*wanted.find("true_ema3_sma_seed"), kGrid));
}

TEST_F(ExactCase, RsiOfARisingSeriesIs100) {
  const Json& wanted = named("rsi_only_up");
  const NumberColumn x = column_of_units(units(*wanted.find("input"), kGrid));
  const std::vector<std::string> hundred = units(*wanted.find("expected"), kGrid);
  const std::vector<std::string> found = column_texts(run_indicator("rsi", 3, {&x}));
  EXPECT_EQ(std::vector<std::string>(found.begin() + 3, found.end()), hundred);
}

TEST_F(ExactCase, RsiOfAFlatSeriesIsMissing) {
  const NumberColumn x = column_of_units(units(*named("rsi_flat").find("input"), kGrid));
  EXPECT_EQ(column_texts(run_indicator("rsi", 3, {&x})), std::vector<std::string>(x.size()));
}

}  // namespace
}  // namespace quant
