// SPDX-License-Identifier: PostgreSQL
// The calendar of partitions: every interval begins at midnight UTC, so that a bound means the same
// in every session, and no interval is an hour longer or shorter than its name says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/partition/time_range.hpp"

namespace quant {

enum class PartitionInterval : std::uint8_t { kDay, kWeek, kMonth, kQuarter, kYear };

/// The values of partition_policy.partition_interval: day, week, month, quarter, year.
[[nodiscard]] std::optional<PartitionInterval> parse_partition_interval(std::string_view name);
[[nodiscard]] std::string_view partition_interval_name(PartitionInterval interval);

/// Instants of which partitions are made: the years 1 to 9999.
[[nodiscard]] TimeRange partitionable_range();

/// The interval that `timestamp` lies in. Weeks begin on Monday. kOutOfRange outside of
/// partitionable_range().
[[nodiscard]] TimeRange interval_at(Timestamp timestamp, PartitionInterval interval);

/// The same for the interval that the day lies in.
[[nodiscard]] TimeRange interval_of_day(Day day, PartitionInterval interval);

/// The intervals that cover the days `first` to `last`, oldest first. kInvalidParameter where
/// `first` comes after `last`, or where they are more than `limit`.
[[nodiscard]] std::vector<TimeRange> intervals_covering(Day first, Day last,
                                                        PartitionInterval interval,
                                                        std::size_t limit);

/// The name of the partition of `table` that begins at `from`: market_data_y2024m01, by interval
/// also y2024m01d31, y2024w05 (ISO week), y2024q1, y2024. A long table name is cut so that the
/// whole keeps to the server's 63 bytes.
[[nodiscard]] std::string partition_name(std::string_view table, Timestamp from,
                                         PartitionInterval interval);

}  // namespace quant
