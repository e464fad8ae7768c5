// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <exception>
#include <sstream>
#include <string>
#include <utility>

namespace quant {

/// What went wrong, in the classes that a caller can act on. The adapter maps each to a SQLSTATE.
enum class ErrorCode {
  kInvalidParameter,  // 22023: an argument, a rule or a setting cannot be used
  kOutOfRange,        // 22003: a number does not fit its type
  kNotSupported,      // 0A000: meaningful, but this version does not do it
  kNotFound,          // 42704: a named thing does not exist
  kNoData,            // P0002: nothing to work on
  kNullNotAllowed,    // 22004: an argument that must be given is NULL
  kNotPermitted,      // 42501: it belongs to somebody else
  kNotSignedIn,       // 28000: who calls has not shown who he is
  kWrongType,         // 42804: a column is of another type than it should be
  kNotStored,         // 09000: a trigger, rule or policy kept rows from being written
  kNotATrigger,       // 39P01: a trigger function that is not called as one
  kCheckViolation,    // 23514: a row breaks a rule of its table, an order a limit
  kWrongState,        // 55000: what it works on must be put in order first
  kInternal,          // XX000: an invariant of the engine does not hold
};

/// Joins its arguments as text. Core formats its own messages, because the server redefines printf.
template <typename... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
  std::ostringstream out;
  // Or a text would silently end where memory does.
  out.exceptions(std::ios_base::badbit);
  out.imbue(std::locale::classic());
  (out << ... << parts);
  return std::move(out).str();
}

/// The one exception of core: a code, and the message, detail and hint that the user will read.
/// Messages follow PostgreSQL's style: lower case, no full stop; values stand in the detail.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  Error& detail(std::string detail) {
    detail_ = std::move(detail);
    return *this;
  }
  Error& hint(std::string hint) {
    hint_ = std::move(hint);
    return *this;
  }
  /// Name of the table constraint that a kCheckViolation stands for.
  Error& constraint(std::string name) {
    constraint_ = std::move(name);
    return *this;
  }

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
  [[nodiscard]] const std::string& constraint() const noexcept { return constraint_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorCode code_;
  std::string message_;
  std::string detail_;
  std::string hint_;
  std::string constraint_;
};

[[nodiscard]] inline Error invalid(std::string message) {
  return {ErrorCode::kInvalidParameter, std::move(message)};
}
[[nodiscard]] inline Error out_of_range(std::string message) {
  return {ErrorCode::kOutOfRange, std::move(message)};
}
[[nodiscard]] inline Error broken_invariant(std::string message) {
  return {ErrorCode::kInternal, std::move(message)};
}

}  // namespace quant
