// SPDX-License-Identifier: PostgreSQL
#include "adapter/guard.hpp"

namespace quant::pg {

namespace {

/// Copies as much of `source` as fits, never cutting a UTF-8 sequence.
template <std::size_t kSize>
void copy_text(char (&target)[kSize], std::string_view source) noexcept {
  std::size_t length = std::min(source.size(), kSize - 1);
  if (length < source.size()) {
    while (length > 0 && (static_cast<unsigned char>(source[length]) & 0xC0U) == 0x80U) --length;
  }
  std::copy_n(source.data(), length, target);
  target[length] = '\0';
}

}  // namespace

int sqlstate_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kInvalidParameter:
      return ERRCODE_INVALID_PARAMETER_VALUE;
    case ErrorCode::kOutOfRange:
      return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
    case ErrorCode::kNotSupported:
      return ERRCODE_FEATURE_NOT_SUPPORTED;
    case ErrorCode::kNotFound:
      return ERRCODE_UNDEFINED_OBJECT;
    case ErrorCode::kNoData:
      return ERRCODE_NO_DATA_FOUND;
    case ErrorCode::kNullNotAllowed:
      return ERRCODE_NULL_VALUE_NOT_ALLOWED;
    case ErrorCode::kWrongType:
      return ERRCODE_DATATYPE_MISMATCH;
    case ErrorCode::kNotStored:
      return ERRCODE_TRIGGERED_ACTION_EXCEPTION;
    case ErrorCode::kNotATrigger:
      return ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED;
    case ErrorCode::kNotPermitted:
      return ERRCODE_INSUFFICIENT_PRIVILEGE;
    case ErrorCode::kNotSignedIn:
      return ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION;
    case ErrorCode::kCheckViolation:
      return ERRCODE_CHECK_VIOLATION;
    case ErrorCode::kWrongState:
      return ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
    case ErrorCode::kInternal:
      return ERRCODE_INTERNAL_ERROR;
  }
  return ERRCODE_INTERNAL_ERROR;
}

void copy_error(ErrorCopy& copy, const Error& error) noexcept {
  copy.raised = true;
  copy.sqlstate = sqlstate_of(error.code());
  copy_text(copy.message, error.message());
  copy_text(copy.detail, error.detail());
  copy_text(copy.hint, error.hint());
  copy_text(copy.constraint, error.constraint());
}

void copy_error(ErrorCopy& copy, int sqlstate, const char* message) noexcept {
  copy.raised = true;
  copy.sqlstate = sqlstate;
  copy_text(copy.message, message);
}

ErrorData* no_memory_error() noexcept {
  static ErrorData error;
  error = ErrorData();
  error.elevel = ERROR;
  error.output_to_server = true;
  error.output_to_client = true;
  error.sqlerrcode = ERRCODE_OUT_OF_MEMORY;
  error.message = const_cast<char*>("out of memory");
  return &error;
}

namespace {

/// Takes the error that was raised off the server's stack. Where there is no memory for it, want of
/// memory takes its place: nothing may be raised over the frames of catch_error's caller.
ErrorData* take_error() noexcept {
  ErrorData* volatile error = nullptr;
  PG_TRY();
  { error = CopyErrorData(); }
  PG_CATCH();
  { error = no_memory_error(); }
  PG_END_TRY();
  FlushErrorState();
  return error;
}

}  // namespace

ErrorData* catch_error(void (*call)(void*), void* argument) noexcept {
  const MemoryContext context = CurrentMemoryContext;
  ErrorData* volatile error = nullptr;
  PG_TRY();
  { call(argument); }
  PG_CATCH();
  {
    // Not in the caller's context: it may be one that unwinding frees.
    MemoryContextSwitchTo(CurTransactionContext);
    error = take_error();
    MemoryContextSwitchTo(context);
  }
  PG_END_TRY();
  return error;
}

void raise(const ErrorCopy& copy) {
  if (copy.server != nullptr) ReThrowError(copy.server);
  ereport(ERROR,
          (errcode(copy.sqlstate), errmsg("%s", copy.message),
           copy.detail[0] != '\0' ? errdetail("%s", copy.detail) : 0,
           copy.hint[0] != '\0' ? errhint("%s", copy.hint) : 0,
           copy.constraint[0] != '\0' ? err_generic_string(PG_DIAG_CONSTRAINT_NAME, copy.constraint)
                                      : 0));
  pg_unreachable();
}

void serve_interrupts() {
  call_server([] { CHECK_FOR_INTERRUPTS(); });
}

}  // namespace quant::pg
