// SPDX-License-Identifier: PostgreSQL
// Small runs of the engine. A bar's volume is the command that its close gives to the rules, so
// that a test decides when an order is placed and looks at nothing but how it fills.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/backtest/engine.hpp"
#include "core/base/error.hpp"
#include "support/strategies.hpp"
#include "support/values.hpp"

namespace quant {

enum Command { kWait, kGoLong, kGoShort, kLeave, kGoLongAndLeave, kGoBothWays };

struct TestBar {
  std::string_view open, high, low, close;
  Command command = kWait;
  int day = -1;  // -1: the day after the bar before, from 0
};

/// A bar that stands still at one price.
[[nodiscard]] inline TestBar flat(std::string_view at, Command command = kWait, int day = -1) {
  return {at, at, at, at, command, day};
}

[[nodiscard]] inline BarSeries series(std::string symbol, const std::vector<TestBar>& bars) {
  BarSeries made;
  made.asset.symbol = std::move(symbol);
  made.asset.tick_size = price("0.01");
  made.asset.lot_size = quantity("1");
  int day = -1;
  for (const TestBar& bar : bars) {
    day = bar.day < 0 ? day + 1 : bar.day;
    made.timestamp.push_back(day * kDayLength);
    made.open.push_back(price(bar.open));
    made.high.push_back(price(bar.high));
    made.low.push_back(price(bar.low));
    made.close.push_back(price(bar.close));
    made.volume.push_back(Volume::from_units(bar.command));
  }
  return made;
}

inline constexpr std::string_view kCommandEntries =
    R"({"long": {"when": "volume = 1 or volume = 4 or volume = 5"},
        "short": {"when": "volume = 2 or volume = 5"}})";
inline constexpr std::string_view kCommandExits =
    R"([{"id": "out", "when": "volume = 3 or volume = 4"}])";
inline constexpr std::string_view kHundredUnits = R"({"size": {"units": 100}})";

/// What a run is made of, apart from its bars.
struct RunSettings {
  std::string_view risk = kHundredUnits;
  std::string_view execution = "{}";
  std::string_view capital = "10000";
  std::string_view entry = kCommandEntries;
  std::string_view exit = kCommandExits;
};

[[nodiscard]] inline RunRecords run(const RunSettings& settings,
                                    const std::vector<BarSeries>& bars) {
  const Execution execution =
      read_execution(json_of("{\"execution\": " + std::string(settings.execution) + "}"));
  const Strategy strategy =
      strategy_of({settings.entry, settings.exit, settings.risk}, execution.strict_crossover);
  Engine engine(strategy, execution, bars, money(settings.capital));
  while (!engine.prepare_step()) {
  }
  while (!engine.step(1)) {
  }
  return engine.finish();
}
[[nodiscard]] inline RunRecords run(const RunSettings& settings, const std::vector<TestBar>& bars) {
  return run(settings, std::vector{series("A", bars)});
}

template <typename T>
[[nodiscard]] std::string trimmed(T value) {
  return value.to_decimal().trimmed().to_text();
}

/// "2 A sell 100 @ 9.5 stop_loss" for each fill: day, symbol by its place in the alphabet, kind ...
[[nodiscard]] inline std::vector<std::string> fills_of(const RunRecords& records) {
  std::vector<std::string> texts;
  for (const Fill& fill : records.fills) {
    texts.push_back(concat(utc_day(fill.time), ' ', static_cast<char>('A' + fill.symbol), ' ',
                           fill_kind_name(fill.kind), ' ', trimmed(fill.quantity), " @ ",
                           trimmed(fill.price), ' ', reason_name(fill.reason)));
  }
  return texts;
}

/// "0 A buy executed", with the reason behind a colon where there is one.
[[nodiscard]] inline std::vector<std::string> signals_of(const RunRecords& records) {
  std::vector<std::string> texts;
  for (const Signal& signal : records.signals) {
    texts.push_back(concat(utc_day(signal.time), ' ', static_cast<char>('A' + signal.symbol), ' ',
                           fill_kind_name(signal.kind), ' ', signal_status_name(signal.status),
                           signal.status_reason.empty() ? "" : ": ", signal.status_reason));
  }
  return texts;
}

using Lines = std::vector<std::string>;

}  // namespace quant
