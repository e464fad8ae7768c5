// SPDX-License-Identifier: PostgreSQL
#include "core/ledger/position_book.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/shares.hpp"

namespace quant {

std::optional<Money> PositionBook::book(const Booking& booking) {
  if (is_opening(booking.type)) {
    open(booking);
  } else if (is_closing(booking.type)) {
    return close(booking);
  } else if (booking.type == TransactionType::kSplit) {
    split(booking);
  } else if (booking.type == TransactionType::kDividend) {
    income_ += booking.value;
  }
  return std::nullopt;
}

void PositionBook::open(const Booking& fill) {
  const bool is_long = is_of_long(fill.type);
  if (!held_.is_zero() && is_long != is_long_) {
    throw invalid(concat("a ", is_long_ ? "long" : "short", " position of ", symbol_, " is open"))
        .detail(concat("It holds ", quantity().to_text(), ", and \"",
                       transaction_type_name(fill.type), "\" opens the other side."))
        .hint(is_long_ ? "Sell it first." : "Cover it first.");
  }
  if (is_new_) opened_ = fill.time;
  is_new_ = false;
  opened_ = std::min(opened_, fill.time);
  is_long_ = is_long;
  lots_.push_back({fill.quantity, fill.price, fill.value, fill.costs});
  held_ += fill.quantity;
  last_ = fill.price;
}

Money PositionBook::close(const Booking& fill) {
  const bool is_long = is_of_long(fill.type);
  if (held_.is_zero() || is_long != is_long_ || fill.quantity > held_) {
    const Quantity held = held_.is_zero() || is_long == is_long_ ? held_ : Quantity{};
    throw invalid(concat(transaction_type_name(fill.type), " of more ", symbol_, " than is held"))
        .detail(concat("It asks for ", fill.quantity.to_text(), ", the ",
                       is_long ? "long" : "short", " position is ", held.to_text(), "."))
        .hint(is_long ? "A short sale is a transaction of type \"short\"."
                      : "Buying what is not owed is a transaction of type \"buy\".");
  }
  if (fill.quantity == held_) average_ = state().average_price;
  CumulativeShare value(fill.value, fill.quantity);
  CumulativeShare costs(fill.costs, fill.quantity);
  Quantity rest = fill.quantity;
  Money realized;
  while (!rest.is_zero()) {
    Lot& lot = lots_[first_];
    const Quantity part = std::min(rest, lot.quantity);
    const Money entry = take_share(lot.value, part, lot.quantity);
    const Money entry_costs = take_share(lot.costs, part, lot.quantity);
    const Money exit = value.next(part);
    realized += (is_long ? exit - entry : entry - exit) - entry_costs - costs.next(part);
    lot.quantity -= part;
    rest -= part;
    if (lot.quantity.is_zero()) ++first_;
  }
  held_ -= fill.quantity;
  realized_ += realized;
  last_ = fill.price;
  closed_ = std::max(fill.time, opened_);
  return realized;
}

/// Each lot gets its part of the new quantity, rounded down; one that gets none leaves its cost to
/// the next one.
void PositionBook::split(const Booking& split) {
  const Quantity before = held_;
  const Quantity after = before + (is_long_ ? split.quantity : -split.quantity);
  if (before.is_zero() || after <= Quantity{}) {
    throw invalid(concat("a split of ", symbol_, " must leave a position"))
        .detail(concat("It changes ", quantity().to_text(), " by ", split.quantity.to_text(), "."))
        .hint("Quantity is the signed change; what is paid out in full is a \"sell\".");
  }
  const auto rescaled = [&](Price price) {
    return Price::from_units(multiply_divide(price.units(), before.units(), after.units()));
  };
  std::vector<Lot> lots;
  Lot carried;
  Quantity counted;
  Quantity given;
  for (std::size_t i = first_; i < lots_.size(); ++i) {
    Lot lot = lots_[i];
    counted += lot.quantity;
    const Int128 due = multiply(after.units(), counted.units()) / before.units();
    lot.quantity = Quantity::from_units(due) - given;
    given += lot.quantity;
    lot.price = rescaled(lot.price);
    lot.value += carried.value;
    lot.costs += carried.costs;
    carried = Lot{};
    if (lot.quantity.is_zero()) {
      carried = lot;
    } else {
      lots.push_back(lot);
    }
  }
  lots_ = std::move(lots);
  first_ = 0;
  held_ = after;
  last_ = rescaled(last_);
  income_ += split.value;
}

PositionState PositionBook::state() const {
  PositionState state;
  state.quantity = quantity();
  state.realized_pnl = realized_;
  state.income = income_;
  state.opened = opened_;
  if (!is_new_) state.last_price = last_;
  if (held_.is_zero()) {
    state.average_price = average_;
    if (!is_new_) state.closed = closed_;
    return state;
  }
  Int128 weighted = 0;
  Money cost;
  for (std::size_t i = first_; i < lots_.size(); ++i) {
    weighted = add(weighted, multiply(lots_[i].quantity.units(), lots_[i].price.units()));
    cost += lots_[i].value;
  }
  state.average_price = Price::from_units(divide_rounded(weighted, held_.units()));
  state.cost_basis = is_long_ ? cost : -cost;
  return state;
}

}  // namespace quant
