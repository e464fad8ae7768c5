// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/metrics.hpp"
#include "core/backtest/run_sample.hpp"
#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr int kDepthDecimals = 12;

std::string figure_json(const Metric& metric) {
  return concat('"', metric.name, "\": ",
                metric.precise          ? metric.precise->trimmed().to_text()
                : metric.beyond.empty() ? "null"
                                        : metric.beyond,
                ", ");
}

std::string quoted_day(const EquityPoint& point) {
  return concat('"', day_text(point.session_day), '"');
}

std::string drawdown_json(const DrawdownEpisode& episode) {
  return concat("{\"peak\": ", quoted_day(episode.peak),
                ", \"trough\": ", quoted_day(episode.trough),
                ", \"recovery\": ", episode.recovery ? quoted_day(*episode.recovery) : "null",
                ", \"depth\": ", rounded(episode.depth, kDepthDecimals).trimmed().to_text(),
                ", \"duration_days\": ", episode.duration_days, "}");
}

std::string drawdowns_json(const RunMetrics& metrics) {
  std::string json;
  for (const DrawdownEpisode& episode : metrics.deepest_drawdowns) {
    json += concat(json.empty() ? "" : ", ", drawdown_json(episode));
  }
  return concat("\"deepest_drawdowns\": [", json, "]");
}

std::string_view conventions_name(Conventions conventions) {
  for (const auto& [name, value] : kConventions) {
    if (value == conventions) return name;
  }
  return {};
}

/// Whose formulas were used, and what they are where they are not ours.
std::string formulas_json(Conventions conventions) {
  if (conventions == Conventions::kOwn) return {};
  std::string json;
  for (const NamedFormula& formula : formulas_of(conventions)) {
    json += concat(json.empty() ? "" : ", ", '"', formula.name, "\": \"", formula.words, '"');
  }
  return concat(", \"name\": \"", conventions_name(conventions), "\", \"formulas\": {", json, "}");
}

}  // namespace

std::string metrics_json(const RunMetrics& metrics, const MetricConventions& conventions) {
  std::string json = "{";
  for (const Metric& metric : metrics.figures) json += figure_json(metric);
  for (const Metric& metric : metrics.further) json += figure_json(metric);
  json += concat(drawdowns_json(metrics), ", \"conventions\": {\"ddof\": 1, \"periods_per_year\": ",
                 conventions.periods_per_year.to_text(),
                 ", \"risk_free\": ", conventions.risk_free.to_text(), ", \"frequency\": \"",
                 conventions.every_bar ? "bar" : "day", "\", \"n\": ", metrics.periods,
                 formulas_json(conventions.formulas), "}}");
  return json;
}

}  // namespace quant
