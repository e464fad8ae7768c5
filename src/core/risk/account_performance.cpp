// SPDX-License-Identifier: PostgreSQL
#include "core/risk/account_performance.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/risk/holding_history.hpp"
#include "core/risk/relative_statistics.hpp"

namespace quant {

namespace {

constexpr int kDrawdownDecimals = 6;

/// What one unit of money became over a period. The flow counts at its start, or where it took more
/// than there was then, at its end; an account that was and stays empty has changed by nothing.
/// Nothing where there was nothing to earn on.
template <typename T>
std::optional<T> growth_over(Money before, const AccountMark& mark) {
  const auto real = [](Money amount) { return T(amount.units()); };
  const Money base = before + mark.flow;
  if (base > Money{}) return T(real(mark.point.equity) / real(base));
  if (before > Money{}) return T(real(mark.point.equity - mark.flow) / real(before));
  if (before.is_zero() && mark.point.equity == mark.flow) return T(1);
  return std::nullopt;
}

/// What one unit of money became at each mark; it ends where nothing is left to earn on.
template <typename T>
std::vector<T> wealth_of(Money initial_capital, std::span<const AccountMark> marks) {
  std::vector<T> wealth;
  T level(1);
  Money before = initial_capital;
  for (const AccountMark& mark : marks) {
    const auto growth = growth_over<T>(before, mark);
    if (!growth || level < 0) break;
    level *= *growth;
    wealth.push_back(level);
    before = mark.point.equity;
  }
  return wealth;
}

/// Largest drawdown of levels that begin at 1.
template <typename T>
T max_drawdown_of(std::span<const T> wealth) {
  T peak(1);
  T deepest(0);
  for (const T& level : wealth) {
    if (level > peak) peak = level;
    const T fall = difference(peak, level) / peak;
    if (fall > deepest) deepest = fall;
  }
  return deepest;
}

/// Wealth at the end of each session day.
template <typename T>
struct DailyWealth {
  std::vector<Day> days;
  std::vector<T> wealth;
};
template <typename T>
DailyWealth<T> daily_wealth(Money initial_capital, std::span<const AccountMark> marks) {
  DailyWealth<T> daily;
  const std::vector<T> wealth = wealth_of<T>(initial_capital, marks);
  for (std::size_t i = 0; i < wealth.size(); ++i) {
    const Day day = marks[i].point.session_day;
    if (!daily.days.empty() && daily.days.back() == day) {
      daily.wealth.back() = wealth[i];
    } else {
      daily.days.push_back(day);
      daily.wealth.push_back(wealth[i]);
    }
  }
  return daily;
}

template <typename T>
std::vector<T> returns_of(std::span<const T> wealth) {
  std::vector<T> returns;
  T before(1);
  for (const T& level : wealth) {
    if (before == 0) break;
    returns.push_back(difference(level, before) / before);
    before = level;
  }
  return returns;
}

/// Returns of the account and of the benchmark over the same days.
template <typename T>
struct Pairs {
  std::vector<T> account;
  std::vector<T> benchmark;
};
template <typename T>
Pairs<T> pairs_of(const DailyWealth<T>& daily, const Holding& benchmark) {
  const std::vector<T> returns = returns_of(std::span<const T>(daily.wealth));
  Pairs<T> pairs;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const Day from = i == 0 ? daily.days.front() - 1 : daily.days[i - 1];
    const DailyClose* before = close_until(benchmark, from);
    const DailyClose* after = close_until(benchmark, daily.days[i]);
    if (before == nullptr || after == before) continue;
    pairs.account.push_back(returns[i]);
    pairs.benchmark.push_back(to_real<T>(total_return(
        before->close, after->close, actions_between(benchmark, before->day, after->day))));
  }
  return pairs;
}

/// The figures that account and benchmark share, of levels at `days` that begin at 1 on `start`.
template <typename Levels>
void add_performance(const Levels& levels, int span_days, int periods_per_year,
                     std::vector<RiskFigure>& figures) {
  const auto add = [&](std::string_view name, const auto& figure) {
    figures.push_back(ratio_figure(name, [&](auto zero) {
      using T = decltype(zero);
      const std::vector<T> wealth = levels(zero);
      using Result = std::optional<T>;
      if (wealth.empty()) return Result();
      const std::vector<T> returns = returns_of(std::span<const T>(wealth));
      return Result(
          figure(std::span<const T>(wealth), std::span<const T>(returns), T(periods_per_year)));
    }));
  };
  add("annualized_return",
      [&](auto wealth, auto, const auto&) { return annual_growth(wealth.back(), span_days); });
  add("volatility",
      [](auto, auto returns, const auto& periods) { return volatility(returns, periods); });
  add("sharpe_ratio", [](auto, auto returns, const auto& periods) {
    return sharpe_ratio(returns, std::decay_t<decltype(periods)>(0), periods);
  });
}

template <typename Levels>
RiskFigure drawdown_figure(const Levels& levels) {
  return ratio_figure("max_drawdown", [&](auto zero) {
    using T = decltype(zero);
    const std::vector<T> wealth = levels(zero);
    return wealth.empty() ? std::optional<T>()
                          : std::optional<T>(max_drawdown_of(std::span<const T>(wealth)));
  });
}

/// A benchmark's level after each of its days, 1 before the first.
class BenchmarkLevels {
 public:
  explicit BenchmarkLevels(std::span<const BenchmarkPart> parts) : parts_(parts) {
    std::vector<Holding> assets;
    for (const BenchmarkPart& part : parts) assets.push_back(part.asset);
    scenarios_ = joint_scenarios(assets, kLongestHistory);
    if (scenarios_.days.empty()) return;
    // The joint day before the first return.
    for (const DailyClose& close : assets.front().closes) {
      if (close.day >= scenarios_.days.front()) break;
      const bool is_joint = std::all_of(assets.begin(), assets.end(), [&](const Holding& asset) {
        const DailyClose* found = close_until(asset, close.day);
        return found != nullptr && found->day == close.day;
      });
      if (is_joint) start_ = close.day;
    }
  }

  [[nodiscard]] bool empty() const { return scenarios_.days.empty(); }
  [[nodiscard]] Day start() const { return start_; }
  [[nodiscard]] Day last() const { return scenarios_.days.back(); }

  template <typename T>
  [[nodiscard]] std::vector<T> levels() const {
    std::vector<T> levels;
    T level(1);
    for (const std::vector<Ratio>& row : scenarios_.returns) {
      T change(0);
      for (std::size_t i = 0; i < row.size(); ++i) {
        change += to_real<T>(parts_[i].weight) * to_real<T>(row[i]);
      }
      level *= 1 + change;
      levels.push_back(level);
    }
    return levels;
  }

  /// What one unit became since the last level on or before `day`; nothing before the start.
  template <typename T>
  [[nodiscard]] std::optional<T> return_since(Day day) const {
    if (day < start_) return std::nullopt;
    const std::vector<T> levels = this->levels<T>();
    const auto after = std::upper_bound(scenarios_.days.begin(), scenarios_.days.end(), day);
    const auto index = after - scenarios_.days.begin();
    const T base = index == 0 ? T(1) : levels[static_cast<std::size_t>(index - 1)];
    if (base == 0) return std::nullopt;
    return T(difference(levels.back(), base) / base);
  }

 private:
  static constexpr std::size_t kLongestHistory = 1'000'000;

  std::span<const BenchmarkPart> parts_;
  Scenarios scenarios_;
  Day start_ = 0;
};

/// The same day `years` earlier; of 29 February the 28th.
Day years_before(Day day, int years) {
  using namespace std::chrono;
  year_month_day date = civil_date(day) - std::chrono::years{years};
  if (!date.ok()) date = date.year() / February / 28;
  return day_number(date);
}

}  // namespace

std::vector<Decimal> account_drawdowns(Money initial_capital, std::span<const AccountMark> marks) {
  std::vector<Decimal> drawdowns;
  const std::vector<Real> wealth = wealth_of<Real>(initial_capital, marks);
  std::optional<std::vector<LongReal>> precise;
  const auto drawdown_at = [&](const auto& levels, std::size_t end) {
    using T = std::decay_t<decltype(levels.front())>;
    T peak(1);
    for (std::size_t i = 0; i <= end; ++i) peak = std::max(peak, levels[i]);
    return T(difference(peak, levels[end]) / peak);
  };
  Real peak(1);
  for (std::size_t i = 0; i < wealth.size(); ++i) {
    if (wealth[i] > peak) peak = wealth[i];
    Rounded rounded = round_real(Real(difference(peak, wealth[i]) / peak), kDrawdownDecimals);
    if (rounded.near_tie) {
      if (!precise) precise = wealth_of<LongReal>(initial_capital, marks);
      rounded = round_real(drawdown_at(*precise, i), kDrawdownDecimals);
    }
    drawdowns.push_back(rounded.value);
  }
  // Nothing was left: a fall of all there was.
  drawdowns.resize(marks.size(), Decimal{power_of_ten(kDrawdownDecimals), kDrawdownDecimals});
  return drawdowns;
}

std::vector<EquityPoint> curve_without_flows(Money initial_capital,
                                             std::span<const AccountMark> marks) {
  std::vector<EquityPoint> curve;
  if (marks.empty()) return curve;
  curve.push_back(marks.front().point);
  curve.front().equity = initial_capital;
  bool has_flows = false;
  const std::vector<Real> wealth = wealth_of<Real>(initial_capital, marks);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    has_flows = has_flows || !marks[i].flow.is_zero();
    curve.push_back(marks[i].point);
    if (!has_flows) continue;
    // Where nothing was left, nothing is left.
    curve.back().equity =
        i < wealth.size()
            ? Money::from_units(
                  round_real(Real(wealth[i] * initial_capital.units()), 0).value.mantissa)
            : Money{};
  }
  return curve;
}

std::vector<std::optional<Money>> benchmark_values(Money initial_capital,
                                                   std::span<const AccountMark> marks,
                                                   const Holding& benchmark) {
  std::vector<std::optional<Money>> values;
  const DailyClose* last = nullptr;
  Real level(1);
  for (const AccountMark& mark : marks) {
    const DailyClose* close = close_until(benchmark, mark.point.session_day);
    if (last == nullptr) {
      last = close;
    } else if (close != last) {
      level *= 1 + to_real<Real>(total_return(last->close, close->close,
                                              actions_between(benchmark, last->day, close->day)));
      last = close;
    }
    values.push_back(
        last == nullptr
            ? std::nullopt
            : std::optional(Money::from_units(
                  round_real(Real(level * initial_capital.units()), 0).value.mantissa)));
  }
  return values;
}

AccountLoss account_loss(Money initial_capital, std::span<const AccountMark> marks,
                         const AccountMark& now, Timestamp today) {
  constexpr int kExactDecimals = 24;
  const Decimal all{power_of_ten(kExactDecimals), kExactDecimals};
  std::vector<AccountMark> path(marks.begin(), marks.end());
  path.push_back(now);
  const std::vector<Real> wealth = wealth_of<Real>(initial_capital, path);
  if (wealth.size() < path.size()) return {all, all};
  Real peak(1);
  Real before(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    peak = std::max(peak, wealth[i]);
    if (i + 1 < path.size() && path[i].point.timestamp < today) before = wealth[i];
  }
  const auto fall = [&](const Real& from) {
    if (from <= 0) return all;
    return round_real(Real(difference(from, wealth.back()) / from), kExactDecimals).value;
  };
  return {fall(peak), fall(before)};
}

std::vector<RiskFigure> account_performance(Money initial_capital,
                                            std::span<const AccountMark> marks,
                                            const Holding* benchmark, int periods_per_year) {
  std::vector<RiskFigure> figures;
  const auto levels = [&](auto zero) {
    return daily_wealth<decltype(zero)>(initial_capital, marks).wealth;
  };
  const auto of_returns = [&](std::string_view name, const auto& figure) {
    figures.push_back(ratio_figure(name, [&](auto zero) { return figure(zero); }));
  };
  of_returns("total_return", [&](auto zero) {
    using T = decltype(zero);
    const std::vector<T> wealth = levels(zero);
    return wealth.empty() ? std::optional<T>() : std::optional<T>(difference(wealth.back(), T(1)));
  });
  const int span =
      marks.empty() ? 0 : marks.back().point.session_day - marks.front().point.session_day;
  add_performance(levels, span, periods_per_year, figures);
  figures.push_back(drawdown_figure(
      [&](auto zero) { return wealth_of<decltype(zero)>(initial_capital, marks); }));
  of_returns("sortino_ratio", [&](auto zero) {
    using T = decltype(zero);
    const std::vector<T> wealth = levels(zero);
    const std::vector<T> returns = returns_of(std::span<const T>(wealth));
    return sortino_ratio(std::span<const T>(returns), T(0), T(periods_per_year));
  });
  of_returns("beta", [&](auto zero) {
    using T = decltype(zero);
    if (benchmark == nullptr) return std::optional<T>();
    const Pairs<T> pairs = pairs_of(daily_wealth<T>(initial_capital, marks), *benchmark);
    return beta(std::span<const T>(pairs.account), std::span<const T>(pairs.benchmark));
  });
  return figures;
}

std::optional<BenchmarkPerformance> benchmark_performance(std::span<const BenchmarkPart> parts,
                                                          int periods_per_year) {
  const BenchmarkLevels benchmark(parts);
  if (benchmark.empty()) return std::nullopt;
  BenchmarkPerformance result;
  result.as_of = benchmark.last();
  // Of several years the return is annual.
  const auto add_since = [&](std::string_view name, Day day, int years) {
    result.figures.push_back(ratio_figure(name, [&](auto zero) {
      using T = decltype(zero);
      const std::optional<T> change = benchmark.return_since<T>(day);
      if (!change || years == 1) return change;
      return annual_growth(T(1 + *change), static_cast<std::size_t>(years), T(1));
    }));
  };
  using namespace std::chrono;
  const year this_year = civil_date(result.as_of).year();
  add_since("ytd_return", day_number((this_year - years{1}) / December / 31), 1);
  for (const auto& [name, years] :
       {std::pair("return_1y", 1), {"return_3y", 3}, {"return_5y", 5}}) {
    add_since(name, years_before(result.as_of, years), years);
  }
  add_performance([&](auto zero) { return benchmark.levels<decltype(zero)>(); },
                  result.as_of - benchmark.start(), periods_per_year, result.figures);
  result.figures.push_back(
      drawdown_figure([&](auto zero) { return benchmark.levels<decltype(zero)>(); }));
  return result;
}

}  // namespace quant
