// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/overlap_bands.hpp"

#include "core/base/error.hpp"
#include "core/indicator/catalog.hpp"
#include "core/indicator/channel.hpp"
#include "core/indicator/mavp.hpp"
#include "core/indicator/rma.hpp"
#include "core/indicator/session_vwap.hpp"
#include "core/indicator/vwma.hpp"

namespace quant {

namespace {

constexpr std::array<std::string_view, 2> kSeeds = {"sma", "first"};

constexpr std::array<std::string_view, 4> kAnchors = {"session", "week", "month", "run"};

Int128 two(const IndicatorArguments& /*arguments*/) { return 2; }

std::vector<Indicator> averages() {
  return {
      {.name = "sma",
       .group = "overlap",
       .title = "Simple moving average",
       .formula = "sum of the last n values of x / n",
       .source = "",
       .peers = "TA-Lib SMA, TradingView ta.sma",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"sma", full_window, [](const IndicatorArguments& a) { return a[0]; }}},
       .runner = kRunner<Sma>},
      {.name = "ema",
       .group = "overlap",
       .title = "Exponential moving average",
       .formula = "e = G(e + 2 (x - e) / (n + 1)); first the mean of the first n values, or with "
                  "seed first the first value",
       .source = "",
       .peers = "TA-Lib EMA; TradingView ta.ema and Tulip begin with the first value: seed first",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 20), ArgumentSpec::choice("seed", kSeeds)},
       .outputs = {{"ema",
                    [](const IndicatorArguments& a) { return a[1] == 0 ? a.whole(0) - 1 : 0; }}},
       .stable =
           [](const IndicatorArguments& a) {
             return (a[1] == 0 ? a.whole(0) - 1 : 0) + ema_forgets(a.whole(0));
           },
       .runner = kRunner<Ema>},
      {.name = "rma",
       .group = "overlap",
       .title = "Wilder's moving average",
       .formula = "G(W / n), W first the sum of n values of x, then W - G(W / n) + x",
       .source = "Wilder 1978",
       .peers = "TradingView ta.rma, Tulip wilders",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"rma", full_window}},
       .stable =
           [](const IndicatorArguments& a) { return full_window(a) + wilder_forgets(a.whole(0)); },
       .runner = kRunner<Rma>},
      {.name = "wma",
       .group = "overlap",
       .title = "Weighted moving average",
       .formula = "sum of j x_j / (n (n + 1) / 2), j = 1 .. n, n the last value",
       .source = "",
       .peers = "TA-Lib WMA, TradingView ta.wma",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"wma", full_window,
                    [](const IndicatorArguments& a) { return triangle(a.whole(0)); }}},
       .runner = kRunner<Wma>},
      {.name = "dema",
       .group = "overlap",
       .title = "Double exponential moving average",
       .formula = "2 e1 - e2, e1 = ema(x, n), e2 = ema(e1, n)",
       .source = "Mulloy 1994",
       .peers = "TA-Lib DEMA",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"dema", [](const IndicatorArguments& a) { return 2 * full_window(a); }}},
       .stable =
           [](const IndicatorArguments& a) { return 2 * full_window(a) + ema_forgets(a.whole(0)); },
       .runner = kRunner<Dema>},
      {.name = "tema",
       .group = "overlap",
       .title = "Triple exponential moving average",
       .formula = "3 e1 - 3 e2 + e3, e1 = ema(x, n), e2 = ema(e1, n), e3 = ema(e2, n)",
       .source = "Mulloy 1994",
       .peers = "TA-Lib TEMA",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"tema", [](const IndicatorArguments& a) { return 3 * full_window(a); }}},
       .stable =
           [](const IndicatorArguments& a) { return 3 * full_window(a) + ema_forgets(a.whole(0)); },
       .runner = kRunner<Tema>},
      {.name = "trima",
       .group = "overlap",
       .title = "Triangular moving average",
       .formula = "sma(sma(x, a), n + 1 - a), a = floor(n / 2) + 1",
       .source = "",
       .peers = "TA-Lib TRIMA",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"trima", full_window,
                    [](const IndicatorArguments& a) { return Trima::denominator(a.whole(0)); }}},
       .runner = kRunner<Trima>},
      {.name = "hma",
       .group = "overlap",
       .title = "Hull moving average",
       .formula = "wma(2 wma(x, floor(n / 2)) - wma(x, n), floor(sqrt(n)))",
       .source = "Hull 2005",
       .peers = "TradingView ta.hma, Tulip hma; not in TA-Lib",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"hma",
                    [](const IndicatorArguments& a) {
                      return a.whole(0) + Hma::root(a.whole(0)) - 2;
                    },
                    [](const IndicatorArguments& a) { return Hma::denominator(a.whole(0)); }}},
       .runner = kRunner<Hma>},
      {.name = "kama",
       .group = "overlap",
       .title = "Kaufman's adaptive moving average",
       .formula = "k = G(k + (er (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1))^2 (x - k)), "
                  "er = abs(x - x[n]) / sum of abs(x - x[1]) over n",
       .source = "Kaufman 1995",
       .peers = "TA-Lib KAMA (fast 2, slow 30)",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 10), ArgumentSpec::bars("fast", 2, 1, 1'000),
                     ArgumentSpec::bars("slow", 30, 1, 1'000)},
       .outputs = {{"kama", one_change_more}},
       .stable =
           [](const IndicatorArguments& a) {
             return a.whole(0) + kama_forgets(a.whole(1), a.whole(2));
           },
       .runner = kRunner<Kama>},
      {.name = "vwma",
       .group = "overlap",
       .title = "Volume weighted moving average",
       .formula = "sum(x volume) / sum(volume) over n",
       .source = "",
       .peers = "TradingView ta.vwma, Tulip vwma",
       .inputs = {kX, kVolumeInput},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"vwma", full_window}},
       .runner = kRunner<Vwma>},
      {.name = "t3",
       .group = "overlap",
       .title = "Tillson's T3",
       .formula = "-v^3 e6 + 3 (v^2 + v^3) e5 - 3 (v + 2 v^2 + v^3) e4 + (1 + v)^3 e3, e1 = ema(x, "
                  "n), e2 = ema(e1, n), ...",
       .source = "Tillson 1998",
       .peers = "TA-Lib T3",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 5), ArgumentSpec::decimal("v", 7'000, 0, 10'000)},
       .outputs = {{"t3", [](const IndicatorArguments& a) { return 6 * full_window(a); }}},
       .stable =
           [](const IndicatorArguments& a) { return 6 * full_window(a) + ema_forgets(a.whole(0)); },
       .runner = kRunner<T3>},
      {.name = "ma",
       .group = "overlap",
       .title = "Moving average of a kind",
       .formula = "sma, ema, wma, dema, tema, trima, kama (2, 30) or t3 (0.7) of x over n, on the "
                  "grid; x itself where n is 1",
       .source = "",
       .peers = "TA-Lib MA, without its MAMA",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 30),
                     ArgumentSpec::choice("kind", kMovingAverageKinds)},
       .outputs = {{"ma",
                    [](const IndicatorArguments& a) {
                      return moving_average_lookback(a.whole(1), a.whole(0));
                    }}},
       .stable =
           [](const IndicatorArguments& a) {
             return moving_average_stable(a.whole(1), a.whole(0));
           },
       .runner = kRunner<Ma>},
      {.name = "mavp",
       .group = "overlap",
       .title = "Moving average of variable length",
       .formula =
           "ma(x, n, kind), n the whole part of periods within minperiod .. maxperiod; all n "
           "have their first value where maxperiod has it",
       .source = "",
       .peers = "TA-Lib MAVP, without MAMA",
       .inputs = {kX, InputSpec{"periods"}},
       .arguments = {ArgumentSpec::bars("minperiod", 2, 1, 1'000),
                     ArgumentSpec::bars("maxperiod", 30, 1, 1'000),
                     ArgumentSpec::choice("kind", kMovingAverageKinds)},
       .outputs = {{"mavp",
                    [](const IndicatorArguments& a) {
                      return moving_average_lookback(a.whole(2), a.whole(1));
                    }}},
       .stable =
           [](const IndicatorArguments& a) {
             return moving_average_stable(a.whole(2), a.whole(1));
           },
       .check =
           [](const IndicatorArguments& a) {
             if (a[0] > a[1]) throw invalid("minperiod must not be greater than maxperiod");
           },
       .runner = kRunner<Mavp>},
      {.name = "midpoint",
       .group = "overlap",
       .title = "Middle of the range of a series",
       .formula = "(highest of x + lowest of x) / 2 over n",
       .source = "",
       .peers = "TA-Lib MIDPOINT",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"midpoint", full_window, two}},
       .runner = kRunner<Midpoint>},
      {.name = "midprice",
       .group = "overlap",
       .title = "Middle of the price range",
       .formula = "(highest high + lowest low) / 2 over n",
       .source = "",
       .peers = "TA-Lib MIDPRICE",
       .inputs = {kHighInput, kLowInput},
       .arguments = {ArgumentSpec::bars("n", 14)},
       .outputs = {{"midprice", full_window, two}},
       .runner = kRunner<Midprice>},
      {.name = "session_vwap",
       .group = "overlap",
       .title = "Volume weighted average price of the session",
       .formula = "sum(TP volume) / sum(volume) since the session, or the anchor's week or month, "
                  "began, TP = (high + low + close) "
                  "/ 3",
       .source = "",
       .peers = "TradingView ta.vwap(hlc3); not in TA-Lib",
       .inputs = {kHighInput, kLowInput, kCloseInput, kVolumeInput,
                  InputSpec{"session", BarColumn::kSession}},
       .arguments = {ArgumentSpec::choice("anchor", kAnchors)},
       .outputs = {{"session_vwap", at_once}},
       .runner = kRunner<SessionVwap>},
  };
}

}  // namespace

const std::vector<Indicator>& overlap_indicators() {
  static const std::vector<Indicator> kIndicators = [] {
    std::vector<Indicator> all = averages();
    for (Indicator& indicator : overlap_bands()) all.push_back(std::move(indicator));
    return all;
  }();
  return kIndicators;
}

}  // namespace quant
