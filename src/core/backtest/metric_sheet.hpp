// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/backtest/metrics.hpp"
#include "core/backtest/run_sample.hpp"

namespace quant {

/// A column type: numeric(precision, decimals), or a count with no decimals.
struct ColumnType {
  int precision;
  int decimals;
};
inline constexpr ColumnType kMoney{15, 2};
inline constexpr ColumnType kRatio{12, 6};
inline constexpr ColumnType kTurnover{14, 6};
inline constexpr ColumnType kBars{12, 2};
inline constexpr ColumnType kCount{18, 0};

/// Collects figures: those with a column in the order of the columns, or further ones. A figure for
/// which the conventions of the run have a formula of their own is computed by it.
class MetricSheet {
 public:
  enum class Place { kColumns, kFurther };

  MetricSheet(const RunSeries& series, Conventions conventions, const Pause& pause);

  /// Where the next figures go.
  void go_to(Place place) { place_ = place; }

  void exact(std::string_view name, ColumnType type, const std::optional<Ratio>& value);
  void count(std::string_view name, std::optional<std::int64_t> value);
  void money(std::string_view name, std::optional<Money> value);
  /// The figure by its formula, ours or that of the conventions.
  void computed(std::string_view name);
  /// A further figure that is known with 50 digits at least.
  void known(std::string_view name, const std::optional<LongReal>& value);

  [[nodiscard]] const RunSeries& series() const { return series_; }
  [[nodiscard]] RunMetrics& metrics() { return metrics_; }

 private:
  /// `round(decimals)` gives the rounded value or nothing.
  template <typename Round>
  void store(std::string_view name, ColumnType type, const Round& round);
  [[nodiscard]] std::vector<Metric>& figures() {
    return place_ == Place::kColumns ? metrics_.figures : metrics_.further;
  }
  void store_computed(const NamedFormula& formula);
  [[nodiscard]] const RunSample<LongReal>& precise();

  const RunSeries& series_;
  Conventions conventions_;
  const Pause& pause_;
  Place place_ = Place::kColumns;
  RunSample<Real> sample_;
  std::optional<RunSample<LongReal>> precise_;  // made when first wanted
  RunMetrics metrics_;
};

}  // namespace quant
