// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/catalog.hpp"
#include "core/indicator/money_flow.hpp"
#include "core/indicator/obv.hpp"

namespace quant {

namespace {

constexpr std::array<std::string_view, 2> kStarts = {"volume", "zero"};

}  // namespace

const std::vector<Indicator>& volume_indicators() {
  static const std::vector<Indicator> kIndicators = {
      {.name = "obv",
       .group = "volume",
       .title = "On balance volume",
       .formula = "volumes of rows whose close rose less those of rows whose close fell, since the "
                  "first row; start says whether that counts",
       .source = "Granville 1963",
       .peers = "TA-Lib OBV; TradingView ta.obv: start 'zero'",
       .inputs = {kCloseInput, kVolumeInput},
       .arguments = {ArgumentSpec::choice("start", kStarts)},
       .outputs = {{"obv", at_once, same_unit, 1}},
       .runner = kRunner<Obv>},
      {.name = "ad",
       .group = "volume",
       .title = "Accumulation/distribution line",
       .formula = "sum of G(m volume) since the first row, m = ((close - low) - (high - close)) / "
                  "(high - low), 0 where high = low",
       .source = "Chaikin",
       .peers = "TA-Lib AD, TradingView ta.accdist",
       .inputs = {kHighInput, kLowInput, kCloseInput, kVolumeInput},
       .arguments = {},
       .outputs = {{"ad", at_once}},
       .runner = kRunner<AccumulationDistribution>},
      {.name = "adosc",
       .group = "volume",
       .title = "Chaikin oscillator",
       .formula =
           "exponential average of ad of fast rows less one of slow, both beginning with the "
           "first value of ad",
       .source = "Chaikin",
       .peers = "TA-Lib ADOSC",
       .inputs = {kHighInput, kLowInput, kCloseInput, kVolumeInput},
       .arguments = {ArgumentSpec::bars("fast", 3), ArgumentSpec::bars("slow", 10)},
       .outputs = {{"adosc", ChaikinOscillator::lookback}},
       .stable =
           [](const IndicatorArguments& a) {
             return ChaikinOscillator::lookback(a) + ema_forgets(std::max(a.whole(0), a.whole(1)));
           },
       .runner = kRunner<ChaikinOscillator>},
      {.name = "cmf",
       .group = "volume",
       .title = "Chaikin money flow",
       .formula = "sum of G(m volume) / sum of volume over n rows, m as in ad",
       .source = "Chaikin",
       .peers = "not in TA-Lib",
       .inputs = {kHighInput, kLowInput, kCloseInput, kVolumeInput},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"cmf", full_window}},
       .runner = kRunner<ChaikinMoneyFlow>},
  };
  return kIndicators;
}

}  // namespace quant
