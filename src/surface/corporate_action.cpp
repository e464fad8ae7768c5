// SPDX-License-Identifier: PostgreSQL
#include "core/market/split_ratio.hpp"

#include "adapter/call_arguments.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/universe_reader.hpp"

namespace quant::pg {

namespace {

constexpr int kAmountDecimals = 6;

struct ActionTerms {
  std::optional<SplitRatio> ratio;
  std::optional<Decimal> amount;
};

SplitRatio read_ratio(const Decimal& value) {
  const auto ratio = nearest_split_ratio(value);
  if (!ratio) {
    throw invalid(concat("a split of ", value.to_text(), " is none"))
        .hint("The value is the new units for each old one: 2 for 2:1, 0.1 for 1:10.");
  }
  if (compare_products(ratio->to, value.unit(), value.mantissa, ratio->from) != 0) {
    const std::string text =
        concat("the split ", value.to_text(), " is recorded as ", ratio->to, ":", ratio->from);
    call_server([&] { ereport(NOTICE, (errmsg("%s", text.c_str()))); });
  }
  return *ratio;
}

ActionTerms read_terms(FunctionCallInfo fcinfo, const std::string& type) {
  const bool is_split = type == "split" || type == "stock_dividend";
  const bool is_dividend = type == "dividend" || type == "special_dividend";
  if (!is_split && !is_dividend) {
    if (!PG_ARGISNULL(3)) {
      throw invalid(concat("an action of type \"", type, "\" takes no value"))
          .hint("Splits, stock dividends and dividends have one.");
    }
    return {};
  }
  const Decimal value = decode_decimal(required(fcinfo, 3, "value"), "value");
  if (is_split) return {read_ratio(value), {}};
  if (value.mantissa <= 0 || value.rounded(kAmountDecimals) != value) {
    throw invalid("the amount of a dividend must be positive and have at most six decimals")
        .detail(concat("It is ", value.to_text(), "."));
  }
  return {{}, value};
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_record_corporate_action);
Datum quant_record_corporate_action(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::string symbol = text_value(required(fcinfo, 0, "symbol"));
    const Datum ex_date = required(fcinfo, 1, "ex_date");
    const std::string type = text_value(required(fcinfo, 2, "action_type"));
    const ActionTerms terms = read_terms(fcinfo, type);
    std::int64_t id = 0;
    with_spi([&] {
      const Asset asset = read_asset(symbol, "symbol", "It is argument \"symbol\".");
      Arguments values;
      values.add(asset.id).add(type).add(DATEOID, ex_date);
      if (terms.ratio) {
        values.add(INT4OID, Int32GetDatum(terms.ratio->to))
            .add(INT4OID, Int32GetDatum(terms.ratio->from));
      } else {
        values.add_null(INT4OID).add_null(INT4OID);
      }
      if (terms.amount) {
        values.add(NUMERICOID, encode_decimal(*terms.amount));
      } else {
        values.add_null(NUMERICOID);
      }
      values.add(PG_ARGISNULL(4) ? asset.currency : text_value(PG_GETARG_DATUM(4)));
      const Rows rows = execute(
          "INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, "
          "split_from, amount, currency) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (asset_id, ex_date, action_type) DO "
          "UPDATE SET "
          "split_to = EXCLUDED.split_to, split_from = EXCLUDED.split_from, amount = "
          "EXCLUDED.amount, "
          "currency = EXCLUDED.currency RETURNING id",
          std::move(values), Access::kWrite);
      id = rows[0].int64(1);
    });
    return Int64GetDatum(id);
  });
}

}  // extern "C"

}  // namespace quant::pg
