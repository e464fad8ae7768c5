// SPDX-License-Identifier: PostgreSQL
// Volume weighted by where the close lies in its bar: m = ((close - low) - (high - close)) /
// (high - low), 0 where high = low [Chaikin].
#pragma once

#include "core/base/int256.hpp"
#include "core/indicator/ema.hpp"
#include "core/indicator/indicator.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// G(m volume) of a row without missing inputs.
[[nodiscard]] inline Int128 money_flow(const std::array<Number, 4>& row) {
  const auto& [high, low, close, volume] = row;
  const Int128 range = subtract(high.value, low.value);
  if (range == 0) return 0;
  const Int128 place = subtract(multiply(close.value, 2), add(high.value, low.value));
  return ratio(product(place, volume.value), Int256(range), 1);
}

/// Accumulation/distribution line: the sum of G(m volume) since the first row.
class AccumulationDistribution {
 public:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 1;

  AccumulationDistribution() = default;
  explicit AccumulationDistribution(const IndicatorArguments& /*arguments*/) {}

  std::array<Number, 1> update(const std::array<Number, 4>& row) {
    if (!all_known(row)) return {};
    total_ = add(total_, money_flow(row));
    return {Number::of(total_)};
  }

 private:
  Int128 total_ = 0;
};

/// Chaikin oscillator: an exponential average of the line of `fast` rows less one of `slow`, both
/// beginning with the line's first value. First result at row max(fast, slow) - 1.
class ChaikinOscillator {
 public:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 1;

  explicit ChaikinOscillator(const IndicatorArguments& arguments)
      : fast_(arguments.whole(0), Ema::Seed::kFirst),
        slow_(arguments.whole(1), Ema::Seed::kFirst),
        wait_(lookback(arguments)) {}

  std::array<Number, 1> update(const std::array<Number, 4>& row) {
    const Number line = line_.update(row)[0];
    if (!line.known) return {};
    const Number fast = fast_.update(line);
    const Number slow = slow_.update(line);
    if (wait_ > 0) {
      --wait_;
      return {};
    }
    return {Number::of(subtract(fast.value, slow.value))};
  }

  static int lookback(const IndicatorArguments& arguments) {
    return std::max(arguments.whole(0), arguments.whole(1)) - 1;
  }

 private:
  AccumulationDistribution line_;
  Ema fast_;
  Ema slow_;
  int wait_;
};

/// Chaikin money flow: sum of G(m volume) / sum of volume over n rows. First value at row n - 1;
/// missing where the volume is 0.
class ChaikinMoneyFlow {
 public:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 1;

  explicit ChaikinMoneyFlow(const IndicatorArguments& arguments)
      : flows_(arguments.whole(0)), volumes_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 4>& row) {
    const bool known = all_known(row);
    const Number flow = known ? Number::of(money_flow(row)) : Number{};
    const Number volume = known ? row[3] : Number{};
    const Number old_flow = flows_.push(flow);
    const Number old_volume = volumes_.push(volume);
    flow_ = subtract(add(flow_, flow.value), old_flow.value);
    volume_ = subtract(add(volume_, volume.value), old_volume.value);
    if (!flows_.full()) return {};
    return {grid_quotient(flow_, volume_)};
  }

 private:
  Window flows_;
  Window volumes_;
  Int128 flow_ = 0;
  Int128 volume_ = 0;
};

}  // namespace quant
