// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "core/market/raw_bar.hpp"

#include "adapter/spi.hpp"

namespace quant::pg {

/// received = inserted + replaced + skipped + rejected
struct ImportCounts {
  std::int64_t received = 0;
  std::int64_t inserted = 0;
  std::int64_t replaced = 0;
  std::int64_t skipped = 0;
  std::int64_t rejected = 0;
  std::int64_t rounded = 0;  // of those stored
  std::int64_t assets_created = 0;
  std::map<std::string, std::int64_t, std::less<>>
      reasons;  // a row counts once under each of its own
};

/// One load: bars to trading.market_data, all others to trading.market_data_rejects. Rows are
/// gathered and written some thousands at a time. Each call connects to SPI by itself.
class BarImport {
 public:
  /// Begins a batch in trading.import_batches.
  BarImport(const ImportPolicy& policy, std::optional<std::string> source);

  [[nodiscard]] std::int64_t batch() const { return batch_; }
  /// `source`: where the row comes from. `reject`: the row of market_data_rejects that it is a
  /// further attempt of.
  void take(const RawBar& raw, std::optional<std::string_view> source,
            std::optional<std::int64_t> reject = std::nullopt);
  /// Writes what is left and ends the batch.
  const ImportCounts& finish();

 private:
  struct Origin {
    std::int64_t row_number = 0;
    std::optional<std::string> source;
    std::optional<std::int64_t> reject;
    std::optional<KeptRawBar> raw;  // where it may be wanted
  };
  struct Pending {
    Origin origin;
    std::string symbol;
    std::int64_t asset = 0;
    Timestamp timestamp = 0;
    Timeframe timeframe = Timeframe::k1d;
    PerBarField<std::optional<std::int64_t>> units;
    std::optional<std::int32_t> trade_count;
    std::optional<std::string> additional_data;
    bool is_rounded = false;
  };
  struct Reject {
    Origin origin;
    std::optional<std::string> symbol;
    std::optional<std::string> timeframe;
    std::optional<Timestamp> timestamp;
    std::vector<std::string> reasons;
  };

  [[nodiscard]] std::optional<std::int64_t> asset_of(std::string_view symbol, bool may_create);
  void reject(const RawBar& raw, const ParsedBar& bar, Origin origin);
  void meet_duplicate(Pending&& bar);
  void flush();
  void drop_repeated();
  void insert_bars();
  [[nodiscard]] bool insert_new();
  void insert_or_meet();
  [[nodiscard]] std::int64_t count_existing() const;
  void write_rejects();
  void settle(const Origin& origin, std::string_view resolution);
  void resolve_rejects();
  void write_summary();

  ImportPolicy policy_;
  std::int64_t batch_ = 0;
  ImportCounts counts_;
  std::unordered_map<std::string, std::optional<std::int64_t>> assets_;
  std::vector<Pending> bars_;
  std::vector<Reject> rejects_;
  bool meets_duplicates_ = false;
  std::map<std::string, std::vector<std::string>, std::less<>>
      resolved_;  // ids of rejects by resolution
};

/// Reads the open rejects of a batch again, by the policies of now. What is stored, or skipped, is
/// marked so; the others get their reasons anew. kNoData where there is no such batch.
[[nodiscard]] ImportCounts retry_rejects(std::int64_t batch);

}  // namespace quant::pg
