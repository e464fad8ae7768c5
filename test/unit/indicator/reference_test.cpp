// SPDX-License-Identifier: PostgreSQL
// The indicators against figures of TA-Lib and of exact decimals.
#include <gtest/gtest.h>

#include <algorithm>
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

/// A column of the reference, the indicator that gives it with these arguments, and its result.
struct ReferenceColumn {
  const char* column;
  const char* indicator;
  std::vector<const char*> arguments;  // numbers, or the word of a choice
  const char* output = "";
  std::vector<const char*> series = {"close"};
  double tolerance = kTolerance;
  bool begins_later = false;  // TA-Lib begins all results with the last one
};

std::vector<ReferenceColumn> columns() {
  const std::vector<const char*> high_low = {"high", "low"};
  return {
      {"sma_30", "sma", {"30"}},
      {"ema_10", "ema", {"10"}},
      {"wma_30", "wma", {"30"}},
      {"dema_14", "dema", {"14"}},
      {"tema_14", "tema", {"14"}},
      {"trima_10", "trima", {"10"}},
      {"kama_10", "kama", {"10"}},
      {"t3_5_0.7", "t3", {"5", "0.7"}},
      {"bb_upper_20_2", "bollinger", {"20", "2"}, "upper"},
      {"bb_middle_20_2", "bollinger", {"20", "2"}, "middle"},
      {"bb_lower_20_2", "bollinger", {"20", "2"}, "lower"},
      {"macd_12_26_9", "macd", {"12", "26", "9"}, "macd", {"close"}, kTolerance, true},
      {"macd_signal", "macd", {"12", "26", "9"}, "signal"},
      {"macd_hist", "macd", {"12", "26", "9"}, "histogram"},
      {"rsi_14", "rsi", {"14"}},
      {"cmo_14", "cmo", {"14"}},
      {"stoch_slowk_5_3_3", "stochastic", {"5", "3", "3"}, "k", {"close"}, kTolerance, true},
      {"stoch_slowd", "stochastic", {"5", "3", "3"}, "d"},
      {"stochf_fastk_5_3", "stochf", {"5", "3"}, "k", {"close"}, kTolerance, true},
      {"stochf_fastd", "stochf", {"5", "3"}, "d"},
      // A quotient of differences of rsi, whose errors it multiplies.
      {"stochrsi_k_14_5_3", "stochrsi", {"14", "5", "1", "3"}, "k", {"close"}, 1e-9, true},
      {"stochrsi_d", "stochrsi", {"14", "5", "1", "3"}, "d", {"close"}, 1e-9},
      {"willr_14", "williams_r", {"14"}},
      {"cci_14", "cci", {"14"}},
      {"mfi_14", "mfi", {"14"}},
      {"trange", "true_range", {}},
      {"atr_14", "atr", {"14"}},
      {"natr_14", "natr", {"14"}},
      {"adx_14", "adx", {"14"}},
      {"adxr_14", "adxr", {"14"}},
      {"dx_14", "dx", {"14"}},
      {"plus_di_14", "di", {"14"}, "plus_di"},
      {"minus_di_14", "di", {"14"}, "minus_di"},
      {"aroon_down_14", "aroon", {"14"}, "down"},
      {"aroon_up_14", "aroon", {"14"}, "up"},
      {"aroonosc_14", "aroon", {"14"}, "oscillator"},
      {"mom_10", "momentum", {"10"}},
      {"roc_10", "roc", {"10"}},
      {"trix_5", "trix", {"5"}},
      {"ultosc_7_14_28", "ultimate_oscillator", {"7", "14", "28"}},
      {"ppo_12_26_sma", "ppo", {"12", "26", "sma"}},
      {"apo_12_26_sma", "apo", {"12", "26", "sma"}},
      {"bop", "bop", {}},
      {"obv", "obv", {}},
      // Seven digits of the figure stand before the point.
      {"ad", "ad", {}, "", {"close"}, 1e-6},
      {"adosc_3_10", "adosc", {"3", "10"}, "", {"close"}, 1e-6},
      {"sar_0.02_0.2", "psar", {"0.02", "0.2"}},
      {"stddev_5_1", "stddev", {"5"}},
      {"var_5_1", "var", {"5"}},
      {"linearreg_14", "linearreg", {"14"}},
      {"linearreg_slope_14", "linreg_slope", {"14"}},
      {"tsf_14", "tsf", {"14"}},
      // Quotients of returns of some 10^-3.
      {"beta_5_hl", "beta", {"5"}, "", {"low", "high"}, 1e-9},
      {"correl_30_hl", "correlation", {"30"}, "", high_low},
      {"max_30", "highest", {"30"}},
      {"min_30", "lowest", {"30"}},
      {"midpoint_14", "midpoint", {"14"}},
      {"midprice_14", "midprice", {"14"}},
      {"avgprice", "avgprice", {}},
      {"medprice", "median_price", {}},
      {"typprice", "typical_price", {}},
      {"wclprice", "wclprice", {}},
      {"ht_dcperiod", "ht_dcperiod", {}, "", {"close"}, 1e-7},
      {"ht_trendline", "ht_trendline", {}, "", {"close"}, 1e-7},
      {"cdldoji", "cdldoji", {}},
      {"cdlengulfing", "cdlengulfing", {}},
      {"cdlhammer", "cdlhammer", {}},
      {"cdlmorningstar", "cdlmorningstar", {}},
  };
}

IndicatorArguments arguments_of(const Indicator& indicator, const ReferenceColumn& reference) {
  IndicatorArguments arguments;
  for (std::size_t i = 0; i < indicator.arguments.size(); ++i) {
    const ArgumentSpec& spec = indicator.arguments[i];
    if (i >= reference.arguments.size()) {
      arguments.add(spec.standard);
    } else if (spec.kind == ArgumentSpec::Kind::kChoice) {
      const auto found =
          std::find(spec.choices.begin(), spec.choices.end(), reference.arguments[i]);
      arguments.add(found - spec.choices.begin());
    } else {
      const bool is_whole = spec.kind == ArgumentSpec::Kind::kWhole;
      arguments.add(std::stoll(
          column_texts(column_of_decimals({reference.arguments[i]}, is_whole ? 1 : kGrid))[0]));
    }
  }
  return arguments;
}

std::size_t output_of(const Indicator& indicator, std::string_view name) {
  for (std::size_t i = 0; i < indicator.outputs.size(); ++i) {
    if (indicator.outputs[i].name == name) return i;
  }
  return 0;
}

TEST(TaLib, GivesTheSameFirstBarAndTheSameValues) {
  const auto path = reference_file("talib_252bars_reference.csv");
  if (!path) GTEST_SKIP() << kNoReference;
  const Table bars(*path);
  ASSERT_EQ(bars.size(), 252U);
  for (const ReferenceColumn& reference : columns()) {
    SCOPED_TRACE(reference.column);
    const Indicator* indicator = find_indicator(reference.indicator);
    ASSERT_NE(indicator, nullptr) << reference.indicator;
    std::vector<NumberColumn> inputs;
    std::size_t series = 0;
    for (const InputSpec& input : indicator->inputs) {
      const std::string column =
          input.column ? std::string(input.name) : reference.series.at(series++);
      inputs.push_back(column_of_decimals(bars.column(column), kGrid));
    }
    std::vector<const NumberColumn*> pointers;
    for (const NumberColumn& input : inputs) pointers.push_back(&input);
    const IndicatorArguments arguments = arguments_of(*indicator, reference);
    const std::size_t output = output_of(*indicator, reference.output);
    const NumberColumn found = run_outputs(*indicator, arguments, pointers)[output];
    const OutputSpec& spec = indicator->outputs[output];
    const double unit =
        static_cast<double>(kGrid) *
        (spec.denominator == nullptr ? 1.0 : static_cast<double>(spec.denominator(arguments)));
    for (std::size_t bar = 0; bar < bars.size(); ++bar) {
      const std::string& wanted = bars.at(bar, reference.column);
      if (wanted.empty() && reference.begins_later) continue;
      ASSERT_EQ(found.at(bar).known, !wanted.empty()) << "at " << bar;
      if (wanted.empty()) continue;
      ASSERT_NEAR(static_cast<double>(found.at(bar).value) / unit, std::stod(wanted),
                  reference.tolerance)
          << "at " << bar;
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
