// SPDX-License-Identifier: PostgreSQL
#include "adapter/aggregate_state.hpp"

#include <cstring>
#include <limits>

namespace quant::pg {

namespace {

constexpr std::uint32_t kMagic = 0x51535431;  // "QST1"
constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kNarrow = sizeof(std::int64_t);
constexpr std::uint8_t kWide = sizeof(Int128);
constexpr int kMaxScale = 37;
constexpr std::uint64_t kInitialCapacity = 32;
constexpr std::uint64_t kInterruptInterval = 1'000'000;

// Without padding, so that no stray byte of the stack gets into a state.
static_assert(std::has_unique_object_representations_v<StateHeader>);

bool fits_narrow(Int128 value) {
  return value >= std::numeric_limits<std::int64_t>::min() &&
         value <= std::numeric_limits<std::int64_t>::max();
}

[[noreturn]] void throw_forged(std::string_view what) {
  throw invalid("malformed state of an aggregate")
      .detail(concat("The ", what, " is wrong."))
      .hint("States are made and read by the functions of one aggregate only.");
}

[[noreturn]] void throw_too_many_digits() {
  throw out_of_range("the values of an aggregate need more than 38 digits together")
      .detail("They are kept exactly, at the scale of the value with the most decimals.")
      .hint("Round them, for example to 20 decimals.");
}

Int128 rescaled(Int128 mantissa, int decimals) {
  Int128 result = 0;
  if (__builtin_mul_overflow(mantissa, power_of_ten(decimals), &result)) throw_too_many_digits();
  return result;
}

void check_header(const StateHeader& header, StateKind kind, std::size_t length) {
  if (header.magic != kMagic) throw_forged("magic number");
  if (header.version != kVersion) throw_forged("version");
  if (header.kind != kind) throw_forged("kind");
  if (header.value_bytes != kNarrow && header.value_bytes != kWide) throw_forged("element size");
  if (header.scale > kMaxScale) throw_forged("scale");
  const StateParameters& parameters = header.parameters;
  if (parameters.count > parameters.scales.size()) throw_forged("number of parameters");
  for (const std::uint8_t scale : parameters.scales) {
    if (scale > kMaxScale) throw_forged("scale of a parameter");
  }
  if (kind == StateKind::kRelativeStatistic && header.count % 2 != 0) throw_forged("count");
  const std::size_t element =
      header.value_bytes + (kind == StateKind::kEquity ? sizeof(Timestamp) : 0);
  if (header.count > (length - sizeof header) / element) throw_forged("length");
}

}  // namespace

void StateParameters::add(const Decimal& number) {
  const Decimal trimmed = number.trimmed();
  mantissas.at(count) = trimmed.mantissa;
  scales.at(count) = static_cast<std::uint8_t>(trimmed.scale);
  ++count;
}

AggregateState::AggregateState(StateKind kind, const StateParameters& parameters,
                               std::uint64_t fingerprint) {
  header_ = {kMagic, kVersion, kind, kNarrow, 0, 0, fingerprint, 0, parameters};
  allocate(kInitialCapacity);
}

AggregateState::AggregateState(Datum bytes, StateKind kind, bool in_place) {
  bytes_ = DatumGetPointer(bytes);
  writable_ = in_place && !VARATT_IS_EXTENDED(bytes_);
  bytes_ = call_server([&] {
    return reinterpret_cast<char*>(pg_detoast_datum_packed(reinterpret_cast<varlena*>(bytes_)));
  });
  data_ = VARDATA_ANY(bytes_);
  length_ = VARSIZE_ANY_EXHDR(bytes_);
  if (length_ < sizeof header_) throw_forged("length");
  std::memcpy(&header_, data_, sizeof header_);
  check_header(header_, kind, length_);
}

std::size_t AggregateState::element_bytes() const {
  return header_.value_bytes + (keyed() ? sizeof(Timestamp) : 0);
}

char* AggregateState::element(std::uint64_t index) const {
  return data_ + sizeof header_ + index * element_bytes();
}

Int128 AggregateState::value(std::uint64_t index) const {
  if (header_.value_bytes == kWide) {
    Int128 value = 0;
    std::memcpy(&value, element(index), sizeof value);
    return value;
  }
  std::int64_t value = 0;
  std::memcpy(&value, element(index), sizeof value);
  return value;
}

Timestamp AggregateState::timestamp(std::uint64_t index) const {
  Timestamp value = 0;
  if (keyed()) std::memcpy(&value, element(index) + header_.value_bytes, sizeof value);
  return value;
}

void AggregateState::write(std::uint64_t index, Int128 value, Timestamp timestamp) const {
  char* target = element(index);
  if (header_.value_bytes == kWide) {
    std::memcpy(target, &value, sizeof value);
  } else {
    const auto narrow = static_cast<std::int64_t>(value);
    std::memcpy(target, &narrow, sizeof narrow);
  }
  if (keyed()) std::memcpy(target + header_.value_bytes, &timestamp, sizeof timestamp);
}

/// Makes bytes_ a new varlena with room for `capacity` elements of the header's size.
void AggregateState::allocate(std::uint64_t capacity) {
  const std::size_t most = (MaxAllocSize - VARHDRSZ - sizeof header_) / element_bytes();
  if (header_.count >= most) {
    call_server([] {
      ereport(ERROR,
              (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many values for one aggregate"),
               errdetail("Its state would be larger than 1 gigabyte."),
               errhint("Aggregate over fewer rows, for example per symbol or year.")));
    });
  }
  length_ = sizeof header_ + std::min<std::size_t>(capacity, most) * element_bytes();
  // Zeroed, so that no bytes of other values can be read from the room behind the elements.
  bytes_ = call_server([&] { return static_cast<char*>(palloc0(VARHDRSZ + length_)); });
  SET_VARSIZE(bytes_, VARHDRSZ + length_);
  data_ = VARDATA(bytes_);
  writable_ = true;
}

/// Moves the elements to new bytes, at another scale or width.
void AggregateState::rebuild(int scale, std::uint8_t value_bytes, std::uint64_t capacity) {
  const AggregateState old = *this;
  header_.scale = static_cast<std::uint8_t>(scale);
  header_.value_bytes = value_bytes;
  allocate(std::max(capacity, header_.count + 1));
  if (scale == old.header_.scale && value_bytes == old.header_.value_bytes) {
    std::memcpy(element(0), old.element(0), header_.count * element_bytes());
    return;
  }
  const int decimals = scale - old.header_.scale;
  for (std::uint64_t i = 0; i < header_.count; ++i) {
    const Int128 value = rescaled(old.value(i), decimals);
    if (value_bytes == kNarrow && !fits_narrow(value)) {
      *this = old;
      rebuild(scale, kWide, capacity);
      return;
    }
    write(i, value, old.timestamp(i));
  }
}

void AggregateState::push(const Decimal& value, Timestamp timestamp) {
  const int scale = std::max<int>(header_.scale, value.scale);
  const Int128 mantissa = rescaled(value.mantissa, scale - value.scale);
  const std::uint8_t width = fits_narrow(mantissa) ? header_.value_bytes : kWide;
  const std::uint64_t capacity = (length_ - sizeof header_) / element_bytes();
  const bool full = header_.count >= capacity;
  if (full || !writable_ || scale != header_.scale || width != header_.value_bytes) {
    rebuild(scale, width, full ? 2 * capacity : capacity);
  }
  write(header_.count, mantissa, timestamp);
  ++header_.count;
}

void AggregateState::append(const AggregateState& other) {
  for (std::uint64_t i = 0; i < other.header_.count; ++i) {
    if (i % kInterruptInterval == 0) call_server([] { CHECK_FOR_INTERRUPTS(); });
    push({other.value(i), other.header_.scale}, other.timestamp(i));
  }
}

DecimalSample AggregateState::sample() const {
  DecimalSample sample{{}, header_.scale};
  sample.mantissas.reserve(header_.count);
  for (std::uint64_t i = 0; i < header_.count; ++i) sample.mantissas.push_back(value(i));
  return sample;
}

std::vector<Timestamp> AggregateState::timestamps() const {
  std::vector<Timestamp> timestamps;
  timestamps.reserve(header_.count);
  for (std::uint64_t i = 0; i < header_.count; ++i) timestamps.push_back(timestamp(i));
  return timestamps;
}

Datum AggregateState::finish() {
  if (!writable_) rebuild(header_.scale, header_.value_bytes, header_.count);
  std::memcpy(data_, &header_, sizeof header_);
  return PointerGetDatum(bytes_);
}

}  // namespace quant::pg
