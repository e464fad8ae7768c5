// SPDX-License-Identifier: PostgreSQL
// Whose rows a session sees: the user of a token for the rest of a transaction, or the user to whom
// the login role belongs. What is read here the caller may not read: it is read with the rights of
// the owner of the table.
#pragma once

#include "core/base/calendar.hpp"

#include "adapter/postgres.hpp"

namespace quant::pg {

/// "q1.KEY.USER.EXPIRY.MAC": numbers of the key and the user, seconds since 1970, and HMAC-SHA256
/// in hex of all before the last point. Signed with the newest key that has not expired, and good
/// for the interval `lifetime`, at most a year. kNotFound without such a user, kWrongState without
/// a key. Needs a connection to SPI, as do the others.
[[nodiscard]] std::string issue_token(std::int64_t user, Datum lifetime);
/// The user of a token. kNotSignedIn where the text is no token, not signed with a key that is
/// valid now, has expired, or its user is not active.
[[nodiscard]] std::int64_t verify_token(const std::string& text);

/// Until the end of the transaction or of the subtransaction.
void set_signed_in_user(std::int64_t user);
[[nodiscard]] std::optional<std::int64_t> signed_in_user();
/// The active user whose database_role has logged in, or has been set with SET ROLE.
[[nodiscard]] std::optional<std::int64_t> login_user();

/// The setting that keeps the signed in user. It takes a superuser to SET it.
void define_sign_in_setting();

}  // namespace quant::pg
