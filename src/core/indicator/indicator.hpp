// SPDX-License-Identifier: PostgreSQL
// What an indicator is: a class that is fed one row after another, and an entry in the catalog from
// which the strategy language, SQL and the reference are made.
//
//   class Example {
//    public:
//     static constexpr std::size_t kInputs = 2;
//     static constexpr std::size_t kOutputs = 1;
//     explicit Example(const IndicatorArguments& arguments);
//     std::array<Number, kOutputs> update(const std::array<Number, kInputs>& inputs);
//   };
//
// One whose outputs cost much by themselves has `static constexpr bool kSelects = true` and a
// member `void select(const std::array<bool, kOutputs>& wanted)`: it may leave out the others.
//
// A row with a missing input has no output. A statistic of a finite window has none either while
// the window holds such a row; a recursion does not count it and goes on from the row before it.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/number_column.hpp"
#include "core/base/pause.hpp"

namespace quant {

/// The columns of a bar: what is stored, and the parts of its start on the run's calendar.
enum class BarColumn {
  kOpen,
  kHigh,
  kLow,
  kClose,
  kVolume,
  kVwap,
  kYear,
  kMonth,
  kDay,
  kWeekday,
  kHour,
  kMinute,
  kSession,  // the number of the day
};

[[nodiscard]] constexpr bool is_calendar(BarColumn column) { return column >= BarColumn::kYear; }
[[nodiscard]] constexpr bool is_price(BarColumn column) {
  return column != BarColumn::kVolume && !is_calendar(column);
}

/// The values of the arguments behind the inputs, complete and within their bounds: a whole number
/// as itself, a decimal in units of the grid, a choice by its index.
class IndicatorArguments {
 public:
  static constexpr std::size_t kMost = 8;

  IndicatorArguments() = default;
  IndicatorArguments(std::initializer_list<Int128> values) {
    for (const Int128 value : values) add(value);
  }
  void add(Int128 value) { values_.at(count_++) = value; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] Int128 operator[](std::size_t index) const { return values_.at(index); }
  [[nodiscard]] int whole(std::size_t index) const { return static_cast<int>(values_.at(index)); }
  [[nodiscard]] auto operator<=>(const IndicatorArguments&) const = default;

 private:
  std::array<Int128, kMost> values_ = {};
  std::size_t count_ = 0;
};

/// One input: a series of the caller's, or a column that a bar has anyway.
struct InputSpec {
  std::string_view name;                 // x, y, or that of the column
  std::optional<BarColumn> column = {};  // none: a series
};

inline constexpr int kLongestPeriod = 100'000;

struct ArgumentSpec {
  enum class Kind { kWhole, kDecimal, kChoice };

  std::string_view name;
  Kind kind = Kind::kWhole;
  Int128 standard = 0;  // the default
  Int128 least = 0;     // of numbers
  Int128 most = 0;
  std::span<const std::string_view> choices = {};

  /// A whole number of bars.
  [[nodiscard]] static constexpr ArgumentSpec bars(std::string_view name, int standard,
                                                   int least = 1, int most = kLongestPeriod) {
    return {name, Kind::kWhole, standard, least, most};
  }
  /// A decimal number; the values are in units of 1 / 10,000.
  [[nodiscard]] static constexpr ArgumentSpec decimal(std::string_view name, int standard,
                                                      int least, int most) {
    constexpr Int128 kUnit = kGrid / 10'000;
    return {name, Kind::kDecimal, standard * kUnit, least * kUnit, most * kUnit};
  }
  /// One of the words; the first is the default, or the one of that index.
  [[nodiscard]] static constexpr ArgumentSpec choice(std::string_view name,
                                                     std::span<const std::string_view> choices,
                                                     int standard = 0) {
    return {name, Kind::kChoice, standard, 0, 0, choices};
  }
};

/// "14", "0.02" or "sma": a value as it is written.
[[nodiscard]] std::string argument_text(const ArgumentSpec& spec, Int128 value);
/// The number lies within the bounds.
[[nodiscard]] inline bool is_within(const ArgumentSpec& spec, Int128 value) {
  return value >= spec.least && value <= spec.most;
}
/// "must lie between 1 and 100000", "must be one of 'sma', 'first'".
[[nodiscard]] std::string demand_of(const ArgumentSpec& spec);
/// The index of a word among the choices.
[[nodiscard]] std::optional<Int128> find_choice(const ArgumentSpec& spec, std::string_view word);

struct OutputSpec {
  std::string_view name;
  /// Bars before the first result when bar 0 is the first input.
  int (*lookback)(const IndicatorArguments& arguments);
  /// nullptr: the result is in units of the grid. Else it is a numerator over this times the
  /// denominator of `input`, exact in whatever units that comes: a mean of n is a sum over n.
  Int128 (*denominator)(const IndicatorArguments& arguments) = nullptr;
  std::size_t input = 0;
};

/// The indicator at work on rows that come one by one.
class IndicatorStream {
 public:
  IndicatorStream() = default;
  IndicatorStream(const IndicatorStream&) = delete;
  IndicatorStream& operator=(const IndicatorStream&) = delete;
  virtual ~IndicatorStream() = default;
  /// Takes as many inputs and gives as many outputs as the indicator has.
  virtual void update(const Number* inputs, Number* outputs) = 0;
};

struct IndicatorRunner {
  /// Columns of one size; as many as there are inputs and outputs, nullptr for an output that is
  /// not wanted. `pause` may be empty.
  void (*columns)(std::span<const NumberColumn* const> inputs, const IndicatorArguments& arguments,
                  std::span<NumberColumn* const> outputs, const Pause& pause);
  std::unique_ptr<IndicatorStream> (*stream)(const IndicatorArguments& arguments);
};

struct Indicator {
  static constexpr std::size_t kMostInputs = 5;
  static constexpr std::size_t kMostOutputs = 5;

  std::string_view name;
  std::string_view group;    // of the reference: overlap, momentum, ...
  std::string_view title;    // "Relative strength index"
  std::string_view formula;  // with the names of inputs and arguments
  std::string_view source;   // who published it
  std::string_view peers;    // what other libraries give, and how to get the same from them
  std::vector<InputSpec> inputs;
  std::vector<ArgumentSpec> arguments;
  std::vector<OutputSpec> outputs;
  /// Bars until the seed of a recursion weighs less than 10^-8; nullptr: the longest lookback.
  int (*stable)(const IndicatorArguments& arguments) = nullptr;
  /// What no single bound can say: kInvalidParameter where the arguments contradict each other.
  void (*check)(const IndicatorArguments& arguments) = nullptr;
  IndicatorRunner runner;

  /// All inputs come in units of the grid.
  [[nodiscard]] bool on_grid() const;
  [[nodiscard]] int lookback(const IndicatorArguments& given) const;
  [[nodiscard]] int stable_after(const IndicatorArguments& given) const;
};

// --- to make entries -----------------------------------------------------------------------------

template <typename T>
class StreamOf final : public IndicatorStream {
 public:
  explicit StreamOf(const IndicatorArguments& arguments) : indicator_(arguments) {}
  void update(const Number* inputs, Number* outputs) override {
    std::array<Number, T::kInputs> row;
    std::copy_n(inputs, T::kInputs, row.begin());
    const std::array<Number, T::kOutputs> results = indicator_.update(row);
    std::copy_n(results.begin(), T::kOutputs, outputs);
  }

 private:
  T indicator_;
};

template <typename T>
void run_columns(std::span<const NumberColumn* const> inputs, const IndicatorArguments& arguments,
                 std::span<NumberColumn* const> outputs, const Pause& pause) {
  // The slowest ones take some 100 microseconds for a row of the longest window.
  constexpr std::size_t kRowsToPause = 256;
  T indicator(arguments);
  if constexpr (requires { T::kSelects; }) {
    std::array<bool, T::kOutputs> wanted;
    std::transform(outputs.begin(), outputs.end(), wanted.begin(),
                   [](const NumberColumn* column) { return column != nullptr; });
    indicator.select(wanted);
  }
  std::array<Number, T::kInputs> row;
  const std::size_t size = inputs[0]->size();
  for (std::size_t bar = 0; bar < size; ++bar) {
    if (bar % kRowsToPause == 0 && pause) pause();
    for (std::size_t i = 0; i < T::kInputs; ++i) row[i] = inputs[i]->at(bar);
    const std::array<Number, T::kOutputs> results = indicator.update(row);
    for (std::size_t i = 0; i < T::kOutputs; ++i) {
      if (outputs[i] != nullptr) outputs[i]->set(bar, results[i]);
    }
  }
}

template <typename T>
inline constexpr IndicatorRunner kRunner = {
    run_columns<T>, [](const IndicatorArguments& arguments) -> std::unique_ptr<IndicatorStream> {
      return std::make_unique<StreamOf<T>>(arguments);
    }};

template <std::size_t kSize>
[[nodiscard]] constexpr bool all_known(const std::array<Number, kSize>& row) {
  for (const Number& number : row) {
    if (!number.known) return false;
  }
  return true;
}

/// n / d on the grid; nothing where d is 0.
[[nodiscard]] inline Number grid_quotient(Int128 n, Int128 d) {
  if (d == 0) return {};
  if (d < 0) return Number::of(multiply_divide(subtract(0, n), kGrid, subtract(0, d)));
  return Number::of(multiply_divide(n, kGrid, d));
}

/// Denominator 1: the result is in the units of the input.
[[nodiscard]] inline Int128 same_unit(const IndicatorArguments&) { return 1; }
/// IndicatorArguments from 0, the first one being a number of bars n: n - 1, n, 0.
[[nodiscard]] inline int full_window(const IndicatorArguments& a) { return a.whole(0) - 1; }
[[nodiscard]] inline int one_change_more(const IndicatorArguments& a) { return a.whole(0); }
[[nodiscard]] inline int at_once(const IndicatorArguments&) { return 0; }

/// Bars until a weight that shrinks by (1 - numerator / denominator) at each is below 10^-8.
[[nodiscard]] int forgotten_after(int numerator, int denominator);
/// Of an exponential average of n bars, and of Wilder's.
[[nodiscard]] inline int ema_forgets(int n) { return forgotten_after(2, n + 1); }
[[nodiscard]] inline int wilder_forgets(int n) { return forgotten_after(1, n); }

inline constexpr InputSpec kX{"x"};
inline constexpr InputSpec kY{"y"};
inline constexpr InputSpec kOpenInput{"open", BarColumn::kOpen};
inline constexpr InputSpec kHighInput{"high", BarColumn::kHigh};
inline constexpr InputSpec kLowInput{"low", BarColumn::kLow};
inline constexpr InputSpec kCloseInput{"close", BarColumn::kClose};
inline constexpr InputSpec kVolumeInput{"volume", BarColumn::kVolume};

}  // namespace quant
