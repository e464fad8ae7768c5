// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/momentum_trend.hpp"

#include "core/indicator/average_pair.hpp"
#include "core/indicator/directional.hpp"
#include "core/indicator/macd.hpp"
#include "core/indicator/macdext.hpp"
#include "core/indicator/trix.hpp"

namespace quant {

namespace {

constexpr std::array<std::string_view, 2> kMacdSeeds = {"common", "own"};

int slower(const IndicatorArguments& a) { return std::max(a.whole(0), a.whole(1)); }
int macd_lookback(const IndicatorArguments& a) { return slower(a) - 1; }
int macd_signal_lookback(const IndicatorArguments& a) { return slower(a) + a.whole(2) - 2; }
int macdfix_signal_lookback(const IndicatorArguments& a) { return MacdFix::kSlow + a.whole(0) - 2; }

AverageOfKind pair_fast(const IndicatorArguments& a) { return {a.whole(2), a.whole(0)}; }
AverageOfKind pair_slow(const IndicatorArguments& a) { return {a.whole(2), a.whole(1)}; }
int pair_lookback(const IndicatorArguments& a) {
  return AveragePair::lookback(pair_fast(a), pair_slow(a));
}
int pair_stable(const IndicatorArguments& a) {
  return pair_lookback(a) + AveragePair::forgets(pair_fast(a), pair_slow(a));
}

int movement_lookback(const IndicatorArguments& a) { return std::max(a.whole(0) - 1, 1); }
int adx_lookback(const IndicatorArguments& a) { return 2 * a.whole(0) - 1; }
int adxr_lookback(const IndicatorArguments& a) { return 3 * a.whole(0) - 2; }
template <auto kLookback>
int stable_wilder(const IndicatorArguments& a) {
  return kLookback(a) + wilder_forgets(a.whole(0));
}

std::vector<Indicator> of_averages() {
  return {
      {.name = "macd",
       .group = "momentum",
       .title = "Moving average convergence divergence",
       .formula =
           "macd = ema(x, fast) - ema(x, slow), signal = ema(macd, signal), histogram = macd "
           "- signal; both averages begin at row slow - 1, with 'own' each where it can",
       .source = "Appel 1979",
       .peers = "TA-Lib MACD, whose macd begins where its signal does; TradingView ta.macd begins "
                "with the first value",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("fast", 12), ArgumentSpec::bars("slow", 26),
                     ArgumentSpec::bars("signal", 9), ArgumentSpec::choice("seed", kMacdSeeds)},
       .outputs = {{"macd", macd_lookback},
                   {"signal", macd_signal_lookback},
                   {"histogram", macd_signal_lookback}},
       .stable =
           [](const IndicatorArguments& a) {
             return macd_signal_lookback(a) + ema_forgets(std::max(slower(a), a.whole(2)));
           },
       .runner = kRunner<Macd>},
      {.name = "macdfix",
       .group = "momentum",
       .title = "Moving average convergence divergence of 12 and 26 bars",
       .formula = "macd(x, 12, 26, signal) with the weights 0.15 and 0.075 in place of 2/13 and "
                  "2/27",
       .source = "Appel 1979",
       .peers = "TA-Lib MACDFIX, whose macd begins where its signal does",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("signal", 9)},
       .outputs = {{"macd", [](const IndicatorArguments&) { return MacdFix::kSlow - 1; }},
                   {"signal", macdfix_signal_lookback},
                   {"histogram", macdfix_signal_lookback}},
       .stable =
           [](const IndicatorArguments& a) {
             return macdfix_signal_lookback(a) +
                    std::max(forgotten_after(3, 40), ema_forgets(a.whole(0)));
           },
       .runner = kRunner<MacdFix>},
      {.name = "macdext",
       .group = "momentum",
       .title = "Moving average convergence divergence of any averages",
       .formula =
           "macd = ma(x, fast, fast_kind) - ma(x, slow, slow_kind), signal = ma(macd, signal, "
           "signal_kind), histogram = macd - signal",
       .source = "Appel 1979",
       .peers = "TA-Lib MACDEXT, without MAMA; its macd begins where its signal does",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("fast", 12),
                     ArgumentSpec::choice("fast_kind", kMovingAverageKinds),
                     ArgumentSpec::bars("slow", 26),
                     ArgumentSpec::choice("slow_kind", kMovingAverageKinds),
                     ArgumentSpec::bars("signal", 9),
                     ArgumentSpec::choice("signal_kind", kMovingAverageKinds)},
       .outputs = {{"macd", MacdExt::macd_lookback},
                   {"signal", MacdExt::signal_lookback},
                   {"histogram", MacdExt::signal_lookback}},
       .stable = MacdExt::stable,
       .runner = kRunner<MacdExt>},
      {.name = "apo",
       .group = "momentum",
       .title = "Absolute price oscillator",
       .formula = "ma(x, fast, kind) - ma(x, slow, kind); the shorter one is the fast one",
       .source = "",
       .peers = "TA-Lib APO, without MAMA; Tulip apo is of kind ema, begun with the first value",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("fast", 12), ArgumentSpec::bars("slow", 26),
                     ArgumentSpec::choice("kind", kMovingAverageKinds)},
       .outputs = {{"apo", pair_lookback}},
       .stable = pair_stable,
       .runner = kRunner<Apo>},
      {.name = "ppo",
       .group = "momentum",
       .title = "Percentage price oscillator",
       .formula =
           "100 (ma(x, fast, kind) - ma(x, slow, kind)) / ma(x, slow, kind); the shorter one "
           "is the fast one",
       .source = "",
       .peers = "TA-Lib PPO, without MAMA; Tulip ppo is of kind ema, begun with the first value",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("fast", 12), ArgumentSpec::bars("slow", 26),
                     ArgumentSpec::choice("kind", kMovingAverageKinds)},
       .outputs = {{"ppo", pair_lookback}},
       .stable = pair_stable,
       .runner = kRunner<Ppo>},
      {.name = "trix",
       .group = "momentum",
       .title = "Rate of change of the triple smoothed average",
       .formula = "100 (e3 / e3[1] - 1), e1 = ema(x, n), e2 = ema(e1, n), e3 = ema(e2, n); with "
                  "'log' 10000 (e3 - e3[1]) of ln x",
       .source = "Hutson 1983",
       .peers =
           "TA-Lib TRIX (n 30); TradingView's TRIX with 'log', which begins with the first value",
       .inputs = {kX},
       .arguments = {ArgumentSpec::bars("n", 15), ArgumentSpec::choice("kind", Trix::kKinds)},
       .outputs = {{"trix", adxr_lookback}},
       .stable =
           [](const IndicatorArguments& a) { return adxr_lookback(a) + ema_forgets(a.whole(0)); },
       .runner = kRunner<Trix>},
  };
}

std::vector<Indicator> of_directions() {
  const std::vector<InputSpec> bar = {kHighInput, kLowInput, kCloseInput};
  const std::vector<ArgumentSpec> fourteen = {ArgumentSpec::bars("n", 14)};
  return {
      {.name = "plus_dm",
       .group = "momentum",
       .title = "Plus directional movement",
       .formula = "W of +DM: the sum of the first n - 1, then W - G(W / n) + DM; +DM = high - "
                  "high[1] where positive and greater than low[1] - low, else 0",
       .source = "Wilder 1978",
       .peers = "TA-Lib PLUS_DM",
       .inputs = {kHighInput, kLowInput},
       .arguments = fourteen,
       .outputs = {{"plus_dm", movement_lookback}},
       .stable = stable_wilder<movement_lookback>,
       .runner = kRunner<DirectionalMovement<true>>},
      {.name = "minus_dm",
       .group = "momentum",
       .title = "Minus directional movement",
       .formula =
           "W of -DM: the sum of the first n - 1, then W - G(W / n) + DM; -DM = low[1] - low "
           "where positive and greater than high - high[1], else 0",
       .source = "Wilder 1978",
       .peers = "TA-Lib MINUS_DM",
       .inputs = {kHighInput, kLowInput},
       .arguments = fourteen,
       .outputs = {{"minus_dm", movement_lookback}},
       .stable = stable_wilder<movement_lookback>,
       .runner = kRunner<DirectionalMovement<false>>},
      {.name = "di",
       .group = "momentum",
       .title = "Directional indicators",
       .formula = "plus_di = 100 P / T, minus_di = 100 M / T, P, M and T the sums W over n of +DM, "
                  "-DM and the true range",
       .source = "Wilder 1978",
       .peers = "TA-Lib PLUS_DI and MINUS_DI; TradingView ta.dmi begins with means of n",
       .inputs = bar,
       .arguments = fourteen,
       .outputs = {{"plus_di", one_change_more}, {"minus_di", one_change_more}},
       .stable = stable_wilder<one_change_more>,
       .runner = kRunner<Di>},
      {.name = "plus_di",
       .group = "momentum",
       .title = "Plus directional indicator",
       .formula = "100 P / T, P and T the sums W over n of +DM and the true range",
       .source = "Wilder 1978",
       .peers = "TA-Lib PLUS_DI, which leaves out the 100 where n = 1",
       .inputs = bar,
       .arguments = fourteen,
       .outputs = {{"plus_di", one_change_more}},
       .stable = stable_wilder<one_change_more>,
       .runner = kRunner<DirectionalIndicator<true>>},
      {.name = "minus_di",
       .group = "momentum",
       .title = "Minus directional indicator",
       .formula = "100 M / T, M and T the sums W over n of -DM and the true range",
       .source = "Wilder 1978",
       .peers = "TA-Lib MINUS_DI, which leaves out the 100 where n = 1",
       .inputs = bar,
       .arguments = fourteen,
       .outputs = {{"minus_di", one_change_more}},
       .stable = stable_wilder<one_change_more>,
       .runner = kRunner<DirectionalIndicator<false>>},
      {.name = "dx",
       .group = "momentum",
       .title = "Directional movement index",
       .formula = "100 abs(P - M) / (P + M), P and M the sums W over n of +DM and -DM",
       .source = "Wilder 1978",
       .peers = "TA-Lib DX, which repeats its last value where P + M = 0",
       .inputs = bar,
       .arguments = fourteen,
       .outputs = {{"dx", one_change_more}},
       .stable = stable_wilder<one_change_more>,
       .runner = kRunner<Dx>},
      {.name = "adx",
       .group = "momentum",
       .title = "Average directional movement index",
       .formula = "rma(dx, n), dx on the grid",
       .source = "Wilder 1978",
       .peers = "TA-Lib ADX; TradingView ta.dmi begins with means of n",
       .inputs = bar,
       .arguments = fourteen,
       .outputs = {{"adx", adx_lookback}},
       .stable = stable_wilder<adx_lookback>,
       .runner = kRunner<Adx>},
      {.name = "adxr",
       .group = "momentum",
       .title = "Average directional movement rating",
       .formula = "(adx + adx[n - 1]) / 2",
       .source = "Wilder 1978",
       .peers = "TA-Lib ADXR; Wilder takes adx[n]",
       .inputs = bar,
       .arguments = fourteen,
       .outputs = {{"adxr", adxr_lookback}},
       .stable = stable_wilder<adxr_lookback>,
       .runner = kRunner<Adxr>},
  };
}

}  // namespace

std::vector<Indicator> momentum_trend() {
  std::vector<Indicator> all = of_averages();
  for (Indicator& indicator : of_directions()) all.push_back(std::move(indicator));
  return all;
}

}  // namespace quant
