// SPDX-License-Identifier: PostgreSQL
// Runs of random strategies on random bars: the books balance, every fill lies within its bar, and
// nothing depends on bars that come later.
#include <algorithm>
#include <set>

#include "core/backtest/engine.hpp"

#include "checks.hpp"
#include "documents.hpp"
#include "market.hpp"
#include "small_run.hpp"

namespace quant::fuzz {

namespace {

class RunChecks {
 public:
  RunChecks(const SmallRun& run, const Strategy& strategy, const RunRecords& records,
            const Describe& describe)
      : run_(run), strategy_(strategy), records_(records), describe_(describe) {}

  void all() const {
    identity();
    prices();
    signals();
    trades();
    positions();
    debts();
  }

 private:
  void expect(bool holds, const std::string& what) const { check(holds, what, describe_); }

  void identity() const {
    if (records_.equity.empty()) return;
    Money expected = run_.capital + records_.dividends + records_.interest - records_.borrow;
    for (const Trade& trade : records_.trades) expected += trade.pnl;
    const Money equity = records_.equity.back().equity();
    expect(equity == expected,
           concat("equity ", equity.to_text(), ", by the trades ", expected.to_text()));
    check_replay(records_, run_.capital, records_.equity.back().cash);
  }

  /// Without costs that move prices, a fill lies between low and high of its bar.
  void prices() const {
    const Slippage& slippage = run_.execution.slippage;
    const bool moves = slippage.percent.mantissa != 0 || slippage.ticks != 0 ||
                       slippage.volume_share.mantissa != 0 || run_.execution.crosses_spread ||
                       run_.execution.price_tick;
    for (const Fill& fill : records_.fills) {
      expect(fill.quantity > Quantity{} && fill.price > Price{} && fill.commission >= Money{},
             "a fill of nothing");
      // What is closed at the end is closed at a price of its last bar, whenever that was.
      if (moves || fill.basis == FillBasis::kLastClose || fill.reason == Reason::kEndOfData)
        continue;
      const BarSeries& series = run_.bars[fill.symbol];
      const auto at = std::find(series.timestamp.begin(), series.timestamp.end(), fill.time);
      expect(at != series.timestamp.end(), "a fill without a bar");
      const auto bar = static_cast<std::size_t>(at - series.timestamp.begin());
      expect(bar >= series.first, "a fill before the run");
      expect(fill.price >= series.low[bar] && fill.price <= series.high[bar],
             concat("a fill at ", fill.price.to_text(), " beyond the bar of ",
                    timestamp_text(fill.time)));
    }
  }

  void signals() const {
    for (const Signal& signal : records_.signals) {
      expect(signal.status != SignalStatus::kGenerated,
             concat("a signal of ", timestamp_text(signal.time), " is open"));
      const bool has_reason = !signal.status_reason.empty();
      expect(has_reason || signal.status == SignalStatus::kExecuted, "a refusal without a reason");
    }
  }

  void trades() const {
    for (const Trade& trade : records_.trades) {
      expect(trade.quantity > Quantity{}, "a trade of nothing");
      expect(!trade.exit_time || *trade.exit_time >= trade.entry_time, "an exit before its entry");
      expect(trade.bars_held >= 0, "a negative number of bars");
    }
  }

  void positions() const {
    if (!strategy_.limits.max_positions || !strategy_.legs.empty()) return;
    std::map<std::size_t, Quantity> held;
    std::size_t event = 0;
    for (std::size_t i = 0; i < records_.fills.size(); ++i) {
      const Fill& fill = records_.fills[i];
      for (; event < records_.cash_events.size() && records_.cash_events[event].fills_before <= i;
           ++event) {
        const CashEvent& one = records_.cash_events[event];
        if (one.kind == CashEventKind::kSplit) held[*one.symbol] += one.change;
      }
      held[fill.symbol] += is_buying(fill.kind) ? fill.quantity : -fill.quantity;
      if (held[fill.symbol].is_zero()) held.erase(fill.symbol);
      expect(!is_opening(fill.kind) ||
                 held.size() <= static_cast<std::size_t>(*strategy_.limits.max_positions),
             concat(held.size(), " positions"));
    }
  }

  /// Whoever is only long, without leverage and costs of selling, never owes.
  void debts() const {
    const Commission& fees = run_.execution.commission;
    const bool costs = fees.percent.mantissa != 0 || fees.per_order.mantissa != 0 ||
                       fees.per_share.mantissa != 0 || fees.minimum.mantissa != 0 ||
                       !fees.tiers.empty();
    const bool is_short =
        std::any_of(records_.fills.begin(), records_.fills.end(),
                    [](const Fill& fill) { return fill.kind == FillKind::kShort; });
    if (costs || is_short || run_.execution.interest_rate_percent.mantissa < 0) return;
    if (run_.execution.leverage != Decimal{1, 0}) return;
    for (const AccountPoint& point : records_.equity) {
      expect(point.cash >= Money{},
             concat("cash of ", point.cash.to_text(), " on ", timestamp_text(point.time)));
    }
  }

  const SmallRun& run_;
  const Strategy& strategy_;
  const RunRecords& records_;
  const Describe& describe_;
};

std::string fill_text(const Fill& fill) {
  return concat(timestamp_text(fill.time), ' ', fill.symbol, ' ', fill_kind_name(fill.kind), ' ',
                fill.quantity.to_text(), " @ ", fill.price.to_text(), ' ',
                fill.commission.to_text(), ' ', reason_name(fill.reason), ' ', fill.rule, ' ',
                fill_basis_name(fill.basis));
}

std::vector<std::string> fills_until(const RunRecords& records, Timestamp last) {
  std::vector<std::string> texts;
  for (const Fill& fill : records.fills) {
    if (fill.time <= last) texts.push_back(fill_text(fill));
  }
  return texts;
}

/// A run that ends earlier has the same fills up to there.
void check_future(const SmallRun& run, const CompiledRules& rules, const RunRecords& records,
                  Choices& choices, const Describe& describe) {
  const bool looks_ahead = run.execution.finalize != Finalize::kNone ||
                           (rules.main().rotation && rules.main().rotation->on_last) ||
                           std::any_of(run.bars.begin(), run.bars.end(), [](const BarSeries& one) {
                             return one.asset.delisted_on.has_value();
                           });
  if (looks_ahead || records.equity.empty()) return;
  Timestamp last = records.equity[choices.below(records.equity.size())].time;
  for (const BarSeries& series : run.bars) last = std::max(last, series.timestamp[series.first]);
  SmallRun shorter = run;
  shorter.bars = bars_until(run.bars, last);
  const RunRecords earlier = fuzz::run(shorter, CompiledRules(shorter));
  const auto expected = fills_until(earlier, last);
  const auto found = fills_until(records, last);
  for (std::size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
    const std::string& one = i < found.size() ? found[i] : "none";
    const std::string& other = i < expected.size() ? expected[i] : "none";
    check(one == other,
          concat("fill ", i, " depends on bars after ", timestamp_text(last), ": ", one,
                 ", without them ", other),
          describe);
  }
}

std::string run_text(const SmallRun& run, const RunRecords* records) {
  std::string text =
      concat("entry ", text_of(run.document.entry_rules), "\nexit ",
             text_of(run.document.exit_rules), "\nrisk ", text_of(run.document.risk_rules),
             "\nrun ", text_of(run.parameters), "\ncapital ", run.capital.to_text(), '\n');
  for (const BarSeries& series : run.bars) {
    text += concat(series.asset.symbol, " from bar ", series.first, " lot ",
                   series.asset.lot_size.to_text(), '\n');
    for (std::size_t i = 0; i < series.size(); ++i) {
      text += concat("  ", timestamp_text(series.timestamp[i]), ' ', series.open[i].to_text(), ' ',
                     series.high[i].to_text(), ' ', series.low[i].to_text(), ' ',
                     series.close[i].to_text(), ' ', series.volume[i].to_text(), '\n');
    }
    for (const Split& split : series.splits)
      text += concat("  split ", split.to, ':', split.from, " at bar ", split.bar, '\n');
  }
  if (records == nullptr) return text;
  for (const Fill& fill : records->fills) text += fill_text(fill) + '\n';
  return text;
}

void fuzz_run(Choices choices) {
  SmallRun run;
  run.capital = Money::from_units(choices.one_in(6) ? choices.between(1, 50'000)
                                                    : Int128{choices.between(1, 60'000)} * 10'000);
  Documents documents(choices, choices.one_in(3) ? 300 : 0);
  run.document = documents.strategy();
  run.parameters = documents.run_parameters();
  run.bars = random_bars(choices);
  run.signals = random_signals(choices, run.bars);
  std::optional<RunRecords> records;
  const Describe describe = [&] { return run_text(run, records ? &*records : nullptr); };
  try {
    run.execution = read_execution(run.parameters);
    const CompiledRules rules(run);
    if (!rules.main().has_entries()) return;
    if (rules.main().takes_signals != !run.signals.empty()) run.signals.clear();
    if (!rules.main().legs.empty() && run.bars.size() < 2) return;
    records = fuzz::run(run, rules);
    RunChecks(run, rules.main(), *records, describe).all();
    check_future(run, rules, *records, choices, describe);
  } catch (const Error& error) {
    check_error(error, describe);
  }
}

}  // namespace

}  // namespace quant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quant::fuzz::fuzz_run(quant::fuzz::Choices({data, size}));
  return 0;
}
