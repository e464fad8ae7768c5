// SPDX-License-Identifier: PostgreSQL
// Amounts given out in parts so that every cent is given once.
#pragma once

#include "core/base/decimal.hpp"

namespace quant {

/// Shares an amount over parts of a whole in their order: each gets what is due up to it less what
/// was given before.
class CumulativeShare {
 public:
  CumulativeShare(Money amount, Quantity whole) : amount_(amount), whole_(whole) {}

  [[nodiscard]] Money next(Quantity part) {
    done_ += part;
    const Money due = share_of(amount_, done_, whole_);
    const Money share = due - given_;
    given_ = due;
    return share;
  }

 private:
  Money amount_;
  Quantity whole_;
  Quantity done_;
  Money given_;
};

/// Takes the share of `part` out of what remains of `whole`; the last part takes all of it.
[[nodiscard]] inline Money take_share(Money& remaining, Quantity part, Quantity whole) {
  const Money share = share_of(remaining, part, whole);
  remaining -= share;
  return share;
}

}  // namespace quant
