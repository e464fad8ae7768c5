// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/ledger.hpp"

#include <algorithm>
#include <tuple>

#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr int kExcursionDecimals = 6;

/// `move` as a fraction of `price`, never negative.
Decimal excursion(Price move, Price price) {
  const Int128 units = std::max<std::int64_t>(move.units(), 0);
  return {divide_rounded(multiply(units, power_of_ten(kExcursionDecimals)), price.units()),
          kExcursionDecimals};
}

}  // namespace

Ledger::Ledger(Money initial_capital, std::size_t symbols)
    : initial_capital_(initial_capital), cash_(initial_capital), lots_(symbols) {}

void Ledger::open(Fill fill, std::size_t bar) {
  const Side side = fill.kind == FillKind::kBuy ? Side::kLong : Side::kShort;
  cash_ -= signed_by(side, fill.value) + fill.commission;

  Lot lot;
  lot.side = side;
  lot.quantity = fill.quantity;
  lot.entry_price = lot.mark = lot.lowest = lot.highest = fill.price;
  lot.entry_time = fill.time;
  lot.entry_bar = bar;
  lot.cost = lot.value = fill.value;
  lot.entry_commission = fill.commission;
  lot.entry_slippage = fill.slippage;
  lot.rule = fill.rule;
  lot.position = records_.positions.size();
  records_.positions.push_back({fill.symbol, side, fill.quantity, fill.price, fill.price, fill.value,
                                Money{}, fill.time, std::nullopt});
  lots_[fill.symbol] = std::move(lot);
  holdings_.insert(std::lower_bound(holdings_.begin(), holdings_.end(), fill.symbol), fill.symbol);
  records_.fill_positions.push_back(records_.positions.size() - 1);
  records_.fills.push_back(std::move(fill));
}

void Ledger::close(Fill fill, std::size_t bar) {
  Lot lot = std::move(*lots_[fill.symbol]);
  lots_[fill.symbol].reset();
  holdings_.erase(std::lower_bound(holdings_.begin(), holdings_.end(), fill.symbol));
  cash_ += signed_by(lot.side, fill.value) - fill.commission;

  lot.lowest = std::min(lot.lowest, fill.price);
  lot.highest = std::max(lot.highest, fill.price);
  Trade trade = trade_of(lot, fill.symbol);
  trade.exit_time = fill.time;
  trade.exit_price = fill.price;
  trade.exit_reason = fill.reason;
  trade.exit_rule = fill.rule;
  trade.pnl = signed_by(lot.side, fill.value - lot.cost) - lot.entry_commission - fill.commission;
  trade.commission += fill.commission;
  trade.slippage += fill.slippage;
  trade.bars_held = static_cast<std::int64_t>(bar - lot.entry_bar);
  realized_ += trade.pnl;

  PositionRecord& position = records_.positions[lot.position];
  position.quantity = Quantity{};
  position.cost = Money{};
  position.mark = fill.price;
  position.realized_pnl = trade.pnl;
  position.closed = fill.time;
  fill.realized_pnl = trade.pnl;
  records_.trades.push_back(std::move(trade));
  records_.fill_positions.push_back(lot.position);
  records_.fills.push_back(std::move(fill));
}

void Ledger::extend_range(std::size_t symbol, std::size_t bar, Price low, Price high) {
  Lot& lot = *lots_[symbol];
  if (lot.entered_at_close && bar == lot.entry_bar) return;
  lot.lowest = std::min(lot.lowest, low);
  lot.highest = std::max(lot.highest, high);
}

void Ledger::mark(std::size_t symbol, Price price) {
  Lot& lot = *lots_[symbol];
  lot.mark = price;
  lot.value = value_of(lot.quantity, price);
}

Money Ledger::market_value() const {
  Money total;
  for (const std::size_t symbol : holdings_) {
    total += signed_by(lots_[symbol]->side, lots_[symbol]->value);
  }
  return total;
}

Money Ledger::gross_value() const {
  Money total;
  for (const std::size_t symbol : holdings_) total += lots_[symbol]->value;
  return total;
}

void Ledger::check() const {
  Money expected = initial_capital_ + realized_;
  for (const std::size_t symbol : holdings_) {
    const Lot& lot = *lots_[symbol];
    expected -= signed_by(lot.side, lot.cost) + lot.entry_commission;
  }
  if (expected != cash_) {
    throw broken_invariant("the account does not balance")
        .detail(concat("Cash is ", cash_.to_text(), ", the books say ", expected.to_text(), "."));
  }
}

Trade Ledger::trade_of(const Lot& lot, std::size_t symbol) const {
  Trade trade;
  trade.symbol = symbol;
  trade.side = lot.side;
  trade.quantity = lot.quantity;
  trade.entry_time = lot.entry_time;
  trade.entry_price = lot.entry_price;
  trade.cost = lot.cost + lot.entry_commission;
  trade.commission = lot.entry_commission;
  trade.slippage = lot.entry_slippage;
  trade.entry_rule = lot.rule;
  trade.stop = lot.stop;
  trade.target = lot.target;
  const Price fall = lot.entry_price - lot.lowest;
  const Price rise = lot.highest - lot.entry_price;
  const bool is_long = lot.side == Side::kLong;
  trade.adverse_excursion = excursion(is_long ? fall : rise, lot.entry_price);
  trade.favourable_excursion = excursion(is_long ? rise : fall, lot.entry_price);
  return trade;
}

RunRecords Ledger::take_records(const std::vector<std::size_t>& last_bars) {
  // Within one timestamp exits come phase by phase; the list goes by symbol.
  std::stable_sort(records_.trades.begin(), records_.trades.end(), [](const Trade& a, const Trade& b) {
    return std::tie(*a.exit_time, a.symbol) < std::tie(*b.exit_time, b.symbol);
  });
  for (const std::size_t symbol : holdings_) {
    const Lot& lot = *lots_[symbol];
    Trade trade = trade_of(lot, symbol);
    trade.pnl = signed_by(lot.side, lot.value - lot.cost) - lot.entry_commission;
    trade.bars_held = static_cast<std::int64_t>(last_bars[symbol] - lot.entry_bar);
    records_.trades.push_back(std::move(trade));
    records_.positions[lot.position].mark = lot.mark;
  }
  check_replay(records_, initial_capital_, cash_);
  return std::move(records_);
}

void check_replay(const RunRecords& records, Money initial_capital, Money final_cash) {
  std::vector<Quantity> quantities(records.positions.size());
  Money cash = initial_capital;
  for (std::size_t i = 0; i < records.fills.size(); ++i) {
    const Fill& fill = records.fills[i];
    if (fill.value != value_of(fill.quantity, fill.price)) {
      throw broken_invariant("a fill's value is not its quantity times its price");
    }
    const bool buying = is_buying(fill.kind);
    quantities[records.fill_positions[i]] += buying ? fill.quantity : -fill.quantity;
    cash += (buying ? -fill.value : fill.value) - fill.commission;
  }
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    const PositionRecord& position = records.positions[i];
    const Quantity held = position.side == Side::kLong ? position.quantity : -position.quantity;
    if (quantities[i] != held) throw broken_invariant("the transactions do not lead to the positions");
  }
  if (cash != final_cash) throw broken_invariant("the transactions do not lead to the cash balance");
}

}  // namespace quant
