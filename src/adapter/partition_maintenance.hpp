// SPDX-License-Identifier: PostgreSQL
#pragma once

namespace quant::pg {

/// Carries out the plan of every enabled policy and writes what was done into
/// trading.maintenance_log. Needs a connection to SPI that may commit.
///
/// Each action is a transaction of its own, so that its locks are short and what fails stops
/// nothing else. A lock that is not had within the policy's time is given up and asked for again,
/// later each time. Where another session maintains the same table at this moment, the table is
/// left to it.
void maintain_partitions();

}  // namespace quant::pg
