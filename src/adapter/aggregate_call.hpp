// SPDX-License-Identifier: PostgreSQL
// The one mechanism behind the aggregates that keep their sample: rows are accumulated, states of
// parallel workers combined, and a final function reads the sample. What differs between families
// of aggregates stands in an AggregateFamily.
#pragma once

#include <string_view>

#include "adapter/aggregate_state.hpp"

namespace quant::pg {

/// The transition functions of a family are called as (state, column, parameters...), (state,
/// column, timestamp) for a keyed one, or (state, column, other column, parameters...) for pairs.
struct AggregateFamily {
  StateKind kind;
  /// What messages call the column.
  std::string_view column;
  /// The parameters in the arguments behind the columns; throws what the user should read.
  StateParameters (*read_parameters)(FunctionCallInfo fcinfo);
  /// Throws where a value of the column cannot be used.
  void (*check_value)(const Decimal& value);
};

/// Argument that the parameters of a transition function begin with.
[[nodiscard]] int first_parameter(StateKind kind);

/// A transition function: the state with the row added. A row with a NULL in a column adds nothing,
/// but its parameters are checked too.
[[nodiscard]] Datum accumulate(FunctionCallInfo fcinfo, const AggregateFamily& family);

/// A combine function: both states in one, or NULL where both are.
[[nodiscard]] NullableDatum combine(FunctionCallInfo fcinfo, const AggregateFamily& family);

/// The state that a final function reads; nothing where there was no value.
[[nodiscard]] std::optional<AggregateState> read_state(FunctionCallInfo fcinfo, StateKind kind);

/// The number in argument `index`, counted from 0. kInvalidParameter for NULL, NaN and infinity.
[[nodiscard]] Decimal read_number(FunctionCallInfo fcinfo, int index, std::string_view name);

/// What a function returns that may be NULL.
[[nodiscard]] NullableDatum encode_optional(const std::optional<Decimal>& value);

/// Hands a result to the function manager.
[[nodiscard]] inline Datum return_nullable(FunctionCallInfo fcinfo, NullableDatum result) {
  fcinfo->isnull = result.isnull;
  return result.value;
}

}  // namespace quant::pg
