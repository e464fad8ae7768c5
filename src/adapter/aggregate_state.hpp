// SPDX-License-Identifier: PostgreSQL
// The transition state of aggregates that keep their whole sample, as a bytea:
//
//   varlena header | StateHeader | count elements | room for more
//
// An element is the mantissa of a decimal at the state's common scale, in 8 bytes while all of them
// fit and in 16 after that, followed by 8 bytes of timestamp in a keyed state. The varlena's length
// is the capacity: the executor copies a grown state into the aggregate's memory by its length.
//
// SQL users can call the functions of an aggregate with any bytes, so nothing of a state is
// believed before it is checked: magic, version, kind, element sizes, count against length. What
// the bytes then hold is at worst a wrong sample. Bytes are read by memcpy, for they may lie
// unaligned.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/risk/quantile.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

/// Which functions a state belongs to.
enum class StateKind : std::uint8_t {
  kTailRisk = 1,
  kReturnStatistic = 2,
  kEquity = 3,
  kRelativeStatistic = 4,  // pairs: each row adds two values
};

/// The arguments of an aggregate besides its columns, constant over its rows.
struct StateParameters {
  std::array<Int128, 5> mantissas{};
  std::array<std::uint8_t, 5> scales{};
  std::uint8_t count = 0;  // of the numbers
  // Options of value_at_risk and expected_shortfall.
  std::uint8_t method = 0;
  std::uint8_t quantile_type = 0;
  std::uint8_t tail = 0;
  std::uint8_t init = 0;
  std::uint16_t horizon = 0;
  std::uint8_t ddof = 0;
  std::uint8_t overlapping = 0;
  std::array<std::uint8_t, 2> reserved{};

  void add(const Decimal& number);
  [[nodiscard]] Decimal number(std::size_t index) const {
    return {mantissas.at(index), scales.at(index)};
  }
  [[nodiscard]] bool operator==(const StateParameters&) const = default;
};

struct StateHeader {
  std::uint32_t magic = 0;
  std::uint8_t version = 0;
  StateKind kind{};
  std::uint8_t value_bytes = 0;
  std::uint8_t scale = 0;
  std::uint64_t count = 0;
  /// Hash of the raw arguments that `parameters` was read from, or 0: the quick test of constancy.
  std::uint64_t fingerprint = 0;
  std::uint64_t reserved = 0;
  StateParameters parameters;
};

class AggregateState {
 public:
  /// An empty state in the current memory context.
  AggregateState(StateKind kind, const StateParameters& parameters, std::uint64_t fingerprint);

  /// The state in `bytes`, checked; kInvalidParameter where it is none of this kind. `in_place`:
  /// the caller owns the bytes and they may be changed (AggCheckCallContext), else they are copied
  /// before the first change.
  AggregateState(Datum bytes, StateKind kind, bool in_place);

  [[nodiscard]] const StateHeader& header() const { return header_; }

  /// Adds a value. kOutOfRange where the sample as a whole needs more than 38 digits;
  /// program_limit_exceeded where it would not fit a gigabyte.
  void push(const Decimal& value, Timestamp timestamp = 0);
  void append(const AggregateState& other);

  [[nodiscard]] DecimalSample sample() const;
  [[nodiscard]] std::vector<Timestamp> timestamps() const;

  /// The bytes with the header brought up to date: the same as were given, unless they had to grow.
  [[nodiscard]] Datum finish();

 private:
  [[nodiscard]] bool keyed() const { return header_.kind == StateKind::kEquity; }
  [[nodiscard]] std::size_t element_bytes() const;
  [[nodiscard]] char* element(std::uint64_t index) const;
  [[nodiscard]] Int128 value(std::uint64_t index) const;
  [[nodiscard]] Timestamp timestamp(std::uint64_t index) const;
  void write(std::uint64_t index, Int128 value, Timestamp timestamp) const;
  void allocate(std::uint64_t capacity);
  void rebuild(int scale, std::uint8_t value_bytes, std::uint64_t capacity);

  StateHeader header_;
  char* data_ = nullptr;    // of the varlena
  std::size_t length_ = 0;  // behind data_
  char* bytes_ = nullptr;   // the varlena itself
  bool writable_ = false;
};

}  // namespace quant::pg
