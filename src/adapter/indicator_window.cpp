// SPDX-License-Identifier: PostgreSQL
#include "adapter/indicator_window.hpp"

#include "core/base/error.hpp"
#include "core/indicator/catalog.hpp"

#include "adapter/grid_codec.hpp"
#include "adapter/guard.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/spi.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/typcache.h"
#include "windowapi.h"
}

namespace quant::pg {

namespace {

/// What is the same for all rows of a query. Lives as long as the function's FmgrInfo.
struct CallPlan {
  const Indicator* indicator;
  int inputs;
  int outputs;
  Oid input_types[Indicator::kMostInputs];
  bool fixed_arguments;
  TupleDesc row;  // of several outputs, else nullptr
};

/// A partition's walk. It lives on the heap of C++: the server's is not aligned for it.
struct Walk {
  IndicatorArguments arguments;
  std::unique_ptr<IndicatorStream> stream;
  Int128 denominators[Indicator::kMostOutputs];  // of what comes from the stream; 1: on the grid
};

/// What the partition's memory holds; zeroed when it begins.
struct PartitionState {
  Walk* walk;
  MemoryContextCallback at_end;
};

const Indicator& indicator_of(FunctionCallInfo fcinfo) {
  const char* name = call_server([&] { return get_func_name(fcinfo->flinfo->fn_oid); });
  const Indicator* indicator = name == nullptr ? nullptr : find_indicator(name);
  if (indicator == nullptr) {
    throw broken_invariant("the function bears the name of no indicator");
  }
  return *indicator;
}

/// The SQL function was made from this catalog: not by another version of the library.
void check_signature(FunctionCallInfo fcinfo, const Indicator& indicator) {
  std::size_t place = 0;
  bool fits =
      static_cast<std::size_t>(PG_NARGS()) == indicator.inputs.size() + indicator.arguments.size();
  const auto type_of = [&] {
    const auto argument = static_cast<int>(place++);
    return call_server([&] { return get_fn_expr_argtype(fcinfo->flinfo, argument); });
  };
  for (std::size_t i = 0; fits && i < indicator.inputs.size(); ++i) {
    const Oid type = type_of();
    const bool is_session = indicator.inputs[i].column == BarColumn::kSession;
    fits = is_session ? type == DATEOID : type == NUMERICOID || type == FLOAT8OID;
  }
  for (std::size_t i = 0; fits && i < indicator.arguments.size(); ++i) {
    constexpr Oid kTypes[] = {INT4OID, NUMERICOID, TEXTOID};  // by kind
    fits = type_of() == kTypes[static_cast<std::size_t>(indicator.arguments[i].kind)];
  }
  if (fits) return;
  throw Error(ErrorCode::kInternal,
              concat("quant.", indicator.name, "() is not of the version of the library"))
      .hint("Run ALTER EXTENSION pg_quant UPDATE.");
}

CallPlan* make_plan(FunctionCallInfo fcinfo) {
  const Indicator& indicator = indicator_of(fcinfo);
  check_signature(fcinfo, indicator);
  return call_server([&] {
    FmgrInfo* function = fcinfo->flinfo;
    auto* plan =
        static_cast<CallPlan*>(MemoryContextAllocZero(function->fn_mcxt, sizeof(CallPlan)));
    plan->indicator = &indicator;
    plan->inputs = static_cast<int>(indicator.inputs.size());
    plan->outputs = static_cast<int>(indicator.outputs.size());
    plan->fixed_arguments = true;
    for (int i = 0; i < plan->inputs; ++i) plan->input_types[i] = get_fn_expr_argtype(function, i);
    for (int i = 0; i < static_cast<int>(indicator.arguments.size()); ++i) {
      plan->fixed_arguments =
          plan->fixed_arguments && get_fn_expr_arg_stable(function, plan->inputs + i);
    }
    if (plan->outputs > 1) {
      MemoryContext outer = MemoryContextSwitchTo(function->fn_mcxt);
      TupleDesc row = lookup_rowtype_tupdesc_copy(get_func_rettype(function->fn_oid), -1);
      if (row->natts != plan->outputs)
        elog(ERROR, "the result of quant.%s() is not of the version of the library",
             get_func_name(function->fn_oid));
      plan->row = BlessTupleDesc(row);
      MemoryContextSwitchTo(outer);
    }
    function->fn_extra = plan;
    return plan;
  });
}

Int128 read_argument(WindowObject window, int position, const ArgumentSpec& spec) {
  bool null = false;
  const Datum value = call_server([&] { return WinGetFuncArgCurrent(window, position, &null); });
  if (null) {
    throw Error(ErrorCode::kNullNotAllowed,
                concat("argument \"", spec.name, "\" must not be NULL"));
  }
  const auto refused = [&](const std::string& given) {
    return invalid(concat(spec.name, ' ', demand_of(spec))).detail(concat("It is ", given, "."));
  };
  if (spec.kind == ArgumentSpec::Kind::kChoice) {
    const std::string given = text_value(value);
    if (const auto choice = find_choice(spec, given)) return *choice;
    throw refused(concat('"', given, '"'));
  }
  const Decimal given = spec.kind == ArgumentSpec::Kind::kWhole ? Decimal{DatumGetInt32(value), 0}
                                                                : decode_decimal(value, spec.name);
  const int scale = spec.kind == ArgumentSpec::Kind::kWhole ? 0 : kGridDecimals;
  if (given < Decimal{spec.least, scale} || given > Decimal{spec.most, scale})
    throw refused(given.to_text());
  return given.rounded(scale).mantissa;
}

IndicatorArguments read_arguments(WindowObject window, const CallPlan& plan) {
  IndicatorArguments arguments;
  int position = plan.inputs;
  for (const ArgumentSpec& spec : plan.indicator->arguments)
    arguments.add(read_argument(window, position++, spec));
  return arguments;
}

/// Starts the walk of a partition, which ends with the partition's memory.
void start_walk(WindowObject window, const CallPlan& plan, PartitionState* state) {
  auto walk = std::make_unique<Walk>();
  walk->arguments = read_arguments(window, plan);
  if (plan.indicator->check != nullptr) plan.indicator->check(walk->arguments);
  walk->stream = plan.indicator->runner.stream(walk->arguments);
  for (std::size_t i = 0; i < plan.indicator->outputs.size(); ++i) {
    const auto denominator = plan.indicator->outputs[i].denominator;
    walk->denominators[i] = denominator == nullptr ? 1 : denominator(walk->arguments);
  }
  state->at_end.func = [](void* argument) { delete static_cast<Walk*>(argument); };
  state->at_end.arg = walk.get();
  MemoryContextRegisterResetCallback(GetMemoryChunkContext(state), &state->at_end);
  state->walk = walk.release();
}

void check_arguments(WindowObject window, const CallPlan& plan, const Walk& walk) {
  if (read_arguments(window, plan) == walk.arguments) return;
  throw invalid(concat("the arguments of ", plan.indicator->name,
                       " must be the same for all rows of a partition"))
      .detail("Only the series may change from row to row.");
}

[[noreturn]] void throw_fault(const CallPlan& plan, int input, GridFault fault) {
  const std::string_view name = plan.indicator->inputs[static_cast<std::size_t>(input)].name;
  if (fault == GridFault::kNotFinite) {
    throw invalid(concat(name, " must be a finite number"))
        .detail("NaN and infinity are not numbers that can be computed with exactly.")
        .hint("Write NULL for a value that is missing.");
  }
  throw out_of_range(concat(name, " is beyond 1.7e26"));
}

GridFault decode_input(Oid type, Datum value, Int128& units) {
  switch (type) {
    case FLOAT8OID:
      return decode_grid_double(DatumGetFloat8(value), units);
    case DATEOID:
      units = Int128{DatumGetDateADT(value)} * kGrid;
      return GridFault::kNone;
    default:
      return decode_grid_numeric(reinterpret_cast<const varlena*>(PG_DETOAST_DATUM_PACKED(value)),
                                 units);
  }
}

}  // namespace

// The frames below own no C++ object: server errors pass over them, and C++ errors end in guard().
Datum indicator_row(FunctionCallInfo fcinfo) {
  WindowObject window = PG_WINDOW_OBJECT();
  if (!WindowObjectIsValid(window)) {
    ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                    errmsg("an indicator must be called as a window function"),
                    errhint("Add OVER (PARTITION BY symbol ORDER BY timestamp).")));
  }
  auto* plan = static_cast<CallPlan*>(fcinfo->flinfo->fn_extra);
  if (plan == nullptr) plan = guard([&] { return make_plan(fcinfo); });
  auto* state =
      static_cast<PartitionState*>(WinGetPartitionLocalMemory(window, sizeof(PartitionState)));
  if (state->walk == nullptr) {
    guard([&] { start_walk(window, *plan, state); });
  } else if (!plan->fixed_arguments) {
    guard([&] { check_arguments(window, *plan, *state->walk); });
  }

  Number row[Indicator::kMostInputs];
  for (int i = 0; i < plan->inputs; ++i) {
    bool null = false;
    const Datum value = WinGetFuncArgCurrent(window, i, &null);
    if (null) continue;
    const GridFault fault = decode_input(plan->input_types[i], value, row[i].value);
    if (fault != GridFault::kNone) guard([&] { throw_fault(*plan, i, fault); });
    row[i].known = true;
  }
  // No row is read again; to tell the server so for each of them takes as long as an average.
  constexpr int kRowsToMark = 64;
  const int64 position = WinGetCurrentPosition(window);
  if (position % kRowsToMark == 0) WinSetMarkPosition(window, position);

  Number results[Indicator::kMostOutputs];
  guard([&] {
    state->walk->stream->update(row, results);
    for (int i = 0; i < plan->outputs; ++i) {
      const Int128 denominator = state->walk->denominators[i];
      if (results[i].known && denominator != 1)
        results[i].value = divide_rounded(results[i].value, denominator);
    }
  });
  if (plan->outputs == 1) {
    if (!results[0].known) PG_RETURN_NULL();
    return encode_grid(results[0].value);
  }
  Datum values[Indicator::kMostOutputs];
  bool nulls[Indicator::kMostOutputs];
  bool any = false;
  for (int i = 0; i < plan->outputs; ++i) {
    nulls[i] = !results[i].known;
    values[i] = nulls[i] ? Datum{0} : encode_grid(results[i].value);
    any = any || !nulls[i];
  }
  if (!any) PG_RETURN_NULL();
  return HeapTupleGetDatum(heap_form_tuple(plan->row, values, nulls));
}

}  // namespace quant::pg
