// SPDX-License-Identifier: PostgreSQL
#include "adapter/account_curve.hpp"
#include "adapter/account_ledger.hpp"
#include "adapter/call_arguments.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/order_check.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/universe_reader.hpp"

namespace quant::pg {

namespace {

std::optional<std::string> text_argument(FunctionCallInfo fcinfo, int argument) {
  return PG_ARGISNULL(argument) ? std::nullopt
                                : std::optional(text_value(PG_GETARG_DATUM(argument)));
}

/// A number as its column holds it; kInvalidParameter for more decimals, which would be lost.
template <typename T>
std::optional<T> fixed_argument(FunctionCallInfo fcinfo, int argument, std::string_view name) {
  if (PG_ARGISNULL(argument)) return std::nullopt;
  const Decimal value = decode_decimal(PG_GETARG_DATUM(argument), name);
  if (const auto fixed = T::from_decimal(value)) return fixed;
  throw invalid(concat(name, " has more than ", T::kScale, " decimals"))
      .detail(concat("It is ", value.to_text(), "."))
      .hint("Round it as the broker does.");
}

Money costs_argument(FunctionCallInfo fcinfo, int argument, std::string_view name) {
  const Money costs = fixed_argument<Money>(fcinfo, argument, name).value_or(Money{});
  if (costs >= Money{}) return costs;
  throw invalid(concat(name, " must not be negative"))
      .detail(concat("It is ", costs.to_text(), "."))
      .hint("What is paid back is a transaction of type \"adjustment\".");
}

TransactionType type_argument(FunctionCallInfo fcinfo, int argument, std::string_view name) {
  const std::string text = text_value(required(fcinfo, argument, name));
  if (const auto type = parse_transaction_type(text)) return *type;
  throw invalid(concat("unknown transaction type \"", text, '"'))
      .hint(
          "Types are buy, sell, short, cover, dividend, interest, borrow_fee, fee, tax, deposit, "
          "withdrawal, split and adjustment.");
}

Timestamp time_argument(FunctionCallInfo fcinfo, int argument, std::string_view name) {
  const Timestamp time = DatumGetTimestampTz(required(fcinfo, argument, name));
  if (TIMESTAMP_NOT_FINITE(time)) throw invalid(concat(name, " must be finite"));
  return time;
}

/// quant.record_transaction()'s arguments.
enum PostingArgument {
  kPortfolio,
  kType,
  kSymbol,
  kQuantity,
  kPrice,
  kAmount,
  kCommission,
  kFees,
  kDate,
  kExternalId,
  kMetadata,
  kSettlement,
  kSlippage,
};

Posting read_posting(FunctionCallInfo fcinfo) {
  Posting posting;
  posting.portfolio_id = DatumGetInt64(required(fcinfo, kPortfolio, "portfolio_id"));
  posting.type = type_argument(fcinfo, kType, "transaction_type");
  posting.symbol = text_argument(fcinfo, kSymbol);
  posting.quantity = fixed_argument<Quantity>(fcinfo, kQuantity, "quantity");
  posting.price = fixed_argument<Price>(fcinfo, kPrice, "price");
  posting.amount = fixed_argument<Money>(fcinfo, kAmount, "amount");
  posting.commission = costs_argument(fcinfo, kCommission, "commission");
  posting.fees = costs_argument(fcinfo, kFees, "fees");
  posting.slippage = fixed_argument<Money>(fcinfo, kSlippage, "slippage").value_or(Money{});
  posting.time = time_argument(fcinfo, kDate, "transaction_date");
  posting.external_id = text_argument(fcinfo, kExternalId);
  if (!PG_ARGISNULL(kSettlement)) posting.settlement = PG_GETARG_DATEADT(kSettlement);
  posting.metadata = "{}";
  if (!PG_ARGISNULL(kMetadata)) {
    Jsonb* metadata = call_server([&] { return PG_GETARG_JSONB_P(kMetadata); });
    posting.metadata =
        call_server([&] { return JsonbToCString(nullptr, &metadata->root, VARSIZE(metadata)); });
  }
  return posting;
}

template <typename Id>
void put_optional(TupleSink& rows, const std::optional<Id>& value) {
  value ? rows.put(*value) : rows.put_null();
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_record_transaction);
Datum quant_record_transaction(PG_FUNCTION_ARGS) {
  return guard([&] {
    const Posting posting = read_posting(fcinfo);
    std::int64_t id = 0;
    with_spi([&] { id = post_transaction(posting); });
    return Int64GetDatum(id);
  });
}

PG_FUNCTION_INFO_V1(quant_reconcile_portfolio);
Datum quant_reconcile_portfolio(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    std::vector<LedgerDifference> differences;
    with_spi([&] { differences = reconcile_portfolio(portfolio_id); });
    TupleSink rows(begin_result_set(fcinfo));
    for (const LedgerDifference& difference : differences) {
      rows.put(difference.object);
      put_optional(rows, difference.id);
      put_optional(rows, difference.symbol);
      rows.put(difference.figure).put(difference.stored).put(difference.replayed);
      put_optional(rows,
                   difference.detail.empty() ? std::nullopt : std::optional(difference.detail));
      rows.end_row();
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_mark_portfolio);
Datum quant_mark_portfolio(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    const Timestamp as_of = time_argument(fcinfo, 1, "as_of");
    const Timeframe timeframe = required_timeframe(fcinfo, 2, "timeframe");
    Money equity;
    with_spi([&] { equity = mark_portfolio(portfolio_id, as_of, timeframe); });
    return encode_fixed(equity);
  });
}

PG_FUNCTION_INFO_V1(quant_update_portfolio_metrics);
Datum quant_update_portfolio_metrics(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    with_spi([&] { update_portfolio_metrics(portfolio_id); });
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_update_benchmark_metrics);
Datum quant_update_benchmark_metrics(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::string symbol = text_value(required(fcinfo, 0, "symbol"));
    with_spi([&] { update_benchmark_metrics(symbol); });
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_check_limits);
Datum quant_check_limits(PG_FUNCTION_ARGS) {
  return guard([&] {
    OrderRequest order;
    order.portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    order.type = type_argument(fcinfo, 1, "transaction_type");
    if (!is_fill(order.type)) throw invalid("an order is of type buy, sell, short or cover");
    order.symbol = text_value(required(fcinfo, 2, "symbol"));
    (void)required(fcinfo, 3, "quantity");
    const auto quantity = fixed_argument<Quantity>(fcinfo, 3, "quantity");
    if (*quantity <= Quantity{}) throw invalid("quantity must be positive");
    order.quantity = *quantity;
    const auto price = fixed_argument<Price>(fcinfo, 4, "price");
    if (price && *price < Price{}) throw invalid("price must not be negative");
    order.costs = costs_argument(fcinfo, 5, "costs");
    order.time = time_argument(fcinfo, 6, "as_of");
    std::vector<LimitCheck> checks;
    with_spi([&] {
      (void)read_asset(order.symbol, "symbol", "It is argument \"symbol\".");
      order.price = price ? *price : last_price(order.symbol, order.time);
      checks = judge_order(order);
    });
    TupleSink rows(begin_result_set(fcinfo));
    for (const LimitCheck& check : checks) {
      rows.put(check.limit).put(check.value).put(check.threshold);
      rows.put_datum(BoolGetDatum(check.breached)).put(check.detail).end_row();
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_check_limits_trigger);
Datum quant_check_limits_trigger(PG_FUNCTION_ARGS) {
  return guard([&] { return check_limits_of_row(fcinfo); });
}

}  // extern "C"

}  // namespace quant::pg
