// SPDX-License-Identifier: PostgreSQL
// What a row of trading.transactions books on an account.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/calendar.hpp"
#include "core/base/decimal.hpp"

namespace quant {

enum class TransactionType : std::uint8_t {
  kBuy,
  kSell,
  kShort,
  kCover,
  kDividend,
  kInterest,
  kBorrowFee,
  kFee,
  kTax,
  kDeposit,
  kWithdrawal,
  kSplit,
  kSpinoff,
  kMerger,
  kAdjustment,
};

[[nodiscard]] std::string_view transaction_type_name(TransactionType type);
[[nodiscard]] std::optional<TransactionType> parse_transaction_type(std::string_view name);

/// Opens a position or adds to it.
[[nodiscard]] constexpr bool is_opening(TransactionType type) {
  return type == TransactionType::kBuy || type == TransactionType::kShort;
}
[[nodiscard]] constexpr bool is_closing(TransactionType type) {
  return type == TransactionType::kSell || type == TransactionType::kCover;
}
[[nodiscard]] constexpr bool is_fill(TransactionType type) {
  return is_opening(type) || is_closing(type);
}
/// Speaks of a position that is held on the long side.
[[nodiscard]] constexpr bool is_of_long(TransactionType type) {
  return type == TransactionType::kBuy || type == TransactionType::kSell;
}
/// Its position is needed to book it.
[[nodiscard]] constexpr bool changes_quantity(TransactionType type) {
  return is_fill(type) || type == TransactionType::kSplit;
}

struct Booking {
  TransactionType type = TransactionType::kAdjustment;
  Timestamp time = 0;
  Quantity quantity;  // of a fill, positive; of a split the change, signed
  Price price;        // of a fill
  /// Gross: round(quantity x price, 2) of a fill, cash in lieu of a split; positive where paid in
  /// for what is received, and where paid out for what is paid.
  Money value;
  Money costs;  // commission and fees

  /// Signed change of cash, as the generated column net_amount has it.
  [[nodiscard]] Money cash_change() const;
};

}  // namespace quant
