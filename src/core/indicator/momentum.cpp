// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/aroon.hpp"
#include "core/indicator/bop.hpp"
#include "core/indicator/catalog.hpp"
#include "core/indicator/cci.hpp"
#include "core/indicator/change.hpp"
#include "core/indicator/cmo.hpp"
#include "core/indicator/mfi.hpp"
#include "core/indicator/momentum_trend.hpp"
#include "core/indicator/rsi.hpp"
#include "core/indicator/stochastic.hpp"
#include "core/indicator/ultimate_oscillator.hpp"

namespace quant {

namespace {

int whole_stochastic(const IndicatorArguments& a) { return a.whole(0) + a.whole(1) - 2; }
int longest_of_three(const IndicatorArguments& a) {
  return std::max({a.whole(0), a.whole(1), a.whole(2)});
}

std::vector<Indicator> of_range() {
  return {
      {.name = "stochastic",
       .group = "momentum",
       .title = "Stochastic oscillator",
       .formula =
           "raw = G(100 (close - LL) / (HH - LL)) over n, k = sma(raw, smooth), d = sma(k, d)",
       .source = "Lane 1984",
       .peers = "TA-Lib STOCH, whose k begins where its d does and which is 0, not NULL, where HH "
                "= LL; TradingView ta.stoch is raw",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 5), ArgumentSpec::bars("smooth", 3),
                     ArgumentSpec::bars("d", 3)},
       .outputs = {{"k", whole_stochastic},
                   {"d",
                    [](const IndicatorArguments& a) {
                      return whole_stochastic(a) + a.whole(2) - 1;
                    }}},
       .runner = kRunner<Stochastic>},
      {.name = "stochf",
       .group = "momentum",
       .title = "Fast stochastic oscillator",
       .formula = "k = G(100 (close - LL) / (HH - LL)) over n, d = ma(k, d, kind)",
       .source = "Lane 1984",
       .peers = "TA-Lib STOCHF, without MAMA; its k begins where its d does, and it is 0, not "
                "NULL, where HH = LL",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 5), ArgumentSpec::bars("d", 3),
                     ArgumentSpec::choice("kind", kMovingAverageKinds)},
       .outputs = {{"k", full_window},
                   {"d",
                    [](const IndicatorArguments& a) {
                      return full_window(a) + moving_average_lookback(a.whole(2), a.whole(1));
                    }}},
       .stable =
           [](const IndicatorArguments& a) {
             return full_window(a) + moving_average_stable(a.whole(2), a.whole(1));
           },
       .runner = kRunner<StochasticFast>},
      {.name = "stochrsi",
       .group = "momentum",
       .title = "Stochastic oscillator of the relative strength index",
       .formula =
           "r = rsi(x, n), raw = G(100 (r - lowest of r) / (highest of r - lowest of r)) over "
           "m, k = sma(raw, smooth), d = sma(k, d)",
       .source = "Chande, Kroll 1994",
       .peers = "TradingView; TA-Lib STOCHRSI has 14, 5, 1, 3, and its k begins where its d does",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 14), ArgumentSpec::bars("m", 14),
                     ArgumentSpec::bars("smooth", 3), ArgumentSpec::bars("d", 3)},
       .outputs = {{"k",
                    [](const IndicatorArguments& a) {
                      return a.whole(0) + a.whole(1) + a.whole(2) - 2;
                    }},
                   {"d",
                    [](const IndicatorArguments& a) {
                      return a.whole(0) + a.whole(1) + a.whole(2) + a.whole(3) - 3;
                    }}},
       .stable =
           [](const IndicatorArguments& a) {
             return a.whole(0) + a.whole(1) + a.whole(2) + a.whole(3) - 3 +
                    wilder_forgets(a.whole(0));
           },
       .runner = kRunner<StochasticRsi>},
      {.name = "williams_r",
       .group = "momentum",
       .title = "Williams' percent range",
       .formula = "-100 (HH - close) / (HH - LL) over n",
       .source = "Williams 1973",
       .peers = "TA-Lib WILLR, TradingView ta.wpr; NULL, not 0, where HH = LL",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"williams_r", full_window}},
       .runner = kRunner<WilliamsR>},
      {.name = "cci",
       .group = "momentum",
       .title = "Commodity channel index",
       .formula = "(TP - sma(TP, n)) / (0.015 mean of abs(TP - sma(TP, n))), TP = (high + low + "
                  "close) / 3",
       .source = "Lambert 1980",
       .peers =
           "TA-Lib CCI (n 14), TradingView ta.cci of hlc3; NULL, not 0, where all TP are equal",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"cci", full_window}},
       .runner = kRunner<Cci>},
      {.name = "aroon",
       .group = "momentum",
       .title = "Aroon",
       .formula =
           "down = 100 (n - rows since the lowest low of n + 1) / n, up = 100 (n - rows since "
           "the highest high) / n, oscillator = up - down; of equal extremes the latest",
       .source = "Chande 1995",
       .peers = "TA-Lib AROON and AROONOSC",
       .inputs = {kHighInput, kLowInput},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"down", one_change_more},
                   {"up", one_change_more},
                   {"oscillator", one_change_more}},
       .runner = kRunner<Aroon>},
      {.name = "aroonosc",
       .group = "momentum",
       .title = "Aroon oscillator",
       .formula =
           "100 (rows since the lowest low - rows since the highest high) / n, of n + 1 rows",
       .source = "Chande 1995",
       .peers = "TA-Lib AROONOSC",
       .inputs = {kHighInput, kLowInput},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"aroonosc", one_change_more}},
       .runner = kRunner<AroonOscillator>},
      {.name = "ultimate_oscillator",
       .group = "momentum",
       .title = "Ultimate oscillator",
       .formula =
           "100 (4 A1 + 2 A2 + A3) / 7, A = sum(close - min(low, close[1])) / sum(true range) "
           "over the shortest, the middle and the longest of n1, n2, n3",
       .source = "Williams 1985",
       .peers = "TA-Lib ULTOSC; NULL where a sum of true ranges is 0",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n1", 7), ArgumentSpec::bars("n2", 14),
                     ArgumentSpec::bars("n3", 28)},
       .outputs = {{"ultimate_oscillator", longest_of_three}},
       .runner = kRunner<UltimateOscillator>},
  };
}

std::vector<Indicator> of_changes() {
  return {
      {.name = "rsi",
       .group = "momentum",
       .title = "Relative strength index",
       .formula = "100 U / (U + D), U and D Wilder's sums of the gains and losses over n changes",
       .source = "Wilder 1978",
       .peers = "TA-Lib RSI, TradingView ta.rsi; NULL, not 0, where nothing moves",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"rsi", one_change_more}},
       .stable =
           [](const IndicatorArguments& a) { return a.whole(0) + wilder_forgets(a.whole(0)); },
       .runner = kRunner<Rsi>},
      {.name = "momentum",
       .group = "momentum",
       .title = "Momentum",
       .formula = "x - x[n]",
       .source = "",
       .peers = "TA-Lib MOM, TradingView ta.mom",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 10)},
       .outputs = {{"momentum", one_change_more, same_unit}},
       .runner = kRunner<Momentum>},
      {.name = "roc",
       .group = "momentum",
       .title = "Rate of change in percent",
       .formula = "100 (x / x[n] - 1)",
       .source = "",
       .peers = "TA-Lib ROC, TradingView ta.roc",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 10)},
       .outputs = {{"roc", one_change_more}},
       .runner = kRunner<RateOfChange<100>>},
      {.name = "rocp",
       .group = "momentum",
       .title = "Rate of change",
       .formula = "x / x[n] - 1",
       .source = "",
       .peers = "TA-Lib ROCP, Tulip roc",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 10)},
       .outputs = {{"rocp", one_change_more}},
       .runner = kRunner<RateOfChange<1>>},
      {.name = "rocr",
       .group = "momentum",
       .title = "Ratio to a past value",
       .formula = "x / x[n]",
       .source = "",
       .peers = "TA-Lib ROCR, Tulip rocr",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 10)},
       .outputs = {{"rocr", one_change_more}},
       .runner = kRunner<RatioToPast<1>>},
      {.name = "rocr100",
       .group = "momentum",
       .title = "Ratio to a past value in percent",
       .formula = "100 x / x[n]",
       .source = "",
       .peers = "TA-Lib ROCR100",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 10)},
       .outputs = {{"rocr100", one_change_more}},
       .runner = kRunner<RatioToPast<100>>},
      {.name = "cmo",
       .group = "momentum",
       .title = "Chande's momentum oscillator",
       .formula = "100 (U - D) / (U + D), U and D the sums of the gains and losses over n changes: "
                  "Wilder's, or plain ones with 'sum'",
       .source = "Chande, Kroll 1994",
       .peers = "TA-Lib CMO; TradingView ta.cmo and Tulip cmo with 'sum'",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 14), ArgumentSpec::choice("kind", Cmo::kKinds)},
       .outputs = {{"cmo", one_change_more}},
       .stable =
           [](const IndicatorArguments& a) {
             return a.whole(0) + (a[1] == 0 ? wilder_forgets(a.whole(0)) : 0);
           },
       .runner = kRunner<Cmo>},
      {.name = "bop",
       .group = "momentum",
       .title = "Balance of power",
       .formula = "(close - open) / (high - low)",
       .source = "Livshin 2001",
       .peers = "TA-Lib BOP; NULL, not 0, where high = low",
       .inputs = {kOpenInput, kHighInput, kLowInput, kCloseInput},
       .arguments = {},
       .outputs = {{"bop", at_once}},
       .runner = kRunner<Bop>},
      {.name = "imi",
       .group = "momentum",
       .title = "Intraday momentum index",
       .formula = "100 U / (U + D), U the sum of close - open over the rising bars of n, D that of "
                  "open - close over the falling ones",
       .source = "Chande, Kroll 1994",
       .peers = "TA-Lib IMI; NULL, not 50, where nothing moves",
       .inputs = {kOpenInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"imi", full_window}},
       .runner = kRunner<Imi>},
      {.name = "mfi",
       .group = "momentum",
       .title = "Money flow index",
       .formula = "100 P / (P + N), P and N the sums over n of TP volume where TP = (high + low + "
                  "close) / 3 rose and where it fell",
       .source = "Quong, Soudack 1989",
       .peers = "TA-Lib MFI, which is 0 where P + N < 1; TradingView ta.mfi of hlc3",
       .inputs = {kHighInput, kLowInput, kCloseInput, kVolumeInput},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"mfi", one_change_more}},
       .runner = kRunner<Mfi>},
  };
}

}  // namespace

const std::vector<Indicator>& momentum_indicators() {
  static const std::vector<Indicator> kIndicators = [] {
    std::vector<Indicator> all = of_changes();
    for (Indicator& indicator : of_range()) all.push_back(std::move(indicator));
    for (Indicator& indicator : momentum_trend()) all.push_back(std::move(indicator));
    return all;
  }();
  return kIndicators;
}

}  // namespace quant
