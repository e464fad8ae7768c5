// SPDX-License-Identifier: PostgreSQL
#include "core/base/json.hpp"

#include <gtest/gtest.h>

#include "support/json_text.hpp"

namespace quant {
namespace {

TEST(Json, NamesItsKinds) {
  EXPECT_EQ(json_of("null").kind(), "null");
  EXPECT_EQ(json_of("false").kind(), "a boolean");
  EXPECT_EQ(json_of("1.5").kind(), "a number");
  EXPECT_EQ(json_of("\"x\"").kind(), "a string");
  EXPECT_EQ(json_of("[]").kind(), "an array");
  EXPECT_EQ(json_of("{}").kind(), "an object");
}

TEST(Json, FindsMembersOfObjectsOnly) {
  const Json object = json_of(R"({"a": 1, "": 2})");
  ASSERT_NE(object.find("a"), nullptr);
  EXPECT_EQ(object.find("a")->number()->to_text(), "1");
  EXPECT_EQ(object.find("")->number()->to_text(), "2");
  EXPECT_EQ(object.find("b"), nullptr);
  EXPECT_EQ(json_of("[1]").find("a"), nullptr);
  EXPECT_EQ(json_of("\"a\"").find("a"), nullptr);
}

TEST(JsonString, EscapesWhatJsonAsksFor) {
  EXPECT_EQ(json_string("plain"), "\"plain\"");
  EXPECT_EQ(json_string(""), "\"\"");
  EXPECT_EQ(json_string("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_string("\n\t\x01\x1f"), R"("\u000a\u0009\u0001\u001f")");
  EXPECT_EQ(json_string(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(json_string("\x7f \xc3\xa4"), "\"\x7f \xc3\xa4\"");
}

TEST(JsonString, IsReadBackByAnotherParser) {
  std::string every;
  for (char c = 1; c < 0x7f; ++c) every += c;
  EXPECT_EQ(*json_of(json_string(every)).string(), every);
}

TEST(NearestName, FindsSlipsOfTheHand) {
  const std::vector<std::string_view> names = {"stop_loss", "take_profit", "size", "max_positions"};
  EXPECT_EQ(nearest_name("stop_los", names), "stop_loss");
  EXPECT_EQ(nearest_name("stoploss", names), "stop_loss");
  EXPECT_EQ(nearest_name("take_proft", names), "take_profit");
  EXPECT_EQ(nearest_name("seize", names), "size");
}

TEST(NearestName, IsSilentWhereNothingIsNear) {
  const std::vector<std::string_view> names = {"stop_loss", "size"};
  EXPECT_EQ(nearest_name("commission", names), "");
  EXPECT_EQ(nearest_name("x", {}), "");
  EXPECT_EQ(nearest_name("", names), "");
  // A long word is not compared: that takes time in proportion to its length.
  EXPECT_EQ(nearest_name(std::string(65, 's'), {std::string_view("s")}), "");
}

TEST(NearestName, TakesTheFirstOfEquallyNearNames) {
  EXPECT_EQ(nearest_name("cast", {"cash", "case"}), "cash");
  EXPECT_EQ(nearest_name("cash", {"cast", "cash"}), "cash");
}

}  // namespace
}  // namespace quant
