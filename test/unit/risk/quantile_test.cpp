// SPDX-License-Identifier: PostgreSQL
#include "core/risk/quantile.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/risk/ratio.hpp"
#include "core/risk/series_statistics.hpp"
#include "risk/expected.hpp"

namespace quant {
namespace {

std::string text_of(const Decimal& value) { return value.trimmed().to_text(); }
std::string trimmed_text(const std::string& text) { return text_of(decimal(text)); }

TEST(Quantile, AllTypesEqualExactFractions) {
  for (const auto& set : expected("quantiles")) {
    const DecimalSample sample = sample_of(set.at("data"));
    for (const auto& expectation : set.at("cases")) {
      const Decimal probability = decimal(expectation.at("probability"));
      for (int type = 1; type <= 9; ++type) {
        const auto wanted = expectation.at("quantiles").at(type - 1).get<std::string>();
        EXPECT_EQ(text_of(sample_quantile(sample, probability, type)), trimmed_text(wanted))
            << "n " << sample.mantissas.size() << " p " << probability.to_text() << " type "
            << type;
      }
    }
  }
}

TEST(Quantile, TailMeansEqualExactFractions) {
  for (const auto& set : expected("quantiles")) {
    const DecimalSample sample = sample_of(set.at("data"));
    for (const auto& expectation : set.at("cases")) {
      const Decimal probability = decimal(expectation.at("probability"));
      EXPECT_EQ(text_of(sample_tail_mean(sample, probability)),
                trimmed_text(expectation.at("tail_mean").get<std::string>()));
      const auto below = sample_mean_below_quantile(sample, probability);
      const auto& wanted = expectation.at("mean_below");
      ASSERT_EQ(below.has_value(), !wanted.is_null());
      if (below) {
        EXPECT_EQ(text_of(*below), trimmed_text(wanted.get<std::string>()));
      }
    }
  }
}

TEST(Quantile, RealsAgreeWithDecimals) {
  for (const auto& set : expected("quantiles")) {
    const DecimalSample sample = sample_of(set.at("data"));
    std::vector<Real> reals;
    for (const Int128 mantissa : sample.mantissas) {
      reals.push_back(to_real<Real>(Decimal{mantissa, sample.scale}));
    }
    const std::vector<Real> sorted = sorted_copy(std::span<const Real>(reals));
    const std::span<const Real> view(sorted);
    const Decimal probability = {25, 3};
    const auto close = [](const Real& a, const Decimal& b) {
      return abs(a - to_real<Real>(b)) < Real("1e-11");
    };
    for (int type = 1; type <= 9; ++type) {
      EXPECT_TRUE(
          close(quantile(view, probability, type), sample_quantile(sample, probability, type)));
    }
    EXPECT_TRUE(close(tail_mean(view, probability), sample_tail_mean(sample, probability)));
    EXPECT_GE(expected_shortfall(view, Decimal{975, 3}), value_at_risk(view, Decimal{975, 3}));
  }
}

// Published elsewhere: Microsoft's documentation of PERCENTILE.INC, and the tests of empyrical.
TEST(Quantile, PublishedFigures) {
  EXPECT_EQ(text_of(sample_quantile(sample_of({"1", "3", "2", "4"}), decimal("0.3"))), "1.9");
  EXPECT_EQ(text_of(sample_quantile(sample_of({"1", "2"}), decimal("0"))), "1");
  EXPECT_EQ(text_of(sample_quantile(sample_of({"1", "2"}), decimal("1"))), "2");
  const auto data = sample_of({"1", "81", "82", "83", "84", "85"});
  EXPECT_EQ(text_of(sample_quantile(data, decimal("0.1"))), "41");
  EXPECT_EQ(text_of(sample_quantile(data, decimal("0.2"))), "81");
  EXPECT_EQ(text_of(sample_quantile(data, decimal("0.3"))), "81.5");
}

TEST(Quantile, LargestValuesStayExact) {
  const std::string most = "99999999999999999999999999999999999999";
  EXPECT_EQ(text_of(sample_quantile(sample_of({most, "-" + most}), decimal("0.5"))), "0");
  EXPECT_EQ(text_of(sample_tail_mean(sample_of({most, most}), decimal("0.75"))), most);
}

TEST(Quantile, RefusesWhatIsNoProbability) {
  EXPECT_THROW((void)quantile_position(0, decimal("0.5")), Error);
  EXPECT_THROW((void)quantile_position(5, decimal("1.1")), Error);
  EXPECT_THROW((void)quantile_position(5, decimal("-0.1")), Error);
  EXPECT_THROW((void)quantile_position(5, decimal("0.5"), 0), Error);
  EXPECT_THROW((void)quantile_position(5, decimal("0.5"), 10), Error);
  EXPECT_THROW((void)tail_weights(5, decimal("0")), Error);
  for (const char* level : {"0", "1", "-0.5", "95"}) {
    EXPECT_THROW((void)tail_probability(decimal(level)), Error) << level;
  }
  EXPECT_EQ(tail_probability(decimal("0.95")), decimal("0.05"));
}

TEST(Ratio, RoundsHalfAwayFromZero) {
  EXPECT_EQ(rounded(Ratio{1, 8}, 2).to_text(), "0.13");
  EXPECT_EQ(rounded(Ratio{-1, 8}, 2).to_text(), "-0.13");
  EXPECT_EQ(rounded(Ratio{1, 3}, 4).to_text(), "0.3333");
  EXPECT_LT((Ratio{1, 3}), (Ratio{334, 1000}));
  EXPECT_EQ((Ratio{2, 4}), (Ratio{1, 2}));
}

}  // namespace
}  // namespace quant
