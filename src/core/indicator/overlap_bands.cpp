// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/overlap_bands.hpp"

#include "core/base/error.hpp"
#include "core/indicator/accbands.hpp"
#include "core/indicator/bollinger.hpp"
#include "core/indicator/channel.hpp"
#include "core/indicator/heikin_ashi.hpp"
#include "core/indicator/ichimoku.hpp"
#include "core/indicator/keltner.hpp"
#include "core/indicator/sar.hpp"
#include "core/indicator/supertrend.hpp"

namespace quant {

namespace {

Int128 two(const IndicatorArguments& /*arguments*/) { return 2; }
Int128 four(const IndicatorArguments& /*arguments*/) { return 4; }
Int128 rows(const IndicatorArguments& arguments) { return arguments[0]; }
int second_row(const IndicatorArguments& /*arguments*/) { return 1; }

int keltner_lookback(const IndicatorArguments& a) {
  const int n = a.whole(0);
  const int m = a.whole(2);
  return a[3] == 0 ? std::max(n - 1, m) : std::max(n, m) - 1;
}
int keltner_stable(const IndicatorArguments& a) {
  if (a[3] != 0) return keltner_lookback(a);
  const int n = a.whole(0);
  const int m = a.whole(2);
  return std::max(n - 1 + ema_forgets(n), m + wilder_forgets(m));
}

constexpr int kMostFactor = 1'000'000;  // 100
constexpr Int128 kMostPrice = Int128{1'000'000'000} * kGrid;

constexpr ArgumentSpec acceleration(std::string_view name, int standard) {
  return ArgumentSpec::decimal(name, standard, 0, kMostFactor);
}

}  // namespace

std::vector<Indicator> overlap_bands() {
  return {
      {.name = "bollinger",
       .group = "overlap",
       .title = "Bollinger bands",
       .formula = "middle = sma(x, n), upper, lower = middle +- k sd; percent_b = (x - lower) / "
                  "(upper - lower), bandwidth = (upper - lower) / middle",
       .source = "Bollinger 1983",
       .peers = "TA-Lib BBANDS, TradingView ta.bb; ddof 1 as pandas divides by n - 1",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 20),
                     ArgumentSpec::decimal("k", 20'000, 1, kMostFactor),
                     ArgumentSpec::bars("ddof", 0, 0, 1)},
       .outputs = {{"upper", full_window},
                   {"middle", full_window, rows},
                   {"lower", full_window},
                   {"percent_b", full_window},
                   {"bandwidth", full_window}},
       .check =
           [](const IndicatorArguments& a) {
             if (a[2] >= a[0]) throw invalid("n must be greater than ddof");
           },
       .runner = kRunner<Bollinger>},
      {.name = "accbands",
       .group = "overlap",
       .title = "Acceleration bands",
       .formula = "sma of G(high (1 + 4 w)), close and G(low (1 - 4 w)) over n, w = (high - low) / "
                  "(high + low)",
       .source = "Headley 2002",
       .peers = "TA-Lib ACCBANDS; NULL, not high and low, where high + low = 0",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"upper", full_window},
                   {"middle", full_window, rows, 2},
                   {"lower", full_window}},
       .runner = kRunner<Accbands>},
      {.name = "donchian",
       .group = "overlap",
       .title = "Donchian channel",
       .formula = "upper = highest high, lower = lowest low over n, the current bar included; "
                  "middle = (upper + lower) / 2",
       .source = "Donchian 1960",
       .peers = "TA-Lib MAX of high, MIN of low; a breakout compares with the bar before: [1]",
       .inputs = {kHighInput, kLowInput},
       .arguments = {ArgumentSpec::bars("n", 20)},
       .outputs = {{"upper", full_window, same_unit},
                   {"middle", full_window, two},
                   {"lower", full_window, same_unit, 1}},
       .runner = kRunner<Donchian>},
      {.name = "keltner",
       .group = "overlap",
       .title = "Keltner channel",
       .formula =
           "middle = ema(close, n), upper, lower = middle +- k atr(m); chester: sma of (high "
           "+ low + close) / 3 over n, mean of high - low over m",
       .source = "Keltner 1960, Raschke",
       .peers = "TradingView ta.kc has the EMA of the true range; not in TA-Lib",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 20),
                     ArgumentSpec::decimal("k", 20'000, 0, kMostFactor),
                     ArgumentSpec::bars("m", 10), ArgumentSpec::choice("kind", kKeltnerKinds)},
       .outputs = {{"upper", keltner_lookback},
                   {"middle", keltner_lookback},
                   {"lower", keltner_lookback}},
       .stable = keltner_stable,
       .runner = kRunner<Keltner>},
      {.name = "supertrend",
       .group = "overlap",
       .title = "Supertrend",
       .formula = "the lower band of (high + low) / 2 +- k atr(n) while direction is 1, the upper "
                  "one while it is -1; a band only tightens until the close passes it",
       .source = "Seban",
       .peers = "TradingView ta.supertrend, whose direction has the opposite sign",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("n", 10),
                     ArgumentSpec::decimal("k", 30'000, 0, kMostFactor)},
       .outputs = {{"value", one_change_more}, {"direction", one_change_more}},
       .stable =
           [](const IndicatorArguments& a) { return a.whole(0) + wilder_forgets(a.whole(0)); },
       .runner = kRunner<Supertrend>},
      {.name = "psar",
       .group = "overlap",
       .title = "Parabolic stop and reverse",
       .formula = "stop = G(stop + a (extreme - stop)), not within the range of the last two bars; "
                  "a grows by step at each new extreme, up to maximum",
       .source = "Wilder 1978",
       .peers = "TA-Lib SAR",
       .inputs = {kHighInput, kLowInput},
       .arguments = {acceleration("step", 200), acceleration("maximum", 2'000)},
       .outputs = {{"psar", second_row}},
       .runner = kRunner<Psar>},
      {.name = "sarext",
       .group = "overlap",
       .title = "Parabolic stop and reverse, extended",
       .formula = "psar with its own acceleration on each side, a first stop (startvalue, below 0 "
                  "short) and a share by which a turn moves the stop; below 0 while short",
       .source = "Wilder 1978",
       .peers = "TA-Lib SAREXT",
       .inputs = {kHighInput, kLowInput},
       .arguments = {{"startvalue", ArgumentSpec::Kind::kDecimal, 0, -kMostPrice, kMostPrice},
                     acceleration("offsetonreverse", 0),
                     acceleration("accelerationinitlong", 200),
                     acceleration("accelerationlong", 200),
                     acceleration("accelerationmaxlong", 2'000),
                     acceleration("accelerationinitshort", 200),
                     acceleration("accelerationshort", 200),
                     acceleration("accelerationmaxshort", 2'000)},
       .outputs = {{"sarext", second_row}},
       .runner = kRunner<Sarext>},
      {.name = "ichimoku",
       .group = "overlap",
       .title = "Ichimoku",
       .formula = "m(n) = (highest high + lowest low) / 2 over n; m(tenkan), m(kijun); their mean "
                  "and m(senkou), both of displacement bars ago; the close",
       .source = "Hosoda 1969",
       .peers = "charts draw senkou 25 bars ahead, which is what stands here, and chikou 25 bars "
                "back: compare it with close[25]; displacement 26 in some",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {ArgumentSpec::bars("tenkan", 9), ArgumentSpec::bars("kijun", 26),
                     ArgumentSpec::bars("senkou", 52), ArgumentSpec::bars("displacement", 25, 0)},
       .outputs = {{"tenkan", full_window, two},
                   {"kijun", [](const IndicatorArguments& a) { return a.whole(1) - 1; }, two},
                   {"senkou_a",
                    [](const IndicatorArguments& a) {
                      return std::max(a.whole(0), a.whole(1)) - 1 + a.whole(3);
                    },
                    four},
                   {"senkou_b",
                    [](const IndicatorArguments& a) { return a.whole(2) - 1 + a.whole(3); }, two},
                   {"chikou", at_once, same_unit, 2}},
       .runner = kRunner<Ichimoku>},
      {.name = "heikin_ashi",
       .group = "overlap",
       .title = "Heikin-ashi bars",
       .formula = "close = (open + high + low + close) / 4, open = G((open[1] + close[1]) / 2) of "
                  "these bars, first G((open + close) / 2); high and low include both",
       .source = "",
       .peers = "TradingView ticker.heikinashi; not in TA-Lib",
       .inputs = {kOpenInput, kHighInput, kLowInput, kCloseInput},
       .arguments = {},
       .outputs =
           {{"open", at_once}, {"high", at_once}, {"low", at_once}, {"close", at_once, four}},
       .stable = [](const IndicatorArguments& /*arguments*/) { return forgotten_after(1, 2); },
       .runner = kRunner<HeikinAshi>},
  };
}

}  // namespace quant
