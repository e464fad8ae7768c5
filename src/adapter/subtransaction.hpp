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

/// A copy of the error that outlives the subtransaction in which it was caught; want of memory
/// where there is none for it, for an error of the copying would not outlive it.
inline ErrorData* copy_error(const ErrorData& error, MemoryContext context) {
  ErrorData* result = no_memory_error();
  auto body = [&] {
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
    result = copy;
  };
  (void)catch_error(body);
  return result;
}

/// Which errors are a failure of the body.
enum class Catches {
  kAboutData,  // not those of a server that lacks memory or disk, is ended or is broken
  kAll
};

[[nodiscard]] inline bool is_failure(int sqlstate, Catches catches) {
  if (sqlstate == ERRCODE_QUERY_CANCELED) return false;
  if (catches == Catches::kAll) return true;
  switch (ERRCODE_TO_CATEGORY(sqlstate)) {
    case ERRCODE_INSUFFICIENT_RESOURCES:
    case MAKE_SQLSTATE('5', '7', '0', '0', '0'):  // operator intervention
    case MAKE_SQLSTATE('5', '8', '0', '0', '0'):  // system error
    case ERRCODE_INTERNAL_ERROR:
      return false;
    default:
      return true;
  }
}

/// A subtransaction that is rolled back unless it was released: left open by an error, it would
/// have the client's next statements refused.
class Subtransaction {
 public:
  Subtransaction() {
    call_server([&] {
      BeginInternalSubTransaction(nullptr);
      MemoryContextSwitchTo(context_);
    });
  }
  Subtransaction(const Subtransaction&) = delete;
  Subtransaction& operator=(const Subtransaction&) = delete;
  ~Subtransaction() {
    if (!is_open_) return;
    auto roll_back = [&] { end(RollbackAndReleaseCurrentSubTransaction); };
    (void)catch_error(roll_back);
  }
  void release() {
    call_server([&] { end(ReleaseCurrentSubTransaction); });
    is_open_ = false;
  }

 private:
  void end(void (*how)()) const {
    how();
    MemoryContextSwitchTo(context_);
    CurrentResourceOwner = owner_;
  }

  MemoryContext context_ = CurrentMemoryContext;
  ResourceOwner owner_ = CurrentResourceOwner;
  bool is_open_ = true;
};

/// Runs `body` in a subtransaction: it is done, or undone and nothing but the failure is left. A
/// cancel is no failure of the body, nor is what is no error of the server or of core: it is
/// undone, and the exception goes on to the caller.
template <typename Body>
std::optional<Failure> run_in_subtransaction(Catches catches, Body&& body) {
  const MemoryContext outer = CurTransactionContext;
  Subtransaction subtransaction;
  try {
    body();
    subtransaction.release();
    return std::nullopt;
  } catch (const ServerError& error) {
    if (!is_failure(error.data->sqlerrcode, catches)) {
      throw ServerError{copy_error(*error.data, outer)};
    }
    const char* hint = error.data->hint;
    return Failure{error.data->sqlerrcode, error.data->message, hint != nullptr ? hint : ""};
  } catch (const Error& error) {
    return Failure{sqlstate_of(error.code()), error.message(), error.hint()};
  }
}

}  // namespace quant::pg
