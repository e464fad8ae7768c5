// SPDX-License-Identifier: PostgreSQL
#include "adapter/var_outcomes.hpp"

#include <map>
#include <set>

#include "core/base/json_reader.hpp"
#include "core/risk/holding_history.hpp"

#include "adapter/account_curve.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/risk_reader.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

struct Record {
  Day day = 0;
  std::optional<Decimal> value_at_risk;
};

std::vector<Record> read_records(std::int64_t portfolio_id, const Decimal& level, Day from,
                                 Day to) {
  const bool is_95 = level == Decimal{95, 2};
  if (!is_95 && level != Decimal{99, 2}) {
    throw invalid("level must be 0.95 or 0.99")
        .detail(concat("It is ", level.to_text(), "."))
        .hint("trading.risk_metrics holds these; quant.var_backtest() takes any forecasts.");
  }
  const Rows rows = execute(
      concat("SELECT DISTINCT ON (r.calculation_date) r.calculation_date, ",
             is_95 ? "r.var_1d_95" : "r.var_1d_99",
             " FROM trading.risk_metrics r WHERE r.portfolio_id = $1 AND r.method = 'historical' "
             "AND r.calculation_date BETWEEN $2 AND $3 ORDER BY r.calculation_date, r.id DESC"),
      Arguments()
          .add(portfolio_id)
          .add(DATEOID, DateADTGetDatum(from))
          .add(DATEOID, DateADTGetDatum(to)));
  std::vector<Record> records;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const auto figure = rows[i].find(2, NUMERICOID);
    records.push_back(
        {DatumGetDateADT(rows[i].value(1, DATEOID)),
         figure ? std::optional(decode_decimal(*figure, "value at risk")) : std::nullopt});
  }
  return records;
}

/// What the holdings of one day gain up to another, and the days between on which they have closes.
struct HeldOn {
  std::optional<Money> gain = Money{};
  std::set<Day> moved;
};

/// By closes that are read once for each symbol.
class HeldHistories {
 public:
  HeldHistories(std::int64_t portfolio_id, Day last) : portfolio_id_(portfolio_id), last_(last) {}

  [[nodiscard]] HeldOn between(Day from, Day to) {
    HeldOn result;
    for (const Holding& held : read_portfolio_history(portfolio_id_, from, 1).holdings) {
      auto known = histories_.find(held.symbol);
      if (known == histories_.end()) {
        known = histories_.emplace(held.symbol, read_symbol_history(held.symbol, last_)).first;
      }
      const Holding& history = known->second;
      const auto gain = holding_gain(history, held.quantity, from, to);
      result.gain = gain && result.gain ? std::optional(*result.gain + *gain) : std::nullopt;
      for (const DailyClose& close : history.closes) {
        if (close.day > from && close.day <= to) result.moved.insert(close.day);
      }
    }
    return result;
  }

 private:
  std::int64_t portfolio_id_;
  Day last_;
  std::map<std::string, Holding> histories_;
};

/// The change of the equity from the last mark of a day to that of another, without flows.
class ActualPnl {
 public:
  explicit ActualPnl(std::int64_t portfolio_id) {
    Money flows;
    for (const AccountMark& mark : read_marks(portfolio_id)) {
      flows += mark.flow;
      by_day_[mark.point.session_day] = mark.point.equity - flows;
    }
  }

  [[nodiscard]] std::optional<Money> between(Day from, Day to) const {
    const auto before = by_day_.find(from);
    const auto after = by_day_.find(to);
    if (before == by_day_.end() || after == by_day_.end()) return std::nullopt;
    return after->second - before->second;
  }

 private:
  std::map<Day, Money> by_day_;
};

/// A forecast of one day is held against one day: not against none, as of a weekend, nor against
/// what piled up where records are missing.
VarOutcomes outcomes_of(const std::vector<Record>& records, HeldHistories histories,
                        const std::optional<ActualPnl>& actual) {
  VarOutcomes result;
  for (std::size_t i = 0; i + 1 < records.size(); ++i) {
    serve_interrupts();
    const Day from = records[i].day;
    const Day to = records[i + 1].day;
    const HeldOn held = records[i].value_at_risk ? histories.between(from, to) : HeldOn{};
    const auto gain = actual ? actual->between(from, to) : held.gain;
    if (held.moved.size() == 1 && gain) {
      result.outcomes.push_back({(-*gain).to_decimal(), *records[i].value_at_risk});
    } else {
      ++result.missing;
    }
  }
  return result;
}

}  // namespace

PnlKind parse_pnl_kind(std::string_view name) {
  static constexpr std::array<std::string_view, 2> kNames = {"hypothetical", "actual"};
  if (name == kNames[0]) return PnlKind::kHypothetical;
  if (name == kNames[1]) return PnlKind::kActual;
  throw invalid(concat("unknown P&L \"", name, '"')).hint(one_of(kNames));
}

VarOutcomes read_var_outcomes(std::int64_t portfolio_id, const Decimal& level, PnlKind kind,
                              Day from, Day to) {
  (void)read_equity_curve(portfolio_id, from);  // there must be such a portfolio
  const std::vector<Record> records = read_records(portfolio_id, level, from, to);
  if (records.empty()) return {};
  const auto actual =
      kind == PnlKind::kActual ? std::optional(ActualPnl(portfolio_id)) : std::nullopt;
  return outcomes_of(records, HeldHistories(portfolio_id, records.back().day), actual);
}

}  // namespace quant::pg
