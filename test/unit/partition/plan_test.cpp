// SPDX-License-Identifier: PostgreSQL
#include "core/partition/plan.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace quant {
namespace {

using Lines = std::vector<std::string>;

Timestamp at(int year, unsigned month, unsigned day = 1) {
  using namespace std::chrono;
  return Timestamp{day_number(
             {std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}})} *
         kDayLength;
}

TimeRange month(int year, unsigned number) {
  return interval_at(at(year, number), PartitionInterval::kMonth);
}

NamedRange partition(int year, unsigned number) {
  const TimeRange range = month(year, number);
  return {partition_name("bars", range.from, PartitionInterval::kMonth), range};
}

PartitionFacts facts_in_march(int premake) {
  PartitionFacts facts;
  facts.table = "bars";
  facts.premake = premake;
  facts.now = at(2024, 3, 15);
  return facts;
}

Lines lines(const PartitionFacts& facts) {
  Lines lines;
  for (const PartitionAction& action : plan_partitions(facts)) {
    lines.push_back(std::string(partition_action_name(action.kind)) + " " + action.partition);
  }
  return lines;
}

TEST(PartitionPlan, MakesTheCurrentIntervalAndThoseAhead) {
  EXPECT_EQ(lines(facts_in_march(0)), Lines{"create bars_y2024m03"});
  EXPECT_EQ(lines(facts_in_march(2)),
            (Lines{"create bars_y2024m03", "create bars_y2024m04", "create bars_y2024m05"}));
}

TEST(PartitionPlan, HasNothingToDoWhereAllIsThere) {
  PartitionFacts facts = facts_in_march(1);
  facts.partitions = {partition(2024, 3), partition(2024, 4)};
  EXPECT_EQ(lines(facts), Lines{});
}

TEST(PartitionPlan, LeavesCoveredIntervalsAlone) {
  PartitionFacts facts = facts_in_march(1);
  facts.partitions = {{"bars_2024", {at(2024, 1), at(2024, 4)}},
                      {"early_april", {at(2024, 4), at(2024, 4, 11)}},
                      {"late_april", {at(2024, 4, 11), kMaxValue}}};
  EXPECT_EQ(lines(facts), Lines{});
}

TEST(PartitionPlan, SaysWhatStandsInTheWay) {
  PartitionFacts facts = facts_in_march(1);
  facts.partitions = {{"early_march", {at(2024, 3), at(2024, 3, 11)}}};
  const auto plan = plan_partitions(facts);
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].kind, PartitionActionKind::kNone);
  EXPECT_EQ(plan[0].reason, "overlaps early_march, which holds 2024-03-01 to 2024-03-11");
  EXPECT_EQ(plan[1].kind, PartitionActionKind::kCreate);
}

TEST(PartitionPlan, PromotesADefaultOfOneInterval) {
  PartitionFacts facts = facts_in_march(0);
  facts.default_intervals = {{month(2024, 3), 7}};
  EXPECT_EQ(lines(facts), Lines{"promote_default bars_y2024m03"});
  facts.default_holds_others = true;
  EXPECT_EQ(lines(facts), Lines{"drain_default bars_y2024m03"});
}

TEST(PartitionPlan, DrainsADefaultOfSeveralIntervals) {
  PartitionFacts facts = facts_in_march(0);
  facts.default_intervals = {{month(2023, 1), 7}, {month(2024, 3), 7}};
  EXPECT_EQ(lines(facts), (Lines{"drain_default bars_y2024m03", "drain_default bars_y2023m01"}));
}

TEST(PartitionPlan, MovesTheFewRowsAndSparesTheMany) {
  PartitionFacts facts = facts_in_march(1);
  facts.default_intervals = {{month(2023, 1), 1}, {month(2023, 2), 2}, {month(2024, 3), 4}};
  EXPECT_EQ(lines(facts), (Lines{"create bars_y2024m04", "drain_default bars_y2023m01",
                                 "drain_default bars_y2023m02", "promote_default bars_y2024m03"}));
  facts.default_holds_others = true;
  EXPECT_EQ(lines(facts).front(), "drain_default bars_y2024m03") << "some rows must stay";
  facts.default_holds_others = false;
  facts.keep_from = at(2023, 2);
  EXPECT_EQ(lines(facts).front(), "drain_default bars_y2024m03") << "old rows stay";
}

TEST(PartitionPlan, RetiresPartitionsOfAnEarlierInterval) {
  PartitionFacts facts = facts_in_march(0);
  const TimeRange year = interval_at(at(2020, 1), PartitionInterval::kYear);
  facts.partitions = {{"bars_y2020", year},
                      {"bars_2021", interval_at(at(2021, 1), PartitionInterval::kYear)},
                      {"bars_y2022m01", {at(2022, 1), at(2022, 3)}},
                      partition(2024, 3)};
  facts.keep_from = at(2023, 1);
  EXPECT_EQ(lines(facts), (Lines{"detach bars_y2020", "none bars_2021", "none bars_y2022m01"}));
}

TEST(PartitionPlan, MovesRowsWhereAForeignKeyHoldsTheDefault) {
  PartitionFacts facts = facts_in_march(0);
  facts.default_intervals = {{month(2024, 3), 7}};
  facts.is_referenced = true;
  EXPECT_EQ(lines(facts), Lines{"drain_default bars_y2024m03"});
}

TEST(PartitionPlan, AnnouncesTheRowsThatMove) {
  PartitionFacts facts = facts_in_march(1);
  facts.default_intervals = {{month(2023, 1), 5}, {month(2024, 3), 5}};
  std::vector<std::optional<std::int64_t>> rows;
  for (const PartitionAction& action : plan_partitions(facts)) rows.push_back(action.rows_to_move);
  EXPECT_EQ(rows, (std::vector<std::optional<std::int64_t>>{5, {}, 5}));
  facts.default_intervals.pop_back();
  EXPECT_EQ(plan_partitions(facts).back().kind, PartitionActionKind::kPromoteDefault);
  EXPECT_FALSE(plan_partitions(facts).back().rows_to_move) << "no row moves in a promotion";
}

TEST(PartitionPlan, RetiresWhatEndedBeforeTheRetention) {
  PartitionFacts facts = facts_in_march(0);
  facts.partitions = {partition(2023, 1),
                      partition(2023, 2),
                      partition(2024, 3),
                      {"history", {kMinValue, at(2023, 1)}}};
  facts.keep_from = at(2023, 2, 28);
  EXPECT_EQ(lines(facts), (Lines{"detach bars_y2023m01", "none history"}));
  facts.retention_action = RetentionAction::kDrop;
  EXPECT_EQ(lines(facts), (Lines{"drop bars_y2023m01", "none history"})) << "not of our making";
}

TEST(PartitionPlan, MakesNoPartitionThatItWouldRetire) {
  PartitionFacts facts = facts_in_march(0);
  facts.partitions = {partition(2024, 3)};
  facts.default_intervals = {{month(2020, 1), 7}};
  facts.keep_from = at(2023, 1);
  const auto plan = plan_partitions(facts);
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_EQ(plan[0].kind, PartitionActionKind::kNone);
  EXPECT_EQ(plan[0].reason, "the default partition holds rows older than the retention");
}

TEST(PartitionPlan, FollowsTheIntervalOfThePolicy) {
  PartitionFacts facts = facts_in_march(1);
  facts.interval = PartitionInterval::kQuarter;
  EXPECT_EQ(lines(facts), (Lines{"create bars_y2024q1", "create bars_y2024q2"}));
}

}  // namespace
}  // namespace quant
