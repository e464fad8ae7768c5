// SPDX-License-Identifier: PostgreSQL
#include "adapter/bar_import.hpp"

#include <set>
#include <tuple>

#include "core/base/json.hpp"

#include "adapter/bar_row.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/settings.hpp"
#include "adapter/subtransaction.hpp"

namespace quant::pg {

namespace {

/// Rows that are gathered before they are written; fewer than one statement of the writer takes.
constexpr std::size_t kGathered = 8'000;
static_assert(kGathered < RowWriter::kRowsPerStatement);

using Key = std::tuple<std::int64_t, Timeframe, Timestamp>;

const std::vector<WriterColumn>& bar_columns() {
  static const std::vector<WriterColumn> kColumns = {
      {"asset_id", INT8OID},         {"symbol", TEXTOID},
      {"timestamp", TIMESTAMPTZOID}, {"timeframe", TEXTOID},
      {"open_price", NUMERICOID},    {"high_price", NUMERICOID},
      {"low_price", NUMERICOID},     {"close_price", NUMERICOID},
      {"volume", NUMERICOID},        {"bid_price", NUMERICOID},
      {"ask_price", NUMERICOID},     {"vwap", NUMERICOID},
      {"trade_count", INT8OID},      {"additional_data", TEXTOID, "pg_catalog.jsonb"}};
  return kColumns;
}

/// How the INSERT ends: the keys of what it stores come back.
RowWriter::OnConflict on_conflict(OnDuplicate duplicates) {
  std::string assignments;
  for (const WriterColumn& column : bar_columns()) {
    assignments += concat(assignments.empty() ? "" : ", ", '"', column.name, "\" = EXCLUDED.\"",
                          column.name, '"');
  }
  return {concat(R"(ON CONFLICT (symbol, timeframe, "timestamp") DO )",
                 duplicates == OnDuplicate::kReplace ? "UPDATE SET " + assignments : "NOTHING",
                 R"( RETURNING asset_id, timeframe, "timestamp")")};
}

/// The row as it came: the fields that were given.
std::string raw_json(const RawBar& raw) {
  std::string json = "{";
  for (std::size_t i = 0; i < kRawFields; ++i) {
    if (!raw.fields[i]) continue;
    json +=
        concat(json.size() == 1 ? "" : ", ", json_string(raw_field_name(static_cast<RawField>(i))),
               ": ", json_string(*raw.fields[i]));
  }
  return json + "}";
}

std::string reasons_array(const std::vector<std::string>& reasons) {
  std::string array = "{";
  for (const std::string& reason : reasons) array += concat(array.size() == 1 ? "" : ",", reason);
  return array + "}";
}

bool is_jsonb(const std::string& text) {
  return !run_in_subtransaction(Catches::kAboutData, [&] {
    call_server([&] { (void)DirectFunctionCall1(jsonb_in, CStringGetDatum(text.c_str())); });
  });
}

std::optional<std::string> owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

BarImport::BarImport(const ImportPolicy& policy, std::optional<std::string> source)
    : policy_(policy) {
  with_spi([&] {
    const Rows rows = execute(
        "INSERT INTO trading.import_batches (source, policy) VALUES ($1, $2::pg_catalog.jsonb) "
        "RETURNING id",
        Arguments().add(source).add(policy_json(policy_)), Access::kWrite);
    batch_ = rows[0].int64(1);
  });
}

std::optional<std::int64_t> BarImport::asset_of(std::string_view symbol, bool may_create) {
  const std::string name(symbol);
  auto known = assets_.find(name);
  if (known == assets_.end()) known = assets_.emplace(name, look_up_asset(name)).first;
  if (known->second || !may_create || !policy_.creates_assets) return known->second;
  with_spi([&] {
    counts_.assets_created += static_cast<std::int64_t>(execute_write(
        "INSERT INTO trading.assets (symbol) VALUES ($1) ON CONFLICT (symbol) DO NOTHING",
        Arguments().add(name)));
  });
  return known->second = look_up_asset(name);
}

void BarImport::take(const RawBar& raw, std::optional<std::string_view> source,
                     std::optional<std::int64_t> reject_id) {
  Origin origin{++counts_.received, owned(source), reject_id, std::nullopt};
  ParsedBar bar = parse_bar(raw, policy_);
  std::optional<std::string> additional_data = owned(bar.additional_data);
  bar.broken.add_if(additional_data && !is_jsonb(*additional_data), BarRule::kMalformedJson);

  std::optional<std::int64_t> asset;
  if (!bar.broken.has(BarRule::kNullSymbol) && !bar.broken.has(BarRule::kInvalidSymbol)) {
    asset = asset_of(bar.symbol, bar.broken.empty());
    bar.broken.add_if(!asset && (!policy_.creates_assets || bar.broken.empty()),
                      BarRule::kUnknownSymbol);
  }
  if (!bar.broken.empty()) {
    reject(raw, bar, std::move(origin));
  } else {
    // For the row that turns out to be a duplicate.
    if (policy_.duplicates == OnDuplicate::kReject) origin.raw.emplace(raw);
    bars_.push_back({std::move(origin), std::string(bar.symbol), *asset, bar.timestamp,
                     bar.timeframe, bar.units, bar.trade_count, std::move(additional_data),
                     bar.is_rounded});
  }
  if (bars_.size() + rejects_.size() >= kGathered) flush();
}

void BarImport::reject(const RawBar& raw, const ParsedBar& bar, Origin origin) {
  origin.raw.emplace(raw);
  Reject row{std::move(origin),
             owned(raw.text(RawField::kSymbol)),
             owned(raw.text(RawField::kTimeframe)),
             {},
             {}};
  const bool has_time =
      !bar.broken.has(BarRule::kNullTimestamp) && !bar.broken.has(BarRule::kMalformedTimestamp);
  if (has_time) row.timestamp = bar.timestamp;
  const auto names = bar.broken.names();
  row.reasons.assign(names.begin(), names.end());
  rejects_.push_back(std::move(row));
}

/// A bar that is there already, or that stands in the same load before.
void BarImport::meet_duplicate(Pending&& bar) {
  if (policy_.duplicates == OnDuplicate::kReject) {
    rejects_.push_back({std::move(bar.origin),
                        std::move(bar.symbol),
                        std::string(timeframe_name(bar.timeframe)),
                        bar.timestamp,
                        {std::string(describe(BarRule::kDuplicate).name)}});
    return;
  }
  ++counts_.skipped;
  settle(bar.origin, "duplicate");
}

/// Of bars that stand twice in what was gathered, the first counts, under `replace` the last.
void BarImport::drop_repeated() {
  std::set<Key> seen;
  std::vector<Pending> kept;
  kept.reserve(bars_.size());
  const bool replaces = policy_.duplicates == OnDuplicate::kReplace;
  if (replaces) std::reverse(bars_.begin(), bars_.end());
  for (Pending& bar : bars_) {
    if (seen.emplace(bar.asset, bar.timeframe, bar.timestamp).second) {
      kept.push_back(std::move(bar));
    } else if (replaces) {
      ++counts_.replaced;
      settle(bar.origin, "loaded");
    } else {
      meet_duplicate(std::move(bar));
    }
  }
  if (replaces) std::reverse(kept.begin(), kept.end());
  bars_ = std::move(kept);
}

namespace {

template <typename Bars>
void put_bars(RowWriter& writer, const Bars& bars) {
  for (const auto& bar : bars) {
    writer.put(bar.asset)
        .put(bar.symbol)
        .put_time(bar.timestamp)
        .put(timeframe_name(bar.timeframe));
    for (const BarField field : kBarFields) {
      const auto& units = bar.units[field];
      if (!units) {
        writer.put_null();
      } else if (is_price(field)) {
        writer.put(Price::from_units(*units));
      } else {
        writer.put(Volume::from_units(*units));
      }
    }
    writer.put(bar.trade_count ? std::optional<std::int64_t>(*bar.trade_count) : std::nullopt);
    writer.put(bar.additional_data);
    writer.end_row();
  }
}

}  // namespace

/// Of the gathered bars those that are stored already.
std::int64_t BarImport::count_existing() const {
  std::vector<std::string> symbols;
  std::vector<std::string> timeframes;
  std::vector<std::string> times;
  for (const Pending& bar : bars_) {
    symbols.push_back(bar.symbol);
    timeframes.emplace_back(timeframe_name(bar.timeframe));
    times.push_back(timestamp_text(bar.timestamp));
  }
  const Rows rows = execute(
      "SELECT pg_catalog.count(*) FROM trading.market_data m JOIN ROWS FROM "
      "(pg_catalog.unnest($1), "
      "pg_catalog.unnest($2), pg_catalog.unnest($3::pg_catalog.timestamptz[])) k(symbol, "
      "timeframe, bar_time) ON m.symbol "
      "OPERATOR(pg_catalog.=) k.symbol AND m.timeframe OPERATOR(pg_catalog.=) k.timeframe AND "
      "m.\"timestamp\" OPERATOR(pg_catalog.=) k.bar_time",
      Arguments()
          .add(TEXTARRAYOID, text_array(symbols))
          .add(TEXTARRAYOID, text_array(timeframes))
          .add(TEXTARRAYOID, text_array(times)),
      Access::kWrite);
  return rows[0].int64(1);
}

void BarImport::insert_bars() {
  if (bars_.empty()) return;
  // Where one duplicate was there are more, as a rule.
  if (meets_duplicates_ || !insert_new()) insert_or_meet();
  for (const Pending& bar : bars_) {
    if (bar.is_rounded) ++counts_.rounded;
    settle(bar.origin, "loaded");
  }
}

/// Stores all bars by the plain statement, a sixth faster than the one that looks for duplicates;
/// false, with nothing stored, where that fails. Any other fault than a duplicate meets the other
/// one too.
bool BarImport::insert_new() {
  meets_duplicates_ = run_in_subtransaction(Catches::kAboutData, [&] {
                        RowWriter writer("trading.market_data", bar_columns());
                        put_bars(writer, bars_);
                        writer.finish();
                      }).has_value();
  if (!meets_duplicates_) counts_.inserted += static_cast<std::int64_t>(bars_.size());
  return !meets_duplicates_;
}

/// Stores each bar that is not there yet; what becomes of the others is the policy's.
void BarImport::insert_or_meet() {
  const std::int64_t existing = policy_.duplicates == OnDuplicate::kReplace ? count_existing() : 0;
  RowWriter writer("trading.market_data", bar_columns(), on_conflict(policy_.duplicates));
  put_bars(writer, bars_);
  const Rows rows = writer.write();
  counts_.replaced += existing;
  counts_.inserted += static_cast<std::int64_t>(rows.size()) - existing;
  if (rows.size() == bars_.size()) return;
  std::set<Key> stored;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const auto timeframe = parse_timeframe(rows[i].string(2));
    stored.emplace(rows[i].int64(1), timeframe.value_or(Timeframe::k1d), rows[i].timestamp(3));
  }
  std::vector<Pending> kept;
  for (Pending& bar : bars_) {
    if (stored.contains(Key{bar.asset, bar.timeframe, bar.timestamp})) {
      kept.push_back(std::move(bar));
    } else {
      meet_duplicate(std::move(bar));
    }
  }
  bars_ = std::move(kept);
}

/// A row of an earlier import that is no reject any more.
void BarImport::settle(const Origin& origin, std::string_view resolution) {
  if (origin.reject) resolved_[std::string(resolution)].push_back(std::to_string(*origin.reject));
}

void BarImport::resolve_rejects() {
  for (const auto& [resolution, ids] : resolved_) {
    execute_write(
        "UPDATE trading.market_data_rejects SET resolved_at = pg_catalog.now(), resolution = $1 "
        "WHERE id "
        "OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.int8[])",
        Arguments().add(resolution).add(TEXTARRAYOID, text_array(ids)));
  }
  resolved_.clear();
}

void BarImport::write_rejects() {
  RowWriter writer("trading.market_data_rejects", {{"batch_id", INT8OID},
                                                   {"row_number", INT8OID},
                                                   {"source", TEXTOID},
                                                   {"symbol", TEXTOID},
                                                   {"timeframe", TEXTOID},
                                                   {"bar_timestamp", TIMESTAMPTZOID},
                                                   {"raw", TEXTOID, "pg_catalog.jsonb"},
                                                   {"reasons", TEXTOID, "pg_catalog.text[]"}});
  for (const Reject& row : rejects_) {
    ++counts_.rejected;
    for (const std::string& reason : row.reasons) ++counts_.reasons[reason];
    if (row.origin.reject) {
      execute_write(
          "UPDATE trading.market_data_rejects SET reasons = $1::pg_catalog.text[] WHERE id "
          "OPERATOR(pg_catalog.=) $2",
          Arguments().add(reasons_array(row.reasons)).add(*row.origin.reject));
      continue;
    }
    writer.put(batch_)
        .put(row.origin.row_number)
        .put(row.origin.source)
        .put(row.symbol)
        .put(row.timeframe);
    writer.put_time(row.timestamp)
        .put_json(raw_json(row.origin.raw->view()))
        .put(reasons_array(row.reasons));
    writer.end_row();
  }
  writer.finish();
  rejects_.clear();
}

void BarImport::flush() {
  with_spi([&] {
    drop_repeated();
    insert_bars();
    write_rejects();
    resolve_rejects();
  });
  bars_.clear();
}

void BarImport::write_summary() {
  std::string reasons = "{";
  for (const auto& [reason, count] : counts_.reasons) {
    reasons += concat(reasons.size() == 1 ? "" : ", ", json_string(reason), ": ", count);
  }
  with_spi([&] {
    const auto updated = execute_write(
        "UPDATE trading.import_batches SET rows_received = $2, rows_inserted = $3, rows_replaced = "
        "$4, "
        "rows_skipped = $5, rows_rejected = $6, rows_rounded = $7, assets_created = $8, "
        "rejected_by_reason = $9::pg_catalog.jsonb, finished_at = pg_catalog.clock_timestamp() "
        "WHERE id OPERATOR(pg_catalog.=) $1",
        Arguments()
            .add(batch_)
            .add(counts_.received)
            .add(counts_.inserted)
            .add(counts_.replaced)
            .add(counts_.skipped)
            .add(counts_.rejected)
            .add(counts_.rounded)
            .add(counts_.assets_created)
            .add(reasons + "}"));
    if (updated != 1) throw_missing_row();
  });
}

const ImportCounts& BarImport::finish() {
  flush();
  write_summary();
  return counts_;
}

}  // namespace quant::pg
