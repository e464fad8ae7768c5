// SPDX-License-Identifier: PostgreSQL
// The words of the strategy language.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/strategy/program.hpp"

namespace quant {

/// A name that stands for a number: a column of the bar, or something of the account.
struct Variable {
  std::string_view name;
  Operation operation;  // kBar or kState
  int detail;           // BarColumn or StateVariable
  std::int64_t denominator;
};

[[nodiscard]] const Variable* find_variable(std::string_view name);
[[nodiscard]] const Variable& variable_of(BarColumn column);
/// Of the comparison that `sign` stands for.
[[nodiscard]] std::optional<Operation> find_comparison(std::string_view sign);
/// Functions that are no indicators: crosses_above, abs ...
[[nodiscard]] bool is_plain_function(std::string_view name);
/// What other languages call an earlier value, also as a method: lag(close, 1), close.shift(1).
[[nodiscard]] bool is_foreign_history(const std::string& name);

/// A call of the function, for hints.
[[nodiscard]] std::string example_of(const std::string& function);
/// The one of `known` that was perhaps meant, or an empty text: names are not folded to lower case,
/// but a hint may be.
[[nodiscard]] std::string_view nearest_word(const std::string& word,
                                            const std::vector<std::string_view>& known);

/// Columns of the bar, names of the account, and all names that have a meaning; all that can be
/// called.
[[nodiscard]] std::vector<std::string_view> variable_names();
[[nodiscard]] std::vector<std::string_view> reserved_names();
[[nodiscard]] std::vector<std::string_view> function_names();

/// ASCII letters in lower case, the rest as it is.
[[nodiscard]] std::string lower_case(std::string text);

/// What can be declared: a letter or underscore, then letters, digits and underscores; no keyword.
[[nodiscard]] bool is_identifier(std::string_view name);

}  // namespace quant
