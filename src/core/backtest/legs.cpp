// SPDX-License-Identifier: PostgreSQL
// Several symbols that are traded as one (rule 47).
#include <algorithm>

#include "core/backtest/engine.hpp"
#include "core/base/error.hpp"

namespace quant {

namespace {

const Quantity kSmallestUnit = Quantity::from_units(1);

}  // namespace

void Engine::bind_legs() {
  for (const Leg& leg : strategy_.legs) {
    const auto found = std::find_if(bars_.begin(), bars_.end(), [&](const BarSeries& bars) {
      return bars.asset.symbol == leg.symbol;
    });
    if (found == bars_.end()) {
      throw invalid(concat("the leg \"", leg.name, "\" trades \"", leg.symbol,
                           "\", which the run does not have"))
          .detail(concat("At entry_rules.legs.", leg.name, ".asset."))
          .hint("Give the symbols of all legs in the universe, and load their bars.");
    }
    legs_.push_back(
        {static_cast<std::size_t>(found - bars_.begin()), &leg - strategy_.legs.data()});
  }
  std::sort(legs_.begin(), legs_.end(), [this](const LegState& a, const LegState& b) {
    return strategy_.legs[static_cast<std::size_t>(a.leg)].name <
           strategy_.legs[static_cast<std::size_t>(b.leg)].name;
  });
  bind_conditions(legs_.front().symbol);
}

/// The side on which the legs stand as a whole: that of a leg with a positive ratio.
std::optional<Side> Engine::legs_side() const {
  return std::any_of(legs_.begin(), legs_.end(),
                     [this](const LegState& leg) { return ledger_.holds(leg.symbol); })
             ? std::optional(legs_held_side_)
             : std::nullopt;
}

void Engine::decide_legs(const AccountState& base) {
  const std::size_t first = legs_.front().symbol;
  if (!is_active(first)) return;
  SymbolState& state = symbols_[first];
  const AccountState account = account_of(first, base);
  const std::optional<Side> held = legs_side();
  std::array<bool, 2> asked = {false, false};
  for (std::size_t i = 0; i < state.exit_conditions.size(); ++i) {
    if (!holds(state.exit_conditions[i], first, account)) continue;
    const ExitRule& rule = strategy_.exits[i];
    asked[0] = asked[0] || rule.closes_long;
    asked[1] = asked[1] || rule.closes_short;
    if (held && rule.closes(*held)) place_legs_exit(Reason::kSignal, rule.id);
  }
  if (held && strategy_.time_stop_bars && account.bars_held >= *strategy_.time_stop_bars) {
    place_legs_exit(Reason::kTimeExit, "time_stop_bars");
  }
  std::array<bool, 2> wants = {false, false};
  for (std::size_t side = 0; side < 2; ++side) {
    wants[side] = state.enter[side] && holds(*state.enter[side], first, account);
    if (!wants[side]) state.signalled[side] = false;
    if (asked[side]) cancel_legs_entry(static_cast<Side>(side), "an exit rule is true");
  }
  if (wants[0] == wants[1]) return;
  const Side side = wants[0] ? Side::kLong : Side::kShort;
  if (asked[index_of(side)] || held == side || (legs_entry_ && legs_entry_->terms.side == side))
    return;
  if (held && execution_.on_opposite == OnOpposite::kIgnore) return;
  if (held && execution_.on_opposite == OnOpposite::kClose)
    return place_legs_exit(Reason::kOppositeSignal, std::string(side_name(side)));
  const bool cools = !held && is_cooling(first, state.bar());
  const bool belongs = std::all_of(legs_.begin(), legs_.end(),
                                   [this](const LegState& leg) { return is_member(leg.symbol); });
  if (cools || !belongs) return;
  place_legs_entry(side, account);
}

void Engine::cancel_legs_entry(Side side, const std::string& reason) {
  if (!legs_entry_ || legs_entry_->terms.side != side) return;
  for (const std::size_t signal : legs_entry_->signals)
    settle(signal, SignalStatus::kCancelled, reason);
  legs_entry_.reset();
  symbols_[legs_.front().symbol].signalled[index_of(side)] = false;
}

void Engine::place_legs_exit(Reason reason, const std::string& rule) {
  if (!legs_side() || legs_exit_) return;
  LegsOrder order;
  order.reason = reason;
  order.terms.rule = rule;
  order.terms.decided = now_;
  order.at_next_open =
      reason == Reason::kMarginCall || reason == Reason::kRebalance || reason == Reason::kDelisted;
  for (const LegState& leg : legs_) {
    if (!ledger_.holds(leg.symbol)) continue;
    order.signals.push_back(
        write_signal(leg.symbol, closing(ledger_.position(leg.symbol).side), rule));
  }
  legs_exit_ = std::move(order);
}

void Engine::place_legs_entry(Side side, const AccountState& account) {
  const std::size_t first = legs_.front().symbol;
  SymbolState& state = symbols_[first];
  LegsOrder order;
  order.terms.side = side;
  order.terms.rule = std::string(side_name(side));
  order.terms.size = strategy_.size;
  order.terms.decided = now_;
  order.terms.number = next_order_++;
  set_rule_values(order.terms, first, state.bar(), account);
  for (const LegState& leg : legs_) {
    const NodeId ratio = rules_of(first).legs[static_cast<std::size_t>(leg.leg)].ratio;
    order.ratios.push_back(value_of_rule(ratio, first, state.bar(), account));
    if (!order.ratios.back() || order.ratios.back()->numerator == 0) {
      order.terms.refusal = "a ratio is missing or 0 on the deciding bar";
    }
  }
  if (!halt_reason_.empty()) order.terms.refusal = halt_reason_;
  if (!state.signalled[index_of(side)]) {
    for (std::size_t i = 0; i < legs_.size(); ++i) {
      const bool is_inverse = order.ratios[i] && order.ratios[i]->numerator < 0;
      const FillKind kind = opening(is_inverse ? opposite(side) : side);
      // A leg whose bars have not begun has no close that a signal could show.
      if (symbols_[legs_[i].symbol].next == bars_[legs_[i].symbol].first) continue;
      order.signals.push_back(write_signal(legs_[i].symbol, kind, order.terms.rule));
    }
    state.signalled[index_of(side)] = true;
  }
  if (!order.terms.refusal.empty()) {
    for (const std::size_t signal : order.signals)
      settle(signal, SignalStatus::kRejected, order.terms.refusal);
    return;
  }
  cancel_legs_entry(opposite(side), "the other side was ordered");
  legs_entry_ = std::move(order);
}

/// Fills the orders of the legs where all of them have a bar: what closes, then what opens.
void Engine::work_legs(EnteredAt at) {
  const bool all_here = std::all_of(legs_.begin(), legs_.end(),
                                    [this](const LegState& leg) { return is_active(leg.symbol); });
  if (!all_here) return;
  const auto is_due = [&](const std::optional<LegsOrder>& order) {
    return order &&
           (at == EnteredAt::kOpen || (!order->at_next_open && order->terms.decided == now_));
  };
  if (is_due(legs_exit_)) {
    const LegsOrder order = std::move(*legs_exit_);
    legs_exit_.reset();
    close_legs(order, order.reason, at);
    for (const std::size_t signal : order.signals) settle(signal, SignalStatus::kExecuted);
  }
  if (!is_due(legs_entry_)) return;
  const LegsOrder order = std::move(*legs_entry_);
  legs_entry_.reset();
  if (legs_side()) close_legs(order, Reason::kOppositeSignal, at);
  open_legs(order, at);
}

void Engine::close_legs(const LegsOrder& order, Reason reason, EnteredAt at) {
  for (const LegState& leg : legs_) {
    if (!ledger_.holds(leg.symbol)) continue;
    ExitOrder exit = new_exit(leg.symbol, reason, order.terms.rule);
    exit.decided = order.terms.decided;
    exit.is_forced = true;
    (void)fill_exit(leg.symbol, exit, market_chance(leg.symbol, at));
  }
}

/// What each leg buys or sells short for `units` of the whole, and whether the account can bear it.
std::optional<std::vector<Quantity>> Engine::leg_quantities(const LegsOrder& order,
                                                            Quantity units) const {
  std::vector<Quantity> quantities;
  for (std::size_t i = 0; i < legs_.size(); ++i) {
    const Ratio& ratio = *order.ratios[i];
    const Quantity step = symbols_[legs_[i].symbol].step;
    const Int128 wanted = multiply(magnitude(ratio.numerator), units.units());
    const Int128 steps = wanted / multiply(ratio.denominator, step.units());
    if (steps > Quantity::kMax / step.units()) return std::nullopt;
    quantities.push_back(Quantity::from_units(steps * step.units()));
  }
  return quantities;
}

bool Engine::legs_fit(const LegsOrder& order, const std::vector<FillPrice>& prices,
                      const std::optional<Budget>& budget, const EntryRound& round,
                      Quantity units) const {
  const auto quantities = leg_quantities(order, units);
  if (!quantities) return false;
  EntryRound after = round;
  Money values;
  Money fees;
  for (std::size_t i = 0; i < legs_.size(); ++i) {
    const Quantity quantity = (*quantities)[i];
    const Price price = prices[i].of(quantity);
    if (!has_value(quantity, price)) return false;
    const Money value = value_of(quantity, price);
    if (add(after.gross.units(), value.units()) > Money::kMax) return false;
    const bool is_inverse = order.ratios[i]->numerator < 0;
    if (!within_limits(legs_[i].symbol, value, after)) return false;
    values += value;
    fees += execution_.commission.of(quantity, value);
    after.gross += value;
    after.net += signed_by(is_inverse ? opposite(order.terms.side) : order.terms.side, value);
  }
  if (budget && !budget->covers(values, fees)) return false;
  // Legs balance each other: their net exposure counts when all are in.
  const Money net = magnitude_of(after.net);
  if (net > magnitude_of(round.net) && !within_net_limit(net, round)) return false;
  const Decimal most = leverage();
  return compare_products(after.gross.units(), most.unit(), (round.equity - fees).units(),
                          most.mantissa) <= 0;
}

void Engine::open_legs(const LegsOrder& order, EnteredAt at) {
  const auto settle_all = [&](SignalStatus status, const std::string& reason) {
    for (const std::size_t signal : order.signals) settle(signal, status, reason);
  };
  EntryRound round = entry_round(at);
  std::vector<FillChance> chances;
  std::vector<FillPrice> prices;
  std::vector<Side> sides;
  for (std::size_t i = 0; i < legs_.size(); ++i) {
    sides.push_back(order.ratios[i]->numerator < 0 ? opposite(order.terms.side) : order.terms.side);
    if (const std::string reason = refusal_of(legs_[i].symbol, sides[i], legs_.size());
        !reason.empty()) {
      return settle_all(SignalStatus::kRejected, reason);
    }
    chances.push_back(market_chance(legs_[i].symbol, at));
    prices.push_back(fill_price(legs_[i].symbol, sides[i] == Side::kLong, chances[i]));
  }
  Quantity most = Quantity::from_units(Quantity::kMax);
  const SizeRule& size = order.terms.size;
  if (size.mode == SizeRule::Mode::kUnits || size.mode == SizeRule::Mode::kRiskPercent) {
    most = leg_units(order.terms, round.equity);
  }
  const auto budget = budget_of(size, order.terms.size_value, round.equity);
  const Quantity units = largest_fitting(kSmallestUnit, most, [&](Quantity candidate) {
    return legs_fit(order, prices, budget, round, candidate);
  });
  const auto quantities = leg_quantities(order, units);
  const bool is_whole =
      quantities && std::all_of(quantities->begin(), quantities->end(),
                                [](Quantity quantity) { return !quantity.is_zero(); });
  if (!is_whole)
    return settle_all(SignalStatus::kRejected,
                      "the money does not cover one quantity step of each leg");
  std::vector<Fill> fills;
  for (std::size_t i = 0; i < legs_.size(); ++i) {
    EntryOrder entry = order.terms;
    fills.push_back(
        make_fill(legs_[i].symbol, opening(sides[i]), (*quantities)[i], chances[i], entry));
    if (fills.back().value.is_zero())
      return settle_all(SignalStatus::kRejected, "a leg is worth less than a cent");
  }
  for (std::size_t i = 0; i < legs_.size(); ++i) {
    EntryOrder entry = order.terms;
    entry.side = sides[i];
    book_entry(legs_[i].symbol, entry, std::move(fills[i]), round);
  }
  legs_held_side_ = order.terms.side;
  symbols_[legs_.front().symbol].signalled[index_of(order.terms.side)] = false;
  settle_all(SignalStatus::kExecuted, {});
}

}  // namespace quant
