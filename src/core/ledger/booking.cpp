// SPDX-License-Identifier: PostgreSQL
#include "core/ledger/booking.hpp"

#include <algorithm>
#include <array>

namespace quant {

namespace {

constexpr std::array<std::string_view, 15> kNames = {
    "buy", "sell",    "short",      "cover", "dividend", "interest", "borrow_fee", "fee",
    "tax", "deposit", "withdrawal", "split", "spinoff",  "merger",   "adjustment"};

}  // namespace

std::string_view transaction_type_name(TransactionType type) {
  return kNames.at(static_cast<std::size_t>(type));
}

std::optional<TransactionType> parse_transaction_type(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<TransactionType>(found - kNames.begin());
}

Money Booking::cash_change() const {
  switch (type) {
    case TransactionType::kSell:
    case TransactionType::kShort:
    case TransactionType::kDeposit:
    case TransactionType::kDividend:
    case TransactionType::kInterest:
    case TransactionType::kAdjustment:
    case TransactionType::kSplit:
      return value - costs;
    case TransactionType::kBuy:
    case TransactionType::kCover:
    case TransactionType::kWithdrawal:
    case TransactionType::kFee:
    case TransactionType::kTax:
    case TransactionType::kBorrowFee:
      return -value - costs;
    case TransactionType::kSpinoff:
    case TransactionType::kMerger:
      break;
  }
  return -costs;
}

}  // namespace quant
