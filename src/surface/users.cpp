// SPDX-License-Identifier: PostgreSQL
#include "adapter/call_arguments.hpp"
#include "adapter/sign_in.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace quant::pg {

namespace {

/// The end of a lifetime from now, in whole seconds since 1970.
std::int64_t expiry_after(Datum lifetime) {
  const Timestamp end = call_server([&] {
    return DatumGetTimestampTz(DirectFunctionCall2(
        timestamptz_pl_interval, TimestampTzGetDatum(GetCurrentTimestamp()), lifetime));
  });
  const Timestamp now = GetCurrentTimestamp();
  constexpr Timestamp kYear = Timestamp{366} * USECS_PER_DAY;
  if (end <= now || end > now + kYear) {
    throw invalid("lifetime must be longer than nothing and at most a year");
  }
  return end / USECS_PER_SEC + std::int64_t{POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE} * SECS_PER_DAY;
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_issue_token);
Datum quant_issue_token(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t user = DatumGetInt64(required(fcinfo, 0, "user_id"));
    const std::int64_t expiry = expiry_after(required(fcinfo, 1, "lifetime"));
    std::string token;
    with_spi([&] { token = issue_token(user, expiry); });
    return text_datum(token);
  });
}

PG_FUNCTION_INFO_V1(quant_sign_in);
Datum quant_sign_in(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::string text = text_value(required(fcinfo, 0, "token"));
    Token token;
    with_spi([&] { token = verify_token(text); });
    set_signed_in_user(token.user);
    call_server([] {
      if (!IsTransactionBlock()) {
        ereport(WARNING, (errmsg("the sign-in ends with this statement"),
                          errhint("Call it behind BEGIN, in the transaction that needs it.")));
      }
    });
    return Int64GetDatum(token.user);
  });
}

PG_FUNCTION_INFO_V1(quant_current_user_id);
Datum quant_current_user_id(PG_FUNCTION_ARGS) {
  const auto found = guard([] {
    struct Found {
      std::int64_t user;
      bool known;
    };
    std::optional<std::int64_t> user = signed_in_user();
    if (!user) with_spi([&] { user = login_user(); });
    return Found{user.value_or(0), user.has_value()};
  });
  if (!found.known) PG_RETURN_NULL();
  PG_RETURN_INT64(found.user);
}

}  // extern "C"

}  // namespace quant::pg
