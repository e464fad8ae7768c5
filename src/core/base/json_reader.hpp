// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/json.hpp"

namespace quant {

/// "It is one of ...", for hints.
[[nodiscard]] std::string one_of(std::span<const std::string_view> names);

/// One place in a JSON document, with the path that leads to it, for messages.
/// Every getter raises kInvalidParameter with the path where the value is of another kind.
class JsonReader {
 public:
  static constexpr int kMostDecimals = 12;

  JsonReader(const Json& json, std::string path) : json_(&json), path_(std::move(path)) {}

  [[nodiscard]] const Json& json() const { return *json_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Refuses members outside `known` with the nearest known name, or all of them where none is
  /// near, and those in `later` as not supported.
  void expect_object(std::initializer_list<std::string_view> known,
                     std::initializer_list<std::string_view> later = {}) const {
    expect_object(std::span(known.begin(), known.size()), std::span(later.begin(), later.size()));
  }
  void expect_object(std::span<const std::string_view> known,
                     std::span<const std::string_view> later = {}) const;
  /// Refuses what is no object; the hint shows a usual one, `form`.
  void expect_form(std::string_view form) const;
  [[nodiscard]] bool has(std::string_view key) const { return json_->find(key) != nullptr; }
  /// The member `key`, which must exist.
  [[nodiscard]] JsonReader at(std::string_view key) const;
  [[nodiscard]] std::vector<JsonReader> elements() const;

  [[nodiscard]] const std::string& string() const;
  [[nodiscard]] const Decimal& number() const;
  /// A number that the arithmetic of a run can bear: at most kMostDecimals decimals.
  [[nodiscard]] Decimal short_number() const;
  [[nodiscard]] bool boolean() const;
  /// A whole number between `least` and `most`.
  [[nodiscard]] int whole_number(int least, int most) const;
  /// A short number greater than zero.
  [[nodiscard]] Decimal positive() const;
  /// A short number greater than or equal to zero.
  [[nodiscard]] Decimal not_negative() const;
  /// A percentage: between 0 and 100, or greater than 0 where `above_zero`.
  [[nodiscard]] Decimal percent(bool above_zero) const;
  /// One of the names of `table`, an array of pairs (name, value).
  template <typename Table>
  [[nodiscard]] auto choice(const Table& table) const {
    const std::string& name = string();
    for (const auto& entry : table) {
      if (entry.first == name) return entry.second;
    }
    std::vector<std::string_view> names;
    for (const auto& entry : table) names.push_back(entry.first);
    throw not_a_choice(name, names);
  }
  /// An exact value of a column's type, such as Price.
  template <typename T>
  [[nodiscard]] T fixed() const {
    const Decimal& decimal = number();
    // The range first: what lies beyond it may be too large to be rounded.
    if (decimal > Decimal{T::kMax, T::kScale} || decimal < Decimal{-Int128{T::kMax}, T::kScale}) {
      throw Error(ErrorCode::kOutOfRange, concat(decimal.to_text(), " is out of range"))
          .detail(concat("At ", path_, "."));
    }
    if (decimal.trimmed().scale > T::kScale) {
      throw wrong(concat(decimal.to_text(), " has more than ", T::kScale, " decimals"));
    }
    return *T::from_decimal(decimal);
  }

  [[nodiscard]] Error wrong(std::string message) const;
  /// "`kind` is expected, not ...", for a value of another kind.
  [[nodiscard]] Error expected(std::string_view kind) const;

 private:
  [[nodiscard]] Error not_a_choice(const std::string& name,
                                   const std::vector<std::string_view>& names) const;

  const Json* json_;
  std::string path_;
};

}  // namespace quant
