// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/pause.hpp"
#include "core/market/splits.hpp"
#include "core/market/visible_bars.hpp"
#include "core/strategy/program.hpp"

namespace quant {

class OtherSeries;

/// Whose bars a column set is computed on.
struct SeriesPlace {
  const BarSeries* bars = nullptr;
  std::string symbol = {};                  // as the rules name it; empty: their own
  std::optional<Timeframe> timeframe = {};  // of the bars, where coarser ones may be read
  const OtherSeries* others = nullptr;      // where other symbols may be read
  Pause pause = {};                         // for long columns
};

/// The bars of one symbol as a program sees them: its own ones, in segments between splits, and
/// coarser ones made of them.
class SeriesBars {
 public:
  SeriesBars(const Program& program, SeriesPlace place)
      : program_(&program), place_(std::move(place)), segments_(segments_of(*place_.bars)) {}

  [[nodiscard]] const BarSeries& bars() const { return *place_.bars; }
  [[nodiscard]] const OtherSeries* others() const { return place_.others; }
  [[nodiscard]] const Pause& pause() const { return place_.pause; }
  [[nodiscard]] std::span<const Segment> segments() const { return segments_; }
  /// The program computes this node on bars of this symbol.
  [[nodiscard]] bool holds(const ProgramNode& node) const {
    return program_->series(node.series).symbol == place_.symbol;
  }
  /// Bars of `series` up to the end of a segment.
  [[nodiscard]] std::size_t size(int series, std::size_t segment);
  /// A kBar node up to the end of a segment, in its units.
  [[nodiscard]] NumberColumn column(const ProgramNode& node, std::size_t segment);
  /// For each own bar, the bar of `series` that it reads.
  [[nodiscard]] const std::vector<std::size_t>& visible(int series);

 private:
  [[nodiscard]] Timeframe timeframe() const;
  [[nodiscard]] std::span<const Bucket> buckets(Timeframe coarser);
  [[nodiscard]] NumberColumn own_column(BarColumn which, Int128 multiple,
                                        std::size_t segment) const;
  [[nodiscard]] std::vector<std::size_t> find_visible(const SeriesKey& key);

  const Program* program_;
  SeriesPlace place_;
  std::vector<Segment> segments_;
  std::map<Timeframe, std::vector<Bucket>> buckets_;
  std::unordered_map<int, std::vector<std::size_t>> visible_;  // by series
};

}  // namespace quant
