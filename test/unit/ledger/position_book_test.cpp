// SPDX-License-Identifier: PostgreSQL
#include "core/ledger/position_book.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace quant {
namespace {

Quantity units(const char* text) { return *Quantity::from_decimal(*Decimal::parse(text)); }
Price price(const char* text) { return *Price::from_decimal(*Decimal::parse(text)); }
Money money(const char* text) { return *Money::from_decimal(*Decimal::parse(text)); }

Booking fill(TransactionType type, const char* quantity, const char* at, const char* costs = "0",
             Timestamp time = 0) {
  return {type,        time, units(quantity), price(at), value_of(units(quantity), price(at)),
          money(costs)};
}
Booking split(const char* change, const char* in_lieu = "0") {
  return {TransactionType::kSplit, 0, units(change), {}, money(in_lieu), {}};
}

TEST(PositionBook, ClosesTheOldestLotsFirst) {
  PositionBook book("A");
  EXPECT_EQ(book.book(fill(TransactionType::kBuy, "10", "100", "1")), std::nullopt);
  book.book(fill(TransactionType::kBuy, "5", "110", "1"));
  // 10 x 20 + 2 x 10 - 1 - 2/5 - 1.51
  EXPECT_EQ(book.book(fill(TransactionType::kSell, "12", "120", "1.51")), money("217.09"));
  const PositionState state = book.state();
  EXPECT_EQ(state.quantity, units("3"));
  EXPECT_EQ(state.average_price, price("110"));
  EXPECT_EQ(state.cost_basis, money("330"));
  EXPECT_EQ(state.realized_pnl, money("217.09"));
  EXPECT_EQ(state.closed, std::nullopt);
}

TEST(PositionBook, GivesEachCentOnce) {
  PositionBook book("A");
  book.book(fill(TransactionType::kBuy, "3", "0.3333", "0.01"));  // costs 1.00
  Money realized;
  for (int part = 0; part < 3; ++part) {
    realized += *book.book(fill(TransactionType::kSell, "1", "0.3333", "0"));  // 0.33 each
  }
  EXPECT_EQ(realized, money("-0.02"));
  EXPECT_FALSE(book.state().is_open());
  EXPECT_EQ(book.state().cost_basis, Money{});
  EXPECT_EQ(book.state().average_price, price("0.3333"));
}

TEST(PositionBook, IsSignedWhenShort) {
  PositionBook book("A");
  book.book(fill(TransactionType::kShort, "4", "50", "2"));
  EXPECT_EQ(book.quantity(), units("-4"));
  EXPECT_EQ(book.state().cost_basis, money("-200"));
  EXPECT_EQ(book.book(fill(TransactionType::kCover, "1", "60", "0.25")), money("-10.75"));
}

TEST(PositionBook, SplitsLotsDownAndKeepsTheirCost) {
  PositionBook book("A");
  book.book(fill(TransactionType::kBuy, "0.000001", "10000"));  // 0.01
  book.book(fill(TransactionType::kBuy, "0.000003", "20000"));  // 0.06
  book.book(split("-0.000002", "0.02"));
  PositionState state = book.state();
  EXPECT_EQ(state.quantity, units("0.000002"));
  EXPECT_EQ(state.cost_basis, money("0.07"));
  EXPECT_EQ(state.income, money("0.02"));
  EXPECT_EQ(state.last_price, price("40000"));
  book.book(split("0.000006"));
  state = book.state();
  EXPECT_EQ(state.quantity, units("0.000008"));
  EXPECT_EQ(state.cost_basis, money("0.07"));
}

TEST(PositionBook, OpensAndClosesByTheTimesOfItsFills) {
  PositionBook book("A");
  book.book(fill(TransactionType::kBuy, "1", "10", "0", 100));
  book.book(fill(TransactionType::kBuy, "1", "10", "0", 50));
  book.book(fill(TransactionType::kSell, "2", "10", "0", 40));
  EXPECT_EQ(book.state().opened, 50);
  EXPECT_EQ(book.state().closed, 50);
}

TEST(PositionBook, RefusesWhatDoesNotFit) {
  PositionBook book("A");
  EXPECT_THROW(book.book(fill(TransactionType::kSell, "1", "10")), Error);
  EXPECT_THROW(book.book(split("1")), Error);
  book.book(fill(TransactionType::kBuy, "1", "10"));
  EXPECT_THROW(book.book(fill(TransactionType::kSell, "1.000001", "10")), Error);
  EXPECT_THROW(book.book(fill(TransactionType::kCover, "1", "10")), Error);
  EXPECT_THROW(book.book(fill(TransactionType::kShort, "1", "10")), Error);
  EXPECT_THROW(book.book(split("-1")), Error);
  EXPECT_EQ(book.state().quantity, units("1"));
}

TEST(Booking, CashChangeHasTheSignOfItsType) {
  const auto change = [](TransactionType type) {
    return Booking{type, 0, {}, {}, money("10"), money("1")}.cash_change();
  };
  for (const char* name :
       {"sell", "short", "deposit", "dividend", "interest", "adjustment", "split"})
    EXPECT_EQ(change(*parse_transaction_type(name)), money("9")) << name;
  for (const char* name : {"buy", "cover", "withdrawal", "fee", "tax", "borrow_fee"})
    EXPECT_EQ(change(*parse_transaction_type(name)), money("-11")) << name;
  for (const char* name : {"spinoff", "merger"})
    EXPECT_EQ(change(*parse_transaction_type(name)), money("-1")) << name;
  EXPECT_EQ(parse_transaction_type("gift"), std::nullopt);
}

}  // namespace
}  // namespace quant
