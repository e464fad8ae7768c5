// SPDX-License-Identifier: PostgreSQL
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/backtest/metrics.hpp"
#include "core/base/error.hpp"
#include "support/caught.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

std::string periods(Timeframe timeframe, const std::vector<std::string>& types,
                    const Execution& execution = {}) {
  std::vector<BarSeries> bars(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) bars[i].asset.asset_type = types[i];
  return metric_conventions(execution, timeframe, bars).periods_per_year.to_text();
}

TEST(MetricConventions, FollowTheTimeframeAndTheAssets) {
  EXPECT_EQ(periods(Timeframe::k1d, {"stock"}), "252");
  EXPECT_EQ(periods(Timeframe::k5m, {"stock"}), "252");
  EXPECT_EQ(periods(Timeframe::k1d, {"crypto", "crypto"}), "365");
  EXPECT_EQ(periods(Timeframe::k1d, {"crypto", "stock"}), "252");
  EXPECT_EQ(periods(Timeframe::k1w, {"crypto"}), "52");
  EXPECT_EQ(periods(Timeframe::k1mo, {"stock"}), "12");
  Execution execution;
  execution.periods_per_year = decimal_of("260.5");
  EXPECT_EQ(periods(Timeframe::k1d, {"crypto"}, execution), "260.5");
}

TEST(MetricConventions, AskForThePeriodsOfIntradayBars) {
  Execution execution;
  execution.every_bar = true;
  EXPECT_EQ(periods(Timeframe::k1d, {"stock"}, execution), "252");
  EXPECT_EQ(caught([&] { (void)periods(Timeframe::k1h, {"stock"}, execution); }).message(),
            "periods_per_year is missing");
  execution.periods_per_year = decimal_of("1638");
  EXPECT_EQ(periods(Timeframe::k1h, {"stock"}, execution), "1638");
}

}  // namespace
}  // namespace quant
