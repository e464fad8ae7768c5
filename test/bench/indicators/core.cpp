// SPDX-License-Identifier: PostgreSQL
// Nanoseconds per bar of each indicator in core, over columns, with its default arguments: a line
// "name ns" for each, the median of several runs. The bars are read from stdin, one a line: open,
// high, low, close in cents and the volume.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "core/indicator/catalog.hpp"

namespace {

using quant::BarColumn;
using quant::Int128;
using quant::NumberColumn;

constexpr int kRounds = 5;

struct Bars {
  NumberColumn open, high, low, close, volume, periods;

  void add(long o, long h, long l, long c, long v) {
    const auto push = [](NumberColumn& column, Int128 value) {
      column.values.push_back(value);
      column.known.push_back(1);
    };
    constexpr Int128 kCent = quant::kGrid / 100;
    push(open, o * kCent);
    push(high, h * kCent);
    push(low, l * kCent);
    push(close, c * kCent);
    push(volume, Int128{v} * quant::kGrid);
    push(periods, (2 + Int128{v} % 28) * quant::kGrid);
  }

  [[nodiscard]] const NumberColumn* input(const quant::InputSpec& spec) const {
    if (!spec.column) return spec.name == "periods" ? &periods : spec.name == "y" ? &high : &close;
    switch (*spec.column) {
      case BarColumn::kOpen:
        return &open;
      case BarColumn::kHigh:
        return &high;
      case BarColumn::kLow:
        return &low;
      case BarColumn::kClose:
        return &close;
      default:
        return &volume;
    }
  }
};

double time_of(const quant::Indicator& indicator, const Bars& bars) {
  std::vector<const NumberColumn*> inputs;
  for (const quant::InputSpec& input : indicator.inputs) inputs.push_back(bars.input(input));
  quant::IndicatorArguments arguments;
  for (const quant::ArgumentSpec& spec : indicator.arguments) arguments.add(spec.standard);
  std::vector<NumberColumn> results(indicator.outputs.size(), NumberColumn(bars.close.size()));
  std::vector<NumberColumn*> outputs;
  for (NumberColumn& result : results) outputs.push_back(&result);
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    indicator.runner.columns(inputs, arguments, outputs, {});
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    times.push_back(spent.count() / static_cast<double>(bars.close.size()));
  }
  std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
  return times[kRounds / 2];
}

}  // namespace

int main(int count, char** arguments) {
  Bars bars;
  long o = 0, h = 0, l = 0, c = 0, v = 0;
  while (std::scanf("%ld,%ld,%ld,%ld,%ld", &o, &h, &l, &c, &v) == 5) bars.add(o, h, l, c, v);
  for (const quant::Indicator* indicator : quant::all_indicators()) {
    const bool wanted =
        count < 2 || std::any_of(arguments + 1, arguments + count,
                                 [&](const char* a) { return indicator->name == a; });
    if (!wanted) continue;
    std::printf("%s %.2f\n", std::string(indicator->name).c_str(), time_of(*indicator, bars));
    std::fflush(stdout);
  }
}
