// SPDX-License-Identifier: PostgreSQL
// Small runs of the engine. A bar's volume is the command that its close gives to the rules, so
// that a test decides when an order is placed and looks at nothing but how it fills. Where fills
// depend on volumes, the command is the bar's vwap instead: see trading().
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/backtest/engine.hpp"
#include "core/base/error.hpp"
#include "core/market/splits.hpp"
#include "support/strategies.hpp"
#include "support/values.hpp"

namespace quant {

enum Command { kWait, kGoLong, kGoShort, kLeave, kGoLongAndLeave, kGoBothWays, kLeavePart };

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

/// Works a strategy through its bars.
[[nodiscard]] inline RunRecords records_of(Engine& engine) {
  while (!engine.prepare_step()) {
  }
  while (!engine.step(1)) {
  }
  return engine.finish();
}

[[nodiscard]] inline RunRecords run(const RunSettings& settings, const std::vector<BarSeries>& bars,
                                    RunContext context = {}) {
  const Execution execution =
      read_execution(json_of("{\"execution\": " + std::string(settings.execution) + "}"));
  const Rules rules{settings.entry, settings.exit, settings.risk};
  const Strategy strategy = strategy_of(rules, execution.strict_crossover);
  // Rules that cross splits are compiled for the bars of each symbol.
  std::vector<Strategy> compiled;
  if (std::any_of(bars.begin(), bars.end(), [](const auto& one) { return !one.splits.empty(); })) {
    compiled.reserve(bars.size());
    for (const BarSeries& one : bars) {
      compiled.push_back(
          strategy_of(rules, execution.strict_crossover, {.price_multiple = price_multiple(one)}));
      context.rules.push_back(&compiled.back());
    }
  }
  Engine engine(strategy, execution, bars, money(settings.capital), std::move(context));
  return records_of(engine);
}
[[nodiscard]] inline RunRecords run(const RunSettings& settings, const std::vector<TestBar>& bars) {
  return run(settings, std::vector{series("A", bars)});
}

inline constexpr std::string_view kQuietEntries =
    R"({"long": {"when": "vwap = 1 or vwap = 4 or vwap = 5"},
        "short": {"when": "vwap = 2 or vwap = 5"}})";
inline constexpr std::string_view kQuietExits =
    R"([{"id": "out", "when": "vwap = 3 or vwap = 4"}])";

/// The commands of `bars` as their vwap, for kQuietEntries and kQuietExits, and `volumes` as their
/// volumes; the last of these stands for what follows.
[[nodiscard]] inline BarSeries trading(BarSeries bars, const std::vector<int>& volumes) {
  bars.vwap.clear();
  for (std::size_t i = 0; i < bars.size(); ++i) {
    bars.vwap.push_back(Price::from_units(Int128{bars.volume[i].units()} * Price::kUnit));
    bars.volume[i] = Volume::from_units(volumes[std::min(i, volumes.size() - 1)]);
  }
  return bars;
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

/// The equity at each timestamp.
[[nodiscard]] inline std::vector<std::string> equity_of(const RunRecords& records) {
  std::vector<std::string> texts;
  for (const AccountPoint& point : records.equity) texts.push_back(trimmed(point.equity()));
  return texts;
}

/// "A 100 from 10 to 12: 199.5" for each trade, with its pnl; "open" where it has no exit.
[[nodiscard]] inline std::vector<std::string> trades_of(const RunRecords& records) {
  std::vector<std::string> texts;
  for (const Trade& trade : records.trades) {
    texts.push_back(concat(static_cast<char>('A' + trade.symbol), ' ', trimmed(trade.quantity),
                           " from ", trimmed(trade.entry_price), " to ",
                           trade.exit_price ? trimmed(*trade.exit_price) : "open", ": ",
                           trimmed(trade.pnl)));
  }
  return texts;
}

/// The commission of each fill.
[[nodiscard]] inline std::vector<std::string> fees_of(const RunRecords& records) {
  std::vector<std::string> texts;
  for (const Fill& fill : records.fills) texts.push_back(trimmed(fill.commission));
  return texts;
}

using Lines = std::vector<std::string>;

}  // namespace quant
