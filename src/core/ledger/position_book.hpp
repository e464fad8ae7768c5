// SPDX-License-Identifier: PostgreSQL
// A position as its bookings make it: lots first in, first out, with their costs in cents.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ledger/booking.hpp"

namespace quant {

/// What a row of trading.positions says that follows from its transactions.
struct PositionState {
  Quantity quantity;  // signed: negative is short, 0 closed
  Price average_price;
  Money cost_basis;  // of the open quantity, without its costs; signed
  Money realized_pnl;
  Money income;
  Timestamp opened = 0;
  std::optional<Timestamp> closed;
  std::optional<Price> last_price;  // of its last fill, in units of today

  [[nodiscard]] bool is_open() const { return !quantity.is_zero(); }
};

/// The bookings of one position, from flat to flat, in their order.
class PositionBook {
 public:
  explicit PositionBook(std::string symbol) : symbol_(std::move(symbol)) {}

  /// Books a fill, split or dividend. Of a closing fill the P&L, net of the costs of the lots that
  /// it closes and of its own. kInvalidParameter where it closes more than is held, opens the side
  /// that is not held, or splits to nothing.
  std::optional<Money> book(const Booking& booking);

  [[nodiscard]] PositionState state() const;
  [[nodiscard]] Quantity quantity() const { return is_long_ ? held_ : -held_; }

 private:
  struct Lot {
    Quantity quantity;
    Price price;
    Money value;
    Money costs;
  };

  void open(const Booking& fill);
  Money close(const Booking& fill);
  void split(const Booking& split);

  std::string symbol_;
  bool is_long_ = true;
  bool is_new_ = true;
  Quantity held_;
  std::vector<Lot> lots_;  // those from first_ on are open
  std::size_t first_ = 0;
  Price average_;  // when it was last open
  Price last_;
  Money realized_;
  Money income_;
  Timestamp opened_ = 0;
  Timestamp closed_ = 0;
};

}  // namespace quant
