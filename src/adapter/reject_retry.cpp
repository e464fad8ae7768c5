// SPDX-License-Identifier: PostgreSQL
#include <array>

#include "adapter/bar_import.hpp"
#include "adapter/settings.hpp"

namespace quant::pg {

namespace {

struct StoredReject {
  std::int64_t id = 0;
  std::array<std::optional<std::string>, kRawFields + 1> fields;  // and the source
};

std::vector<StoredReject> read_rejects(std::int64_t batch) {
  std::string sql = "SELECT r.id, r.source";
  for (std::size_t i = 0; i < kRawFields; ++i) {
    sql +=
        concat(", r.raw OPERATOR(pg_catalog.->>) '", raw_field_name(static_cast<RawField>(i)), "'");
  }
  sql +=
      " FROM trading.market_data_rejects r WHERE r.batch_id OPERATOR(pg_catalog.=) $1 AND "
      "r.resolved_at IS NULL "
      "ORDER BY r.row_number, r.id FOR UPDATE";
  std::vector<StoredReject> rejects;
  with_spi([&] {
    if (execute("SELECT 1 FROM trading.import_batches b WHERE b.id OPERATOR(pg_catalog.=) $1",
                Arguments().add(batch), Access::kWrite)
            .empty()) {
      throw Error(ErrorCode::kNoData, concat("there is no import batch ", batch))
          .hint("trading.import_batches lists them.");
    }
    const Rows rows = execute(sql, Arguments().add(batch), Access::kWrite);
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
      StoredReject& reject = rejects.emplace_back();
      reject.id = rows[i].int64(1);
      for (std::size_t field = 0; field <= kRawFields; ++field) {
        const int column = field == kRawFields ? 2 : static_cast<int>(field) + 3;
        if (!rows[i].is_null(column)) reject.fields[field] = rows[i].string(column);
      }
    }
  });
  return rejects;
}

}  // namespace

ImportCounts retry_rejects(std::int64_t batch) {
  const std::vector<StoredReject> rejects = read_rejects(batch);
  BarImport load(import_policy(), concat("rejects of import ", batch));
  for (const StoredReject& reject : rejects) {
    RawBar raw;
    for (std::size_t field = 0; field < kRawFields; ++field) {
      if (reject.fields[field]) raw.fields[field] = *reject.fields[field];
    }
    load.take(raw, reject.fields[kRawFields], reject.id);
  }
  return load.finish();
}

}  // namespace quant::pg
