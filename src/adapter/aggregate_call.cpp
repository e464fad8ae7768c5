// SPDX-License-Identifier: PostgreSQL
#include "adapter/aggregate_call.hpp"

#include "adapter/numeric_codec.hpp"

namespace quant::pg {

namespace {

constexpr NullableDatum kNull = {0, true};

/// FNV-1a over the bytes of the parameters, or 0 where they would have to be detoasted first. The
/// parameters of nearly every call are constants, and then this is all that a row costs.
std::uint64_t fingerprint_of(FunctionCallInfo fcinfo, int first) {
  constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t hash = kOffset;
  for (int i = first; i < PG_NARGS(); ++i) {
    if (PG_ARGISNULL(i)) return 0;
    const char* bytes = DatumGetPointer(PG_GETARG_DATUM(i));
    if (VARATT_IS_EXTERNAL(bytes) || VARATT_IS_COMPRESSED(bytes)) return 0;
    const std::string_view data(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
    hash = (hash ^ data.size()) * kPrime;
    for (const char byte : data) hash = (hash ^ static_cast<unsigned char>(byte)) * kPrime;
  }
  return hash;
}

[[noreturn]] void throw_changed(const StateParameters& before, const StateParameters& now) {
  Error error = invalid("the parameters of an aggregate must be the same for all rows");
  for (std::size_t i = 0; i < before.count && i < now.count; ++i) {
    if (before.number(i) == now.number(i)) continue;
    error.detail(concat("One row has ", before.number(i).to_text(), ", another has ",
                        now.number(i).to_text(), "."));
  }
  throw error;
}

bool is_in_place(FunctionCallInfo fcinfo) { return AggCheckCallContext(fcinfo, nullptr) != 0; }

AggregateState open_state(FunctionCallInfo fcinfo, const AggregateFamily& family) {
  const bool keyed = family.kind == StateKind::kEquity;
  const std::uint64_t fingerprint =
      keyed ? 0 : fingerprint_of(fcinfo, first_parameter(family.kind));
  const auto read = [&] { return keyed ? StateParameters{} : family.read_parameters(fcinfo); };
  if (PG_ARGISNULL(0)) return {family.kind, read(), fingerprint};

  AggregateState state(PG_GETARG_DATUM(0), family.kind, is_in_place(fcinfo));
  if (keyed || (fingerprint != 0 && fingerprint == state.header().fingerprint)) return state;
  const StateParameters parameters = read();
  if (parameters != state.header().parameters) {
    throw_changed(state.header().parameters, parameters);
  }
  return state;
}

}  // namespace

int first_parameter(StateKind kind) { return kind == StateKind::kRelativeStatistic ? 3 : 2; }

Datum accumulate(FunctionCallInfo fcinfo, const AggregateFamily& family) {
  AggregateState state = open_state(fcinfo, family);
  const bool keyed = family.kind == StateKind::kEquity;
  const bool paired = family.kind == StateKind::kRelativeStatistic;
  const bool missing = PG_ARGISNULL(1) || ((keyed || paired) && PG_ARGISNULL(2));
  const auto push = [&](int column, Timestamp timestamp) {
    const Decimal value = decode_decimal(PG_GETARG_DATUM(column), family.column);
    family.check_value(value);
    state.push(value, timestamp);
  };
  if (!missing) {
    push(1, keyed ? PG_GETARG_TIMESTAMPTZ(2) : 0);
    if (paired) push(2, 0);
  }
  return state.finish();
}

NullableDatum combine(FunctionCallInfo fcinfo, const AggregateFamily& family) {
  if (PG_ARGISNULL(0) && PG_ARGISNULL(1)) return kNull;
  const int first = PG_ARGISNULL(0) ? 1 : 0;
  AggregateState state(PG_GETARG_DATUM(first), family.kind, first == 0 && is_in_place(fcinfo));
  if (first == 0 && !PG_ARGISNULL(1)) {
    const AggregateState other(PG_GETARG_DATUM(1), family.kind, false);
    const StateParameters& parameters = other.header().parameters;
    if (parameters != state.header().parameters) {
      throw_changed(state.header().parameters, parameters);
    }
    state.append(other);
  }
  return {state.finish(), false};
}

std::optional<AggregateState> read_state(FunctionCallInfo fcinfo, StateKind kind) {
  if (PG_ARGISNULL(0)) return std::nullopt;
  AggregateState state(PG_GETARG_DATUM(0), kind, false);
  if (state.header().count == 0) return std::nullopt;
  return state;
}

Decimal read_number(FunctionCallInfo fcinfo, int index, std::string_view name) {
  if (PG_ARGISNULL(index)) throw invalid(concat(name, " must not be null"));
  const Datum value = PG_GETARG_DATUM(index);
  if (is_special(value)) throw invalid(concat(name, " must be a finite number"));
  return decode_decimal(value, name);
}

NullableDatum encode_optional(const std::optional<Decimal>& value) {
  if (!value) return kNull;
  return {encode_decimal(*value), false};
}

}  // namespace quant::pg
