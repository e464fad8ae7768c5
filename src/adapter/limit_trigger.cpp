// SPDX-License-Identifier: PostgreSQL
#include "adapter/ledger_rows.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/order_check.hpp"
#include "adapter/spi.hpp"

extern "C" {
#include "commands/trigger.h"
#include "utils/guc.h"
}

namespace quant::pg {

namespace {

const TriggerData& trigger_call(FunctionCallInfo fcinfo) {
  if (CALLED_AS_TRIGGER(fcinfo)) {
    const auto& call = *reinterpret_cast<const TriggerData*>(fcinfo->context);
    if (TRIGGER_FIRED_BEFORE(call.tg_event) && TRIGGER_FIRED_FOR_ROW(call.tg_event) &&
        TRIGGER_FIRED_BY_INSERT(call.tg_event)) {
      return call;
    }
  }
  throw Error(ErrorCode::kNotATrigger,
              "quant.check_limits_trigger() must fire BEFORE INSERT FOR EACH ROW");
}

/// The columns of the row by name.
class InsertedRow {
 public:
  explicit InsertedRow(const TriggerData& call)
      : row_(call.tg_trigtuple, RelationGetDescr(call.tg_relation)),
        description_(RelationGetDescr(call.tg_relation)) {}

  [[nodiscard]] std::optional<Datum> find(const char* name, Oid type) const {
    const int column = call_server([&] { return SPI_fnumber(description_, name); });
    if (column > 0) return row_.find(column, type);
    throw Error(ErrorCode::kNotFound, concat("trading.transactions has no column \"", name, '"'))
        .hint("SELECT quant.install() brings the tables up to date.");
  }

 private:
  Row row_;
  TupleDesc description_;
};

/// Nothing where the row's own constraints will refuse it.
std::optional<OrderRequest> order_of(const InsertedRow& row) {
  const auto portfolio = row.find("portfolio_id", INT8OID);
  const auto type_name = row.find("transaction_type", TEXTOID);
  const auto symbol = row.find("symbol", TEXTOID);
  const auto quantity = row.find("quantity", NUMERICOID);
  const auto price = row.find("price", NUMERICOID);
  const auto time = row.find("transaction_date", TIMESTAMPTZOID);
  if (!portfolio || !type_name || !symbol || !quantity || !price || !time) return std::nullopt;
  const auto type = parse_transaction_type(text_value(*type_name));
  if (!type || is_special(*quantity) || is_special(*price)) return std::nullopt;
  OrderRequest order{DatumGetInt64(*portfolio),   *type,
                     text_value(*symbol),         decode_fixed<Quantity>(*quantity),
                     decode_fixed<Price>(*price), {},
                     DatumGetTimestampTz(*time)};
  for (const char* name : {"commission", "fees"}) {
    const auto costs = row.find(name, NUMERICOID);
    if (costs && !is_special(*costs)) order.costs += decode_fixed<Money>(*costs);
  }
  return TIMESTAMP_NOT_FINITE(order.time) ? std::nullopt : std::optional(order);
}

/// Names in statements mean the server's own, whatever the session's search_path. Not by SET in the
/// function's definition: a run stores thousands of rows, each of which would pay for it.
template <typename Body>
void with_own_search_path(Body&& body) {
  const int level = call_server([] {
    const int nest = NewGUCNestLevel();
    (void)set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
                            GUC_ACTION_SAVE, true, 0, false);
    return nest;
  });
  body();
  call_server([&] { AtEOXact_GUC(true, level); });
}

}  // namespace

Datum check_limits_of_row(FunctionCallInfo fcinfo) {
  const TriggerData& call = trigger_call(fcinfo);
  const Datum row = PointerGetDatum(call.tg_trigtuple);
  if (OrdersJudged::in_force()) return row;
  const auto order = order_of(InsertedRow(call));
  if (!order || !is_opening(order->type)) return row;
  with_own_search_path([&] {
    with_spi([&] {
      if (is_restoring()) return;
      // Another order of the account waits until this one counts.
      if (lock_account(order->portfolio_id).type == "backtest") return;
      with_fresh_snapshot([&] { enforce_limits(*order, HoldingsFrom::kTransactions); });
    });
  });
  return row;
}

}  // namespace quant::pg
