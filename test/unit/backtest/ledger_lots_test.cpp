// SPDX-License-Identifier: PostgreSQL
// The ledger with several lots of one symbol: rules 18, 24 and 25.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "core/backtest/ledger.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

Fill fill(FillKind kind, std::string_view units, std::string_view at, std::string_view fee,
          int day) {
  Fill made;
  made.time = day * kDayLength;
  made.kind = kind;
  made.quantity = quantity(units);
  made.price = price(at);
  made.value = value_of(made.quantity, made.price);
  made.commission = money(fee);
  return made;
}

/// 100 at 10, 50 at 12 and 30 at 14, each for a fee of 1.00.
Ledger three_lots(FillKind kind = FillKind::kBuy) {
  Ledger ledger(money("10000"), 1);
  ledger.open(fill(kind, "100", "10", "1", 1), 1, EnteredAt::kOpen);
  ledger.open(fill(kind, "50", "12", "1", 2), 2, EnteredAt::kOpen);
  ledger.open(fill(kind, "30", "14", "1", 3), 3, EnteredAt::kOpen);
  return ledger;
}

std::vector<Money> pnls(const RunRecords& records) {
  std::vector<Money> found;
  for (const Trade& trade : records.trades) found.push_back(trade.pnl);
  return found;
}

TEST(LedgerLots, AreOnePosition) {
  Ledger ledger = three_lots();
  EXPECT_EQ(ledger.position(0).quantity, quantity("180"));
  EXPECT_EQ(ledger.lots(0).size(), 3U);
  EXPECT_EQ(ledger.cash(), money("7977"));  // 1,000, 600 and 420, and three fees
  ledger.mark(0, price("11"));
  EXPECT_EQ(ledger.market_value(), money("1980"));
  EXPECT_EQ(ledger.equity(), money("9957"));
  EXPECT_NO_THROW(ledger.check());
}

TEST(LedgerLots, LeaveOldestFirst) {
  Ledger ledger = three_lots();
  ledger.close(fill(FillKind::kSell, "120", "15", "1.2", 4), 4);
  ASSERT_EQ(ledger.lots(0).size(), 2U);
  EXPECT_EQ(ledger.lots(0)[0].quantity, quantity("30"));
  EXPECT_EQ(ledger.lots(0)[0].cost, money("360"));
  EXPECT_EQ(ledger.lots(0)[0].entry_commission, money("0.6"));
  EXPECT_EQ(ledger.cash(), money("9775.8"));
  ledger.mark(0, price("15"));
  EXPECT_NO_THROW(ledger.check());
  const RunRecords records = ledger.take_records({4});
  // 1,500 - 1,000 - 1 - 1;  300 - 240 - 0.40 - 0.20; then 30 at 12 and 30 at 14.
  EXPECT_EQ(pnls(records),
            (std::vector<Money>{money("498"), money("59.4"), money("89.4"), money("29")}));
  EXPECT_EQ(records.positions.at(0).realized_pnl, money("557.4"));
  EXPECT_EQ(records.positions[0].cost, money("780"));
}

TEST(LedgerLots, MayLeaveOneOnItsOwn) {
  Ledger ledger = three_lots();
  const std::size_t middle = ledger.lots(0)[1].id;
  ledger.close(fill(FillKind::kSell, "50", "11", "1", 4), 4, middle);
  ASSERT_EQ(ledger.lots(0).size(), 2U);
  EXPECT_EQ(ledger.lots(0)[0].entry_price, price("10"));
  EXPECT_EQ(ledger.lots(0)[1].entry_price, price("14"));
  EXPECT_EQ(pnls(ledger.take_records({4})).at(0), money("-52"));
}

TEST(LedgerLots, ShareAFillToTheCent) {
  Ledger ledger(money("100"), 1);
  for (int day = 1; day <= 3; ++day) {
    ledger.open(fill(FillKind::kBuy, "1", "3", "0.01", day), static_cast<std::size_t>(day),
                EnteredAt::kOpen);
  }
  // 10.00 and a fee of 0.05 over three: due 3.33, 6.67, 10.00 and 0.02, 0.03, 0.05.
  ledger.close(fill(FillKind::kSell, "3", "3.3333", "0.05", 4), 4);
  EXPECT_EQ(ledger.cash(), money("100.92"));
  EXPECT_NO_THROW(ledger.check());
  // 3.33 - 3 - 0.01 - 0.02; 3.34 - 3 - 0.01 - 0.01; 3.33 - 3 - 0.01 - 0.02
  EXPECT_EQ(pnls(ledger.take_records({4})),
            (std::vector<Money>{money("0.30"), money("0.32"), money("0.30")}));
}

TEST(LedgerLots, OfAShortPositionGainWhenThePriceFalls) {
  Ledger ledger = three_lots(FillKind::kShort);
  EXPECT_EQ(ledger.cash(), money("12017"));
  ledger.close(fill(FillKind::kCover, "120", "8", "1.2", 4), 4);
  EXPECT_EQ(ledger.cash(), money("11055.8"));
  EXPECT_NO_THROW(ledger.check());
  // 1,000 - 800 - 1 - 1;  240 - 160 - 0.40 - 0.20
  const std::vector<Money> found = pnls(ledger.take_records({4}));
  EXPECT_EQ(found[0], money("198"));
  EXPECT_EQ(found[1], money("79.4"));
}

TEST(LedgerLots, KeepTheirCostInASplit) {
  Ledger ledger = three_lots();
  ledger.mark(0, price("15"));
  ledger.split(0, {0, 2, 1}, price("15"), quantity("1"), price("0.01"), 4 * kDayLength);
  EXPECT_EQ(ledger.position(0).quantity, quantity("360"));
  EXPECT_EQ(ledger.lots(0)[0].quantity, quantity("200"));
  EXPECT_EQ(ledger.lots(0)[0].entry_price, price("5"));
  EXPECT_EQ(ledger.lots(0)[2].entry_price, price("7"));
  EXPECT_EQ(ledger.lots(0)[2].cost, money("420"));
  EXPECT_EQ(ledger.cash(), money("7977"));
  EXPECT_EQ(ledger.equity(), money("10677"));
  EXPECT_NO_THROW(ledger.check());
}

TEST(LedgerLots, RoundTheirEntryPricesToFourDecimals) {
  Ledger ledger(money("10000"), 1);
  ledger.open(fill(FillKind::kBuy, "100", "10", "0", 1), 1, EnteredAt::kOpen).stop = price("9.55");
  ledger.split(0, {0, 3, 2}, price("10"), quantity("1"), price("0.01"), 2 * kDayLength);
  EXPECT_EQ(ledger.lots(0)[0].entry_price, price("6.6667"));
  EXPECT_EQ(ledger.lots(0)[0].stop, price("6.37"));  // 6.3666
  EXPECT_EQ(ledger.position(0).quantity, quantity("150"));
}

TEST(LedgerLots, KeepTheirTrailingStopsInASplit) {
  Ledger ledger(money("10000"), 1);
  Lot& lot = ledger.open(fill(FillKind::kBuy, "100", "10", "0", 1), 1, EnteredAt::kOpen);
  lot.trail = Ratio{1, 1};
  lot.best = price("12");
  ledger.split(0, {0, 2, 1}, price("12"), quantity("1"), price("0.01"), 2 * kDayLength);
  const Lot& after = ledger.lots(0)[0];
  EXPECT_EQ(after.best, price("6"));
  ASSERT_TRUE(after.trail);
  EXPECT_EQ(after.trail->numerator * 2, after.trail->denominator);
}

TEST(LedgerLots, ShareADividendToTheCent) {
  Ledger ledger = three_lots();
  ledger.pay_dividend(0, {0, 1, 3}, 4 * kDayLength);  // a third each: 60.00
  EXPECT_EQ(ledger.cash(), money("8037"));
  Money income;
  for (const Lot& lot : ledger.lots(0)) income += lot.income;
  EXPECT_EQ(income, money("60"));
  EXPECT_EQ(ledger.lots(0)[0].income, money("33.33"));
  EXPECT_NO_THROW(ledger.check());
  EXPECT_EQ(ledger.take_records({4}).dividends, money("60"));
}

TEST(LedgerLots, ChargeADividendToAShortPosition) {
  Ledger ledger = three_lots(FillKind::kShort);
  ledger.pay_dividend(0, {0, 1, 2}, 4 * kDayLength);
  EXPECT_EQ(ledger.cash(), money("11927"));
  EXPECT_NO_THROW(ledger.check());
}

TEST(LedgerLots, StandBesideInterestAndFees) {
  Ledger ledger = three_lots();
  ledger.book_interest(money("1.50"), 4 * kDayLength);
  ledger.book_interest(money("-0.25"), 5 * kDayLength);
  ledger.book_borrow_fee(money("0.75"), 5 * kDayLength);
  EXPECT_EQ(ledger.cash(), money("7977.5"));
  EXPECT_NO_THROW(ledger.check());
  const Money cash = ledger.cash();
  const RunRecords records = ledger.take_records({5});
  EXPECT_EQ(records.interest, money("1.25"));
  EXPECT_EQ(records.borrow, money("0.75"));
  EXPECT_NO_THROW(check_replay(records, money("10000"), cash));
}

}  // namespace
}  // namespace quant
