// SPDX-License-Identifier: PostgreSQL
// A bar as a vendor's file holds it: text, to be read and judged.
#pragma once

#include <array>
#include <string>

#include "core/market/check_bar.hpp"

namespace quant {

/// The fields of a row, in the order of the columns of trading.market_data_import. From kOpen to
/// kVwap they are BarField's.
enum class RawField : std::uint8_t {
  kSymbol,
  kTimestamp,
  kTimeframe,
  kOpen,
  kHigh,
  kLow,
  kClose,
  kVolume,
  kBid,
  kAsk,
  kVwap,
  kTradeCount,
  kAdditionalData,
};
inline constexpr std::size_t kRawFields = static_cast<std::size_t>(RawField::kAdditionalData) + 1;

/// The column of `field`, which market_data has under the same name.
[[nodiscard]] std::string_view raw_field_name(RawField field);

/// The text of each field; a missing one and an empty one mean the same.
struct RawBar {
  std::array<std::optional<std::string_view>, kRawFields> fields;

  /// Without surrounding white space; nothing where that is all.
  [[nodiscard]] std::optional<std::string_view> text(RawField field) const;
};

/// The text of a row, kept.
class KeptRawBar {
 public:
  explicit KeptRawBar(const RawBar& raw);
  /// As it was; lives as long as this.
  [[nodiscard]] RawBar view() const;

 private:
  static constexpr std::uint32_t kMissing = UINT32_MAX;
  std::string text_;
  std::array<std::uint32_t, kRawFields> lengths_{};
};

enum class OnDuplicate : std::uint8_t { kReject, kSkip, kReplace };

/// What an import does about what is neither clearly good nor clearly bad.
struct ImportPolicy {
  OnDuplicate duplicates = OnDuplicate::kReject;
  bool rounds_decimals = false;  // prices to four decimals, half away from zero
  bool rounds_volume = false;    // to whole units
  bool creates_assets = false;
};

/// What stands in a row. Where `broken` is empty all of it is there, but for what may be missing.
struct ParsedBar {
  std::string_view symbol;
  Timestamp timestamp = 0;
  Timeframe timeframe = Timeframe::k1d;
  PerBarField<std::optional<std::int64_t>> units;  // of Price, or Volume
  std::optional<std::int32_t> trade_count;
  std::optional<std::string_view> additional_data;  // not judged
  BarRules broken;
  bool is_rounded = false;
};

/// Reads and judges a row. Timestamps are ISO 8601 (UTC where no offset stands) or milliseconds
/// since 1970; a missing volume is 0. Whether the symbol is known and the bar is new is not judged.
[[nodiscard]] ParsedBar parse_bar(const RawBar& raw, const ImportPolicy& policy);

}  // namespace quant
