// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string>

#include "adapter/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/resowner.h"
}

namespace quant::pg {

/// The error that rolled a subtransaction back.
struct Failure {
  int sqlstate = 0;
  std::string message;
  std::string hint;

  /// Somebody else held a lock: worth another attempt.
  [[nodiscard]] bool is_lock_conflict() const {
    return sqlstate == ERRCODE_LOCK_NOT_AVAILABLE || sqlstate == ERRCODE_T_R_DEADLOCK_DETECTED;
  }
};

/// A copy of the error that outlives the subtransaction in which it was caught.
inline ErrorData* copy_error(const ErrorData& error, MemoryContext context) {
  return call_server([&] {
    auto* copy = static_cast<ErrorData*>(MemoryContextAlloc(context, sizeof(ErrorData)));
    *copy = error;
    for (auto text :
         {&ErrorData::message, &ErrorData::detail, &ErrorData::detail_log, &ErrorData::hint,
          &ErrorData::context, &ErrorData::backtrace, &ErrorData::schema_name,
          &ErrorData::table_name, &ErrorData::column_name, &ErrorData::datatype_name,
          &ErrorData::constraint_name, &ErrorData::internalquery}) {
      if (error.*text != nullptr) copy->*text = MemoryContextStrdup(context, error.*text);
    }
    copy->assoc_context = context;
    return copy;
  });
}

/// Runs `body` in a subtransaction: it is done, or undone and nothing but the failure is left. A
/// cancel is no failure of the body, nor is what is no error of the server or of core: it is
/// undone, and the exception goes on to the caller.
template <typename Body>
std::optional<Failure> run_in_subtransaction(Body&& body) {
  const MemoryContext context = CurrentMemoryContext;
  const ResourceOwner owner = CurrentResourceOwner;
  const MemoryContext outer = CurTransactionContext;
  const auto back = [&](void (*end)()) {
    call_server([&] {
      end();
      MemoryContextSwitchTo(context);
      CurrentResourceOwner = owner;
    });
  };
  call_server([&] {
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(context);
  });
  try {
    body();
  } catch (const ServerError& error) {
    if (error.data->sqlerrcode == ERRCODE_QUERY_CANCELED) {
      ErrorData* cancel = copy_error(*error.data, outer);
      back(RollbackAndReleaseCurrentSubTransaction);
      throw ServerError{cancel};
    }
    const char* hint = error.data->hint;
    Failure failure{error.data->sqlerrcode, error.data->message, hint != nullptr ? hint : ""};
    back(RollbackAndReleaseCurrentSubTransaction);
    return failure;
  } catch (const Error& error) {
    back(RollbackAndReleaseCurrentSubTransaction);
    return Failure{sqlstate_of(error.code()), error.message(), error.hint()};
  } catch (...) {
    back(RollbackAndReleaseCurrentSubTransaction);
    throw;
  }
  back(ReleaseCurrentSubTransaction);
  return std::nullopt;
}

}  // namespace quant::pg
