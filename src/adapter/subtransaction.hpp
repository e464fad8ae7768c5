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

  /// Somebody else held a lock: worth another attempt.
  [[nodiscard]] bool is_lock_conflict() const {
    return sqlstate == ERRCODE_LOCK_NOT_AVAILABLE || sqlstate == ERRCODE_T_R_DEADLOCK_DETECTED;
  }
};

/// Runs `body` in a subtransaction: it is done, or undone and nothing but the failure is left. A
/// cancel is no failure of the body: it goes on to the caller.
template <typename Body>
std::optional<Failure> run_in_subtransaction(Body&& body) {
  const MemoryContext context = CurrentMemoryContext;
  const ResourceOwner owner = CurrentResourceOwner;
  call_server([&] {
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(context);
  });
  std::optional<Failure> failure;
  try {
    body();
  } catch (const ServerError& error) {
    if (error.data->sqlerrcode == ERRCODE_QUERY_CANCELED) throw;
    failure = Failure{error.data->sqlerrcode, error.data->message};
  } catch (const Error& error) {
    failure = Failure{sqlstate_of(error.code()), error.message()};
  }
  call_server([&] {
    if (failure) {
      RollbackAndReleaseCurrentSubTransaction();
    } else {
      ReleaseCurrentSubTransaction();
    }
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
  });
  return failure;
}

}  // namespace quant::pg
