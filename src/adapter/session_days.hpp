// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/calendar.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

/// Days of one time zone, by the server's own zone data: the same whatever the session's zone is.
class ZoneDays {
 public:
  /// kInvalidParameter, with `where` as its detail, where the server knows no zone of that name.
  explicit ZoneDays(const std::string& name,
                    std::string_view where = "At parameters.execution.timezone.");

  /// The date of `timestamp` in the zone.
  [[nodiscard]] Day day_of(Timestamp timestamp) const;
  /// The instant at which `day` begins in the zone.
  [[nodiscard]] Timestamp start_of(Day day) const;
  /// What a clock on the wall shows there at `timestamp`.
  [[nodiscard]] Timestamp local_of(Timestamp timestamp) const;

 private:
  pg_tz* zone_ = nullptr;  // nullptr: UTC
};

}  // namespace quant::pg
