// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <vector>

#include "core/backtest/orders.hpp"
#include "core/market/bar_series.hpp"

#include "choices.hpp"

namespace quant::fuzz {

/// Random bars of one to four symbols, with gaps, splits, dividends, quotes and dates of
/// membership; prices are whole cents.
[[nodiscard]] std::vector<BarSeries> random_bars(Choices& choices);

/// Decisions from outside for those symbols.
[[nodiscard]] std::vector<UserSignal> random_signals(Choices& choices,
                                                     const std::vector<BarSeries>& bars);

/// The first bars of each, up to `last`, with what happened by then.
[[nodiscard]] std::vector<BarSeries> bars_until(const std::vector<BarSeries>& bars, Timestamp last);

}  // namespace quant::fuzz
