// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/atr.hpp"
#include "core/indicator/catalog.hpp"
#include "core/indicator/natr.hpp"
#include "core/indicator/true_range.hpp"

namespace quant {

namespace {

constexpr std::array<std::string_view, 2> kFirstBars = {"missing", "range"};

int wilder_stable(const IndicatorArguments& a) { return a.whole(0) + wilder_forgets(a.whole(0)); }

}  // namespace

const std::vector<Indicator>& volatility_indicators() {
  static const std::vector<Indicator> kIndicators = {
      {.name = "true_range",
       .group = "volatility",
       .title = "True range",
       .formula = "max(high, close[1]) - min(low, close[1]); with first_bar 'range' high - low at "
                  "the first row",
       .source = "Wilder 1978",
       .peers = "TA-Lib TRANGE; TradingView ta.tr(true): first_bar 'range'",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::choice("first_bar", kFirstBars)},
       .outputs = {{"true_range",
                    [](const IndicatorArguments& a) { return a.whole(0) == 1 ? 0 : 1; },
                    same_unit}},
       .runner = kRunner<TrueRange>},
      {.name = "atr",
       .group = "volatility",
       .title = "Average true range",
       .formula = "G(W / n), W Wilder's sum of the true range over n rows",
       .source = "Wilder 1978",
       .peers = "TA-Lib ATR; TradingView ta.atr counts high - low of the first bar as a range",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"atr", one_change_more}},
       .stable = wilder_stable,
       .runner = kRunner<Atr>},
      {.name = "natr",
       .group = "volatility",
       .title = "Normalized average true range",
       .formula = "G(100 atr / close)",
       .source = "Forman 2006",
       .peers = "TA-Lib NATR",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"natr", one_change_more}},
       .stable = wilder_stable,
       .runner = kRunner<Natr>},
  };
  return kIndicators;
}

}  // namespace quant
