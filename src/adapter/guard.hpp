// SPDX-License-Identifier: PostgreSQL
// The boundary between C++ and the server. Two rules, and nothing else may cross it:
//
//   * a C++ exception never leaves an entry point: guard() turns it into an error report, after
//     every C++ frame is gone (reporting inside a catch leaks the exception, and a live object on
//     the reporting frame leaks with it);
//   * a server error never jumps over a C++ frame that owns something: call_server() catches it and
//     carries it on as a C++ exception, which guard() raises again unchanged.
#pragma once

#include <exception>
#include <new>
#include <type_traits>

#include "core/base/error.hpp"

#include "adapter/postgres.hpp"

namespace quant::pg {

/// An error of the server on its way through C++ frames. `data` lives as long as the
/// subtransaction.
struct ServerError {
  ErrorData* data;
};

/// A copy of an error in plain memory, so that nothing needs destroying when it is raised.
struct ErrorCopy {
  // Ends the texts only: every call of an entry point makes one, and clearing 6 kB takes longer
  // than checking a bar.
  ErrorCopy() noexcept { message[0] = detail[0] = hint[0] = constraint[0] = '\0'; }

  bool raised = false;
  ErrorData* server = nullptr;
  int sqlstate = 0;
  char message[1024];
  char detail[4096];
  char hint[1024];
  char constraint[64];
};

void copy_error(ErrorCopy& copy, const Error& error) noexcept;
void copy_error(ErrorCopy& copy, int sqlstate, const char* message) noexcept;
[[noreturn]] void raise(const ErrorCopy& copy);
[[nodiscard]] int sqlstate_of(ErrorCode code) noexcept;

/// Runs `body` and stores in `copy` whatever it throws.
template <typename Body>
void run_catching(ErrorCopy& copy, Body& body) noexcept {
  try {
    body();
  } catch (const ServerError& error) {
    copy.raised = true;
    copy.server = error.data;
  } catch (const Error& error) {
    copy_error(copy, error);
  } catch (const std::bad_alloc&) {
    copy_error(copy, ERRCODE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    copy_error(copy, ERRCODE_INTERNAL_ERROR, error.what());
  } catch (...) {
    copy_error(copy, ERRCODE_INTERNAL_ERROR, "unknown C++ exception");
  }
}

/// Runs the body of an entry point. The caller's frame must own no C++ object, and `body` may
/// capture by reference only: raise() jumps over both.
template <typename Body>
auto guard(Body&& body) {
  using Result = std::invoke_result_t<Body&>;
  static_assert(std::is_trivially_destructible_v<std::remove_reference_t<Body>>);
  ErrorCopy copy;
  if constexpr (std::is_void_v<Result>) {
    run_catching(copy, body);
    if (copy.raised) raise(copy);
  } else {
    static_assert(std::is_trivially_destructible_v<Result>);
    Result result{};
    auto assign = [&] { result = body(); };
    run_catching(copy, assign);
    if (copy.raised) raise(copy);
    return result;
  }
}

/// Want of memory as an error that needs none.
[[nodiscard]] ErrorData* no_memory_error() noexcept;

/// Runs `call(argument)`; the error that it raised, or nullptr. PG_TRY is only here.
[[nodiscard]] ErrorData* catch_error(void (*call)(void*), void* argument) noexcept;

/// The same for a body that owns nothing with a destructor and does not throw.
template <typename Body>
[[nodiscard]] ErrorData* catch_error(Body& body) noexcept {
  return catch_error([](void* argument) { (*static_cast<Body*>(argument))(); }, &body);
}

/// Calls the server from C++ frames that own objects. `call` itself must own nothing with a
/// destructor and must not throw.
template <typename Call>
auto call_server(Call&& call) {
  using Result = std::invoke_result_t<Call&>;
  const auto run = [](auto& body) {
    if (ErrorData* error = catch_error(body); error != nullptr) throw ServerError{error};
  };
  if constexpr (std::is_void_v<Result>) {
    auto body = [&] { call(); };
    run(body);
  } else {
    static_assert(std::is_trivially_destructible_v<Result>);
    Result result{};
    auto body = [&] { result = call(); };
    run(body);
    return result;
  }
}

/// Answers a cancel, as an exception. For core's Pause.
void serve_interrupts();

}  // namespace quant::pg
