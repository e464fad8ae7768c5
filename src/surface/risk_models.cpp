// SPDX-License-Identifier: PostgreSQL
// Models over arrays: volatility of prices, covariance, regression, tests of expected shortfall;
// and the factor exposures of a portfolio.
#include "core/risk/covariance.hpp"
#include "core/risk/factor_exposures.hpp"
#include "core/risk/garch.hpp"
#include "core/risk/monte_carlo.hpp"
#include "core/risk/price_volatility.hpp"
#include "core/risk/var_backtest.hpp"

#include "adapter/aggregate_call.hpp"
#include "adapter/call_arguments.hpp"
#include "adapter/factor_reader.hpp"
#include "adapter/numeric_array.hpp"
#include "adapter/row_writer.hpp"

namespace quant::pg {

namespace {

constexpr int kDecimals = 12;

/// A column of numbers of one scale.
DecimalSample sample_of(const std::vector<Decimal>& values, std::string_view name) {
  DecimalSample sample;
  for (const Decimal& value : values) sample.scale = std::max(sample.scale, value.trimmed().scale);
  const Int128 limit = kInt128Max / power_of_ten(sample.scale);
  for (const Decimal& value : values) {
    if (magnitude(value.mantissa) / value.unit() >= limit) {
      throw out_of_range(concat(name, " holds numbers of too many digits"));
    }
    sample.mantissas.push_back(value.rounded(sample.scale).mantissa);
  }
  return sample;
}

std::vector<Decimal> column_of(const std::vector<std::vector<Decimal>>& rows, std::size_t column) {
  std::vector<Decimal> values;
  for (const std::vector<Decimal>& row : rows) values.push_back(row[column]);
  return values;
}

template <typename T>
std::vector<std::vector<T>> columns_of(const std::vector<std::vector<Decimal>>& rows) {
  std::vector<std::vector<T>> columns(rows.empty() ? 0 : rows.front().size());
  for (const std::vector<Decimal>& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push_back(to_real<T>(row[i]));
  }
  return columns;
}

/// The covariance in both arithmetics, the longer one only where a rounding needs it.
class RoundedCovariance {
 public:
  RoundedCovariance(const std::vector<std::vector<Decimal>>& returns, CovarianceMethod method,
                    const Decimal& lambda)
      : returns_(returns),
        method_(method),
        lambda_(lambda),
        real_(covariance_of(columns_of<Real>(returns), method, lambda, serve_interrupts)) {}

  [[nodiscard]] std::size_t size() const { return real_.matrix.size(); }
  [[nodiscard]] Decimal at(std::size_t row, std::size_t column) const {
    return *rounded([&](const auto& found) { return std::optional(found.matrix.at(row, column)); });
  }
  [[nodiscard]] std::optional<Decimal> shrinkage() const {
    return rounded([](const auto& found) { return found.shrinkage; });
  }

 private:
  template <typename Member>
  [[nodiscard]] std::optional<Decimal> rounded(const Member& member) const {
    return round_value(
        member(real_),
        [&](auto) {
          if (!precise_)
            precise_ =
                covariance_of(columns_of<LongReal>(returns_), method_, lambda_, serve_interrupts);
          return member(*precise_);
        },
        kDecimals);
  }

  const std::vector<std::vector<Decimal>>& returns_;
  CovarianceMethod method_;
  Decimal lambda_;
  Covariance<Real> real_;
  mutable std::optional<Covariance<LongReal>> precise_;
};

void put_regression(TupleSink& rows, const Regression& regression) {
  for (const RegressionTerm& term : regression.terms) {
    rows.put(term.name).put(term.estimate).put(term.standard_error).put(term.t_statistic);
    rows.put(term.p_value).put(regression.r_squared).put(regression.adjusted_r_squared);
    rows.put(regression.residual_deviation);
    rows.put(static_cast<std::int64_t>(regression.observations)).end_row();
  }
}

/// {mu, omega, alpha, beta}
GarchModel read_garch(const std::vector<std::optional<Decimal>>& numbers) {
  constexpr std::size_t kCount = 4;
  std::vector<Real> values;
  for (const auto& number : numbers) {
    if (number) values.push_back(to_real<Real>(*number));
  }
  if (numbers.size() != kCount || values.size() != kCount || values[1] <= 0 || values[2] < 0 ||
      values[3] < 0) {
    throw invalid("parameters must be mu, omega, alpha and beta")
        .detail("omega must be positive, alpha and beta not negative.")
        .hint("Write them as '{0.0005,0.000002,0.08,0.9}', or leave them out to fit them.");
  }
  return {values[0], values[1], values[2], values[3]};
}

Matrix<Real> read_correlation(const std::vector<std::vector<Decimal>>& rows) {
  Matrix<Real> matrix(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() != rows.size()) {
      throw invalid("the matrix must be square")
          .detail(concat("It has ", rows.size(), " rows and ", rows[i].size(), " columns."));
    }
    for (std::size_t j = 0; j < rows.size(); ++j) {
      const Decimal one{1, 0};
      const bool fits =
          i == j ? rows[i][j] == one
                 : rows[i][j] == rows[j][i] && rows[i][j] <= one && rows[i][j] >= Decimal{-1, 0};
      if (!fits) {
        throw invalid("the matrix must be one of correlations")
            .detail(concat("Row ", i + 1, ", column ", j + 1, " is ", rows[i][j].to_text(), "."))
            .hint("It is symmetric, with a diagonal of 1 and the rest from -1 to 1.");
      }
      matrix.at(i, j) = to_real<Real>(rows[i][j]);
    }
  }
  return matrix;
}

StandardErrors errors_argument(FunctionCallInfo fcinfo, int argument) {
  return parse_standard_errors(text_value(required(fcinfo, argument, "standard_errors")));
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_price_volatility);
Datum quant_price_volatility(PG_FUNCTION_ARGS) {
  return return_nullable(
      fcinfo, guard([&]() -> NullableDatum {
        std::array<std::vector<std::optional<Decimal>>, 4> prices;
        constexpr std::array<std::string_view, 4> kNames = {"open", "high", "low", "close"};
        for (std::size_t i = 0; i < prices.size(); ++i) {
          prices[i] =
              read_numeric_array(required(fcinfo, static_cast<int>(i), kNames[i]), kNames[i]);
          if (prices[i].size() != prices[0].size()) {
            throw invalid("the arrays of prices differ in length")
                .detail(concat("open has ", prices[0].size(), " elements, ", kNames[i], " has ",
                               prices[i].size(), "."));
          }
        }
        const auto estimator =
            parse_volatility_estimator(text_value(required(fcinfo, 4, "estimator")));
        const Decimal periods =
            decode_decimal(required(fcinfo, 5, "periods_per_year"), "periods_per_year");
        std::vector<PriceBar> bars;
        for (std::size_t i = 0; i < prices[0].size(); ++i) {
          if (!prices[0][i] || !prices[1][i] || !prices[2][i] || !prices[3][i]) continue;
          bars.push_back({*prices[0][i], *prices[1][i], *prices[2][i], *prices[3][i]});
        }
        const auto figure = price_volatility(bars, estimator, periods, serve_interrupts);
        if (!figure) return {Datum{0}, true};
        return {encode_decimal(*figure), false};
      }));
}

PG_FUNCTION_INFO_V1(quant_covariance);
Datum quant_covariance(PG_FUNCTION_ARGS) {
  return guard([&] {
    const auto returns = read_numeric_matrix(required(fcinfo, 0, "returns"), "returns");
    const auto method = parse_covariance_method(text_value(required(fcinfo, 1, "method")));
    const Decimal lambda = decode_decimal(required(fcinfo, 2, "lambda"), "lambda");
    if (lambda.mantissa <= 0 || lambda >= Decimal{1, 0}) {
      throw invalid("lambda must lie between 0 and 1")
          .detail(concat("It is ", lambda.to_text(), "."));
    }
    const RoundedCovariance found(returns, method, lambda);
    std::vector<std::vector<Decimal>> matrix(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (std::size_t j = 0; j < found.size(); ++j) matrix[i].push_back(found.at(i, j));
    }
    TupleSink row(result_description(fcinfo));
    row.put_datum(encode_numeric_matrix(matrix)).put(found.shrinkage());
    row.put(static_cast<std::int64_t>(returns.size()));
    return row.composite();
  });
}

PG_FUNCTION_INFO_V1(quant_regression);
Datum quant_regression(PG_FUNCTION_ARGS) {
  return guard([&] {
    const auto y = read_numeric_matrix(required(fcinfo, 0, "y"), "y");
    const auto x = read_numeric_matrix(required(fcinfo, 1, "x"), "x");
    const StandardErrors errors = errors_argument(fcinfo, 2);
    if (y.size() != x.size() || (!y.empty() && y.front().size() != 1)) {
      throw invalid("y and x differ in the number of observations")
          .detail(concat("y has ", y.size(), " rows, x has ", x.size(), "."))
          .hint("y is an array of one dimension, x one of rows of factors.");
    }
    RegressionSample sample;
    sample.response = sample_of(column_of(y, 0), "y");
    const std::size_t factors = x.empty() ? 0 : x.front().size();
    for (std::size_t factor = 0; factor < factors; ++factor) {
      sample.factors.push_back(sample_of(column_of(x, factor), "x"));
      sample.names.push_back(concat('x', factor + 1));
    }
    const Regression regression = regress(sample, errors, serve_interrupts);
    TupleSink rows(begin_result_set(fcinfo));
    put_regression(rows, regression);
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_factor_exposures);
Datum quant_factor_exposures(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    const DateADT date = date_argument(fcinfo, 1, "as_of");
    const std::vector<std::string> names = read_text_array(required(fcinfo, 2, "factors"), "factors");
    const int lookback =
        whole_argument(fcinfo, 3, "lookback", static_cast<int>(kLongestRiskWindow));
    const StandardErrors errors = errors_argument(fcinfo, 4);
    Regression regression;
    with_spi([&] {
      const auto window = static_cast<std::size_t>(lookback);
      const PortfolioHistory history = read_portfolio_history(portfolio_id, date, window);
      regression = factor_exposures(history, read_factors(names, date), window, errors);
    });
    TupleSink rows(begin_result_set(fcinfo));
    put_regression(rows, regression);
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_garch);
Datum quant_garch(PG_FUNCTION_ARGS) {
  return guard([&] {
    std::vector<Real> values;
    std::int64_t missing = 0;
    for (const auto& value : read_numeric_array(required(fcinfo, 0, "returns"), "returns")) {
      value ? values.push_back(to_real<Real>(*value)) : static_cast<void>(++missing);
    }
    GarchModel model;
    if (PG_ARGISNULL(1)) {
      model = fit_garch(values, serve_interrupts);
    } else {
      model = read_garch(read_numeric_array(PG_GETARG_DATUM(1), "parameters"));
      if (values.empty()) throw Error(ErrorCode::kNoData, "there is no return");
    }
    const GarchState state = garch_filter(values, model);
    TupleSink row(result_description(fcinfo));
    for (const Real& figure :
         {model.mu, model.omega, model.alpha, model.beta, state.log_likelihood, state.forecast}) {
      row.put(round_real(figure, kDecimals).value);
    }
    row.put(static_cast<std::int64_t>(values.size())).put(missing);
    return row.composite();
  });
}

PG_FUNCTION_INFO_V1(quant_nearest_correlation);
Datum quant_nearest_correlation(PG_FUNCTION_ARGS) {
  return guard([&] {
    const Matrix<Real> correlation =
        read_correlation(read_numeric_matrix(required(fcinfo, 0, "matrix"), "matrix"));
    const Matrix<Real> repaired = nearest_correlation(correlation, serve_interrupts);
    Real change(0);
    std::vector<std::vector<Decimal>> rows(repaired.size());
    for (std::size_t i = 0; i < repaired.size(); ++i) {
      for (std::size_t j = 0; j < repaired.size(); ++j) {
        rows[i].push_back(round_real(repaired.at(i, j), kDecimals).value);
        change = std::max(change, Real(abs(repaired.at(i, j) - correlation.at(i, j))));
      }
    }
    TupleSink row(result_description(fcinfo));
    row.put_datum(encode_numeric_matrix(rows)).put(round_real(change, kDecimals).value);
    return row.composite();
  });
}

PG_FUNCTION_INFO_V1(quant_es_backtest);
Datum quant_es_backtest(PG_FUNCTION_ARGS) {
  return guard([&] {
    std::array<std::vector<std::optional<Decimal>>, 3> columns;
    constexpr std::array<std::string_view, 3> kNames = {"losses", "value_at_risk", "shortfall"};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i] = read_numeric_array(required(fcinfo, static_cast<int>(i), kNames[i]), kNames[i]);
      if (columns[i].size() == columns[0].size()) continue;
      throw invalid("losses and forecasts differ in number")
          .detail(concat("There are ", columns[0].size(), " losses and ", columns[i].size(), " of ",
                         kNames[i], "."));
    }
    const Decimal level = decode_decimal(required(fcinfo, 3, "level"), "level");
    std::vector<ShortfallOutcome> outcomes;
    for (std::size_t i = 0; i < columns[0].size(); ++i) {
      if (!columns[0][i] || !columns[1][i] || !columns[2][i]) continue;
      outcomes.push_back({*columns[0][i], *columns[1][i], *columns[2][i]});
    }
    const ShortfallBacktest result = backtest_shortfall(outcomes, level);
    TupleSink row(result_description(fcinfo));
    row.put(result.exceptions).put(result.z1).put(result.z2);
    row.put(static_cast<std::int64_t>(outcomes.size()));
    row.put(static_cast<std::int64_t>(columns[0].size() - outcomes.size()));
    return row.composite();
  });
}

}  // extern "C"

}  // namespace quant::pg
