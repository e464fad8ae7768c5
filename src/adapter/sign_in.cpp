// SPDX-License-Identifier: PostgreSQL
#include "adapter/sign_in.hpp"

#include <charconv>

#include "core/base/error.hpp"

#include "adapter/owner_rights.hpp"
#include "adapter/spi.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "common/hmac.h"
#include "common/sha2.h"
#include "utils/guc.h"
#include "utils/syscache.h"
}

namespace quant::pg {

namespace {

constexpr const char* kSetting = "quant.signed_in_user";
constexpr std::string_view kPrefix = "q1.";

char* signed_in_user_text = nullptr;

Error refused(std::string_view detail) {
  return Error(ErrorCode::kNotSignedIn, "the token is not valid").detail(std::string(detail));
}

std::string mac_of(std::string_view message, std::string_view key) {
  std::array<uint8, PG_SHA256_DIGEST_LENGTH> mac = {};
  call_server([&] {
    const auto bytes = [](std::string_view text) {
      return reinterpret_cast<const uint8*>(text.data());
    };
    pg_hmac_ctx* context = pg_hmac_create(PG_SHA256);
    const bool computed = context != nullptr &&
                          pg_hmac_init(context, bytes(key), key.size()) >= 0 &&
                          pg_hmac_update(context, bytes(message), message.size()) >= 0 &&
                          pg_hmac_final(context, mac.data(), mac.size()) >= 0;
    pg_hmac_free(context);
    if (!computed) elog(ERROR, "could not compute HMAC-SHA256");
  });
  return hex_text({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

/// Takes as long wherever they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned differences = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    differences |=
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  return differences == 0;
}

/// A number as it is printed, up to the next point, which goes along.
std::optional<std::int64_t> take_number(std::string_view& rest) {
  const std::size_t point = rest.find('.');
  if (point == std::string_view::npos) return {};
  const std::string_view number = rest.substr(0, point);
  std::int64_t value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  if (concat(value) != number) return {};
  rest.remove_prefix(point + 1);
  return value;
}

/// "q1.KEY.USER.EXPIRY.MAC" taken apart; `message` is all before the last point.
struct Token {
  std::int64_t key = 0;
  std::int64_t user = 0;
  std::int64_t expiry = 0;
  std::string_view message;
  std::string_view mac;
};

Token take_apart(std::string_view text) {
  std::string_view rest = text;
  if (!rest.starts_with(kPrefix)) throw refused("It has not the form of a token.");
  rest.remove_prefix(kPrefix.size());
  const auto key = take_number(rest);
  const auto user = key ? take_number(rest) : std::nullopt;
  const auto expiry = user ? take_number(rest) : std::nullopt;
  if (!expiry) throw refused("It has not the form of a token.");
  return {*key, *user, *expiry, text.substr(0, text.size() - rest.size() - 1), rest};
}

/// Whole seconds since 1970.
std::int64_t unix_seconds(Timestamp time) {
  return time / USECS_PER_SEC +
         std::int64_t{POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE} * SECS_PER_DAY;
}

std::int64_t expiry_after(Datum lifetime) {
  const Timestamp now = GetCurrentTimestamp();
  const Timestamp end = call_server([&] {
    return DatumGetTimestampTz(
        DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now), lifetime));
  });
  constexpr Timestamp kYear = 366 * kDayLength;
  if (end <= now || end > now + kYear) {
    throw invalid("lifetime must be longer than nothing and at most a year");
  }
  return unix_seconds(end);
}

/// A query on a relation of schema trading, which the caller may not read.
Rows execute_as_owner(const char* relation, const std::string& sql, Arguments arguments = {}) {
  const Oid owner = call_server([&] {
    const Oid oid = get_relname_relid(relation, get_namespace_oid("trading", true));
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) {
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
                      errmsg("relation \"trading.%s\" does not exist", relation),
                      errhint("SELECT quant.install() creates what is missing.")));
    }
    const Oid found = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return found;
  });
  const OwnerRights rights(owner);
  return execute(sql, std::move(arguments));
}

bool is_active(std::int64_t user) {
  return !execute_as_owner("users",
                           "SELECT FROM trading.users u "
                           "WHERE u.id OPERATOR(pg_catalog.=) $1 AND u.is_active",
                           Arguments().add(user))
              .empty();
}

}  // namespace

std::string issue_token(std::int64_t user, Datum lifetime) {
  const std::int64_t expiry = expiry_after(lifetime);
  if (!is_active(user)) {
    throw Error(ErrorCode::kNotFound, concat("there is no active user ", user));
  }
  const Rows keys = execute_as_owner("sign_in_keys",
                                     "SELECT k.id, k.secret FROM trading.sign_in_keys k "
                                     "WHERE k.expires_at IS NULL OR k.expires_at "
                                     "OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() "
                                     "ORDER BY k.id DESC LIMIT 1");
  if (keys.empty()) {
    throw Error(ErrorCode::kWrongState, "there is no key to sign with")
        .hint("The owner of schema trading makes one with SELECT quant.rotate_sign_in_key().");
  }
  const std::string message = concat(kPrefix, keys[0].int64(1), '.', user, '.', expiry);
  return concat(message, '.', mac_of(message, text_value(keys[0].value(2, BYTEAOID))));
}

std::int64_t verify_token(const std::string& text) {
  const Token given = take_apart(text);
  const Rows keys = execute_as_owner(
      "sign_in_keys",
      "SELECT k.secret FROM trading.sign_in_keys k WHERE k.id OPERATOR(pg_catalog.=) $1 "
      "AND (k.expires_at IS NULL OR k.expires_at OPERATOR(pg_catalog.>) "
      "pg_catalog.clock_timestamp())",
      Arguments().add(given.key));
  constexpr std::string_view kNotSigned = "It is not signed with a key that is valid now.";
  if (keys.empty()) throw refused(kNotSigned);
  const std::string expected = mac_of(given.message, text_value(keys[0].value(1, BYTEAOID)));
  if (!equal_in_constant_time(expected, given.mac)) throw refused(kNotSigned);
  if (given.expiry <= unix_seconds(GetCurrentTimestamp())) {
    throw Error(ErrorCode::kNotSignedIn, "the token has expired").hint("Sign in anew.");
  }
  if (!is_active(given.user)) throw refused("Its user is not active.");
  return given.user;
}

void set_signed_in_user(std::int64_t user) {
  const std::string text = concat(user);
  call_server([&] {
    // With the right to set it, which the caller has not, and as SET LOCAL does.
    (void)set_config_option(kSetting, text.c_str(), PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL,
                            true, 0, false);
  });
}

std::optional<std::int64_t> signed_in_user() {
  const std::string_view text = signed_in_user_text == nullptr ? "" : signed_in_user_text;
  std::int64_t user = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), user);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return {};
  return user;
}

std::optional<std::int64_t> login_user() {
  const std::string role = call_server([] { return GetUserNameFromId(GetOuterUserId(), false); });
  const Rows rows =
      execute_as_owner("users",
                       "SELECT u.id FROM trading.users u "
                       "WHERE u.database_role OPERATOR(pg_catalog.=) $1 AND u.is_active",
                       Arguments().add(role));
  if (rows.empty()) return {};
  return rows[0].int64(1);
}

void define_sign_in_setting() {
  DefineCustomStringVariable(kSetting, "The user of trading.users whose rows the transaction sees.",
                             "quant.sign_in() sets it until the end of the transaction.",
                             &signed_in_user_text, "", PGC_SUSET,
                             GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, nullptr, nullptr, nullptr);
}

}  // namespace quant::pg
