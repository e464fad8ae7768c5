// SPDX-License-Identifier: PostgreSQL
// Which series a program reads, and what of them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/strategy/program.hpp"

namespace quant {

/// The nodes that at() takes from other symbols, by symbol, as far as `roots` need them.
[[nodiscard]] std::map<std::string, std::vector<NodeId>> read_of_others(
    const Program& program, const std::vector<NodeId>& roots);

/// `roots` need this column of the bars of `symbol` (empty: the rules' own), also where they read
/// it through coarser bars, whose vwap takes the volume too.
[[nodiscard]] bool reads_column(const Program& program, const std::vector<NodeId>& roots,
                                std::string_view symbol, BarColumn column);

/// A part of the bars' local time is among what `roots` need of `symbol`.
[[nodiscard]] bool reads_calendar(const Program& program, const std::vector<NodeId>& roots,
                                  std::string_view symbol);

/// Bars of another symbol that must come before the first of the rules' own bars.
[[nodiscard]] int warm_up_of(const Program& program, const std::vector<NodeId>& nodes);

}  // namespace quant
