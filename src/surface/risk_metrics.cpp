// SPDX-License-Identifier: PostgreSQL
#include "core/risk/portfolio_risk.hpp"

#include "adapter/call_arguments.hpp"
#include "adapter/risk_writer.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

/// The days whose end is a timestamp.
void check_date(DateADT date) {
  constexpr DateADT kLast = TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE - 2;
  constexpr DateADT kFirst = DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE + 1;
  if (date >= kFirst && date <= kLast) return;
  throw invalid("date must be finite and within the range of timestamps");
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_record_risk_metrics);
Datum quant_record_risk_metrics(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    const DateADT date = DatumGetDateADT(required(fcinfo, 1, "date"));
    check_date(date);
    std::int64_t id = 0;
    with_spi([&] {
      const RiskSubject subject = read_risk_subject(portfolio_id, date);
      id = store_risk_metrics(portfolio_id, subject, portfolio_risk(subject.history));
    });
    return Int64GetDatum(id);
  });
}

}  // extern "C"

}  // namespace quant::pg
