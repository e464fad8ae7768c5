// SPDX-License-Identifier: PostgreSQL
#include "core/partition/plan.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace quant {

namespace {

/// The partitions that overlap `range`, oldest first.
std::vector<NamedRange> overlapping(const TimeRange& range,
                                    const std::vector<NamedRange>& partitions) {
  std::vector<NamedRange> found;
  std::copy_if(partitions.begin(), partitions.end(), std::back_inserter(found),
               [&](const NamedRange& partition) { return partition.range.overlaps(range); });
  std::sort(found.begin(), found.end(),
            [](const NamedRange& a, const NamedRange& b) { return a.range.from < b.range.from; });
  return found;
}

class Planner {
 public:
  explicit Planner(const PartitionFacts& facts) : facts_(facts) {}

  void add_interval(const TimeRange& range, std::string reason) {
    if (covers(facts_.partitions, range)) return;
    const auto parts = overlapping(range, facts_.partitions);
    const std::string name = partition_name(facts_.table, range.from, facts_.interval);
    if (parts.empty()) {
      add_creation(name, range, std::move(reason));
    } else {
      add_obstacle(name, range,
                   concat("overlaps ", parts.front().name, ", which holds ",
                          range_text(parts.front().range)));
      if (!facts_.has_default) {
        actions_.back().reason += ": other rows of it are refused";
        actions_.back().refuses_rows = true;
      }
    }
  }

  void add_obstacle(const std::string& name, const TimeRange& range, std::string reason) {
    actions_.push_back({PartitionActionKind::kNone, name, range, std::move(reason), {}, false});
  }

  /// Where most rows of the default partition belong to one interval, all others go first: they are
  /// few to move, and the default can become the partition then.
  void spare_most_rows() {
    std::int64_t all = 0;
    for (const HeldInterval& held : facts_.default_intervals) all += held.rows;
    std::int64_t moving = 0;
    auto most = actions_.end();
    for (auto action = actions_.begin(); action != actions_.end(); ++action) {
      if (!action->rows_to_move) continue;
      moving += *action->rows_to_move;
      if (*action->rows_to_move > all / 2) most = action;
    }
    if (most == actions_.end() || moving < all) return;
    if (facts_.default_holds_others || facts_.is_referenced) return;
    most->kind = PartitionActionKind::kPromoteDefault;
    most->rows_to_move.reset();
    std::rotate(most, most + 1, actions_.end());
  }

  void add_retention(const NamedRange& partition) {
    if (!is_maintained(facts_.table, partition)) {
      add_obstacle(partition.name, partition.range,
                   "older than the retention, but not named as maintenance names its partitions");
      return;
    }
    const bool drop = facts_.retention_action == RetentionAction::kDrop;
    actions_.push_back({drop ? PartitionActionKind::kDrop : PartitionActionKind::kDetach,
                        partition.name,
                        partition.range,
                        "older than the retention",
                        {}});
  }

  [[nodiscard]] std::vector<PartitionAction> actions() && { return std::move(actions_); }

 private:
  void add_creation(const std::string& name, const TimeRange& range, std::string reason) {
    const auto& held = facts_.default_intervals;
    const auto inside = std::find_if(held.begin(), held.end(), [&](const HeldInterval& interval) {
      return interval.range == range;
    });
    const bool has_rows = inside != held.end();
    const bool has_others = facts_.default_holds_others || facts_.is_referenced ||
                            std::ssize(held) > (has_rows ? 1 : 0);
    const PartitionActionKind kind = creation_of(has_rows, has_others);
    const bool moves_rows = kind == PartitionActionKind::kDrainDefault;
    actions_.push_back({kind, name, range, std::move(reason),
                        moves_rows ? std::optional(inside->rows) : std::nullopt});
  }

  const PartitionFacts& facts_;
  std::vector<PartitionAction> actions_;
};

}  // namespace

std::string_view partition_action_name(PartitionActionKind kind) {
  switch (kind) {
    case PartitionActionKind::kNone:
      return "none";
    case PartitionActionKind::kCreate:
      return "create";
    case PartitionActionKind::kDrainDefault:
      return "drain_default";
    case PartitionActionKind::kPromoteDefault:
      return "promote_default";
    case PartitionActionKind::kDetach:
      return "detach";
    case PartitionActionKind::kDrop:
      return "drop";
  }
  throw broken_invariant("unknown partition action");
}

bool covers(const std::vector<NamedRange>& partitions, const TimeRange& range) {
  Timestamp covered = range.from;
  for (const NamedRange& part : overlapping(range, partitions)) {
    if (part.range.from > covered) return false;
    covered = part.range.to;
  }
  return covered >= range.to;
}

bool is_maintained(const std::string& table, const NamedRange& partition) {
  if (partition.range.from == kMinValue || partition.range.to == kMaxValue) return false;
  constexpr PartitionInterval kIntervals[] = {
      PartitionInterval::kDay, PartitionInterval::kWeek, PartitionInterval::kMonth,
      PartitionInterval::kQuarter, PartitionInterval::kYear};
  return std::any_of(std::begin(kIntervals), std::end(kIntervals), [&](PartitionInterval interval) {
    return interval_at(partition.range.from, interval) == partition.range &&
           partition_name(table, partition.range.from, interval) == partition.name;
  });
}

std::vector<PartitionAction> plan_partitions(const PartitionFacts& facts) {
  Planner planner(facts);
  std::vector<TimeRange> ahead;
  TimeRange next = interval_at(facts.now, facts.interval);
  for (int i = 0; i <= facts.premake; ++i, next = interval_at(next.to, facts.interval)) {
    planner.add_interval(next, i == 0 ? "the current interval"
                                      : concat("interval ", i, " of ", facts.premake, " ahead"));
    ahead.push_back(next);
  }

  for (const HeldInterval& held : facts.default_intervals) {
    const TimeRange& range = held.range;
    if (std::find(ahead.begin(), ahead.end(), range) != ahead.end()) continue;
    if (facts.keep_from && range.to <= *facts.keep_from) {
      planner.add_obstacle({}, range, "the default partition holds rows older than the retention");
    } else {
      planner.add_interval(range, "the default partition holds rows of it");
    }
  }

  planner.spare_most_rows();

  for (const NamedRange& partition : facts.partitions) {
    if (facts.keep_from && partition.range.to <= *facts.keep_from) {
      planner.add_retention(partition);
    }
  }
  return std::move(planner).actions();
}

}  // namespace quant
