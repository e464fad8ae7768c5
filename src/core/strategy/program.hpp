// SPDX-License-Identifier: PostgreSQL
// The compiled form of a strategy's expressions.
//
// A number is a numerator over a denominator that belongs to the node, not to the bar: close is
// units / 10^4, sma(close, 7) the exact sum / (7 x 10^4), a recursion n / 10^12. So a comparison of
// two averages is an integer comparison and ties are ties. Only a division by something that is
// not constant, a root, and the recursive indicators round, to the grid of 10^-12.
//
// Equal expressions are one node: each distinct indicator is computed once for each symbol.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/base/json.hpp"
#include "core/indicator/catalog.hpp"
#include "core/market/timeframe.hpp"
#include "core/strategy/expression.hpp"

namespace quant {

using NodeId = int;

enum class Operation {
  // numbers
  kConstant,
  kBar,
  kState,
  kIndicator,
  kOutput,
  kToGrid,
  kHistory,
  kOtherSeries,
  kNegate,
  kAbsolute,
  kRoot,
  kRound,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kMinimum,
  kMaximum,
  // conditions
  kAlways,
  kNever,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
  kNotEqual,
  kAnd,
  kOr,
  kNot,
};

/// What a rule can ask of the account and of its symbol's position.
enum class StateVariable { kPosition, kEntryPrice, kBarsHeld, kEquity, kCash };

/// The bars that an expression is evaluated on.
struct SeriesKey {
  std::string symbol = {};                  // empty: the rule's own
  std::optional<Timeframe> timeframe = {};  // none: the run's
  [[nodiscard]] bool operator==(const SeriesKey&) const = default;
};

struct ProgramNode {
  Operation operation = Operation::kConstant;
  /// Whose bars it is evaluated on: an index into the program's series. kOtherSeries takes the
  /// value of its argument from the last bar of the argument's series that its own bar can see.
  int series = 0;
  bool is_condition = false;
  /// Depends on the account, so it is evaluated bar by bar instead of as a column.
  bool needs_state = false;
  Int128 denominator = 1;  // of a number
  Int128 constant = 0;     // kConstant: the numerator
  int detail = 0;          // BarColumn, StateVariable, bars back, output or decimals
  /// Of kIndicator. One with several outputs is no number itself: kOutput takes one of them.
  const Indicator* indicator = nullptr;
  IndicatorArguments settings = {};
  std::vector<NodeId> arguments;
  /// What brings the arguments of a sum or comparison to their common denominator.
  std::array<Int128, 2> factors = {1, 1};
  /// Bars of its series that must come before for the value to be what it would be after more.
  int warm_up = 0;
  int depth = 1;  // levels of the graph below and including this node
  /// Nodes that are evaluated anew at every bar for this one, as the account asks.
  std::int64_t evaluations = 0;
};

class Program {
 public:
  [[nodiscard]] const ProgramNode& operator[](NodeId id) const {
    return nodes_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  /// The node equal to `node`, added if there is none.
  NodeId intern(ProgramNode node);
  /// The number of a series, added if it is new. 0 is the rule's own symbol and timeframe.
  int series_id(const SeriesKey& key);
  [[nodiscard]] const SeriesKey& series(int id) const {
    return series_[static_cast<std::size_t>(id)];
  }
  /// The node of a named indicator on a series, if it has been compiled: once for all rules, as a
  /// chain that uses each twice would take 2^n steps.
  [[nodiscard]] std::optional<NodeId> named(int series, const std::string& name) const {
    const auto found = named_.find({series, name});
    return found == named_.end() ? std::nullopt : std::optional(found->second);
  }
  void set_named(int series, const std::string& name, NodeId id) {
    named_.emplace(std::pair(series, name), id);
  }
  /// The nodes that `roots` are made of, themselves included.
  [[nodiscard]] std::vector<bool> reachable(const std::vector<NodeId>& roots) const;

 private:
  using Key = std::tuple<Operation, int, Int128, Int128, int, const Indicator*, IndicatorArguments,
                         std::vector<NodeId>>;

  std::vector<SeriesKey> series_ = {SeriesKey{}};
  std::vector<ProgramNode> nodes_;
  std::map<Key, NodeId> known_;
  std::map<std::pair<int, std::string>, NodeId> named_;
};

/// What must be known of a run's bars to compile rules for them.
struct SeriesSettings {
  /// price_multiple() of the symbol's bars: what its splits make of the denominator of prices.
  Int128 price_multiple = 1;
  /// Of the symbols that at() reads, where it is not 1.
  std::map<std::string, Int128, std::less<>> other_multiples = {};
  /// Of the run. Without it tf() is not checked against it, and counts no bars before the run.
  std::optional<Timeframe> timeframe = {};
};

/// What the names in an expression stand for.
struct Names {
  std::map<std::string, Decimal, std::less<>> parameters;
  /// Declared parameters that are no number, for the message when a rule asks for one.
  std::map<std::string, const Json*, std::less<>> other_parameters;
  std::map<std::string, Expression, std::less<>> indicators;
  /// crosses_above(a, b) asks for a[1] < b[1] instead of a[1] <= b[1].
  bool strict_crossover = false;
  /// The symbols that `y.close` reads, by name of the leg.
  std::map<std::string, std::string, std::less<>> legs;
  SeriesSettings series;
};

/// Adds `expression` to `program`. kInvalidParameter names what is unknown or of the wrong kind,
/// where it stands, and the nearest name; a deeper graph than the evaluator's stack bears is
/// refused.
[[nodiscard]] NodeId compile_expression(Program& program, const Expression& expression,
                                        const Names& names);
[[nodiscard]] NodeId compile_condition(Program& program, const Expression& expression,
                                       const Names& names);
[[nodiscard]] NodeId compile_number(Program& program, const Expression& expression,
                                    const Names& names);

}  // namespace quant
