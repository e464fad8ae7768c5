// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/catalog.hpp"

#include <algorithm>
#include <array>

#include "core/base/real.hpp"
#include "core/indicator/atr.hpp"
#include "core/indicator/ema.hpp"
#include "core/indicator/extreme.hpp"
#include "core/indicator/rsi.hpp"
#include "core/indicator/sma.hpp"

namespace quant {

namespace {

using Inputs = std::span<const NumberColumn* const>;

template <typename One>
void run_series(Inputs inputs, int period, NumberColumn& result) {
  One indicator(period);
  const NumberColumn& x = *inputs[0];
  for (std::size_t bar = 0; bar < result.size(); ++bar)
    result.set(bar, indicator.update(x.at(bar)));
}

template <typename One>
void run_high_low_close(Inputs inputs, int period, NumberColumn& result) {
  One indicator(period);
  for (std::size_t bar = 0; bar < result.size(); ++bar) {
    result.set(bar, indicator.update(inputs[0]->at(bar), inputs[1]->at(bar), inputs[2]->at(bar)));
  }
}

int full_window(int period) { return period - 1; }
int one_change_more(int period) { return period; }

/// ceil(8 ln 10 / -ln(1 - weight)) bars make a seed weigh less than 10^-8.
int forgotten_after(const Real& weight) {
  if (weight >= 1) return 0;
  const Real bars = ceil(8 * log(Real(10)) / -log(1 - weight));
  return bars.convert_to<int>();
}
int ema_stable(int period) { return full_window(period) + forgotten_after(Real(2) / (period + 1)); }
int wilder_stable(int period) {
  return one_change_more(period) + forgotten_after(Real(1) / period);
}

const std::array<Indicator, 6>& catalog() {
  using enum BarColumn;
  static const std::array<Indicator, 6> kCatalog = {{
      {"sma", {}, ResultScale::kInputTimesN, 1, full_window, full_window, run_series<Sma>},
      {"ema", {}, ResultScale::kOnGrid, 1, full_window, ema_stable, run_series<Ema>},
      {"rsi", {}, ResultScale::kOnGrid, 1, one_change_more, wilder_stable, run_series<Rsi>},
      {"highest", {}, ResultScale::kInput, 1, full_window, full_window, run_series<Highest>},
      {"lowest", {}, ResultScale::kInput, 1, full_window, full_window, run_series<Lowest>},
      {"atr",
       {kHigh, kLow, kClose},
       ResultScale::kOnGrid,
       1,
       one_change_more,
       wilder_stable,
       run_high_low_close<Atr>},
  }};
  return kCatalog;
}

}  // namespace

const Indicator* find_indicator(std::string_view name) {
  const auto& all = catalog();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const Indicator& indicator) { return indicator.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string_view> indicator_names() {
  std::vector<std::string_view> names;
  for (const Indicator& indicator : catalog()) names.push_back(indicator.name);
  return names;
}

}  // namespace quant
