// SPDX-License-Identifier: PostgreSQL
#include "adapter/risk_reader.hpp"

#include "adapter/account_curve.hpp"
#include "adapter/ledger_rows.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

constexpr int kTradingDays = 252;
constexpr int kCalendarDays = 365;
/// Calendar days that nearly always hold so many returns; only where they do not, all bars are
/// read.
Day usual_lookback(std::size_t window) { return static_cast<Day>(window * 3 / 2 + 225); }

Datum timestamp_datum(Timestamp timestamp) { return TimestampTzGetDatum(timestamp); }

Datum symbol_array(const std::vector<Holding>& holdings) {
  std::vector<std::string> symbols;
  for (const Holding& holding : holdings) symbols.push_back(holding.symbol);
  return text_array(symbols);
}

struct PortfolioRow {
  std::int64_t user_id = 0;
  std::optional<std::int64_t> risk_profile_id;  // of the user's active one
  Money initial_capital;
  Money cash;
  std::string currency;
};

PortfolioRow read_portfolio(std::int64_t portfolio_id) {
  const Rows rows = execute(
      "SELECT p.user_id, p.initial_capital, p.cash_balance, "
      "(SELECT r.id FROM trading.risk_profiles r WHERE r.user_id = p.user_id AND r.is_active "
      "ORDER BY r.is_default DESC, r.id LIMIT 1), p.currency "
      "FROM trading.portfolios p WHERE p.id = $1",
      Arguments().add(portfolio_id));
  if (rows.empty()) {
    throw Error(ErrorCode::kNotFound, concat("portfolio ", portfolio_id, " does not exist"));
  }
  const Row row = rows[0];
  return {row.int64(1), row.is_null(4) ? std::nullopt : std::optional(row.int64(4)),
          decode_fixed<Money>(row.value(2, NUMERICOID)),
          decode_fixed<Money>(row.value(3, NUMERICOID)), row.string(5)};
}

std::vector<Holding> read_holdings(const Rows& rows) {
  std::vector<Holding> holdings;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    holdings.push_back(
        {rows[i].string(1), decode_fixed<Quantity>(rows[i].value(2, NUMERICOID)), {}, {}});
  }
  return holdings;
}

/// Holdings and cash from the ledger; false where it has no fill at all. Splits, spin-offs and
/// mergers carry signed changes of quantity.
bool replay_ledger(std::int64_t portfolio_id, const PortfolioRow& portfolio, Timestamp end,
                   PortfolioHistory& history) {
  const Rows totals = execute(
      "SELECT coalesce(bool_or(t.transaction_type IN ('buy', 'sell', 'short', 'cover')), false), "
      "coalesce(sum(t.net_amount) FILTER (WHERE t.transaction_date < $2), 0) "
      "FROM trading.transactions t WHERE t.portfolio_id = $1",
      Arguments().add(portfolio_id).add(TIMESTAMPTZOID, timestamp_datum(end)));
  if (!totals[0].boolean(1)) return false;
  history.cash = portfolio.initial_capital + decode_fixed<Money>(totals[0].value(2, NUMERICOID));
  history.holdings = read_holdings(execute(
      concat("SELECT t.symbol, sum(", kSignedQuantity,
             ") FROM trading.transactions t WHERE t.portfolio_id = $1 AND t.transaction_date < $2 "
             "AND ",
             kChangesHolding, " GROUP BY t.symbol HAVING sum(", kSignedQuantity,
             ") <> 0 ORDER BY t.symbol COLLATE \"C\""),
      Arguments().add(portfolio_id).add(TIMESTAMPTZOID, timestamp_datum(end))));
  history.holdings_source = "transactions";
  return true;
}

void read_positions(std::int64_t portfolio_id, const PortfolioRow& portfolio, Timestamp end,
                    PortfolioHistory& history) {
  history.cash = portfolio.cash;
  history.holdings = read_holdings(
      execute("SELECT p.symbol, sum(p.quantity) FROM trading.positions p WHERE p.portfolio_id = $1 "
              "AND p.is_open AND p.opened_at < $2 GROUP BY p.symbol HAVING sum(p.quantity) <> 0 "
              "ORDER BY p.symbol COLLATE \"C\"",
              Arguments().add(portfolio_id).add(TIMESTAMPTZOID, timestamp_datum(end))));
  history.holdings_source = "positions";
}

/// Daily closes of the holdings in [from, end), one a day: of two bars on a day the later one.
void read_closes(Timestamp from, Timestamp end, std::vector<Holding>& holdings) {
  const Rows rows = execute(
      "SELECT h.number, m.timestamp, m.close_price "
      "FROM unnest($1) WITH ORDINALITY AS h (symbol, number) "
      "JOIN trading.market_data m ON m.symbol = h.symbol AND m.timeframe = '1d' "
      "AND m.timestamp >= $2 AND m.timestamp < $3 ORDER BY h.number, m.timestamp",
      Arguments()
          .add(TEXTARRAYOID, symbol_array(holdings))
          .add(TIMESTAMPTZOID, timestamp_datum(from))
          .add(TIMESTAMPTZOID, timestamp_datum(end)));
  for (Holding& holding : holdings) holding.closes.clear();
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    auto& closes = holdings.at(static_cast<std::size_t>(rows[i].int64(1) - 1)).closes;
    const DailyClose close = {utc_day(rows[i].timestamp(2)),
                              decode_fixed<Price>(rows[i].value(3, NUMERICOID))};
    if (!closes.empty() && closes.back().day == close.day) closes.pop_back();
    closes.push_back(close);
  }
}

/// Drops the splits after the last close that have not reached the quantity held: units from before
/// such a split are in the ledger, and no booking of it yet.
void drop_splits_to_book(std::int64_t portfolio_id, Timestamp end, std::vector<Holding>& holdings) {
  for (Holding& holding : holdings) {
    if (holding.closes.empty()) continue;
    const Day last = holding.closes.back().day;
    if (actions_between(holding, last, utc_day(end)).empty()) continue;
    const Rows booked = execute(
        concat(
            "SELECT min(t.transaction_date), max(t.transaction_date) FILTER (WHERE "
            "t.transaction_type = 'split') FROM trading.transactions t WHERE t.portfolio_id = $1 "
            "AND t.symbol = $2 AND t.transaction_date < $3 AND ",
            kChangesHolding),
        Arguments()
            .add(portfolio_id)
            .add(holding.symbol)
            .add(TIMESTAMPTZOID, timestamp_datum(end)));
    const Day held_since = utc_day(booked[0].timestamp(1));
    std::erase_if(holding.actions, [&](const CorporateAction& action) {
      return action.ex_date > last && held_since < action.ex_date &&
             (booked[0].is_null(2) || utc_day(booked[0].timestamp(2)) < action.ex_date);
    });
  }
}

/// Splits and dividends up to `date`, the splits of a date before its dividends.
void read_actions(Day date, std::vector<Holding>& holdings) {
  const Rows rows = execute(
      "SELECT h.number, c.ex_date, coalesce(c.split_to, 1), coalesce(c.split_from, 1), "
      "coalesce(c.amount, 0) FROM unnest($1) WITH ORDINALITY AS h (symbol, number) "
      "JOIN trading.assets a ON a.symbol = h.symbol "
      "JOIN trading.corporate_actions c ON c.asset_id = a.id "
      "WHERE c.action_type IN ('split', 'stock_dividend', 'dividend', 'special_dividend') "
      "AND c.ex_date <= $2 ORDER BY h.number, c.ex_date, (c.split_to IS NULL), c.action_type",
      Arguments().add(TEXTARRAYOID, symbol_array(holdings)).add(DATEOID, DateADTGetDatum(date)));
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    holdings.at(static_cast<std::size_t>(row.int64(1) - 1))
        .actions.push_back({DatumGetDateADT(row.value(2, DATEOID)), row.int32(3), row.int32(4),
                            decode_decimal(row.value(5, NUMERICOID), "the amount of a dividend")});
  }
}

void read_history(Day date, Timestamp end, std::size_t window, std::vector<Holding>& holdings) {
  read_actions(date, holdings);
  read_closes(midnight(date - usual_lookback(window)), end, holdings);
  if (joint_scenarios(holdings, window).days.size() < window) {
    read_closes(DT_NOBEGIN, end, holdings);
  }
}

/// Crypto assets trade every day; one other asset makes the joint history one of trading days.
int periods_per_year(const std::vector<Holding>& holdings) {
  const Rows rows = execute(
      "SELECT coalesce(bool_and(a.asset_type = 'crypto'), false) FROM trading.assets a "
      "WHERE a.symbol = ANY ($1)",
      Arguments().add(TEXTARRAYOID, symbol_array(holdings)));
  return rows[0].boolean(1) ? kCalendarDays : kTradingDays;
}

/// Amounts of different currencies cannot be added up: kInvalidParameter.
void check_currency(const std::string& currency, const std::vector<Holding>& holdings) {
  const Rows rows = execute(
      "SELECT a.symbol, a.currency FROM trading.assets a "
      "WHERE a.symbol = ANY ($1) AND a.currency <> $2 ORDER BY a.symbol COLLATE \"C\" LIMIT 1",
      Arguments().add(TEXTARRAYOID, symbol_array(holdings)).add(currency));
  if (rows.empty()) return;
  throw invalid("the risk of a portfolio needs holdings of one currency")
      .detail(concat("The portfolio is kept in ", currency, ", ", rows[0].string(1), " in ",
                     rows[0].string(2), "."));
}

/// Holdings and cash at the end of the day, and the last `window` joint returns of the holdings.
PortfolioHistory read_state(std::int64_t portfolio_id, const PortfolioRow& portfolio, Day date,
                            std::size_t window) {
  const Timestamp end = midnight(date + 1);
  PortfolioHistory history;
  history.date = date;
  if (!replay_ledger(portfolio_id, portfolio, end, history)) {
    read_positions(portfolio_id, portfolio, end, history);
  }
  if (!history.holdings.empty()) {
    check_currency(portfolio.currency, history.holdings);
    read_history(date, end, window, history.holdings);
    if (history.holdings_source == "transactions") {
      drop_splits_to_book(portfolio_id, end, history.holdings);
    }
    history.periods_per_year = periods_per_year(history.holdings);
  }
  return history;
}

}  // namespace

PortfolioHistory read_portfolio_history(std::int64_t portfolio_id, Day date, std::size_t window) {
  return read_state(portfolio_id, read_portfolio(portfolio_id), date, window);
}

Holding read_symbol_history(const std::string& symbol, Day date) {
  std::vector<Holding> holdings = {{symbol, Quantity::from_units(Quantity::kUnit), {}, {}}};
  read_actions(date, holdings);
  read_closes(DT_NOBEGIN, midnight(date + 1), holdings);
  return holdings.front();
}

std::optional<std::string> read_benchmark_symbol(std::int64_t portfolio_id) {
  const Rows rows = execute(
      "SELECT b.symbol FROM trading.portfolios p JOIN trading.benchmarks b ON b.id = "
      "p.benchmark_id JOIN trading.assets a ON a.symbol = b.symbol WHERE p.id = $1",
      Arguments().add(portfolio_id));
  return rows.empty() ? std::nullopt : std::optional(rows[0].string(1));
}

std::vector<EquityPoint> read_equity_curve(std::int64_t portfolio_id, Day date) {
  std::vector<AccountMark> marks = read_marks(portfolio_id);
  std::erase_if(
      marks, [&](const AccountMark& mark) { return mark.point.timestamp >= midnight(date + 1); });
  return curve_without_flows(read_portfolio(portfolio_id).initial_capital, marks);
}

RiskSubject read_risk_subject(std::int64_t portfolio_id, Day date) {
  const PortfolioRow portfolio = read_portfolio(portfolio_id);
  if (!portfolio.risk_profile_id) {
    throw Error(ErrorCode::kNotFound,
                concat("user ", portfolio.user_id, " has no active risk profile"))
        .detail(concat("Portfolio ", portfolio_id,
                       " belongs to this user, and a risk record names "
                       "the profile whose limits it is judged by."))
        .hint(concat("Create one: INSERT INTO trading.risk_profiles (user_id, name, is_default) "
                     "VALUES (",
                     portfolio.user_id, ", 'default', true)."));
  }
  RiskSubject subject{*portfolio.risk_profile_id,
                      read_state(portfolio_id, portfolio, date, kRiskWindow)};
  subject.history.equity = read_equity_curve(portfolio_id, date);
  return subject;
}

}  // namespace quant::pg
