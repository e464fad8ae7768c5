// SPDX-License-Identifier: PostgreSQL
#include "core/risk/drawdown.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/risk/series_statistics.hpp"
#include "risk/expected.hpp"

namespace quant {
namespace {

constexpr int kDecimals = 12;

/// One point a day, at midnight.
std::vector<EquityPoint> curve_of(const nlohmann::json& cents) {
  std::vector<EquityPoint> points;
  for (const auto& value : cents) {
    const auto day = static_cast<Day>(points.size());
    points.push_back({day * kDayLength, day, Money::from_units(value.get<std::int64_t>())});
  }
  return points;
}

void expect_episode(const DrawdownEpisode& episode, const nlohmann::json& wanted) {
  EXPECT_EQ(episode.peak.session_day, wanted.at("peak").get<Day>());
  EXPECT_EQ(episode.trough.session_day, wanted.at("trough").get<Day>());
  ASSERT_EQ(episode.recovery.has_value(), !wanted.at("recovery").is_null());
  if (episode.recovery) {
    EXPECT_EQ(episode.recovery->session_day, wanted.at("recovery").get<Day>());
  }
  EXPECT_EQ(episode.duration_days, wanted.at("days").get<int>());
  EXPECT_EQ(rounded(episode.depth, kDecimals).to_text(), wanted.at("depth").get<std::string>());
}

TEST(Drawdown, EqualsTheSearchOverTheWholeCurve) {
  for (const auto& wanted : expected("drawdowns")) {
    const std::vector<EquityPoint> points = curve_of(wanted.at("cents"));
    const Drawdowns found = find_drawdowns(points);
    EXPECT_EQ(rounded(found.max, kDecimals).to_text(), wanted.at("max").get<std::string>());
    EXPECT_EQ(rounded(found.current, kDecimals).to_text(), wanted.at("current").get<std::string>());
    EXPECT_EQ(found.high_water_mark.units(), wanted.at("high_water_mark").get<std::int64_t>());
    EXPECT_EQ(found.max_amount.units(), wanted.at("max_amount").get<std::int64_t>());
    EXPECT_EQ(found.max_duration_days, wanted.at("max_days").get<int>());
    const auto& episodes = wanted.at("episodes");
    ASSERT_EQ(found.episodes.size(), episodes.size());
    for (std::size_t i = 0; i < episodes.size(); ++i)
      expect_episode(found.episodes[i], episodes[i]);

    const std::vector<Ratio> series = drawdown_series(points);
    const auto ulcer = round_figure(
        [&](auto zero) {
          using T = decltype(zero);
          const std::vector<T> reals = to_reals<T>(series);
          return root_mean_square(std::span<const T>(reals));
        },
        kDecimals);
    EXPECT_EQ(ulcer->to_text(), wanted.at("ulcer_index").get<std::string>());
  }
}

TEST(Drawdown, TheEarliestOfEqualsIsTheDeepest) {
  const Drawdowns found = find_drawdowns(curve_of({100, 80, 100, 125, 100, 125}));
  ASSERT_EQ(found.episodes.size(), 2U);
  EXPECT_EQ(found.deepest(), &found.episodes.front());
  EXPECT_EQ(find_drawdowns(curve_of({100, 120})).deepest(), nullptr);
}

TEST(Drawdown, NeedsAPositivePeak) {
  EXPECT_THROW((void)find_drawdowns({}), Error);
  EXPECT_THROW((void)find_drawdowns(curve_of({0, 10})), Error);
  EXPECT_THROW((void)RunningDrawdown(-1), Error);
  EXPECT_TRUE(drawdown_series({}).empty());
}

}  // namespace
}  // namespace quant
