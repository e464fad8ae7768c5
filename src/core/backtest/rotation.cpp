// SPDX-License-Identifier: PostgreSQL
// A portfolio chosen anew in every period (rule 31).
#include <algorithm>

#include "core/backtest/engine.hpp"
#include "core/backtest/schedule.hpp"

namespace quant {

namespace {

using Weighting = Rotation::Weighting;

/// quantity x price <= weight x equity, exactly.
bool lies_within(Quantity quantity, Price price, const Ratio& weight, Money equity) {
  const Int128 value = multiply(quantity.units(), price.units());
  return compare_products(value, weight.denominator, multiply(equity.units(), kUnitsPerCent),
                          weight.numerator) <= 0;
}

/// A quantity that weight x equity surely does not exceed at `price`.
Quantity most_for(const Ratio& weight, Money equity, Price price, Quantity step) {
  if (equity <= Money{} || weight.numerator <= 0) return {};
  const Int128 divisor = multiply(weight.denominator, multiply(price.units(), step.units()));
  const Int128 steps =
      multiply_divide(multiply(equity.units(), kUnitsPerCent), weight.numerator, divisor) + 1;
  return Quantity::from_units(std::min<Int128>(steps, Quantity::kMax / step.units() - 1) *
                              step.units());
}

}  // namespace

bool Engine::is_rotation_due() const {
  const Rotation& rotation = *strategy_.rotation;
  const std::int64_t period = period_of(*day_, rotation.every);
  if (!rotation.on_last) return rotated_in_ != period;
  const auto following = following_timestamp();
  return following && period_of(context_.day_of(*following), rotation.every) != period;
}

/// Members with a bar here, open gate and known rank, the best first.
std::vector<std::size_t> Engine::ranked_symbols(const AccountState& base) const {
  std::vector<std::pair<std::size_t, Ratio>> ranked;
  for (const std::size_t symbol : active_) {
    const SymbolState& state = symbols_[symbol];
    if (state.has_members && !is_member(symbol)) continue;
    const AccountState account = account_of(symbol, base);
    const Rotation& rotation = *rules_of(symbol).rotation;
    if (rotation.gate &&
        values_[symbol].condition(*rotation.gate, state.bar(), account) != Truth::kTrue)
      continue;
    const bool weighs = rotation.weighting != Weighting::kInverseVolatility ||
                        annual_volatility(symbol, rotation.lookback, state.bar());
    if (!weighs) continue;
    if (const auto rank = value_of_rule(rotation.rank_by, symbol, state.bar(), account))
      ranked.emplace_back(symbol, *rank);
  }
  const bool ascending = strategy_.rotation->ascending;
  std::stable_sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) {
    return ascending ? a.second < b.second : a.second > b.second;
  });
  std::vector<std::size_t> symbols;
  for (const auto& entry : ranked) symbols.push_back(entry.first);
  return symbols;
}

/// Who has a place: first those held whose rank still suffices, then the best of the others.
std::vector<std::size_t> Engine::selected(const std::vector<std::size_t>& ranked) const {
  const auto top = static_cast<std::size_t>(strategy_.rotation->top);
  const auto within =
      std::min(static_cast<std::size_t>(strategy_.rotation->keep_within), ranked.size());
  std::vector<bool> chosen(ranked.size());
  std::size_t places = top;
  const auto choose = [&](std::size_t last, bool held_only) {
    for (std::size_t i = 0; i < last && places > 0; ++i) {
      if (chosen[i] || (held_only && !ledger_.holds(ranked[i]))) continue;
      chosen[i] = true;
      --places;
    }
  };
  choose(within, true);
  choose(ranked.size(), false);
  std::vector<std::size_t> symbols;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    if (chosen[i]) symbols.push_back(ranked[i]);
  }
  return symbols;
}

/// The weights of `chosen`, which loses those that have none.
std::vector<Ratio> Engine::weights_of(std::vector<std::size_t>& chosen,
                                      const AccountState& base) const {
  const Rotation& rotation = *strategy_.rotation;
  std::vector<Ratio> weights;
  if (rotation.weighting == Weighting::kExpression ||
      rotation.weighting == Weighting::kInverseVolatility) {
    std::vector<std::size_t> weighted;
    for (const std::size_t symbol : chosen) {
      const std::size_t bar = symbols_[symbol].bar();
      const auto value = rotation.weighting == Weighting::kExpression
                             ? value_of_rule(rules_of(symbol).rotation->weight, symbol, bar,
                                             account_of(symbol, base))
                             : annual_volatility(symbol, rotation.lookback, bar);
      if (!value || value->numerator <= 0) continue;
      weighted.push_back(symbol);
      weights.push_back(*value);
    }
    chosen = std::move(weighted);
  }
  const auto count = static_cast<std::int64_t>(chosen.size());
  switch (rotation.weighting) {
    case Weighting::kExpression:
      for (Ratio& weight : weights) {
        if (weight.numerator > weight.denominator) weight = {1, 1};
      }
      break;
    case Weighting::kInverseVolatility: {
      Int128 total = 0;
      for (Ratio& weight : weights) {
        weight.numerator = multiply_divide(kGrid, kGrid, weight.numerator);
        total = add(total, weight.numerator);
      }
      for (Ratio& weight : weights) weight.denominator = std::max<Int128>(total, 1);
      break;
    }
    case Weighting::kEqual:
      weights.assign(chosen.size(), {1, count});
      break;
    case Weighting::kRank:
      for (std::int64_t place = count; place > 0; --place)
        weights.push_back({place, count * (count + 1) / 2});
      break;
  }
  const Decimal& buffer = rotation.cash_buffer_percent;
  const Int128 whole = multiply(100, buffer.unit());
  for (Ratio& weight : weights) {
    weight = {multiply(weight.numerator, whole - buffer.mantissa),
              multiply(weight.denominator, whole)};
  }
  return weights;
}

void Engine::decide_rotation(const AccountState& account) {
  if (!is_rotation_due()) return;
  rotated_in_ = period_of(*day_, strategy_.rotation->every);
  // What is left of earlier rotations would buy or sell beyond the new targets.
  const std::string reason = "a later rotation came first";
  for (std::size_t symbol = 0; symbol < symbols_.size(); ++symbol) {
    SymbolState& state = symbols_[symbol];
    if (state.rotation) settle(state.rotation->entry.signal, SignalStatus::kCancelled, reason);
    state.rotation.reset();
    cancel_entry(symbol, Side::kLong, SignalStatus::kCancelled, reason);
    std::erase_if(state.exits, [&](const ExitOrder& order) {
      if (order.reason != Reason::kRebalance || order.rule != "rotate") return false;
      settle(order.signal, order.outcome(SignalStatus::kCancelled), reason);
      return true;
    });
  }
  std::vector<std::size_t> chosen = selected(ranked_symbols(account));
  const std::vector<Ratio> weights = weights_of(chosen, account);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    place_rotation(chosen[i], weights[i], static_cast<int>(i) + 1, account);
  }
  for (const std::size_t symbol : ledger_.holdings()) {
    if (!symbols_[symbol].rotation) place_rotation(symbol, {}, 0, account);
  }
  rotating_ = true;
}

void Engine::place_rotation(std::size_t symbol, const Ratio& weight, int rank,
                            const AccountState& account) {
  SymbolState& state = symbols_[symbol];
  RotationOrder order;
  order.weight = weight;
  order.rank = rank;
  EntryOrder& entry = order.entry;
  entry.rule = "rotate";
  entry.reason = Reason::kRebalance;
  entry.decided_bar = state.bar();
  entry.decided = now_;
  entry.number = next_order_++;
  entry.refusal = halt_reason_;
  entry.size = SizeRule{};
  entry.signal = write_signal(symbol, rank > 0 ? FillKind::kBuy : FillKind::kSell, entry.rule);
  signals_[*entry.signal].strength = std::max(rank, 1);
  signals_[*entry.signal].weight = weight;
  set_rule_values(entry, symbol, state.bar(), account_of(symbol, account));
  state.rotation = std::make_unique<RotationOrder>(std::move(order));
}

/// Fills the rotation's orders of symbols with a bar: sales first, then purchases in order of rank.
void Engine::rotate(EnteredAt at) {
  const Money equity = ledger_.equity();
  std::vector<std::size_t> turning;
  for (const std::size_t symbol : active_) {
    if (symbols_[symbol].rotation) turning.push_back(symbol);
  }
  std::stable_sort(turning.begin(), turning.end(), [this](std::size_t a, std::size_t b) {
    return symbols_[a].rotation->rank < symbols_[b].rotation->rank;
  });
  for (const std::size_t symbol : turning) rotate_out(symbol, equity, at);
  EntryRound round = entry_round(at);
  for (const std::size_t symbol : turning) rotate_in(symbol, equity, round);
  rotating_ = std::any_of(symbols_.begin(), symbols_.end(),
                          [](const SymbolState& state) { return state.rotation != nullptr; });
}

/// It stays as it is: its weight is near enough to the target.
bool Engine::is_near_target(std::size_t symbol, const Ratio& weight, Money equity,
                            EnteredAt at) const {
  const Decimal& threshold = strategy_.rotation->drift_threshold_percent;
  if (threshold.mantissa == 0 || !ledger_.holds(symbol) || equity <= Money{}) return false;
  // |value / equity - weight| x 100 < threshold
  const Money value = value_of(ledger_.position(symbol).quantity, price_at(symbol, at));
  const Int128 difference = magnitude(subtract(multiply(value.units(), weight.denominator),
                                               multiply(weight.numerator, equity.units())));
  return compare_products(multiply(difference, 100), threshold.unit(),
                          multiply(weight.denominator, equity.units()), threshold.mantissa) < 0;
}

void Engine::rotate_out(std::size_t symbol, Money equity, EnteredAt at) {
  SymbolState& state = symbols_[symbol];
  RotationOrder& rotation = *state.rotation;
  if (rotation.rank > 0 && is_near_target(symbol, rotation.weight, equity, at)) {
    settle(rotation.entry.signal, SignalStatus::kCancelled,
           "the weight is within the drift threshold");
    state.rotation.reset();
    return;
  }
  const FillChance chance = market_chance(symbol, at);
  const Quantity held = ledger_.holds(symbol) ? ledger_.position(symbol).quantity : Quantity{};
  const FillPrice price = fill_price(symbol, false, chance);
  const Quantity target = largest_fitting(state.step, held, [&](Quantity kept) {
    return lies_within(kept, price.of(held - kept), rotation.weight, equity);
  });
  if (held <= target) return;
  ExitOrder order = new_exit(symbol, Reason::kRebalance, rotation.entry.rule);
  order.decided_bar = rotation.entry.decided_bar;
  order.decided = rotation.entry.decided;
  order.signal = rotation.entry.signal;
  order.at_next_open = true;
  if (!target.is_zero()) order.quantity = held - target;
  state.rotation.reset();
  if (!fill_exit(symbol, order, chance)) state.exits.push_back(std::move(order));
  if (at == EnteredAt::kOpen && ledger_.holds(symbol)) ledger_.mark(symbol, price_at(symbol, at));
}

void Engine::rotate_in(std::size_t symbol, Money equity, EntryRound& round) {
  SymbolState& state = symbols_[symbol];
  if (!state.rotation) return;
  RotationOrder rotation = std::move(*state.rotation);
  state.rotation.reset();
  EntryOrder& entry = rotation.entry;
  const EntryChance chance{symbol, Side::kLong, market_chance(symbol, round.at)};
  const Quantity held = ledger_.holds(symbol) ? ledger_.position(symbol).quantity : Quantity{};
  const FillPrice price = fill_price(symbol, true, chance.chance);
  const Quantity most = most_for(rotation.weight, equity, price.lowest(), state.step);
  const Quantity bought = largest_fitting(state.step, most, [&](Quantity quantity) {
    const Price at = price.of(quantity);
    return has_value(quantity, at) && lies_within(held + quantity, at, rotation.weight, equity);
  });
  if (bought.is_zero()) {
    return settle(entry.signal, held.is_zero() ? SignalStatus::kRejected : SignalStatus::kExecuted,
                  held.is_zero() ? "the size is below one quantity step" : "held already");
  }
  entry.wanted = bought;
  if (!enter(chance, entry, round))
    state.entries[index_of(Side::kLong)] = std::make_unique<EntryOrder>(std::move(entry));
}

}  // namespace quant
