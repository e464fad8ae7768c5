// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/root.hpp"

#include <array>
#include <bit>

#include "core/base/wide_integer.hpp"

namespace quant {

namespace {

/// The root of the highest 16 bits by the highest 8, which are at least 64: u with (u - 1)^2 below
/// all of those numbers and (u + 1)^2 above them.
constexpr auto kFirstRoots = [] {
  std::array<std::uint8_t, 192> roots = {};
  int root = 128;
  for (int i = 64; i < 256; ++i) {
    while ((root + 1) * (root + 1) <= i * 256 + 255) ++root;
    roots.at(static_cast<std::size_t>(i - 64)) = static_cast<std::uint8_t>(root);
  }
  return roots;
}();

std::uint64_t root64(std::uint64_t n) {
  if (n == 0) return 0;
  const int shift = std::countl_zero(n) & ~1;
  n <<= shift;
  // Newton's steps, each of which doubles the bits that are right; the last is at most one off.
  std::uint64_t root = kFirstRoots[(n >> 56) - 64];
  root = (root << 7) + static_cast<std::uint32_t>(n >> 41) / static_cast<std::uint32_t>(root);
  root = (root << 15) + (n >> 17) / root;
  root -= root * root - 1 >= n ? 1 : 0;
  return root >> (shift / 2);
}

// A root of 2w bits from that of the upper half [Zimmermann 1999, Karatsuba square root]. The
// number is shifted by an even count until one of its two highest bits is set. With the root s and
// the rest r of the upper half, the next w/2 bits divided by 2s give the lower half of the root, at
// most one too large.

std::uint64_t root128(UInt128 n) {
  if ((n >> 64) == 0) return root64(static_cast<std::uint64_t>(n));
  const int shift = (128 - bit_width(n)) & ~1;
  n <<= shift;
  const auto upper = static_cast<std::uint64_t>(n >> 64);
  const auto next = static_cast<std::uint64_t>(n >> 32) & 0xffff'ffff;
  const auto last = static_cast<std::uint64_t>(n) & 0xffff'ffff;
  const std::uint64_t s = root64(upper);
  const std::uint64_t halved = ((upper - s * s) << 31) + (next >> 1);
  const std::uint64_t q = halved / s;
  const std::uint64_t rest = 2 * (halved % s) + (next & 1);
  UInt128 root = (UInt128{s} << 32) + q;
  root -= (UInt128{rest} << 32) + last < UInt128{q} * q ? 1 : 0;
  return static_cast<std::uint64_t>(root >> (shift / 2));
}

UInt128 root256(const Int256& v) {
  if (v.high == 0) return root128(v.low);
  const int shift = (128 - bit_width(static_cast<UInt128>(v.high))) & ~1;
  UInt128 upper = static_cast<UInt128>(v.high);
  UInt128 lower = v.low;
  if (shift != 0) {
    upper = (upper << shift) | (lower >> (128 - shift));
    lower <<= shift;
  }
  const auto next = static_cast<std::uint64_t>(lower >> 64);
  const auto last = static_cast<std::uint64_t>(lower);
  const std::uint64_t s = root128(upper);
  const UInt128 halved = ((upper - UInt128{s} * s) << 63) + (next >> 1);
  const auto [q, halved_rest] = divide(halved, s);
  const UInt128 rest = 2 * halved_rest + (next & 1);
  UInt128 root = (UInt128{s} << 64) + q;
  // rest 2^64 + last against q^2; q is at most 2^64, rest may have 65 bits.
  const bool below =
      (q >> 64) != 0 ? (rest >> 64) == 0 : (rest >> 64) == 0 && ((rest << 64) | last) < q * q;
  root -= below ? 1 : 0;
  return root >> (shift / 2);
}

/// a^2 v fits 128 bits.
bool is_tiny(const Int256& v, Int128 a) {
  return bit_width(v) + 2 * bit_width(static_cast<UInt128>(a)) <= 128;
}
/// a^2 v fits 256 bits, and its root 127.
bool is_small(const Int256& v, Int128 a) {
  return bit_width(v) + 2 * bit_width(static_cast<UInt128>(a)) < 255;
}

/// sqrt(n / d).
Root wide_root(const WideInteger& n, const WideInteger& d) {
  const WideInteger quotient = n / d;
  if ((quotient >> 253) == 0) {
    const auto low = static_cast<UInt128>(quotient & WideInteger(~UInt128{0}));
    const auto high = static_cast<UInt128>(WideInteger(quotient >> 128));
    const auto root = static_cast<Int128>(root256({low, static_cast<Int128>(high)}));
    const WideInteger whole = widen(root);
    return {root, whole * whole * d == n};
  }
  const WideInteger root = sqrt(quotient);
  return {narrow(root), root * root * d == n};
}

}  // namespace

Root floor_root(const Int256& v) {
  const UInt128 size = root256(v);
  if (size > static_cast<UInt128>(kInt128Max)) throw_overflow();
  const auto root = static_cast<Int128>(size);
  return {root, product(root, root) == v};
}

Root floor_root(const Int256& v, Int128 a) {
  if (is_tiny(v, a)) {
    const UInt128 n = v.low * static_cast<UInt128>(a) * static_cast<UInt128>(a);
    const std::uint64_t root = root128(n);
    return {static_cast<Int128>(root), UInt128{root} * root == n};
  }
  if (is_small(v, a)) return floor_root(product(product(v, a), a));
  const WideInteger factor = widen(a);
  return wide_root(widen(v) * factor * factor, 1);
}

Int128 rounded_root(const Int256& v, Int128 a, Int128 d) {
  const Int128 twice = multiply(a, 2);
  if (is_small(v, twice)) return (divide_floor(floor_root(v, twice).floor, d) + 1) / 2;
  const WideInteger factor = widen(twice);
  const WideInteger root = sqrt(WideInteger(widen(v) * factor * factor));
  return narrow((root / widen(d) + 1) / 2);
}

Root floor_over_root(const Int256& a, Int128 b, const Int256& v) {
  const Int256 size = a.is_negative() ? -a : a;
  if (bit_width(size) < 64 && bit_width(v) + 2 * bit_width(static_cast<UInt128>(b)) < 128) {
    const UInt128 n = size.low * size.low;
    const UInt128 d = v.low * static_cast<UInt128>(b) * static_cast<UInt128>(b);
    const UInt128 root = root128(divide(n, d).quotient);
    return {static_cast<Int128>(root), root * root * d == n};
  }
  const WideInteger n = widen(size);
  const WideInteger factor = widen(b);
  return wide_root(n * n, widen(v) * factor * factor);
}

}  // namespace quant
