// SPDX-License-Identifier: PostgreSQL
#include "core/base/json_reader.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "support/caught.hpp"
#include "support/json_text.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

/// A document that lives as long as its reader.
struct Document {
  explicit Document(std::string_view text) : json(json_of(text)) {}
  Json json;
  JsonReader reader{json, "rules"};
};

void expect_wrong(const Error& error, std::string_view message, std::string_view detail) {
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
  EXPECT_EQ(error.message(), message);
  EXPECT_EQ(error.detail(), detail);
}

TEST(JsonReader, CarriesThePathToEveryPlace) {
  const Document document(R"({"exits": [{"when": "a"}, {"when": 5}]})");
  const auto elements = document.reader.at("exits").elements();
  ASSERT_EQ(elements.size(), 2U);
  EXPECT_EQ(elements[1].at("when").path(), "rules.exits[1].when");
  EXPECT_EQ(elements[0].at("when").string(), "a");
  expect_wrong(caught([&] { (void)elements[1].at("when").string(); }),
               "a string is expected, not a number", "At rules.exits[1].when.");
}

TEST(JsonReader, SaysWhatIsExpectedAndWhatIsThere) {
  const Document document(R"({"x": [], "n": null, "o": {}})");
  const JsonReader list = document.reader.at("x");
  expect_wrong(caught([&] { (void)list.number(); }), "a number is expected, not an array",
               "At rules.x.");
  expect_wrong(caught([&] { (void)list.boolean(); }), "a boolean is expected, not an array",
               "At rules.x.");
  expect_wrong(caught([&] { list.expect_object({}); }), "an object is expected, not an array",
               "At rules.x.");
  expect_wrong(caught([&] { (void)document.reader.at("n").elements(); }),
               "an array is expected, not null", "At rules.n.");
  expect_wrong(caught([&] { (void)document.reader.at("o").string(); }),
               "a string is expected, not an object", "At rules.o.");
  expect_wrong(caught([&] { (void)document.reader.at("y"); }), "key \"y\" is missing", "At rules.");
}

TEST(JsonReader, RefusesUnknownKeysWithTheNearestOne) {
  const Document document(R"({"stop_los": 1})");
  const Error error = caught([&] {
    document.reader.expect_object({"stop_loss", "size"}, {"trailing_stop"});
  });
  expect_wrong(error, "unknown key \"stop_los\"", "At rules.");
  EXPECT_EQ(error.hint(), "Perhaps you meant \"stop_loss\".");
  EXPECT_EQ(caught([&] {
              document.reader.expect_object({"commission", "fill"});
            }).hint(),
            "It is one of \"commission\", \"fill\".");
  EXPECT_EQ(caught([&] { document.reader.expect_object({}); }).hint(), "");
}

TEST(JsonReader, ShowsTheFormOfAnObject) {
  const Document document(R"({"size": 5, "order": {}})");
  const Error error = caught([&] { document.reader.at("size").expect_form(R"({"cash": 100})"); });
  expect_wrong(error, "an object is expected, not a number", "At rules.size.");
  EXPECT_EQ(error.hint(), "Write it as in {\"cash\": 100}.");
  EXPECT_NO_THROW(document.reader.at("order").expect_form(R"({"type": "market"})"));
}

TEST(JsonReader, TellsLaterKeysFromUnknownOnes) {
  const Document document(R"({"trailing_stop": 1})");
  const Error error = caught([&] { document.reader.expect_object({"size"}, {"trailing_stop"}); });
  EXPECT_EQ(error.code(), ErrorCode::kNotSupported);
  EXPECT_EQ(error.message(), "key \"trailing_stop\" is not supported by this version");
  EXPECT_EQ(error.detail(), "At rules.");
}

TEST(JsonReader, AcceptsKnownKeysInAnyOrder) {
  const Document document(R"({"b": 1, "a": 2})");
  EXPECT_NO_THROW(document.reader.expect_object({"a", "b", "c"}));
  EXPECT_TRUE(document.reader.has("a"));
  EXPECT_FALSE(document.reader.has("c"));
}

TEST(JsonReader, BoundsWholeNumbers) {
  const Document document(R"([1, 10, 0, 11, 1.5, 1.0, 1e30, -1])");
  const auto numbers = document.reader.elements();
  EXPECT_EQ(numbers[0].whole_number(1, 10), 1);
  EXPECT_EQ(numbers[1].whole_number(1, 10), 10);
  EXPECT_EQ(numbers[5].whole_number(1, 10), 1);
  expect_wrong(caught([&] { (void)numbers[2].whole_number(1, 10); }),
               "a whole number between 1 and 10 is expected, not 0", "At rules[2].");
  for (const std::size_t place : {3U, 4U, 6U, 7U}) {
    EXPECT_EQ(caught([&] { (void)numbers[place].whole_number(1, 10); }).code(),
              ErrorCode::kInvalidParameter);
  }
}

TEST(JsonReader, KnowsTheSignsOfNumbers) {
  const Document document(R"([0, 0.0001, -0.0001])");
  const auto numbers = document.reader.elements();
  EXPECT_EQ(numbers[1].positive(), decimal_of("0.0001"));
  EXPECT_EQ(numbers[0].not_negative(), decimal_of("0"));
  expect_wrong(caught([&] { (void)numbers[0].positive(); }), "a number above 0 is expected, not 0",
               "At rules[0].");
  expect_wrong(caught([&] { (void)numbers[2].not_negative(); }),
               "a number from 0 is expected, not -0.0001", "At rules[2].");
}

TEST(JsonReader, BoundsPercentages) {
  const Document document(R"([0, 100, 100.0001, -1])");
  const auto numbers = document.reader.elements();
  EXPECT_EQ(numbers[0].percent(false), decimal_of("0"));
  EXPECT_EQ(numbers[1].percent(true), decimal_of("100"));
  expect_wrong(caught([&] { (void)numbers[2].percent(true); }),
               "a percentage of at most 100 is expected, not 100.0001", "At rules[2].");
  EXPECT_EQ(caught([&] { (void)numbers[0].percent(true); }).message(),
            "a number above 0 is expected, not 0");
  EXPECT_EQ(caught([&] { (void)numbers[3].percent(false); }).message(),
            "a number from 0 is expected, not -1");
}

TEST(JsonReader, ListsTheChoicesWhereNoneFits) {
  static constexpr std::array<std::pair<std::string_view, int>, 2> kChoices = {
      {{"day", 1}, {"bar", 2}}};
  const Document document(R"(["bar", "week", 3])");
  const auto values = document.reader.elements();
  EXPECT_EQ(values[0].choice(kChoices), 2);
  const Error error = caught([&] { (void)values[1].choice(kChoices); });
  expect_wrong(error, "unknown value \"week\"", "At rules[1].");
  EXPECT_EQ(error.hint(), "It is one of \"day\", \"bar\".");
  EXPECT_EQ(caught([&] { (void)values[2].choice(kChoices); }).message(),
            "a string is expected, not a number");
}

TEST(JsonReader, ReadsColumnTypesWithoutRounding) {
  const Document document(R"([10.1234, 10.12345, 1000000])");
  const auto values = document.reader.elements();
  EXPECT_EQ(values[0].fixed<Price>(), price("10.1234"));
  expect_wrong(caught([&] { (void)values[1].fixed<Price>(); }), "10.12345 has more than 4 decimals",
               "At rules[1].");
  EXPECT_EQ(caught([&] { (void)values[2].fixed<Price>(); }).code(), ErrorCode::kOutOfRange);
}

}  // namespace
}  // namespace quant
