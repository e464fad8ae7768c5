// SPDX-License-Identifier: PostgreSQL
#include "core/base/json_reader.hpp"

#include <algorithm>

namespace quant {

namespace {

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string one_of(std::span<const std::string_view> names) {
  std::string list;
  for (const std::string_view name : names)
    list += concat(list.empty() ? "" : ", ", '"', name, '"');
  return concat("It is one of ", list, ".");
}

Error JsonReader::wrong(std::string message) const {
  Error error = invalid(std::move(message));
  error.detail(concat("At ", path_, "."));
  return error;
}

Error JsonReader::expected(std::string_view kind) const {
  return wrong(concat(kind, " is expected, not ", json_->kind()));
}

Error JsonReader::not_a_choice(const std::string& name,
                               const std::vector<std::string_view>& names) const {
  Error error = wrong(concat("unknown value \"", name, "\""));
  error.hint(one_of(names));
  return error;
}

void JsonReader::expect_object(std::span<const std::string_view> known,
                               std::span<const std::string_view> later) const {
  const Json::Object* members = json_->object();
  if (members == nullptr) throw expected("an object");
  for (const auto& [key, value] : *members) {
    if (contains(known, key)) continue;
    if (contains(later, key)) {
      throw Error(ErrorCode::kNotSupported,
                  concat("key \"", key, "\" is not supported by this version"))
          .detail(concat("At ", path_, "."));
    }
    std::vector<std::string_view> names(known.begin(), known.end());
    names.insert(names.end(), later.begin(), later.end());
    Error error = wrong(concat("unknown key \"", key, "\""));
    const std::string_view nearest = nearest_name(key, names);
    if (!nearest.empty()) {
      error.hint(concat("Perhaps you meant \"", nearest, "\"."));
    } else if (!known.empty()) {
      error.hint(one_of(known));
    }
    throw error;
  }
}

void JsonReader::expect_form(std::string_view form) const {
  if (json_->object() != nullptr) return;
  Error error = expected("an object");
  throw error.hint(concat("Write it as in ", form, "."));
}

JsonReader JsonReader::at(std::string_view key) const {
  const Json* member = json_->find(key);
  if (member == nullptr) throw wrong(concat("key \"", key, "\" is missing"));
  return {*member, concat(path_, '.', key)};
}

std::vector<JsonReader> JsonReader::elements() const {
  const Json::Array* array = json_->array();
  if (array == nullptr) throw expected("an array");
  std::vector<JsonReader> readers;
  for (std::size_t i = 0; i < array->size(); ++i) {
    readers.emplace_back((*array)[i], concat(path_, '[', i, ']'));
  }
  return readers;
}

const std::string& JsonReader::string() const {
  if (const std::string* value = json_->string()) return *value;
  throw expected("a string");
}

const Decimal& JsonReader::number() const {
  if (const Decimal* value = json_->number()) return *value;
  if (json_->long_number() != nullptr) {
    throw Error(ErrorCode::kOutOfRange, "the number has more than 38 digits")
        .detail(concat("At ", path_, "."));
  }
  throw expected("a number");
}

Decimal JsonReader::short_number() const {
  const Decimal value = number().trimmed();
  if (value.scale <= kMostDecimals) return value;
  throw wrong(concat("at most ", kMostDecimals, " decimals are expected, not ", value.to_text()));
}

bool JsonReader::boolean() const {
  if (const bool* value = json_->boolean()) return *value;
  throw expected("a boolean");
}

int JsonReader::whole_number(int least, int most) const {
  const Decimal value = number().trimmed();
  if (value.scale != 0 || value.mantissa < least || value.mantissa > most) {
    throw wrong(concat("a whole number between ", least, " and ", most, " is expected, not ",
                       value.to_text()));
  }
  return static_cast<int>(value.mantissa);
}

Decimal JsonReader::positive() const {
  const Decimal value = short_number();
  if (value.mantissa <= 0)
    throw wrong(concat("a number above 0 is expected, not ", value.to_text()));
  return value;
}

Decimal JsonReader::not_negative() const {
  const Decimal value = short_number();
  if (value.mantissa < 0) throw wrong(concat("a number from 0 is expected, not ", value.to_text()));
  return value;
}

Decimal JsonReader::percent(bool above_zero) const {
  const Decimal value = above_zero ? positive() : not_negative();
  if (value > Decimal{100, 0}) {
    throw wrong(concat("a percentage of at most 100 is expected, not ", value.to_text()));
  }
  return value;
}

}  // namespace quant
