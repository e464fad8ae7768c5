// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/decimal.hpp"

namespace quant {

/// A JSON number that no Decimal holds; it may stand where nobody reads it.
struct LongNumber {
  std::string text;
};

struct JsonMember;

/// A JSON document whose numbers keep their exact decimal value. Built by the adapter from jsonb.
struct Json {
  using Array = std::vector<Json>;
  using Object = std::vector<JsonMember>;

  std::variant<std::monostate, bool, Decimal, std::string, Array, Object, LongNumber> value;

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value); }
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&value); }
  [[nodiscard]] const Decimal* number() const { return std::get_if<Decimal>(&value); }
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&value); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&value); }
  [[nodiscard]] const LongNumber* long_number() const { return std::get_if<LongNumber>(&value); }
  /// The member `key` of an object, or nullptr.
  [[nodiscard]] const Json* find(std::string_view key) const;
  /// "a string", "an object" ..., for messages.
  [[nodiscard]] std::string_view kind() const;
  /// Values in it, itself included: its size.
  [[nodiscard]] std::size_t count() const;
};

/// One member of an object.
struct JsonMember {
  std::string name;
  Json value;
};

/// `value` as a JSON string literal, quotes included.
[[nodiscard]] std::string json_string(std::string_view value);

/// The member of `names` that `word` most resembles, or "" where none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view word,
                                            const std::vector<std::string_view>& names);

}  // namespace quant
