// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string>

#include "choices.hpp"

namespace quant::fuzz {

/// Texts of expressions, mostly well-formed. `faults`: one token in so many is changed; 0: none.
class ExpressionTexts {
 public:
  ExpressionTexts(Choices& choices, std::size_t faults) : choices_(choices), faults_(faults) {}

  [[nodiscard]] std::string condition(int depth = 3);
  [[nodiscard]] std::string number(int depth = 3);
  /// Words of the language in any order.
  [[nodiscard]] std::string soup();

 private:
  [[nodiscard]] std::string valid_condition(int depth);
  [[nodiscard]] std::string valid_number(int depth);
  [[nodiscard]] std::string operand();
  [[nodiscard]] std::string constant();
  [[nodiscard]] std::string period();
  [[nodiscard]] std::string token();
  [[nodiscard]] std::string spoiled(std::string text);

  Choices& choices_;
  std::size_t faults_;
};

}  // namespace quant::fuzz
