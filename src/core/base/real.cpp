// SPDX-License-Identifier: PostgreSQL
#include "core/base/real.hpp"

#include "core/base/error.hpp"

namespace boost {

// What BOOST_ASSERT calls.
void assertion_failed(char const* expression, char const* function, char const* file, long line) {
  throw quant::broken_invariant(quant::concat("assertion ", expression, " fails"))
      .detail(quant::concat("In ", function, ", ", file, ":", line, "."));
}

void assertion_failed_msg(char const* expression, char const* message, char const* function,
                          char const* file, long line) {
  assertion_failed(quant::concat(expression, " (", message, ")").c_str(), function, file, line);
}

}  // namespace boost

namespace quant {

namespace {

/// A whole number from 0 to below 10^38, taken apart without loss.
template <typename T>
Int128 to_int128(const T& whole) {
  constexpr std::int64_t kSplit = 1'000'000'000'000'000'000;
  const T upper = floor(whole / kSplit);
  const T high = floor(upper / kSplit);
  const auto piece = [](const T& value) { return Int128{value.template convert_to<long long>()}; };
  const Int128 top = multiply(piece(high), kSplit) + piece(upper - high * kSplit);
  return add(multiply(top, kSplit), piece(whole - upper * kSplit));
}

template <typename T>
Rounded round_to(const T& value, int decimals, const T& tie_width) {
  const T scaled = abs(value) * to_real<T>(power_of_ten(decimals));
  if (!(scaled < T("1e38"))) throw out_of_range("statistic out of range");
  const T whole = floor(scaled);
  const T rest = scaled - whole;
  const T half = T(1) / 2;
  const bool near_tie = abs(rest - half) < tie_width;
  const bool up = near_tie || rest > half;
  const Int128 mantissa = add(to_int128(whole), up ? 1 : 0);
  return {{value < 0 ? -mantissa : mantissa, decimals}, near_tie};
}

}  // namespace

Rounded round_real(const Real& value, int decimals) {
  static const Real kTieWidth("1e-30");
  return round_to(value, decimals, kTieWidth);
}

Rounded round_real(const LongReal& value, int decimals) {
  static const LongReal kTieWidth("1e-80");
  return round_to(value, decimals, kTieWidth);
}

}  // namespace quant
