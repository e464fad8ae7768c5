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
        !TRIGGER_FIRED_BY_DELETE(call.tg_event)) {
      return call;
    }
  }
  throw Error(ErrorCode::kNotATrigger,
              "quant.check_limits_trigger() must fire BEFORE INSERT OR UPDATE FOR EACH ROW");
}

HeapTuple new_tuple(const TriggerData& call) {
  return TRIGGER_FIRED_BY_UPDATE(call.tg_event) ? call.tg_newtuple : call.tg_trigtuple;
}

/// The columns of the row by name.
class InsertedRow {
 public:
  explicit InsertedRow(const TriggerData& call)
      : row_(new_tuple(call), RelationGetDescr(call.tg_relation)),
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

/// The row as an order of now: its own date is what its writer says. Nothing where its own
/// constraints will refuse it.
std::optional<OrderRequest> order_of(const InsertedRow& row, std::int64_t portfolio_id) {
  const auto type_name = row.find("transaction_type", TEXTOID);
  const auto symbol = row.find("symbol", TEXTOID);
  const auto quantity = row.find("quantity", NUMERICOID);
  const auto price = row.find("price", NUMERICOID);
  const auto type = type_name ? parse_transaction_type(text_value(*type_name)) : std::nullopt;
  if (!type || !is_fill(*type) || !quantity || !price || is_special(*quantity) ||
      is_special(*price)) {
    return std::nullopt;
  }
  if (!symbol) {
    throw Error(ErrorCode::kCheckViolation,
                concat("a transaction of type \"", transaction_type_name(*type),
                       "\" needs a symbol, or a position that has one"))
        .constraint("ck_fill_valid");
  }
  OrderRequest order{portfolio_id,
                     *type,
                     text_value(*symbol),
                     decode_fixed<Quantity>(*quantity),
                     decode_fixed<Price>(*price),
                     {},
                     GetCurrentTransactionStartTimestamp()};
  for (const char* name : {"commission", "fees"}) {
    const auto costs = row.find(name, NUMERICOID);
    if (costs && !is_special(*costs)) order.costs += decode_fixed<Money>(*costs);
  }
  if (const auto id = row.find("id", INT8OID)) order.row_id = DatumGetInt64(*id);
  return order;
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
  const Datum tuple = PointerGetDatum(new_tuple(call));
  const InsertedRow row(call);
  const auto portfolio = row.find("portfolio_id", INT8OID);
  if (!portfolio || OrdersJudged::cover_account(DatumGetInt64(*portfolio))) return tuple;
  with_own_search_path([&] {
    with_spi([&] {
      if (is_restoring()) return;
      const auto order = order_of(row, DatumGetInt64(*portfolio));
      if (!order || OrdersJudged::take(*order)) return;
      // Another order of the account waits until this one counts.
      if (lock_account(order->portfolio_id).type == "backtest") return;
      with_fresh_snapshot([&] { enforce_limits(*order); });
    });
  });
  return tuple;
}

}  // namespace quant::pg
