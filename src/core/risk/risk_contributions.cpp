// SPDX-License-Identifier: PostgreSQL
#include "core/risk/risk_contributions.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include "core/base/error.hpp"
#include "core/base/json.hpp"
#include "core/risk/covariance.hpp"
#include "core/risk/monte_carlo.hpp"
#include "core/risk/tail_estimators.hpp"

namespace quant {

namespace {

constexpr int kPartDecimals = 12;

/// The joint history, long enough for the level.
Scenarios scenarios_for(const PortfolioHistory& history, const RiskRequest& request) {
  const std::size_t needed = min_observations(request.level);
  if (request.lookback < needed) {
    throw invalid(concat("lookback must be at least ", needed, " at this level"))
        .detail(concat("It is ", request.lookback, "."));
  }
  Scenarios scenarios = joint_scenarios(history.holdings, request.lookback);
  require_observations(history, scenarios.days.size(), needed);
  return scenarios;
}

/// Money from a figure that is rounded once; one that does not fit is an error.
template <typename Figure>
std::optional<Money> money_of(const Figure& figure) {
  const auto rounded = round_figure(figure, Money::kScale);
  if (!rounded) return std::nullopt;
  return Money::from_units(rounded->mantissa);
}

/// The risk of the whole and of what is left without one holding. The longer arithmetic is worked
/// out only if a rounding needs it.
class Tails {
 public:
  Tails(const PortfolioHistory& history, const Scenarios& scenarios, const RiskRequest& request)
      : holdings_(history.holdings),
        scenarios_(scenarios),
        request_(request),
        real_(pnl_series<Real>(holdings_, scenarios, periods())) {
    if (request.options.method == RiskMethod::kMonteCarlo) {
      simulation_.emplace(holdings_, scenarios, request.options.pause);
      risk_ = simulated(std::nullopt);
    } else {
      risk_ = tail_of(real_.all);
    }
  }

  /// Of a simulation.
  [[nodiscard]] Real largest_change() const {
    return simulation_ ? simulation_->root.largest_change : Real(0);
  }

  [[nodiscard]] const PnlSeries<Real>& pnl() const { return real_; }
  template <typename T>
  [[nodiscard]] TailRisk<T> all() const {
    if constexpr (std::is_same_v<T, Real>) {
      return risk_;
    } else {
      return simulation_ ? converted<T>(risk_) : tail_of(in<T>().all);
    }
  }
  template <typename T>
  [[nodiscard]] TailRisk<T> without(std::size_t holding) const {
    if (simulation_) return converted<T>(simulated(holding));
    std::vector<T> rest = in<T>().all;
    const std::vector<T>& own = in<T>().own[holding];
    for (std::size_t k = 0; k < rest.size(); ++k) rest[k] = difference(rest[k], own[k]);
    return tail_of(rest);
  }

 private:
  [[nodiscard]] std::size_t periods() const {
    return request_.options.overlapping ? static_cast<std::size_t>(request_.options.horizon) : 1;
  }

  /// Jointly normal returns with the mean and the covariance of the scenarios.
  struct Simulation {
    std::vector<Real> means;
    std::vector<Real> values;
    CovarianceRoot root;

    Simulation(std::span<const Holding> holdings, const Scenarios& scenarios, const Pause& pause)
        : root{Matrix<Real>(0), Real(0)} {
      std::vector<std::vector<Real>> columns(holdings.size());
      for (const std::vector<Ratio>& row : scenarios.returns) {
        for (std::size_t i = 0; i < row.size(); ++i) columns[i].push_back(to_real<Real>(row[i]));
      }
      for (std::size_t i = 0; i < holdings.size(); ++i) {
        means.push_back(*mean(std::span<const Real>(columns[i])));
        values.push_back(to_real<Real>(Decimal{holdings[i].value_units(), kValueScale}));
      }
      root = covariance_root(covariance_of(columns, CovarianceMethod::kSample, {}, pause).matrix,
                             pause);
    }
  };

  [[nodiscard]] TailRisk<Real> simulated(std::optional<std::size_t> without) const {
    std::vector<Real> values = simulation_->values;
    if (without) values[*without] = Real(0);
    const TailRiskOptions& options = request_.options;
    return simulated_tail(simulate_pnl(simulation_->means, values, simulation_->root.lower,
                                       static_cast<std::uint64_t>(options.seed),
                                       static_cast<std::size_t>(options.paths), options.pause),
                          request_.level, options);
  }

  template <typename T>
  [[nodiscard]] const PnlSeries<T>& in() const {
    if constexpr (std::is_same_v<T, Real>) {
      return real_;
    } else {
      if (!precise_) precise_ = pnl_series<T>(holdings_, scenarios_, periods());
      return *precise_;
    }
  }
  template <typename T>
  [[nodiscard]] TailRisk<T> tail_of(const std::vector<T>& pnl) const {
    TailRiskOptions options = request_.options;
    if (options.overlapping) {
      // The amounts are those of whole horizons already.
      options.horizon = 1;
      options.overlapping = false;
    }
    if (pnl.empty()) return {};
    return tail_risk(std::span<const T>(pnl), request_.level, options);
  }

  std::span<const Holding> holdings_;
  const Scenarios& scenarios_;
  const RiskRequest& request_;
  PnlSeries<Real> real_;
  std::optional<Simulation> simulation_;
  TailRisk<Real> risk_;
  mutable std::optional<PnlSeries<LongReal>> precise_;
};

/// A position's part of both figures, by Euler's rule.
struct Parts {
  Real value_at_risk;
  Real shortfall;
};

/// Splits the figures of a P&L among the series that it is the sum of.
class Splitter {
 public:
  Splitter(std::vector<Real> pnl, const RiskRequest& request)
      : pnl_(std::move(pnl)),
        request_(request),
        share_(tail_share<Real>(request.level)),
        root_(sqrt(Real(request.options.horizon))) {}
  virtual ~Splitter() = default;
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;

  [[nodiscard]] virtual Parts parts_of(std::span<const Real> own) const = 0;

 protected:
  std::vector<Real> pnl_;
  const RiskRequest& request_;
  Real share_;
  Real root_;
};

/// What the position gained in the scenarios that form the quantile, and in the tail.
class HistoricalSplitter : public Splitter {
 public:
  HistoricalSplitter(std::vector<Real> pnl, const RiskRequest& request)
      : Splitter(std::move(pnl), request), order_(pnl_.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return pnl_[a] < pnl_[b]; });
  }

  [[nodiscard]] Parts parts_of(std::span<const Real> own) const override {
    std::vector<Real> in_order;
    for (const std::size_t k : order_) in_order.push_back(own[k]);
    const std::span<const Real> sorted(in_order);
    const Decimal share = tail_probability(request_.level);
    const Real tail =
        request_.options.tail == Tail::kBelow ? below(sorted, share) : tail_mean(sorted, share);
    return {-quantile(sorted, share, request_.options.quantile_type) * root_, -tail * root_};
  }

 private:
  [[nodiscard]] Real below(std::span<const Real> in_order, const Decimal& share) const {
    std::vector<Real> sorted;
    for (const std::size_t k : order_) sorted.push_back(pnl_[k]);
    const Real limit =
        quantile(std::span<const Real>(sorted), share, request_.options.quantile_type);
    const std::size_t count = count_below(std::span<const Real>(sorted), limit);
    return mean(in_order.first(count)).value_or(Real(0));
  }

  std::vector<std::size_t> order_;
};

/// mean * h, and the covariance with the whole over the deviation of the whole.
class ParametricSplitter : public Splitter {
 public:
  using Splitter::Splitter;

  [[nodiscard]] Parts parts_of(std::span<const Real> own) const override {
    const Real z = normal_quantile(share_);
    const Real slope = deviation_of(own) * root_;
    const Real drift = mean_of(own) * request_.options.horizon;
    return {-drift - z * slope, -drift + normal_density(z) / share_ * slope};
  }

 private:
  [[nodiscard]] bool is_ewma() const { return request_.options.method == RiskMethod::kEwma; }
  [[nodiscard]] Real mean_of(std::span<const Real> own) const {
    return is_ewma() ? Real(0) : *mean(own);
  }
  [[nodiscard]] Real deviation_of(std::span<const Real> own) const {
    const Real squares = product(pnl_, pnl_);
    return squares == 0 ? Real(0) : Real(product(own, pnl_) / sqrt(squares));
  }
  [[nodiscard]] Real product(std::span<const Real> a, std::span<const Real> b) const {
    return is_ewma() ? ewma_covariance(a, b, request_.options) : covariance(a, b);
  }

  static Real covariance(std::span<const Real> a, std::span<const Real> b) {
    const Real mean_a = *mean(a);
    const Real mean_b = *mean(b);
    Real sum(0);
    for (std::size_t k = 0; k < a.size(); ++k) {
      sum += difference(a[k], mean_a) * difference(b[k], mean_b);
    }
    return sum / (real_count(a) - 1);
  }
};

std::unique_ptr<Splitter> splitter_for(std::vector<Real> pnl, const RiskRequest& request) {
  switch (request.options.method) {
    case RiskMethod::kHistorical:
      return std::make_unique<HistoricalSplitter>(std::move(pnl), request);
    case RiskMethod::kNormal:
    case RiskMethod::kEwma:
      return std::make_unique<ParametricSplitter>(std::move(pnl), request);
    default:
      throw Error(ErrorCode::kNotSupported, "this risk method has no components")
          .detail("Euler's rule needs a figure that grows in proportion to the positions.")
          .hint("Use historical, normal or ewma.");
  }
}

/// Whole cents of the parts that add up to `total`: each rounded down, then a cent more for those
/// that lost most, the first of equal ones first.
std::vector<Money> in_cents(const std::vector<Real>& parts, Money total) {
  const Int128 cent = power_of_ten(kPartDecimals - Money::kScale);
  std::vector<Int128> cents;
  std::vector<Int128> lost;
  Int128 missing = total.units();
  for (const Real& part : parts) {
    const Int128 units = round_real(part, kPartDecimals).value.mantissa;
    const Int128 down = units >= 0 ? units / cent : -((-units + cent - 1) / cent);
    cents.push_back(down);
    lost.push_back(units - down * cent);
    missing -= down;
  }
  std::vector<std::size_t> order(parts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
  for (std::size_t i = 0; i < order.size() && missing > 0; ++i, --missing) ++cents[order[i]];
  if (missing != 0) throw broken_invariant("the components of a risk do not add up");
  std::vector<Money> amounts;
  for (const Int128 amount : cents) amounts.push_back(Money::from_units(amount));
  return amounts;
}

}  // namespace

PortfolioTail portfolio_tail(const PortfolioHistory& history, const RiskRequest& request) {
  PortfolioTail result;
  result.portfolio_value = history.value();
  if (history.holdings.empty()) {
    result.value_at_risk = result.expected_shortfall = Money{};
    return result;
  }
  const Scenarios scenarios = scenarios_for(history, request);
  const Tails tails(history, scenarios, request);
  result.observations = static_cast<int>(scenarios.days.size());
  result.missing_observations = scenarios.missing_days;
  result.first_day = scenarios.days.front();
  result.last_day = scenarios.days.back();
  result.value_at_risk =
      money_of([&](auto zero) { return tails.all<decltype(zero)>().value_at_risk; });
  result.expected_shortfall =
      money_of([&](auto zero) { return tails.all<decltype(zero)>().shortfall; });
  const Decimal change = round_real(tails.largest_change(), kPartDecimals).value;
  if (change.mantissa != 0) result.repaired = change;
  return result;
}

std::optional<Decimal> portfolio_volatility(const PortfolioHistory& history,
                                            const RiskRequest& request) {
  const Money value = history.value();
  if (history.holdings.empty()) return Decimal{};
  if (value <= Money{}) return std::nullopt;
  const Scenarios scenarios = scenarios_for(history, request);
  return round_figure(
      [&](auto zero) {
        using T = decltype(zero);
        std::vector<T> returns = pnl_series<T>(history.holdings, scenarios).all;
        for (T& change : returns) change /= to_real<T>(value.to_decimal());
        return volatility(std::span<const T>(returns), T(history.periods_per_year));
      },
      RiskFigure::kWholeDecimals);
}

std::vector<PositionRisk> risk_contributions(const PortfolioHistory& history,
                                             const RiskRequest& request) {
  if (history.holdings.empty()) return {};
  if (request.options.overlapping) {
    throw Error(ErrorCode::kNotSupported, "overlapping horizons have no components")
        .hint("Leave \"horizon_method\" out.");
  }
  const Scenarios scenarios = scenarios_for(history, request);
  const Tails tails(history, scenarios, request);
  const auto splitter = splitter_for(tails.pnl().all, request);
  std::vector<Real> parts;
  std::vector<Real> shortfall_parts;
  for (const std::vector<Real>& own : tails.pnl().own) {
    const Parts found = splitter->parts_of(own);
    parts.push_back(found.value_at_risk);
    shortfall_parts.push_back(found.shortfall);
  }
  const auto whole = money_of([&](auto z) { return tails.all<decltype(z)>().value_at_risk; });
  const auto shortfall = money_of([&](auto z) { return tails.all<decltype(z)>().shortfall; });
  const std::vector<Money> components = in_cents(parts, *whole);
  std::vector<std::optional<Money>> shortfalls(parts.size());
  if (shortfall) {
    const std::vector<Money> amounts = in_cents(shortfall_parts, *shortfall);
    std::copy(amounts.begin(), amounts.end(), shortfalls.begin());
  }

  std::vector<PositionRisk> positions;
  for (std::size_t i = 0; i < history.holdings.size(); ++i) {
    const Holding& holding = history.holdings[i];
    const auto incremental = money_of([&](auto z) {
      using T = decltype(z);
      const auto with = tails.all<T>().value_at_risk;
      const auto without = tails.without<T>(i).value_at_risk;
      return std::optional<T>(*with - *without);
    });
    const Real value = to_real<Real>(Decimal{holding.value_units(), kValueScale});
    positions.push_back({holding.symbol, holding.quantity, holding.value(), components[i],
                         shortfalls[i], round_real(parts[i] / value, kPartDecimals).value,
                         *incremental});
  }
  return positions;
}

std::string contributions_json(const PortfolioHistory& history) {
  std::string members;
  for (const PositionRisk& position : risk_contributions(history, {})) {
    members += concat(members.empty() ? "" : ", ", json_string(position.symbol), ": ",
                      position.component_var.to_text());
  }
  return concat('{', members, '}');
}

}  // namespace quant
