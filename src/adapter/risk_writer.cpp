// SPDX-License-Identifier: PostgreSQL
#include "adapter/risk_writer.hpp"

#include "core/risk/risk_contributions.hpp"

#include "adapter/jsonb_reader.hpp"
#include "adapter/numeric_codec.hpp"
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

}  // namespace

std::int64_t store_risk_metrics(std::int64_t portfolio_id, const RiskSubject& subject,
                                const PortfolioRisk& risk) {
  RowValues row;
  row.add("portfolio_id", INT8OID, Int64GetDatum(portfolio_id));
  row.add("risk_profile_id", INT8OID, Int64GetDatum(subject.risk_profile_id));
  row.add("calculation_date", DATEOID, DateADTGetDatum(subject.history.date));
  row.add("method", TEXTOID, text_datum("historical"));
  row.add("observations", INT4OID, Int32GetDatum(risk.observations));
  row.add("missing_observations", INT4OID, Int32GetDatum(risk.missing_observations));
  row.add("parameters", JSONBOID, encode_jsonb(risk.parameters));
  row.add("risk_contributions", JSONBOID, encode_jsonb(contributions_json(subject.history)));
  row.add("engine_version", TEXTOID, text_datum(PG_QUANT_VERSION));
  const auto& days = risk.max_drawdown_duration_days;
  row.add("max_drawdown_duration_days", INT4OID,
          days ? std::optional(Int32GetDatum(*days)) : std::nullopt);
  for (const RiskFigure& figure : risk.figures) {
    row.add(figure.name, NUMERICOID, encode(figure.stored));
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
