// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/ledger.hpp"

#include <algorithm>
#include <tuple>

#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr int kExcursionDecimals = 6;

Trade trade_of(const Lot& lot, Side side, std::size_t symbol) {
  Trade trade;
  trade.symbol = symbol;
  trade.side = side;
  trade.quantity = lot.quantity;
  trade.entry_time = lot.entry_time;
  trade.entry_price = lot.entry_price;
  trade.entry_rule = lot.rule;
  trade.entry_basis = lot.basis;
  trade.entry_decided = lot.decided;
  trade.stop = lot.stop;
  trade.target = lot.target;
  trade.as_traded = lot.as_traded;
  return trade;
}

}  // namespace

Excursions excursions_of(const Lot& lot, Side side, Price lowest, Price highest) {
  // Of the entry price in today's units, which need not be a price of four decimals: n / d.
  const Price entry = lot.as_traded ? lot.as_traded->entry_price : lot.entry_price;
  const Int128 numerator = multiply(entry.units(), lot.units.numerator);
  const auto fraction = [&](Int128 move) {
    const Int128 units =
        multiply_divide(std::max<Int128>(move, 0), power_of_ten(kExcursionDecimals), numerator);
    return Decimal{units, kExcursionDecimals};
  };
  const Decimal fall =
      fraction(subtract(numerator, multiply(lowest.units(), lot.units.denominator)));
  const Decimal rise =
      fraction(subtract(multiply(highest.units(), lot.units.denominator), numerator));
  const bool is_long = side == Side::kLong;
  return {std::max(lot.adverse, is_long ? fall : rise),
          std::max(lot.favourable, is_long ? rise : fall)};
}

Ledger::Ledger(Money initial_capital, std::size_t symbols)
    : initial_capital_(initial_capital), cash_(initial_capital), positions_(symbols) {}

Lot& Ledger::open(Fill fill, std::size_t bar, EnteredAt entered_at) {
  const Side side = fill.kind == FillKind::kBuy ? Side::kLong : Side::kShort;
  cash_ -= signed_by(side, fill.value) + fill.commission;

  Position& position = positions_[fill.symbol];
  if (position.lots.empty()) {
    position.side = side;
    position.record = records_.positions.size();
    records_.positions.push_back(
        {fill.symbol, side, {}, fill.price, fill.price, {}, {}, {}, fill.time, std::nullopt});
    holdings_.insert(std::lower_bound(holdings_.begin(), holdings_.end(), fill.symbol),
                     fill.symbol);
  }
  Lot& lot = position.lots.emplace_back();
  ++open_lots_;
  lot.id = next_lot_++;
  lot.quantity = fill.quantity;
  lot.entry_price = lot.best = lot.lowest = lot.highest = fill.price;
  lot.entry_time = fill.time;
  lot.entry_bar = bar;
  lot.cost = fill.value;
  lot.entry_commission = fill.commission;
  lot.entry_slippage = fill.slippage;
  lot.entered_at = entered_at;
  lot.rule = fill.rule;
  lot.basis = fill.basis;
  lot.decided = fill.decided;
  position.quantity += fill.quantity;
  if (position.lots.size() == 1) {
    position.mark = fill.price;
    position.first_unmarked = lot.id;
  }
  revalue(position);
  records_.fill_positions.push_back(position.record);
  records_.fills.push_back(std::move(fill));
  return lot;
}

void Ledger::close(Fill fill, std::size_t bar, std::optional<std::size_t> lot_id) {
  Position& position = positions_[fill.symbol];
  const Side side = position.side;
  cash_ += signed_by(side, fill.value) - fill.commission;
  const Money before = realized_;

  CumulativeShare value(fill.value, fill.quantity);
  CumulativeShare commission(fill.commission, fill.quantity);
  CumulativeShare slippage(fill.slippage, fill.quantity);
  Quantity rest = fill.quantity;
  for (Lot& lot : position.lots) {
    if (rest.is_zero()) break;
    if (lot_id && lot.id != *lot_id) continue;
    const Quantity part = std::min(rest, lot.quantity);
    rest -= part;
    close_part(lot, part, fill, value.next(part), commission.next(part), slippage.next(part), bar);
  }
  if (!rest.is_zero()) throw broken_invariant("a fill closes more than is held");
  open_lots_ -= std::erase_if(position.lots, [](const Lot& lot) { return lot.quantity.is_zero(); });
  position.quantity -= fill.quantity;

  PositionRecord& record = records_.positions[position.record];
  record.realized_pnl += realized_ - before;
  fill.realized_pnl = realized_ - before;
  revalue(position);
  if (position.lots.empty()) {
    holdings_.erase(std::lower_bound(holdings_.begin(), holdings_.end(), fill.symbol));
    record.mark = fill.price;
    record.closed = fill.time;
  }
  records_.fill_positions.push_back(position.record);
  records_.fills.push_back(std::move(fill));
}

void Ledger::close_part(Lot& lot, Quantity part, const Fill& fill, Money value, Money commission,
                        Money slippage, std::size_t bar) {
  const Side side = positions_[fill.symbol].side;
  Trade trade = trade_of(lot, side, fill.symbol);
  if (trade.as_traded && part != lot.quantity) {
    const Quantity traded = Quantity::from_units(
        multiply_divide(lot.as_traded->quantity.units(), part.units(), lot.quantity.units()));
    trade.as_traded->quantity = traded;
    lot.as_traded->quantity -= traded;
  }
  const Money cost = take_share(lot.cost, part, lot.quantity);
  const Money entry_commission = take_share(lot.entry_commission, part, lot.quantity);
  trade.quantity = part;
  trade.slippage = take_share(lot.entry_slippage, part, lot.quantity) + slippage;
  trade.income = take_share(lot.income, part, lot.quantity);
  trade.cost = cost + entry_commission;
  trade.commission = entry_commission + commission;
  trade.pnl = signed_by(side, value - cost) - trade.commission;
  trade.exit_time = fill.time;
  trade.exit_price = fill.price;
  trade.exit_reason = fill.reason;
  trade.exit_rule = fill.rule;
  trade.exit_basis = fill.basis;
  trade.exit_decided = fill.decided;
  trade.bars_held = static_cast<std::int64_t>(bar - lot.entry_bar);
  const Excursions excursions =
      excursions_of(lot, side, std::min(lot.lowest, fill.price), std::max(lot.highest, fill.price));
  trade.adverse_excursion = excursions.adverse;
  trade.favourable_excursion = excursions.favourable;
  realized_ += trade.pnl;
  lot.quantity -= part;
  records_.trades.push_back(std::move(trade));
}

void Ledger::extend_range(std::size_t symbol, std::size_t bar, Price low, Price high) {
  Position& position = positions_[symbol];
  for (Lot& lot : position.lots) {
    // What a bar did before the lot was filled inside it is not known.
    if (bar == lot.entry_bar && lot.entered_at != EnteredAt::kOpen) continue;
    lot.lowest = std::min(lot.lowest, low);
    lot.highest = std::max(lot.highest, high);
    lot.best = position.side == Side::kLong ? std::max(lot.best, high) : std::min(lot.best, low);
  }
}

void Ledger::mark(std::size_t symbol, Price price) {
  Position& position = positions_[symbol];
  position.mark = price;
  set_value(position, value_of(position.quantity, price));
  position.first_unmarked = next_lot_;
}

/// After a change of its lots.
void Ledger::revalue(Position& position) {
  // What was added since the mark counts by its fill price.
  Quantity marked = position.quantity;
  Money added;
  for (auto lot = position.lots.rbegin();
       lot != position.lots.rend() && lot->id >= position.first_unmarked; ++lot) {
    marked -= lot->quantity;
    added += value_of(lot->quantity, lot->entry_price);
  }
  set_value(position, value_of(marked, position.mark) + added);
  if (position.lots.empty()) return;
  // The average is for display: costs are kept in money.
  Int128 weighted = 0;
  for (const Lot& lot : position.lots) {
    weighted = add(weighted, multiply(lot.quantity.units(), lot.entry_price.units()));
  }
  records_.positions[position.record].entry_price =
      Price::from_units(divide_rounded(weighted, position.quantity.units()));
}

void Ledger::set_value(Position& position, Money value) {
  (position.side == Side::kLong ? long_value_ : short_value_) += value - position.value;
  position.value = value;
}

void Ledger::check() const {
  Money expected =
      initial_capital_ + realized_ + records_.dividends + records_.interest - records_.borrow;
  for (const std::size_t symbol : holdings_) {
    const Position& position = positions_[symbol];
    for (const Lot& lot : position.lots) {
      expected -= signed_by(position.side, lot.cost) + lot.entry_commission;
    }
  }
  if (expected != cash_) {
    throw broken_invariant("the account does not balance")
        .detail(concat("Cash is ", cash_.to_text(), ", the books say ", expected.to_text(), "."));
  }
}

RunRecords Ledger::take_records(const std::vector<std::size_t>& last_bars) {
  // Within one timestamp exits come phase by phase; the list goes by symbol.
  std::stable_sort(records_.trades.begin(), records_.trades.end(),
                   [](const Trade& a, const Trade& b) {
                     return std::tie(*a.exit_time, a.symbol) < std::tie(*b.exit_time, b.symbol);
                   });
  for (const std::size_t symbol : holdings_) {
    const Position& position = positions_[symbol];
    PositionRecord& record = records_.positions[position.record];
    record.quantity = position.quantity;
    record.mark = position.mark;
    Quantity counted;
    Money given;
    for (const Lot& lot : position.lots) {
      counted += lot.quantity;
      const Money value = value_of(counted, position.mark) - given;
      given += value;
      Trade trade = trade_of(lot, position.side, symbol);
      trade.cost = lot.cost + lot.entry_commission;
      trade.commission = lot.entry_commission;
      trade.slippage = lot.entry_slippage;
      trade.income = lot.income;
      trade.pnl = signed_by(position.side, value - lot.cost) - lot.entry_commission;
      trade.bars_held = static_cast<std::int64_t>(last_bars[symbol] - lot.entry_bar);
      const Excursions excursions = excursions_of(lot, position.side, lot.lowest, lot.highest);
      trade.adverse_excursion = excursions.adverse;
      trade.favourable_excursion = excursions.favourable;
      record.cost += lot.cost;
      records_.trades.push_back(std::move(trade));
    }
  }
  check_replay(records_, initial_capital_, cash_);
  return std::move(records_);
}

}  // namespace quant
