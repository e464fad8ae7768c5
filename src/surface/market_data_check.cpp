// SPDX-License-Identifier: PostgreSQL
#include "adapter/market_data_check.hpp"
#include "adapter/call_arguments.hpp"
#include "adapter/row_writer.hpp"

namespace quant::pg {

extern "C" {

PG_FUNCTION_INFO_V1(quant_check_market_data);
Datum quant_check_market_data(PG_FUNCTION_ARGS) {
  const ReturnSetInfo* result = guard([&] { return &begin_result_set(fcinfo); });
  guard([&] {
    const auto symbol =
        PG_ARGISNULL(0) ? std::nullopt : std::optional(text_value(PG_GETARG_DATUM(0)));
    const Timeframe timeframe = required_timeframe(fcinfo, 1, "timeframe");
    TupleSink rows(*result);
    check_market_data(
        symbol, timeframe, bound_or(fcinfo, 2, INT64_MIN), bound_or(fcinfo, 3, INT64_MAX),
        [&](const Asset& asset, const Finding& finding) {
          rows.put(asset.symbol).put(timeframe_name(timeframe)).put(finding_name(finding.kind));
          rows.put_time(finding.from).put_time(finding.to).put(finding.bars).put(finding.value);
          rows.put(finding.detail);
          rows.end_row();
        });
  });
  return Datum{0};
}

}  // extern "C"

}  // namespace quant::pg
