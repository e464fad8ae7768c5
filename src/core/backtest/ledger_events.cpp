// SPDX-License-Identifier: PostgreSQL
// What changes an account without a fill: splits, dividends, interest, fees for borrowing.
#include <algorithm>

#include "core/backtest/ledger.hpp"
#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr Price kPriceStep = Price::from_units(1);

}  // namespace

Price split_price(Price price, const Split& split, Price tick) {
  const Int128 scaled = multiply(price.units(), split.from);
  return Price::from_units(divide_rounded(scaled, multiply(tick.units(), split.to)) * tick.units());
}

Quantity split_quantity(Quantity quantity, const Split& split, Quantity step) {
  const Int128 steps = multiply(quantity.units(), split.to) / multiply(step.units(), split.from);
  return Quantity::from_units(multiply(steps, step.units()));
}

/// Each lot gets its part of the new quantity; one that gets none leaves its costs to the next.
void Ledger::share_split(Position& position, Quantity total, Quantity step) {
  const Quantity whole = position.quantity;
  Quantity before;
  Quantity given;
  for (Lot& lot : position.lots) {
    if (!lot.as_traded) lot.as_traded = AsTraded{lot.quantity, lot.entry_price};
    before += lot.quantity;
    const Int128 steps =
        multiply_divide(total.units(), before.units(), multiply(whole.units(), step.units()));
    const Quantity due = Quantity::from_units(steps * step.units());
    lot.quantity = due - given;
    given = due;
  }
  const auto leave_to = [](Lot& from, Lot& to) {
    to.cost += from.cost;
    to.entry_commission += from.entry_commission;
    to.entry_slippage += from.entry_slippage;
    to.income += from.income;
    to.as_traded->quantity += from.as_traded->quantity;
    from.cost = from.entry_commission = from.entry_slippage = from.income = Money{};
  };
  for (std::size_t i = 0; i + 1 < position.lots.size(); ++i) {
    if (position.lots[i].quantity.is_zero()) leave_to(position.lots[i], position.lots[i + 1]);
  }
  // The last lot has none to come after it.
  for (std::size_t i = position.lots.size(); i-- > 1 && position.lots[i].quantity.is_zero();) {
    leave_to(position.lots[i], position.lots[i - 1]);
  }
  std::erase_if(position.lots, [](const Lot& lot) { return lot.quantity.is_zero(); });
  position.quantity = total;
}

void Ledger::split(std::size_t symbol, const Split& split, Price last_close, Quantity step,
                   Price tick, Timestamp time) {
  Position& position = positions_[symbol];
  const Quantity before = position.quantity;
  const Quantity total = split_quantity(before, split, step);
  // (before x to - total x from) / to old units are left over, worth the last close each.
  const Int128 left =
      subtract(multiply(before.units(), split.to), multiply(total.units(), split.from));
  const Money in_lieu = Money::from_units(
      multiply_divide(left, last_close.units(), multiply(kUnitsPerCent, split.to)));
  CumulativeShare share(in_lieu, before);
  for (Lot& lot : position.lots) lot.income += signed_by(position.side, share.next(lot.quantity));
  open_lots_ -= position.lots.size();
  share_split(position, total, step);
  open_lots_ += position.lots.size();
  for (Lot& lot : position.lots) {
    const Excursions excursions = excursions_of(lot, position.side, lot.lowest, lot.highest);
    lot.adverse = excursions.adverse;
    lot.favourable = excursions.favourable;
    lot.units = {multiply(lot.units.numerator, split.from),
                 multiply(lot.units.denominator, split.to)};
    lot.entry_price = split_price(lot.entry_price, split, kPriceStep);
    lot.lowest = Price::from_units(Price::kMax);
    lot.highest = Price{};
    lot.best = split_price(lot.best, split, kPriceStep);
    if (lot.stop) lot.stop = split_price(*lot.stop, split, tick);
    if (lot.target) lot.target = split_price(*lot.target, split, tick);
    if (lot.trail) {
      lot.trail = Ratio{multiply(lot.trail->numerator, split.from),
                        multiply(lot.trail->denominator, split.to)};
    }
  }
  position.mark = split_price(last_close, split, kPriceStep);
  revalue(position);

  const Money amount = signed_by(position.side, in_lieu);
  cash_ += amount;
  records_.dividends += amount;
  records_.positions[position.record].income += amount;
  const Quantity change = total - before;
  records_.cash_events.push_back({time, CashEventKind::kSplit, amount, symbol, position.record,
                                  position.side == Side::kLong ? change : -change,
                                  records_.fills.size()});
}

void Ledger::pay_dividend(std::size_t symbol, const Dividend& dividend, Timestamp time) {
  Position& position = positions_[symbol];
  constexpr int kScale = Quantity::kScale - Money::kScale;
  const Int128 unit = multiply(dividend.denominator, power_of_ten(kScale));
  const Money paid =
      Money::from_units(multiply_divide(position.quantity.units(), dividend.numerator, unit));
  CumulativeShare share(paid, position.quantity);
  for (Lot& lot : position.lots) lot.income += signed_by(position.side, share.next(lot.quantity));
  const Money total = signed_by(position.side, paid);
  if (total == Money{}) return;
  cash_ += total;
  records_.dividends += total;
  records_.positions[position.record].income += total;
  records_.cash_events.push_back(
      {time, CashEventKind::kDividend, total, symbol, position.record, {}, records_.fills.size()});
}

void Ledger::book_interest(Money amount, Timestamp time) {
  if (amount.is_zero()) return;
  cash_ += amount;
  records_.interest += amount;
  if (amount < Money{}) records_.interest_paid -= amount;
  records_.cash_events.push_back(
      {time, CashEventKind::kInterest, amount, {}, {}, {}, records_.fills.size()});
}

void Ledger::book_borrow_fee(Money amount, Timestamp time) {
  if (amount.is_zero()) return;
  cash_ -= amount;
  records_.borrow += amount;
  records_.cash_events.push_back(
      {time, CashEventKind::kBorrowFee, -amount, {}, {}, {}, records_.fills.size()});
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
  for (const CashEvent& event : records.cash_events) {
    cash += event.amount;
    if (event.kind == CashEventKind::kSplit) quantities[*event.position] += event.change;
  }
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    const PositionRecord& position = records.positions[i];
    const Quantity held = position.side == Side::kLong ? position.quantity : -position.quantity;
    if (quantities[i] != held)
      throw broken_invariant("the transactions do not lead to the positions");
  }
  if (cash != final_cash)
    throw broken_invariant("the transactions do not lead to the cash balance");
}

}  // namespace quant
