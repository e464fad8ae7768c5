// SPDX-License-Identifier: PostgreSQL
// json_of() and its own tests. It is defined in this one file because the JSON library takes longer
// to compile than all the tests that read rules from text.
#include "support/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace quant {

namespace {

/// Builds the tree from the parser's events: only these hand over a number's own text.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add({}); }
  bool boolean(bool value) override { return add({value}); }
  bool number_integer(number_integer_t value) override { return add_number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return add_number(std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& text) override { return add_number(text); }
  bool string(string_t& value) override { return add({value}); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open({Json::Object{}}); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open({Json::Array{}}); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    keys_.back() = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    throw std::invalid_argument(error.what());
  }

  Json take() { return std::move(root_); }

 private:
  bool add_number(const std::string& text) {
    const auto number = Decimal::parse(text);
    return number ? add({*number}) : add({LongNumber{text}});
  }
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* object = std::get_if<Json::Object>(&open_.back().value)) {
      object->push_back({keys_.back(), std::move(value)});
    } else {
      std::get<Json::Array>(open_.back().value).push_back(std::move(value));
    }
    return true;
  }
  bool open(Json container) {
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Json finished = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return add(std::move(finished));
  }

  Json root_;
  std::vector<Json> open_;
  std::vector<std::string> keys_;
};

}  // namespace

Json json_of(std::string_view text) {
  Builder builder;
  nlohmann::json::sax_parse(text, &builder);
  return builder.take();
}

namespace {

TEST(JsonText, KeepsTheExactTextOfNumbers) {
  EXPECT_EQ(json_of("0.1").number()->to_text(), "0.1");
  EXPECT_EQ(json_of("12345678901234567890123.4567890123").number()->to_text(),
            "12345678901234567890123.4567890123");
  EXPECT_EQ(json_of("-9223372036854775808").number()->to_text(), "-9223372036854775808");
  EXPECT_EQ(json_of("1e-4").number()->to_text(), "0.0001");
}

TEST(JsonText, KeepsNumbersThatNoDecimalHolds) {
  EXPECT_EQ(json_of("1e99").long_number()->text, "1e99");
  EXPECT_EQ(json_of("1e99").number(), nullptr);
}

TEST(JsonText, BuildsNestedValuesInTheirOrder) {
  const Json json = json_of(R"({"b": [1, "x", null, true], "a": {"c": {}}})");
  ASSERT_EQ(json.object()->size(), 2U);
  EXPECT_EQ(json.object()->front().name, "b");
  const Json::Array& list = *json.find("b")->array();
  EXPECT_EQ(*list[1].string(), "x");
  EXPECT_TRUE(list[2].is_null());
  EXPECT_TRUE(*list[3].boolean());
  EXPECT_TRUE(json.find("a")->find("c")->object()->empty());
}

TEST(JsonText, RefusesWhatIsNoJson) {
  EXPECT_THROW((void)json_of("{"), std::invalid_argument);
  EXPECT_THROW((void)json_of(""), std::invalid_argument);
}

}  // namespace
}  // namespace quant
