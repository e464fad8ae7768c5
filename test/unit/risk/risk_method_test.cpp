// SPDX-License-Identifier: PostgreSQL
#include "core/risk/risk_method.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "core/base/error.hpp"
#include "risk/expected.hpp"

namespace quant {
namespace {

ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kInternal;
}

Json object(std::string key, Json value) {
  return {Json::Object{{std::move(key), std::move(value)}}};
}

TEST(RiskMethod, KnowsWhatIsBuiltAndWhatIsDefined) {
  EXPECT_EQ(parse_risk_method("historical"), RiskMethod::kHistorical);
  EXPECT_EQ(code_of([] { (void)parse_risk_method("garche"); }), ErrorCode::kInvalidParameter);
  EXPECT_EQ(code_of([] { (void)parse_risk_method(""); }), ErrorCode::kInvalidParameter);
  try {
    (void)parse_risk_method("historcal");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.hint().find("historical"), std::string::npos);
  }
}

TEST(RiskMethod, ReadsOptions) {
  TailRiskOptions options;
  apply_risk_options(object("quantile_type", {Decimal{1, 0}}), options);
  apply_risk_options(object("tail", {std::string("below")}), options);
  EXPECT_EQ(options.quantile_type, 1);
  EXPECT_EQ(options.tail, Tail::kBelow);
  for (const Json& bad :
       {Json{Decimal{1, 0}}, object("tail", {Decimal{1, 0}}), object("tail", {std::string("left")}),
        object("quantile_type", {Decimal{0, 0}}), object("quantile_type", {Decimal{15, 1}}),
        object("quantile_type", {std::string("7")}), object("seed", {Decimal{1, 0}})}) {
    EXPECT_EQ(code_of([&] { apply_risk_options(bad, options); }), ErrorCode::kInvalidParameter);
  }
}

TEST(RiskMethod, LossesArePositiveAndGainsNotFloored) {
  const DecimalSample losses = {{-3, -1, 2}, 2};
  EXPECT_EQ(*value_at_risk(losses, decimal("0.5"), {}), decimal("0.01"));
  EXPECT_EQ(*expected_shortfall(losses, decimal("0.9"), {}), decimal("0.03"));
  const DecimalSample gain = {{5}, 2};
  EXPECT_EQ(*value_at_risk(gain, decimal("0.99"), {}), decimal("-0.05"));
  EXPECT_FALSE(expected_shortfall(gain, decimal("0.99"), {.tail = Tail::kBelow}).has_value());
}

}  // namespace
}  // namespace quant
