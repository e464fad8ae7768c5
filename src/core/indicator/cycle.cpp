// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/catalog.hpp"
#include "core/indicator/dominant_cycle.hpp"
#include "core/indicator/dominant_cycle_phase.hpp"
#include "core/indicator/instantaneous_trend.hpp"
#include "core/indicator/mama.hpp"

namespace quant {

namespace {

constexpr std::string_view kPublished = "Ehlers 2001";

int short_lookback(const IndicatorArguments&) { return kShortHilbert.first; }
int long_lookback(const IndicatorArguments&) { return kLongHilbert.first; }

/// No single weight says when the first rows are forgotten: the period passes four averages, three
/// of which forget a fifth a row, and goes back into the transform. Series of prices took up to
/// 380 rows.
int cycle_forgets() { return 4 * forgotten_after(1, 5); }
int short_stable(const IndicatorArguments&) { return kShortHilbert.first + cycle_forgets(); }
int long_stable(const IndicatorArguments&) { return kLongHilbert.first + cycle_forgets(); }
/// fama forgets half of slowlimit a row at least.
int mama_stable(const IndicatorArguments& a) {
  constexpr int kSteps = 10'000;
  const int slow = static_cast<int>(a[1] / (kGrid / kSteps));
  return kShortHilbert.first + std::max(cycle_forgets(), forgotten_after(slow, 2 * kSteps));
}

}  // namespace

const std::vector<Indicator>& cycle_indicators() {
  static const std::vector<Indicator> kIndicators = {
      {.name = "ht_dcperiod",
       .group = "cycle",
       .title = "Period of the dominant cycle",
       .formula = "2 pi / atan(im / re) of the Hilbert transform of x, smoothed, 6 to 50 bars",
       .source = kPublished,
       .peers = "TA-Lib HT_DCPERIOD",
       .inputs = {kX},
       .arguments = {},
       .outputs = {{"ht_dcperiod", short_lookback}},
       .stable = short_stable,
       .runner = kRunner<HtDcperiod>},
      {.name = "ht_dcphase",
       .group = "cycle",
       .title = "Phase of the dominant cycle",
       .formula =
           "degrees: 90 + 360 / ht_dcperiod + atan(sum of s sin / sum of s cos), s smoothed x",
       .source = kPublished,
       .peers = "TA-Lib HT_DCPHASE; on a flat series its phase is rounding noise",
       .inputs = {kX},
       .arguments = {},
       .outputs = {{"ht_dcphase", long_lookback}},
       .stable = long_stable,
       .runner = kRunner<HtDcphase>},
      {.name = "ht_phasor",
       .group = "cycle",
       .title = "Phasor of the dominant cycle",
       .formula = "in phase: x detrended, 3 bars ago; quadrature: its Hilbert transform",
       .source = kPublished,
       .peers = "TA-Lib HT_PHASOR",
       .inputs = {kX},
       .arguments = {},
       .outputs = {{"inphase", short_lookback}, {"quadrature", short_lookback}},
       .stable = short_stable,
       .runner = kRunner<HtPhasor>},
      {.name = "ht_sine",
       .group = "cycle",
       .title = "Sine wave of the dominant cycle",
       .formula = "sin(ht_dcphase); sin(ht_dcphase + 45)",
       .source = kPublished,
       .peers = "TA-Lib HT_SINE",
       .inputs = {kX},
       .arguments = {},
       .outputs = {{"sine", long_lookback}, {"leadsine", long_lookback}},
       .stable = long_stable,
       .runner = kRunner<HtSine>},
      {.name = "ht_trendline",
       .group = "cycle",
       .title = "Instantaneous trend line",
       .formula =
           "mean of x over the period of the dominant cycle, weighted 4, 3, 2, 1 over 4 bars",
       .source = kPublished,
       .peers = "TA-Lib HT_TRENDLINE",
       .inputs = {kX},
       .arguments = {},
       .outputs = {{"ht_trendline", long_lookback}},
       .stable = long_stable,
       .runner = kRunner<HtTrendline>},
      {.name = "ht_trendmode",
       .group = "cycle",
       .title = "Trend or cycle",
       .formula = "1 in a trend, 0 in a cycle, by ht_sine, ht_dcphase and ht_trendline",
       .source = kPublished,
       .peers = "TA-Lib HT_TRENDMODE",
       .inputs = {kX},
       .arguments = {},
       .outputs = {{"ht_trendmode", long_lookback}},
       .stable = long_stable,
       .runner = kRunner<HtTrendmode>},
      {.name = "mama",
       .group = "cycle",
       .title = "MESA adaptive moving average",
       .formula =
           "a x + (1 - a) mama[1], a = fastlimit / fall of the phase, at least slowlimit; fama "
           "follows mama with a / 2",
       .source = kPublished,
       .peers = "TA-Lib MAMA",
       .inputs = {kX},
       .arguments = {ArgumentSpec::decimal("fastlimit", 5000, 100, 9900),
                     ArgumentSpec::decimal("slowlimit", 500, 100, 9900)},
       .outputs = {{"mama", short_lookback}, {"fama", short_lookback}},
       .stable = mama_stable,
       .runner = kRunner<Mama>},
  };
  return kIndicators;
}

}  // namespace quant
