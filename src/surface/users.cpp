// SPDX-License-Identifier: PostgreSQL
#include "adapter/call_arguments.hpp"
#include "adapter/sign_in.hpp"

namespace quant::pg {

extern "C" {

PG_FUNCTION_INFO_V1(quant_issue_token);
Datum quant_issue_token(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t user = DatumGetInt64(required(fcinfo, 0, "user_id"));
    const Datum lifetime = required(fcinfo, 1, "lifetime");
    std::string token;
    with_spi([&] { token = issue_token(user, lifetime); });
    return text_datum(token);
  });
}

PG_FUNCTION_INFO_V1(quant_sign_in);
Datum quant_sign_in(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::string text = text_value(required(fcinfo, 0, "token"));
    std::int64_t user = 0;
    with_spi([&] { user = verify_token(text); });
    set_signed_in_user(user);
    call_server([] {
      if (!IsTransactionBlock()) {
        ereport(WARNING, (errmsg("the sign-in ends with this statement"),
                          errhint("Call it behind BEGIN, in the transaction that needs it.")));
      }
    });
    return Int64GetDatum(user);
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
