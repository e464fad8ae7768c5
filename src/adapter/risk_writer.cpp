// SPDX-License-Identifier: PostgreSQL
#include "adapter/risk_writer.hpp"

#include "core/base/json.hpp"
#include "core/risk/risk_contributions.hpp"

#include "adapter/jsonb_reader.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/sha256.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

/// The columns of one INSERT with their values.
struct RowValues {
  std::string columns;
  std::string places;
  std::string updates;
  Arguments arguments;

  void add(std::string_view column, Oid type, std::optional<Datum> value) {
    if (value) {
      arguments.add(type, *value);
    } else {
      arguments.add_null(type);
    }
    const char* separator = columns.empty() ? "" : ", ";
    columns += concat(separator, column);
    places += concat(separator, '$', arguments.count());
    updates += concat(separator, column, " = EXCLUDED.", column);
  }
};

std::optional<Datum> encode(const std::optional<Decimal>& value) {
  if (!value) return std::nullopt;
  return encode_decimal(*value);
}

/// SHA-256 in hexadecimal digits.
std::string history_hash(const PortfolioHistory& history) {
  Sha256 hash;
  hash.add(history.cash.units());
  for (const Holding& holding : history.holdings) {
    hash.add(holding.symbol);
    hash.add(holding.quantity.units());
    for (const DailyClose& close : holding.closes) {
      hash.add(std::int64_t{close.day});
      hash.add(close.close.units());
    }
    for (const CorporateAction& action : holding.actions) {
      hash.add(std::int64_t{action.ex_date});
      hash.add(std::int64_t{action.split_to});
      hash.add(std::int64_t{action.split_from});
      hash.add(action.dividend.to_text());
    }
  }
  for (const EquityPoint& point : history.equity) {
    hash.add(point.timestamp);
    hash.add(point.equity.units());
  }
  return hex_text(text_value(hash.finish()));
}

/// The parameters with what the profile added, and a hash of the prices and actions that all of it
/// follows from.
std::string with_extras(const std::string& parameters, const RiskSubject& subject,
                        const RiskExtras& extras) {
  return concat(parameters.substr(0, parameters.size() - 1), R"(, "data_hash": ")",
                history_hash(subject.history), R"(", "factor_observations": )",
                extras.factor_observations, R"(, "profile_figures": )",
                figures_json(extras.figures), R"(, "profile_warnings": )",
                warnings_json(extras.figures, extras.warnings), '}');
}

}  // namespace

std::int64_t store_risk_metrics(std::int64_t portfolio_id, const RiskSubject& subject,
                                const PortfolioRisk& risk, const RiskExtras& extras) {
  RowValues row;
  row.add("portfolio_id", INT8OID, Int64GetDatum(portfolio_id));
  row.add("risk_profile_id", INT8OID, Int64GetDatum(subject.risk_profile_id));
  row.add("calculation_date", DATEOID, DateADTGetDatum(subject.history.date));
  row.add("method", TEXTOID, text_datum("historical"));
  row.add("observations", INT4OID, Int32GetDatum(risk.observations));
  row.add("missing_observations", INT4OID, Int32GetDatum(risk.missing_observations));
  row.add("parameters", JSONBOID, encode_jsonb(with_extras(risk.parameters, subject, extras)));
  row.add("stress_test_results", JSONBOID, encode_jsonb(extras.stress_test_results));
  row.add("limit_breaches", JSONBOID, encode_jsonb(extras.limit_breaches));
  row.add("risk_contributions", JSONBOID, encode_jsonb(contributions_json(subject.history)));
  row.add("engine_version", TEXTOID, text_datum(PG_QUANT_VERSION));
  const auto& days = risk.max_drawdown_duration_days;
  row.add("max_drawdown_duration_days", INT4OID,
          days ? std::optional(Int32GetDatum(*days)) : std::nullopt);
  for (const auto* figures : {&risk.figures, &extras.figures}) {
    for (const RiskFigure& figure : *figures) {
      row.add(figure.name, NUMERICOID, encode(figure.stored));
    }
  }
  const Rows stored = execute(
      concat(
          "INSERT INTO trading.risk_metrics (", row.columns, ") VALUES (", row.places,
          ") ON CONFLICT (portfolio_id, risk_profile_id, calculation_date, method) DO UPDATE SET ",
          row.updates, ", created_at = pg_catalog.now() RETURNING id"),
      row.arguments, Access::kWrite);
  return stored[0].int64(1);
}

}  // namespace quant::pg
