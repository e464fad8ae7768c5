// SPDX-License-Identifier: PostgreSQL
#include "adapter/trade_explanation.hpp"

#include "core/market/splits.hpp"
#include "core/strategy/rule_trace.hpp"

namespace quant::pg {

namespace {

constexpr int kShownDecimals = 6;

std::string number_text(Number number, Int128 denominator) {
  if (!number.known) return "missing";
  const Int128 units = multiply_divide(number.value, power_of_ten(kShownDecimals), denominator);
  return Decimal{units, kShownDecimals}.trimmed().to_text();
}

template <typename T>
std::string shown(T value) {
  return value.to_decimal().trimmed().to_text();
}

std::string_view basis_text(FillBasis basis) {
  switch (basis) {
    case FillBasis::kOpen:
      return "at the open";
    case FillBasis::kGap:
      return "at the open, which lay beyond the order's price";
    case FillBasis::kTouch:
      return "at the order's price, which the bar reached";
    case FillBasis::kTriggerClose:
      return "in the bar that triggered the stop-limit, whose close was good enough";
    case FillBasis::kClose:
      return "at the close";
    case FillBasis::kLastClose:
      return "at the last close that there was";
  }
  return "";
}

/// Why an exit without a condition of its own took place.
std::string_view reason_text(Reason reason) {
  switch (reason) {
    case Reason::kStopLoss:
      return "the price reached the stop loss";
    case Reason::kTakeProfit:
      return "the price reached the target";
    case Reason::kTrailingStop:
      return "the price fell back to the trailing stop";
    case Reason::kTimeExit:
      return "the lot had been held for its number of bars";
    case Reason::kRebalance:
      return "the portfolio was chosen anew, or the symbol left the universe";
    case Reason::kRiskLimit:
      return "a halt closed all positions";
    case Reason::kMarginCall:
      return "the equity no longer covered the positions";
    case Reason::kDelisted:
      return "the symbol trades no more";
    case Reason::kEndOfData:
      return "the run ended";
    case Reason::kSignal:
    case Reason::kOppositeSignal:
      break;
  }
  return "an order was given";
}

/// What a signal from outside asked for: "buy 40 percent of the equity".
std::string order_text(const UserSignal& signal) {
  const bool opens =
      signal.kind == UserSignal::Kind::kBuy || signal.kind == UserSignal::Kind::kShort;
  std::string target = opens ? "by the size of the risk rules" : "the whole position";
  if (signal.quantity) {
    target = shown(*signal.quantity);
  } else if (opens && signal.weight_percent) {
    target = concat(signal.weight_percent->trimmed().to_text(), " percent of the equity");
  }
  return concat(user_signal_name(signal.kind), ' ', target);
}

class TradeExplanation {
 public:
  TradeExplanation(const BacktestJob& job, const StrategyDocument& document, const Trade& trade)
      : job_(job), document_(document), trade_(trade), bars_(job.bars()[trade.symbol]) {}

  std::string text() {
    const std::string_view side = trade_.side == Side::kLong ? "Long" : "Short";
    line(concat(side, ' ', shown(trade_.quantity), ' ', bars_.asset.symbol, " at ",
                shown(trade_.entry_price),
                trade_.exit_price ? concat(", closed at ", shown(*trade_.exit_price))
                                  : std::string(", still open"),
                ": ", trade_.pnl.to_text(), " after commissions of ", trade_.commission.to_text(),
                '.'));
    show_entry();
    line(concat("  Filled on ", timestamp_text(trade_.entry_time), ' ',
                basis_text(trade_.entry_basis), '.'));
    if (trade_.stop) line(concat("  Stop loss at ", shown(*trade_.stop), '.'));
    if (trade_.target) line(concat("  Target at ", shown(*trade_.target), '.'));
    if (trade_.exit_time) {
      show_exit();
      line(concat("  Filled on ", timestamp_text(*trade_.exit_time), ' ',
                  basis_text(trade_.exit_basis), '.'));
    }
    line(concat("Costs: commission ", trade_.commission.to_text(), ", slippage and spread ",
                trade_.slippage.to_text(), " (in the prices), income ", trade_.income.to_text(),
                '.'));
    if (trade_.as_traded) {
      line(concat("A split lies between: ", shown(trade_.as_traded->quantity),
                  " were bought or sold at ", shown(trade_.as_traded->entry_price), '.'));
    }
    return std::move(text_);
  }

 private:
  void line(const std::string& sentence) { text_ += concat(text_.empty() ? "" : "\n", sentence); }

  [[nodiscard]] std::optional<std::size_t> bar_of(Timestamp time) const {
    const auto found = std::lower_bound(bars_.timestamp.begin(), bars_.timestamp.end(), time);
    if (found == bars_.timestamp.end() || *found != time) return std::nullopt;
    return static_cast<std::size_t>(found - bars_.timestamp.begin());
  }

  /// The account as the deciding bar's close left it.
  [[nodiscard]] AccountState account_at(Timestamp time) const {
    AccountState state;
    for (const AccountPoint& point : job_.result().records.equity) {
      if (point.time > time) break;
      state.equity = point.equity();
      state.cash = point.cash;
    }
    return state;
  }
  [[nodiscard]] AccountState entry_state() const { return account_at(trade_.entry_decided); }
  [[nodiscard]] AccountState exit_state() const {
    AccountState state = account_at(trade_.exit_decided);
    state.position = trade_.side == Side::kLong ? trade_.quantity : -trade_.quantity;
    state.entry_price = trade_.entry_price;
    const auto entered = bar_of(trade_.entry_time);
    const auto decided = bar_of(trade_.exit_decided);
    if (entered && decided && *decided >= *entered)
      state.bars_held = static_cast<std::int64_t>(*decided - *entered);
    return state;
  }

  void show_entry() {
    const FillKind kind = opening(trade_.side);
    const auto opens = [kind](const Signal& signal) { return signal.kind == kind; };
    const Signal* decision = find_decision(trade_.entry_rule, trade_.entry_decided, opens);
    if (decision != nullptr && decision->weight)
      return show_rotation("Entry", *decision, entry_state());
    if (decision != nullptr && decision->user_row) return show_signal("Entry", *decision);
    show_rule("Entry", trade_.entry_rule, trade_.entry_decided, Reason::kSignal, entry_state());
  }

  void show_exit() {
    // A signal to exit stands as a sale, one for the other side under its own kind.
    const FillKind own = opening(trade_.side);
    const bool is_rotation = *trade_.exit_reason == Reason::kRebalance;
    const auto closes = [&](const Signal& signal) { return is_rotation || signal.kind != own; };
    const Signal* decision = find_decision(trade_.exit_rule, trade_.exit_decided, closes);
    if (decision != nullptr && decision->weight && is_rotation)
      return show_rotation("Exit", *decision, exit_state());
    if (decision != nullptr && decision->user_row) return show_signal("Exit", *decision);
    show_rule("Exit", trade_.exit_rule, trade_.exit_decided, *trade_.exit_reason, exit_state());
  }

  /// The decision behind a fill: of several at one time the one that was executed.
  template <typename Wanted>
  [[nodiscard]] const Signal* find_decision(std::string_view rule, Timestamp decided,
                                            Wanted wanted) const {
    const Signal* found = nullptr;
    for (const Signal& signal : job_.result().records.signals) {
      if (signal.symbol != trade_.symbol || signal.time != decided || signal.rule != rule ||
          !wanted(signal))
        continue;
      if (found == nullptr || found->status != SignalStatus::kExecuted) found = &signal;
    }
    return found;
  }

  void show_rotation(std::string_view what, const Signal& decision, const AccountState& state) {
    const auto trace = trace_rotation(document_, job_.request().parameters,
                                      job_.execution().strict_crossover, settings());
    const bool is_selected = decision.weight->numerator > 0;
    const std::string place = is_selected
                                  ? concat("rank ", decision.strength, ", weight ",
                                           number_text(Number::of(decision.weight->numerator),
                                                       decision.weight->denominator),
                                           " of the equity")
                                  : std::string("not selected");
    line(concat(what, ": rotation at the close of ", timestamp_text(decision.time), " by ",
                trace->text, ": ", place));
    if (const auto bar = bar_of(decision.time)) show_operands(*trace, *bar, state);
  }

  void show_signal(std::string_view what, const Signal& decision) {
    const auto& signals = job_.user_signals();
    const auto asked = std::find_if(signals.begin(), signals.end(), [&](const UserSignal& signal) {
      return signal.id == *decision.user_row;
    });
    line(concat(
        what, ": signal ", asked->id, " of ", timestamp_text(asked->time), ", ", order_text(*asked),
        ": ", signal_status_name(decision.status),
        decision.status_reason.empty() ? std::string() : concat(", ", decision.status_reason)));
  }

  /// Prices in the units of the trade's symbol.
  [[nodiscard]] SeriesSettings settings() const {
    SeriesSettings settings = job_.series_settings();
    settings.price_multiple = price_multiple(bars_);
    return settings;
  }

  void show_rule(std::string_view what, const std::string& rule, Timestamp decided, Reason reason,
                 const AccountState& state) {
    const auto trace = trace_rule(document_, job_.request().parameters,
                                  job_.execution().strict_crossover, settings(), rule);
    const auto bar = bar_of(decided);
    if (!trace || !bar) {
      line(concat(what, ": ", rule, ", because ", reason_text(reason), '.'));
      return;
    }
    line(concat(what, ": rule \"", rule, "\", true at the close of ", timestamp_text(decided), ": ",
                trace->text));
    show_operands(*trace, *bar, state);
  }

  void show_operands(const RuleTrace& trace, std::size_t bar, const AccountState& state) {
    const std::vector<NodeId> roots = trace.roots();
    OtherSeries others(trace.program, roots, job_.series_context());
    SymbolValues values(trace.program, bars_, roots, &others);
    while (!values.compute_step()) {
    }
    for (const Operand& operand : trace.operands) {
      line(concat("  ", operand.text, " = ",
                  number_text(values.number(operand.value, bar, state),
                              trace.program[operand.value].denominator)));
    }
  }

  const BacktestJob& job_;
  const StrategyDocument& document_;
  const Trade& trade_;
  const BarSeries& bars_;
  std::string text_;
};

}  // namespace

std::string explain_trade(const BacktestJob& job, const StrategyDocument& document,
                          const Trade& trade) {
  return TradeExplanation(job, document, trade).text();
}

}  // namespace quant::pg
