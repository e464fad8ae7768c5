// SPDX-License-Identifier: PostgreSQL
#include "adapter/corporate_actions.hpp"

#include <unordered_map>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"
#include "core/market/series_checks.hpp"
#include "core/market/split_ratio.hpp"

#include "adapter/numeric_codec.hpp"
#include "adapter/spi.hpp"
#include "adapter/universe_reader.hpp"

namespace quant::pg {

namespace {

bool is_split_type(std::string_view type) { return type == "split" || type == "stock_dividend"; }
bool is_dividend_type(std::string_view type) {
  return type == "dividend" || type == "special_dividend";
}

/// One row of trading.corporate_actions.
struct Action {
  std::string type;
  Day ex_date = 0;
  int to = 1;
  int from = 1;
  Decimal amount;

  [[nodiscard]] bool is_split() const { return is_split_type(type); }
  [[nodiscard]] bool is_dividend() const { return is_dividend_type(type); }
};

/// The actions of each asset, in order of date, splits first.
std::unordered_map<std::int64_t, std::vector<Action>> read_actions(
    const std::vector<BarSeries>& series) {
  std::vector<std::string> symbols;
  for (const BarSeries& one : series) symbols.push_back(one.asset.symbol);
  const Rows rows = execute(
      "SELECT c.asset_id, c.action_type, c.ex_date, c.split_to, c.split_from, c.amount, "
      "c.currency, a.currency "
      "FROM trading.corporate_actions c JOIN trading.assets a ON a.id OPERATOR(pg_catalog.=) "
      "c.asset_id "
      "WHERE a.symbol OPERATOR(pg_catalog.=) ANY ($1) "
      "ORDER BY c.asset_id, c.ex_date, c.amount IS NOT NULL, c.action_type COLLATE \"C\"",
      Arguments().add(TEXTARRAYOID, text_array(symbols)));
  std::unordered_map<std::int64_t, std::vector<Action>> actions;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    Action action;
    action.type = row.string(2);
    action.ex_date = DatumGetDateADT(row.value(3, DATEOID));
    if (!row.is_null(4)) action.to = row.int32(4);
    if (!row.is_null(5)) action.from = row.int32(5);
    if (const auto amount = row.find(6, NUMERICOID)) {
      action.amount = decode_decimal(*amount, "the amount of a dividend");
      if (row.string(7) != row.string(8)) {
        throw invalid("a dividend is in another currency than its asset")
            .detail(concat("The dividend of ", day_text(action.ex_date), " is in ", row.string(7),
                           ", the asset in ", row.string(8), "."));
      }
    }
    actions[row.int64(1)].push_back(std::move(action));
  }
  return actions;
}

/// The first bar on or after `day`.
std::size_t first_bar_of(const BarSeries& series, Day day, const ZoneDays& days) {
  const Timestamp start = days.start_of(day);
  return static_cast<std::size_t>(
      std::lower_bound(series.timestamp.begin(), series.timestamp.end(), start) -
      series.timestamp.begin());
}

/// A dividend per unit of the bar that it is paid at: divided by the splits after its ex-date,
/// either those up to that bar or, where the bars are adjusted for splits, all of them.
Dividend dividend_of(const Action& dividend, const std::vector<Action>& actions, std::size_t bar,
                     const std::function<bool(const Action&)>& divides) {
  Dividend paid{bar, dividend.amount.mantissa, dividend.amount.unit()};
  for (const Action& other : actions) {
    if (!other.is_split() || other.ex_date <= dividend.ex_date || !divides(other)) continue;
    const Int128 numerator = multiply(paid.numerator, other.from);
    const Int128 denominator = multiply(paid.denominator, other.to);
    const Int128 shared = greatest_common_divisor(numerator, denominator);
    paid.numerator = numerator / shared;
    paid.denominator = denominator / shared;
  }
  return paid;
}

class ActionSetter {
 public:
  ActionSetter(BarSeries& series, Prices prices, const ZoneDays& days,
               std::vector<std::string>& warnings)
      : series_(series), prices_(prices), days_(days), warnings_(warnings) {}

  void apply(const std::vector<Action>& actions) {
    for (const Action& action : actions) {
      if (action.type == "delisting") {
        if (!series_.asset.delisted_on) series_.asset.delisted_on = action.ex_date - 1;
        continue;
      }
      const std::size_t bar = first_bar_of(series_, action.ex_date, days_);
      if (bar == 0 || bar == series_.size()) continue;
      if (action.is_split()) {
        set_split(action, bar);
      } else if (action.is_dividend()) {
        set_dividend(action, actions, bar);
      } else if (bar >= series_.first) {
        warnings_.push_back(concat("the ", action.type, " of \"", series_.asset.symbol, "\" on ",
                                   day_text(action.ex_date), " is not applied"));
      }
    }
  }

 private:
  void set_split(const Action& action, std::size_t bar) {
    if (prices_ != Prices::kRaw || action.to == action.from) return;
    const Split split{bar, action.to, action.from};
    series_.splits.push_back(split);
    if (!looks_adjusted(series_, split)) return;
    warnings_.push_back(
        concat("the price of \"", series_.asset.symbol, "\" does not move with its split ",
               action.to, ":", action.from, " of ", day_text(action.ex_date),
               ": bars that are adjusted already need \"prices\": \"split_adjusted\""));
  }

  void set_dividend(const Action& action, const std::vector<Action>& actions, std::size_t bar) {
    if (prices_ == Prices::kAdjusted) return;
    const bool all = prices_ == Prices::kSplitAdjusted;
    series_.dividends.push_back(dividend_of(action, actions, bar, [&](const Action& split) {
      return all || first_bar_of(series_, split.ex_date, days_) == bar;
    }));
  }

  BarSeries& series_;
  Prices prices_;
  const ZoneDays& days_;
  std::vector<std::string>& warnings_;
};

}  // namespace

void apply_corporate_actions(std::vector<BarSeries>& series, Prices prices, const ZoneDays& days,
                             std::vector<std::string>& warnings) {
  const auto actions = read_actions(series);
  for (BarSeries& one : series) {
    const auto found = actions.find(one.asset.id);
    if (found != actions.end()) ActionSetter(one, prices, days, warnings).apply(found->second);
  }
}

namespace {

SplitRatio read_ratio(const Decimal& value) {
  const auto ratio = nearest_split_ratio(value);
  if (!ratio) {
    throw invalid(concat("a split of ", value.to_text(), " is none"))
        .hint("The value is the new units for each old one: 2 for 2:1, 0.1 for 1:10.");
  }
  if (ratio->to == ratio->from) {
    throw invalid(concat("a split of ", value.to_text(), " changes nothing"))
        .hint("The value is the new units for each old one: 2 for 2:1, 0.1 for 1:10.");
  }
  if (compare_products(ratio->to, value.unit(), value.mantissa, ratio->from) != 0) {
    const std::string text =
        concat("the split ", value.to_text(), " is recorded as ", ratio->to, ":", ratio->from);
    call_server([&] { ereport(NOTICE, (errmsg("%s", text.c_str()))); });
  }
  return *ratio;
}

void check_amount(const Decimal& value) {
  constexpr int kAmountDecimals = 6;
  if (value.mantissa > 0 && value.rounded(kAmountDecimals) == value) return;
  throw invalid("the amount of a dividend must be positive and have at most six decimals")
      .detail(concat("It is ", value.to_text(), "."));
}

/// split_to, split_from and amount, of which the type has the ratio, the amount or nothing.
void add_terms(Arguments& values, const VendorAction& action) {
  static constexpr std::array<std::string_view, 8> kTypes = {
      "split",   "dividend", "special_dividend", "stock_dividend",
      "spinoff", "merger",   "symbol_change",    "delisting"};
  if (std::find(kTypes.begin(), kTypes.end(), action.type) == kTypes.end()) {
    throw invalid(concat("unknown type of action \"", action.type, '"')).hint(one_of(kTypes));
  }
  const bool is_split = is_split_type(action.type);
  const bool is_dividend = is_dividend_type(action.type);
  if ((is_split || is_dividend) && !action.value) {
    throw Error(ErrorCode::kNullNotAllowed, "argument \"value\" must not be NULL");
  }
  if (is_split) {
    const SplitRatio ratio = read_ratio(*action.value);
    values.add(INT4OID, Int32GetDatum(ratio.to))
        .add(INT4OID, Int32GetDatum(ratio.from))
        .add_null(NUMERICOID);
    return;
  }
  values.add_null(INT4OID).add_null(INT4OID);
  if (is_dividend) {
    check_amount(*action.value);
    values.add(NUMERICOID, encode_decimal(*action.value));
  } else if (!action.value) {
    values.add_null(NUMERICOID);
  } else {
    throw invalid(concat("an action of type \"", action.type, "\" takes no value"))
        .hint("Splits, stock dividends and dividends have one.");
  }
}

}  // namespace

std::int64_t record_corporate_action(const VendorAction& action) {
  const Asset asset = read_asset(action.symbol, "symbol", "It is argument \"symbol\".");
  Arguments values;
  values.add(asset.id).add(action.type).add(DATEOID, DateADTGetDatum(action.ex_date));
  add_terms(values, action);
  values.add(action.currency.value_or(asset.currency));
  const Rows rows = execute(
      "INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, "
      "split_from, amount, currency) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (asset_id, ex_date, action_type) DO UPDATE "
      "SET "
      "split_to = EXCLUDED.split_to, split_from = EXCLUDED.split_from, amount = EXCLUDED.amount, "
      "currency = EXCLUDED.currency RETURNING id",
      std::move(values), Access::kWrite);
  return rows[0].int64(1);
}

}  // namespace quant::pg
