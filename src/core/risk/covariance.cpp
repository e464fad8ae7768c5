// SPDX-License-Identifier: PostgreSQL
#include "core/risk/covariance.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"
#include "core/risk/series_statistics.hpp"

namespace quant {

namespace {

template <typename T>
using Columns = std::vector<std::vector<T>>;

/// Each column less its mean; exactly 0 where it is constant.
template <typename T>
Columns<T> centred(std::span<const std::vector<T>> columns) {
  Columns<T> result;
  for (const std::vector<T>& column : columns) {
    const T centre = *mean(std::span<const T>(column));
    std::vector<T>& values = result.emplace_back();
    for (const T& value : column) values.push_back(difference(value, centre));
  }
  return result;
}

/// X'X / divisor
template <typename T>
Matrix<T> products_of(const Columns<T>& columns, const T& divisor, const Breath& breath) {
  Matrix<T> matrix(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = i; j < columns.size(); ++j) {
      T sum(0);
      for (std::size_t k = 0; k < columns[i].size(); ++k) {
        breath();
        sum += columns[i][k] * columns[j][k];
      }
      matrix.at(i, j) = matrix.at(j, i) = sum / divisor;
    }
  }
  return matrix;
}

template <typename T>
Matrix<T> ewma(std::span<const std::vector<T>> columns, const T& lambda, const Breath& breath) {
  Matrix<T> matrix(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = i; j < columns.size(); ++j) {
      T value = columns[i].front() * columns[j].front();
      // The first product begins the series and is its first value too.
      for (std::size_t k = 0; k < columns[i].size(); ++k) {
        breath();
        value = lambda * value + (1 - lambda) * columns[i][k] * columns[j][k];
      }
      matrix.at(i, j) = matrix.at(j, i) = value;
    }
  }
  return matrix;
}

/// (1 - weight) sample + weight target; of 0 / 0 the weight is 0: sample and target are the same.
template <typename T>
Covariance<T> shrunk(const Matrix<T>& sample, const Matrix<T>& target, const T& numerator,
                     const T& denominator) {
  T weight(0);
  if (denominator > 0 && numerator > 0)
    weight = numerator >= denominator ? T(1) : T(numerator / denominator);
  Covariance<T> result{Matrix<T>(sample.size()), weight};
  for (std::size_t i = 0; i < sample.size(); ++i) {
    for (std::size_t j = 0; j < sample.size(); ++j) {
      result.matrix.at(i, j) = (1 - weight) * sample.at(i, j) + weight * target.at(i, j);
    }
  }
  return result;
}

/// |a - b|^2, Frobenius.
template <typename T>
T distance(const Matrix<T>& a, const Matrix<T>& b) {
  T sum(0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a.size(); ++j) {
      const T gap = difference(a.at(i, j), b.at(i, j));
      sum += gap * gap;
    }
  }
  return sum;
}

template <typename T>
Covariance<T> ledoit_wolf(const Columns<T>& columns, const Breath& breath) {
  const std::size_t p = columns.size();
  const std::size_t n = columns.front().size();
  const T count(static_cast<long long>(n));
  const Matrix<T> sample = products_of(columns, count, breath);
  T trace(0);
  for (std::size_t i = 0; i < p; ++i) trace += sample.at(i, i);
  Matrix<T> target(p);
  for (std::size_t i = 0; i < p; ++i) target.at(i, i) = trace / static_cast<long long>(p);
  // sum over k of |x_k x_k' - S|^2 = sum |x_k|^4 - n |S|^2
  T fourths(0);
  for (std::size_t k = 0; k < n; ++k) {
    T length(0);
    for (const std::vector<T>& column : columns) length += column[k] * column[k];
    fourths += length * length;
  }
  const T scatter = difference(fourths, T(count * distance(sample, Matrix<T>(p))));
  return shrunk(sample, target, T(scatter / (count * count)), distance(sample, target));
}

/// [Ledoit, Wolf 2003, Honey, I shrunk the sample covariance matrix], appendix B.
template <typename T>
Covariance<T> constant_correlation(const Columns<T>& columns, const Breath& breath) {
  const std::size_t p = columns.size();
  const std::size_t n = columns.front().size();
  const T count(static_cast<long long>(n));
  const Matrix<T> sample = products_of(columns, count, breath);
  std::vector<T> deviations;
  for (std::size_t i = 0; i < p; ++i) deviations.push_back(T(sqrt(sample.at(i, i))));
  const auto varies = [&](std::size_t i, std::size_t j) {
    return deviations[i] != 0 && deviations[j] != 0;
  };
  // A constant asset has no correlation, and does not count in the mean of them.
  T correlations(0);
  long long pairs = 0;
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = i + 1; j < p; ++j) {
      if (!varies(i, j)) continue;
      correlations += sample.at(i, j) / (deviations[i] * deviations[j]);
      ++pairs;
    }
  }
  const T average = pairs == 0 ? T(0) : T(correlations / pairs);
  Matrix<T> target(p);
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < p; ++j) {
      target.at(i, j) = i == j ? sample.at(i, i) : T(average * deviations[i] * deviations[j]);
    }
  }
  // pi: sum of the asymptotic variances of the sample's entries; rho: of their covariances with
  // those of the target.
  T pi(0);
  T rho(0);
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < p; ++j) {
      T own(0);
      T theta(0);
      for (std::size_t k = 0; k < n; ++k) {
        breath();
        const T gap = difference(T(columns[i][k] * columns[j][k]), sample.at(i, j));
        own += gap * gap;
        theta += difference(T(columns[i][k] * columns[i][k]), sample.at(i, i)) * gap;
      }
      pi += own / count;
      if (i == j) {
        rho += own / count;
      } else if (varies(i, j)) {
        // theta_ii,ij sqrt(s_jj / s_ii); the other half comes with i and j changed.
        rho += average * theta / count * deviations[j] / deviations[i];
      }
    }
  }
  return shrunk(sample, target, T(difference(pi, rho) / count), distance(sample, target));
}

template <typename T>
Covariance<T> compute(std::span<const std::vector<T>> columns, CovarianceMethod method,
                      const Decimal& lambda, const Pause& pause) {
  const Breath breath(pause);
  const std::size_t n = columns.empty() ? 0 : columns.front().size();
  const std::size_t least = method == CovarianceMethod::kEwma ? 1 : 2;
  if (n < least) {
    throw invalid(
        concat("a covariance needs ", least, least == 1 ? " observation" : " observations"))
        .detail(concat("There are ", n, "."));
  }
  switch (method) {
    case CovarianceMethod::kSample:
      return {products_of(centred(columns), T(static_cast<long long>(n - 1)), breath),
              std::nullopt};
    case CovarianceMethod::kEwma:
      return {ewma(columns, to_real<T>(lambda), breath), std::nullopt};
    case CovarianceMethod::kLedoitWolf:
      return ledoit_wolf(centred(columns), breath);
    case CovarianceMethod::kConstantCorrelation:
      return constant_correlation(centred(columns), breath);
  }
  throw broken_invariant("unknown covariance method");
}

}  // namespace

CovarianceMethod parse_covariance_method(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kNames = {"sample", "ewma", "ledoit_wolf",
                                                             "constant_correlation"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<CovarianceMethod>(found - kNames.begin());
  throw invalid(concat("unknown covariance method \"", name, '"')).hint(one_of(kNames));
}

Covariance<Real> covariance_of(std::span<const std::vector<Real>> columns, CovarianceMethod method,
                               const Decimal& lambda, const Pause& pause) {
  return compute<Real>(columns, method, lambda, pause);
}
Covariance<LongReal> covariance_of(std::span<const std::vector<LongReal>> columns,
                                   CovarianceMethod method, const Decimal& lambda,
                                   const Pause& pause) {
  return compute<LongReal>(columns, method, lambda, pause);
}

}  // namespace quant
