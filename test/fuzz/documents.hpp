// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <functional>
#include <string>

#include "core/base/json.hpp"
#include "core/strategy/strategy.hpp"

#include "choices.hpp"
#include "expressions.hpp"

namespace quant::fuzz {

/// Strategies and parameters of runs, mostly well-formed. `faults`: one value in so many is of any
/// other kind; 0: none.
class Documents {
 public:
  Documents(Choices& choices, std::size_t faults)
      : choices_(choices), faults_(faults), texts_(choices, faults) {}

  [[nodiscard]] StrategyDocument strategy();
  /// Parameters of a run, with "execution".
  [[nodiscard]] Json run_parameters();

 private:
  using Make = std::function<Json()>;
  /// Collects the members of one object.
  class Members;

  [[nodiscard]] Json expression(bool is_condition);
  [[nodiscard]] Json order();
  [[nodiscard]] Json side();
  [[nodiscard]] Json entries();
  [[nodiscard]] Json rotation();
  [[nodiscard]] Json legs();
  [[nodiscard]] Json exits();
  [[nodiscard]] Json risk();
  [[nodiscard]] Json level(bool is_stop);
  [[nodiscard]] Json size();
  [[nodiscard]] Json commission();
  [[nodiscard]] Json slippage();
  [[nodiscard]] Json execution();
  [[nodiscard]] Json number(std::initializer_list<std::string_view> usual);
  [[nodiscard]] Json word(std::initializer_list<std::string_view> words);
  [[nodiscard]] Json anything(int depth = 2);

  Choices& choices_;
  std::size_t faults_;
  ExpressionTexts texts_;
};

/// The document as JSON text.
[[nodiscard]] std::string text_of(const Json& json);

}  // namespace quant::fuzz
