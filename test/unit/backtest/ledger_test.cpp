// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/ledger.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "support/caught.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

Fill fill(FillKind kind, std::string_view units, std::string_view at, std::string_view fee = "0",
          int day = 1, std::size_t symbol = 0) {
  Fill made;
  made.time = day * kDayLength;
  made.symbol = symbol;
  made.kind = kind;
  made.quantity = quantity(units);
  made.price = price(at);
  made.value = value_of(made.quantity, made.price);
  made.commission = money(fee);
  return made;
}

TEST(Ledger, BooksALongLot) {
  Ledger ledger(money("1000"), 1);
  ledger.open(fill(FillKind::kBuy, "10", "20.5", "1"), 3, EnteredAt::kOpen);
  EXPECT_EQ(ledger.cash(), money("794"));
  EXPECT_EQ(ledger.equity(), money("999"));
  ledger.mark(0, price("22"));
  EXPECT_EQ(ledger.market_value(), money("220"));
  EXPECT_EQ(ledger.gross_value(), money("220"));
  EXPECT_EQ(ledger.equity(), money("1014"));
  ledger.close(fill(FillKind::kSell, "10", "21", "1", 4), 5);
  EXPECT_EQ(ledger.cash(), money("1003"));
  EXPECT_FALSE(ledger.holds(0));
  EXPECT_TRUE(ledger.holdings().empty());
  EXPECT_NO_THROW(ledger.check());
}

TEST(Ledger, BooksAShortLot) {
  Ledger ledger(money("1000"), 1);
  ledger.open(fill(FillKind::kShort, "10", "20", "1"), 0, EnteredAt::kOpen);
  EXPECT_EQ(ledger.cash(), money("1199"));
  EXPECT_EQ(ledger.market_value(), money("-200"));
  EXPECT_EQ(ledger.gross_value(), money("200"));
  EXPECT_EQ(ledger.equity(), money("999"));
  ledger.mark(0, price("25"));
  EXPECT_EQ(ledger.equity(), money("949"));
  ledger.close(fill(FillKind::kCover, "10", "18", "1", 2), 2);
  EXPECT_EQ(ledger.cash(), money("1018"));
  EXPECT_NO_THROW(ledger.check());
}

TEST(Ledger, KeepsHoldingsInTheOrderOfSymbols) {
  Ledger ledger(money("10000"), 4);
  for (const std::size_t symbol : {3U, 0U, 2U})
    ledger.open(fill(FillKind::kBuy, "1", "10", "0", 1, symbol), 0, EnteredAt::kOpen);
  EXPECT_EQ(ledger.holdings(), (std::vector<std::size_t>{0, 2, 3}));
  ledger.close(fill(FillKind::kSell, "1", "10", "0", 2, 2), 1);
  EXPECT_EQ(ledger.holdings(), (std::vector<std::size_t>{0, 3}));
}

TEST(Ledger, CountsRoundedValuesToTheCent) {
  Ledger ledger(money("100"), 1);
  // 3.333333 x 3.0001 is 10.0003..., so 10.00; 3.333333 x 2.9999 is 9.9996..., so 10.00 as well.
  ledger.open(fill(FillKind::kBuy, "3.333333", "3.0001", "0.01"), 0, EnteredAt::kOpen);
  ledger.close(fill(FillKind::kSell, "3.333333", "2.9999", "0.01", 2), 1);
  EXPECT_EQ(ledger.cash(), money("99.98"));
  const RunRecords records = ledger.take_records({1});
  EXPECT_EQ(records.trades.at(0).pnl, money("-0.02"));
}

TEST(Ledger, TakesRecordsOfClosedAndOpenLots) {
  Ledger ledger(money("10000"), 2);
  ledger.open(fill(FillKind::kBuy, "10", "20", "1", 1, 1), 0, EnteredAt::kOpen);
  ledger.open(fill(FillKind::kShort, "5", "10", "1", 1, 0), 0, EnteredAt::kOpen);
  ledger.close(fill(FillKind::kCover, "5", "12", "1", 2, 0), 4);
  ledger.mark(1, price("21"));
  const RunRecords records = ledger.take_records({9, 7});
  ASSERT_EQ(records.trades.size(), 2U);
  EXPECT_EQ(records.trades[0].pnl, money("-12"));
  EXPECT_EQ(records.trades[0].bars_held, 4);
  EXPECT_EQ(records.trades[0].cost, money("51"));
  EXPECT_EQ(records.trades[1].pnl, money("9"));
  EXPECT_EQ(records.trades[1].bars_held, 7);
  EXPECT_FALSE(records.trades[1].exit_time);
  ASSERT_EQ(records.positions.size(), 2U);
  EXPECT_EQ(records.positions[0].quantity, quantity("10"));
  EXPECT_EQ(records.positions[0].mark, price("21"));
  EXPECT_EQ(records.positions[1].quantity, quantity("0"));
  EXPECT_EQ(records.positions[1].realized_pnl, money("-12"));
  EXPECT_EQ(records.positions[1].closed, 2 * kDayLength);
  EXPECT_EQ(records.fill_positions, (std::vector<std::size_t>{0, 1, 1}));
}

TEST(Ledger, ListsTradesByExitTimeAndSymbol) {
  Ledger ledger(money("10000"), 3);
  for (const std::size_t symbol : {0U, 1U, 2U})
    ledger.open(fill(FillKind::kBuy, "1", "10", "0", 1, symbol), 0, EnteredAt::kOpen);
  for (const std::size_t symbol : {2U, 0U})
    ledger.close(fill(FillKind::kSell, "1", "10", "0", 3, symbol), 2);
  ledger.close(fill(FillKind::kSell, "1", "10", "0", 4, 1), 3);
  const RunRecords records = ledger.take_records({3, 3, 3});
  std::vector<std::size_t> symbols;
  for (const Trade& trade : records.trades) symbols.push_back(trade.symbol);
  EXPECT_EQ(symbols, (std::vector<std::size_t>{0, 2, 1}));
}

TEST(Ledger, ExtendsTheRangeOfALotButNotAtItsClosingEntry) {
  Ledger ledger(money("10000"), 2);
  ledger.open(fill(FillKind::kBuy, "1", "10", "0", 1, 0), 5, EnteredAt::kOpen);
  ledger.open(fill(FillKind::kBuy, "1", "10", "0", 1, 1), 5, EnteredAt::kOpen);
  ledger.lots(1).front().entered_at = EnteredAt::kClose;
  for (const std::size_t symbol : {0U, 1U}) {
    ledger.extend_range(symbol, 5, price("8"), price("13"));
    ledger.extend_range(symbol, 6, price("9"), price("11"));
  }
  EXPECT_EQ(ledger.lots(0).front().lowest, price("8"));
  EXPECT_EQ(ledger.lots(0).front().highest, price("13"));
  EXPECT_EQ(ledger.lots(1).front().lowest, price("9"));
  EXPECT_EQ(ledger.lots(1).front().highest, price("11"));
}

TEST(Ledger, RaisesWhereCashLeavesItsColumn) {
  Ledger ledger(money("9999999999999.99"), 1);
  EXPECT_EQ(
      caught([&] { ledger.open(fill(FillKind::kShort, "1", "1"), 0, EnteredAt::kOpen); }).code(),
      ErrorCode::kOutOfRange);
}

/// The records of a purchase, its sale, and a short lot that is still held; the cash behind them.
std::pair<RunRecords, Money> sample() {
  Ledger ledger(money("1000"), 2);
  ledger.open(fill(FillKind::kBuy, "10", "20", "1"), 0, EnteredAt::kOpen);
  ledger.open(fill(FillKind::kShort, "5", "10", "1", 1, 1), 0, EnteredAt::kOpen);
  ledger.close(fill(FillKind::kSell, "10", "21", "1", 2), 1);
  const Money cash = ledger.cash();
  return {ledger.take_records({1, 1}), cash};
}

TEST(CheckReplay, AcceptsWhatTheLedgerBooked) {
  const auto [records, cash] = sample();
  EXPECT_EQ(cash, money("1057"));
  EXPECT_NO_THROW(check_replay(records, money("1000"), cash));
}

TEST(CheckReplay, FailsOnEveryTamperedRecord) {
  const std::vector<std::pair<const char*, std::function<void(RunRecords&)>>> changes = {
      {"quantity", [](RunRecords& records) { records.fills[0].quantity = quantity("11"); }},
      {"value", [](RunRecords& records) { records.fills[0].value += money("0.01"); }},
      {"commission", [](RunRecords& records) { records.fills[2].commission = money("0"); }},
      {"kind", [](RunRecords& records) { records.fills[1].kind = FillKind::kBuy; }},
      {"position of a fill", [](RunRecords& records) { records.fill_positions[2] = 1; }},
      {"quantity held", [](RunRecords& records) { records.positions[1].quantity = quantity("4"); }},
      {"side", [](RunRecords& records) { records.positions[1].side = Side::kLong; }},
      {"missing fill", [](RunRecords& records) { records.fills.pop_back(); }},
  };
  for (const auto& [name, change] : changes) {
    auto [records, cash] = sample();
    change(records);
    EXPECT_EQ(caught([&, cash = cash, &records = records] {
                check_replay(records, money("1000"), cash);
              }).code(),
              ErrorCode::kInternal)
        << name;
  }
}

TEST(CheckReplay, FailsOnAnotherCashBalance) {
  const auto [records, cash] = sample();
  const Error error = caught([&, cash = cash, &records = records] {
    check_replay(records, money("1000"), cash + money("0.01"));
  });
  EXPECT_EQ(error.code(), ErrorCode::kInternal);
  EXPECT_EQ(error.message(), "the transactions do not lead to the cash balance");
}

}  // namespace
}  // namespace quant
