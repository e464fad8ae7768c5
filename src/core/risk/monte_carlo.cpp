// SPDX-License-Identifier: PostgreSQL
#include "core/risk/monte_carlo.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace quant {

namespace {

const Real kLeastPivot("1e-12");

/// A polynomial, the highest coefficient first.
template <std::size_t kSize>
double polynomial(const std::array<double, kSize>& coefficients, double x) {
  double value = coefficients[0];
  for (std::size_t i = 1; i < kSize; ++i) value = value * x + coefficients[i];
  return value;
}

/// ln x for a normal x > 0: x = 2^e m with m around 1, ln m = 2 artanh((m - 1) / (m + 1)).
double natural_log(double x) {
  constexpr double kLogTwo = 0.693147180559945309417232;
  constexpr double kRootHalf = 0.707106781186547524400844;
  constexpr int kBias = 1022;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52U) - kBias;
  double mantissa =
      std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFU) | 0x3FE0000000000000U);  // 0.5 to 1
  if (mantissa < kRootHalf) {
    mantissa *= 2;
    --exponent;
  }
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  // 2 (1 + s^2 / 3 + s^4 / 5 + ...), |s| < 0.172
  static constexpr std::array<double, 11> kSeries = {2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15,
                                                     2.0 / 13, 2.0 / 11, 2.0 / 9,  2.0 / 7,
                                                     2.0 / 5,  2.0 / 3,  2.0};
  return exponent * kLogTwo + s * polynomial(kSeries, square);
}

// The coefficients of AS 241, the highest powers first.
constexpr std::array<double, 8> kA = {2.5090809287301226727e3, 3.3430575583588128105e4,
                                      6.7265770927008700853e4, 4.5921953931549871457e4,
                                      1.3731693765509461125e4, 1.9715909503065514427e3,
                                      1.3314166789178437745e2, 3.3871328727963666080e0};
constexpr std::array<double, 8> kB = {5.2264952788528545610e3, 2.8729085735721942674e4,
                                      3.9307895800092710610e4, 2.1213794301586595867e4,
                                      5.3941960214247511077e3, 6.8718700749205790830e2,
                                      4.2313330701600911252e1, 1.0};
constexpr std::array<double, 8> kC = {7.74545014278341407640e-4, 2.27238449892691845833e-2,
                                      2.41780725177450611770e-1, 1.27045825245236838258e0,
                                      3.64784832476320460504e0,  5.76949722146069140550e0,
                                      4.63033784615654529590e0,  1.42343711074968357734e0};
constexpr std::array<double, 8> kD = {1.05075007164441684324e-9, 5.47593808499534494600e-4,
                                      1.51986665636164571966e-2, 1.48103976427480074590e-1,
                                      6.89767334985100004550e-1, 1.67638483018380384940e0,
                                      2.05319162663775882187e0,  1.0};
constexpr std::array<double, 8> kE = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
                                      1.24266094738807843860e-3, 2.65321895265761230930e-2,
                                      2.96560571828504891230e-1, 1.78482653991729133580e0,
                                      5.46378491116411436990e0,  6.65790464350110377720e0};
constexpr std::array<double, 8> kF = {2.04426310338993978564e-15, 1.42151175831644588870e-7,
                                      1.84631831751005468180e-5,  7.86869131145613259100e-4,
                                      1.48753612908506148525e-2,  1.36929880922735805310e-1,
                                      5.99832206555887937690e-1,  1.0};
constexpr double kCentre = 0.425;

/// The quantile of p = 1/2 + q for |q| <= 0.425.
inline double central_quantile(double q) {
  const double r = kCentre * kCentre - q * q;
  return q * polynomial(kA, r) / polynomial(kB, r);
}

/// Minus the quantile of a p < 0.075.
double tail_quantile(double p) {
  constexpr double kFarTail = 5;
  const double r = std::sqrt(-natural_log(p));
  if (r <= kFarTail) return polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6);
  return polynomial(kE, r - kFarTail) / polynomial(kF, r - kFarTail);
}

std::vector<double> to_doubles(std::span<const Real> values) {
  std::vector<double> doubles;
  for (const Real& value : values) doubles.push_back(value.convert_to<double>());
  return doubles;
}

/// The rounds of Philox4x32-10 on the words a, b, c, d.
inline void philox_rounds(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d,
                          std::uint32_t key0, std::uint32_t key1) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
  constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
  constexpr int kRounds = 10;
#pragma GCC unroll 10
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = kMultiplier0 * a;
    const std::uint64_t product1 = kMultiplier1 * c;
    a = static_cast<std::uint32_t>(product1 >> 32U) ^ b ^ key0;
    b = static_cast<std::uint32_t>(product1);
    c = static_cast<std::uint32_t>(product0 >> 32U) ^ d ^ key1;
    d = static_cast<std::uint32_t>(product0);
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
}

/// The first 53 bits.
inline std::uint64_t philox_words(std::uint32_t a, std::uint32_t b, std::uint32_t c,
                                  std::uint64_t seed) {
  std::uint32_t d = 0;
  philox_rounds(a, b, c, d, static_cast<std::uint32_t>(seed),
                static_cast<std::uint32_t>(seed >> 32U));
  return (std::uint64_t{a} << 21U) | (b >> 11U);
}

/// Paths that are drawn together.
constexpr std::size_t kBlock = 512;

// Several lanes at once where the processor has them: the operations are the same, and so are the
// figures.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define QUANT_LANES __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define QUANT_LANES
#endif

/// Adds `weight` times the draw of the asset to each of the paths from `first` on.
QUANT_LANES void add_draws(std::span<double> sums, std::uint64_t first, std::uint64_t asset,
                           std::uint64_t seed, double weight) {
  constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 52U;
  constexpr std::uint64_t kLast = (std::uint64_t{1} << 53U) - 1;
  std::array<double, kBlock> uniform;
  std::array<double, kBlock> draw;
  std::array<double, kBlock> sign;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const std::uint64_t path = first + i;
    const auto words =
        philox_words(static_cast<std::uint32_t>(path), static_cast<std::uint32_t>(path >> 32U),
                     static_cast<std::uint32_t>(asset), seed);
    // Of the upper half by symmetry: (k + 1/2) / 2^53 has no room for its half there.
    const bool is_upper = words >= kHalf;
    const std::uint64_t folded = is_upper ? kLast - words : words;
    uniform[i] = (static_cast<double>(folded) + 0.5) * kUnit;
    sign[i] = is_upper ? -weight : weight;
  }
  for (std::size_t i = 0; i < kBlock; ++i) draw[i] = central_quantile(uniform[i] - 0.5);
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (uniform[i] - 0.5 < -kCentre) draw[i] = -tail_quantile(uniform[i]);
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += sign[i] * draw[i];
}

/// Nothing where a pivot is below the least.
std::optional<Matrix<Real>> cholesky(const Matrix<Real>& matrix) {
  const std::size_t n = matrix.size();
  Matrix<Real> lower(n);
  Real largest(0);
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, matrix.at(i, i));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      Real sum = matrix.at(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= lower.at(i, k) * lower.at(j, k);
      if (i != j) {
        lower.at(i, j) = sum / lower.at(j, j);
      } else if (sum < kLeastPivot * largest || sum <= 0) {
        return std::nullopt;
      } else {
        lower.at(i, i) = Real(sqrt(sum));
      }
    }
  }
  return lower;
}

/// The same of a positive semidefinite matrix: columns without a pivot stay 0.
Matrix<Real> semidefinite_root(const Matrix<Real>& matrix) {
  const std::size_t n = matrix.size();
  static const Real kNothing("1e-30");
  Matrix<Real> lower(n);
  for (std::size_t j = 0; j < n; ++j) {
    Real pivot = matrix.at(j, j);
    for (std::size_t k = 0; k < j; ++k) pivot -= lower.at(j, k) * lower.at(j, k);
    if (pivot <= kNothing * matrix.at(j, j)) continue;
    lower.at(j, j) = Real(sqrt(pivot));
    for (std::size_t i = j + 1; i < n; ++i) {
      Real sum = matrix.at(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= lower.at(i, k) * lower.at(j, k);
      lower.at(i, j) = sum / lower.at(j, j);
    }
  }
  return lower;
}

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix, by Jacobi's rotations.
struct Eigen {
  std::vector<Real> values;
  Matrix<Real> vectors;
};
Eigen eigen_of(Matrix<Real> a, const Pause& pause) {
  const std::size_t n = a.size();
  Matrix<Real> vectors(n);
  for (std::size_t i = 0; i < n; ++i) vectors.at(i, i) = 1;
  static const Real kNothing("1e-45");
  constexpr int kSweeps = 100;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    Real off(0);
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) off = std::max(off, Real(abs(a.at(p, q))));
    }
    if (off < kNothing) break;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        if (abs(a.at(p, q)) < kNothing) continue;
        pause();
        const Real theta = (a.at(q, q) - a.at(p, p)) / (2 * a.at(p, q));
        const Real root(sqrt(theta * theta + 1));
        const Real t = (theta < 0 ? Real(-1) : Real(1)) / (Real(abs(theta)) + root);
        const Real c = 1 / Real(sqrt(t * t + 1));
        const Real s = t * c;
        for (std::size_t k = 0; k < n; ++k) {
          const Real kp = a.at(k, p);
          const Real kq = a.at(k, q);
          a.at(k, p) = c * kp - s * kq;
          a.at(k, q) = s * kp + c * kq;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const Real pk = a.at(p, k);
          const Real qk = a.at(q, k);
          a.at(p, k) = c * pk - s * qk;
          a.at(q, k) = s * pk + c * qk;
          const Real vp = vectors.at(k, p);
          const Real vq = vectors.at(k, q);
          vectors.at(k, p) = c * vp - s * vq;
          vectors.at(k, q) = s * vp + c * vq;
        }
      }
    }
  }
  Eigen eigen{{}, std::move(vectors)};
  for (std::size_t i = 0; i < n; ++i) eigen.values.push_back(a.at(i, i));
  return eigen;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  philox_rounds(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return counter;
}

double fast_normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= kCentre) return central_quantile(q);
  const double tail = tail_quantile(q < 0 ? p : 1 - p);
  return q < 0 ? -tail : tail;
}

Matrix<Real> nearest_correlation(const Matrix<Real>& correlation, const Pause& pause) {
  const std::size_t n = correlation.size();
  const Eigen eigen = eigen_of(correlation, pause);
  Matrix<Real> repaired(n);
  for (std::size_t i = 0; i < n; ++i) {
    pause();
    for (std::size_t j = 0; j <= i; ++j) {
      Real sum(0);
      for (std::size_t k = 0; k < n; ++k) {
        if (eigen.values[k] <= 0) continue;
        sum += eigen.vectors.at(i, k) * eigen.vectors.at(j, k) * eigen.values[k];
      }
      repaired.at(i, j) = repaired.at(j, i) = sum;
    }
  }
  std::vector<Real> scales;
  for (std::size_t i = 0; i < n; ++i) scales.push_back(Real(sqrt(repaired.at(i, i))));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) {
        repaired.at(i, j) = 1;
      } else if (scales[i] != 0 && scales[j] != 0) {
        repaired.at(i, j) /= scales[i] * scales[j];
      }
    }
  }
  return repaired;
}

CovarianceRoot covariance_root(const Matrix<Real>& covariance, const Pause& pause) {
  const std::size_t n = covariance.size();
  if (auto lower = cholesky(covariance)) return {std::move(*lower), Real(0)};
  std::vector<Real> deviations;
  for (std::size_t i = 0; i < n; ++i) deviations.push_back(Real(sqrt(covariance.at(i, i))));
  Matrix<Real> correlation(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const Real scale = deviations[i] * deviations[j];
      if (i == j) {
        correlation.at(i, j) = 1;
      } else if (scale != 0) {
        correlation.at(i, j) = covariance.at(i, j) / scale;
      }
    }
  }
  const Matrix<Real> repaired = nearest_correlation(correlation, pause);
  Real largest(0);
  Matrix<Real> scaled(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      largest = std::max(largest, Real(abs(repaired.at(i, j) - correlation.at(i, j))));
      scaled.at(i, j) = repaired.at(i, j) * deviations[i] * deviations[j];
    }
  }
  return {semidefinite_root(scaled), largest};
}

std::vector<double> simulate_pnl(std::span<const Real> means, std::span<const Real> values,
                                 const Matrix<Real>& lower, std::uint64_t seed, std::size_t paths,
                                 const Pause& pause) {
  const std::size_t assets = values.size();
  // sum_i value_i (mean_i + sum_j L_ij z_j) = centre + sum_j weight_j z_j: one weight a draw.
  Real centre(0);
  std::vector<Real> exact(assets, Real(0));
  for (std::size_t i = 0; i < assets; ++i) {
    centre += values[i] * means[i];
    for (std::size_t j = 0; j <= i; ++j) exact[j] += values[i] * lower.at(i, j);
  }
  const std::vector<double> weights = to_doubles(exact);
  const auto start = centre.convert_to<double>();
  std::vector<double> pnl(paths, start);
  for (std::size_t path = 0; path < paths; path += kBlock) {
    const std::span<double> block(pnl.data() + path, std::min(kBlock, paths - path));
    for (std::size_t asset = 0; asset < assets; ++asset) {
      if (asset % 8 == 0) pause();  // some thousand draws
      add_draws(block, path, asset, seed, weights[asset]);
    }
  }
  return pnl;
}

}  // namespace quant
