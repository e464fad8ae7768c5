// SPDX-License-Identifier: PostgreSQL
#include "core/risk/regression.hpp"

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"
#include "core/risk/distribution.hpp"

namespace quant {

namespace {

using Integer = boost::multiprecision::cpp_int;

constexpr int kDecimals = 12;

/// n / d as a real, whatever the lengths of both.
template <typename T>
T to_real(const Integer& numerator, const Integer& denominator) {
  return T(numerator.str()) / T(denominator.str());
}

/// (4 (n / 100)^(2/9)) rounded down: the largest L with L^9 100^2 <= 4^9 n^2.
std::size_t newey_west_lag(std::size_t observations) {
  const Integer limit = boost::multiprecision::pow(Integer(4), 9) * observations * observations;
  std::size_t lag = 0;
  while (boost::multiprecision::pow(Integer(lag + 1), 9) * 10'000 <= limit) ++lag;
  return lag;
}

/// Least squares in units of the sample's scales: rows x_t of integers, the first of them the
/// constant.
class LeastSquares {
 public:
  LeastSquares(const RegressionSample& sample, const Pause& pause) : pause_(pause) {
    const std::size_t n = sample.response.mantissas.size();
    rows_.assign(n, std::vector<Integer>(1, Integer(1)));
    for (const DecimalSample& factor : sample.factors) {
      for (std::size_t t = 0; t < n; ++t) rows_[t].push_back(Integer(factor.mantissas[t]));
    }
    for (const Int128 value : sample.response.mantissas) response_.push_back(Integer(value));
  }

  [[nodiscard]] std::size_t observations() const { return rows_.size(); }
  [[nodiscard]] std::size_t columns() const { return rows_.front().size(); }
  [[nodiscard]] std::size_t degrees() const { return observations() - columns(); }

  /// The first column that those before it span, or nothing: then all else is defined.
  [[nodiscard]] std::optional<std::size_t> solve() {
    const std::size_t k = columns();
    // [X'X | I], made [det I | adj] without fractions [Bareiss 1968]. X'X is positive
    // semidefinite, so a pivot of 0 is a column that the ones before it span.
    std::vector<std::vector<Integer>> work(k, std::vector<Integer>(2 * k));
    products_.assign(k, 0);
    for (std::size_t t = 0; t < rows_.size(); ++t) {
      pause_();
      for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = i; j < k; ++j) work[i][j] += rows_[t][i] * rows_[t][j];
        products_[i] += rows_[t][i] * response_[t];
      }
    }
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < i; ++j) work[i][j] = work[j][i];
      work[i][k + i] = 1;
    }
    Integer before = 1;
    for (std::size_t pivot = 0; pivot < k; ++pivot) {
      if (work[pivot][pivot] == 0) return pivot;
      for (std::size_t i = 0; i < k; ++i) {
        if (i == pivot) continue;
        pause_();
        const Integer factor = work[i][pivot];
        for (std::size_t j = 0; j < 2 * k; ++j) {
          work[i][j] = (work[pivot][pivot] * work[i][j] - factor * work[pivot][j]) / before;
        }
      }
      before = work[pivot][pivot];
    }
    determinant_ = before;
    adjugate_.assign(k, {});
    for (std::size_t i = 0; i < k; ++i) {
      adjugate_[i].assign(work[i].begin() + static_cast<std::ptrdiff_t>(k), work[i].end());
    }
    finish();
    return std::nullopt;
  }

  // In units of the determinant: b_i = coefficient / determinant, e_t = residual / determinant.
  [[nodiscard]] const Integer& determinant() const { return determinant_; }
  [[nodiscard]] const Integer& coefficient(std::size_t i) const { return coefficients_[i]; }
  /// e'e = residual_squares() / determinant^2.
  [[nodiscard]] const Integer& residual_squares() const { return residual_squares_; }
  /// sum (y - mean)^2 = total_squares() / n.
  [[nodiscard]] const Integer& total_squares() const { return total_squares_; }

  /// The variance of b_i as a fraction.
  struct Fraction {
    Integer numerator;
    Integer denominator;
  };
  [[nodiscard]] Fraction variance(std::size_t i, StandardErrors errors) const {
    const Integer squared = determinant_ * determinant_;
    if (errors == StandardErrors::kOls) {
      return {residual_squares_ * adjugate_[i][i], squared * determinant_ * degrees()};
    }
    // adj M adj / det^2, where M = sum of e_s e_t w x_s x_t' in units of det^2: with a_t = adj_i
    // x_t e_t it is the weighted sum of a_s a_t.
    std::vector<Integer> scores;
    for (std::size_t t = 0; t < rows_.size(); ++t) {
      pause_();
      Integer score = 0;
      for (std::size_t j = 0; j < columns(); ++j) score += adjugate_[i][j] * rows_[t][j];
      scores.push_back(score * residuals_[t]);
    }
    const auto autocovariance = [&](std::size_t lag) {
      Integer sum = 0;
      for (std::size_t t = lag; t < scores.size(); ++t) sum += scores[t] * scores[t - lag];
      return sum;
    };
    const Integer denominator = squared * squared;
    if (errors == StandardErrors::kHc1) {
      return {autocovariance(0) * observations(), denominator * degrees()};
    }
    const std::size_t lags = newey_west_lag(observations());
    Integer sum = autocovariance(0) * (lags + 1);
    for (std::size_t lag = 1; lag <= lags && lag < scores.size(); ++lag) {
      sum += 2 * (lags + 1 - lag) * autocovariance(lag);
    }
    return {sum, denominator * (lags + 1)};
  }

 private:
  void finish() {
    for (const std::vector<Integer>& row : adjugate_) {
      Integer sum = 0;
      for (std::size_t j = 0; j < row.size(); ++j) sum += row[j] * products_[j];
      coefficients_.push_back(std::move(sum));
    }
    Integer sum = 0;
    Integer squares = 0;
    for (std::size_t t = 0; t < rows_.size(); ++t) {
      pause_();
      Integer residual = determinant_ * response_[t];
      for (std::size_t j = 0; j < columns(); ++j) residual -= rows_[t][j] * coefficients_[j];
      residual_squares_ += residual * residual;
      residuals_.push_back(std::move(residual));
      sum += response_[t];
      squares += response_[t] * response_[t];
    }
    total_squares_ = squares * observations() - sum * sum;
  }

  const Pause& pause_;
  std::vector<std::vector<Integer>> rows_;
  std::vector<Integer> response_;
  std::vector<Integer> products_;
  Integer determinant_;
  std::vector<std::vector<Integer>> adjugate_;
  std::vector<Integer> coefficients_;
  std::vector<Integer> residuals_;
  Integer residual_squares_;
  Integer total_squares_;
};

void check_sample(const RegressionSample& sample) {
  const std::size_t n = sample.response.mantissas.size();
  const std::size_t k = sample.factors.size();
  if (n > k + 1) return;
  throw invalid(concat("a regression on ", k, k == 1 ? " factor" : " factors", " needs more than ",
                       k + 1, " observations"))
      .detail(concat("There are ", n, "."));
}

/// 10^scale of a term's unit: b_k is in units of y over those of x_k.
template <typename T>
T unit_of(const RegressionSample& sample, std::size_t term) {
  const int of_factor = term == 0 ? 0 : sample.factors[term - 1].scale;
  return T(concat("1e", of_factor - sample.response.scale));
}

RegressionTerm term_of(const RegressionSample& sample, const LeastSquares& fit, std::size_t term,
                       StandardErrors errors) {
  RegressionTerm result;
  result.name = term == 0 ? "alpha" : sample.names[term - 1];
  const auto variance = fit.variance(term, errors);
  const bool has_error = variance.numerator > 0;
  const auto estimate = [&](auto zero) {
    using T = decltype(zero);
    return to_real<T>(fit.coefficient(term), fit.determinant());
  };
  const auto error = [&](auto zero) {
    using T = decltype(zero);
    return T(sqrt(to_real<T>(variance.numerator, variance.denominator)));
  };
  const auto add = [&](const auto& figure) {
    return round_figure([&](auto zero) { return std::optional(figure(zero)); }, kDecimals);
  };
  result.estimate = add([&](auto zero) {
    return decltype(zero)(estimate(zero) * unit_of<decltype(zero)>(sample, term));
  });
  result.standard_error = add([&](auto zero) {
    return decltype(zero)(error(zero) * unit_of<decltype(zero)>(sample, term));
  });
  if (!has_error) return result;
  // Beyond this the error is what rounding the values has left of a perfect fit.
  static const Real kMostErrors("1e24");
  if (abs(Real(estimate(Real{}) / error(Real{}))) > kMostErrors) return result;
  result.t_statistic = add([&](auto zero) { return decltype(zero)(estimate(zero) / error(zero)); });
  result.p_value = add([&](auto zero) {
    using T = decltype(zero);
    const T t = abs(T(estimate(zero) / error(zero)));
    return T(2 * student_t_tail_probability(T(static_cast<long long>(fit.degrees())), t));
  });
  return result;
}

}  // namespace

StandardErrors parse_standard_errors(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kNames = {"ols", "hc1", "newey_west"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<StandardErrors>(found - kNames.begin());
  throw invalid(concat("unknown standard errors \"", name, '"')).hint(one_of(kNames));
}

Regression regress(const RegressionSample& sample, StandardErrors errors, const Pause& pause) {
  check_sample(sample);
  LeastSquares fit(sample, pause);
  if (const auto dependent = fit.solve()) {
    throw invalid(concat("factor \"", sample.names[*dependent - 1],
                         "\" is a combination of the constant and the factors before it"))
        .detail(concat("It is column ", *dependent, " of ", sample.factors.size(), "."))
        .hint("Leave it out: its coefficient is not determined.");
  }
  Regression result;
  result.observations = fit.observations();
  for (std::size_t term = 0; term < fit.columns(); ++term) {
    result.terms.push_back(term_of(sample, fit, term, errors));
  }
  const Integer squared = fit.determinant() * fit.determinant();
  result.residual_deviation = round_figure(
      [&](auto zero) {
        using T = decltype(zero);
        const T variance = to_real<T>(fit.residual_squares(), squared * fit.degrees());
        return std::optional(T(sqrt(variance) * unit_of<T>(sample, 0)));
      },
      kDecimals);
  if (fit.total_squares() == 0) return result;
  const auto unexplained = [&](auto zero, const Integer& weight, const Integer& divisor) {
    using T = decltype(zero);
    return std::optional(T(1 - to_real<T>(fit.residual_squares() * fit.observations() * weight,
                                          squared * fit.total_squares() * divisor)));
  };
  result.r_squared = round_figure([&](auto zero) { return unexplained(zero, 1, 1); }, kDecimals);
  result.adjusted_r_squared = round_figure(
      [&](auto zero) { return unexplained(zero, fit.observations() - 1, fit.degrees()); },
      kDecimals);
  return result;
}

}  // namespace quant
