// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/metric_sheet.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr int kPreciseDecimals = 12;
constexpr std::streamsize kBeyondDigits = 30;
constexpr std::string_view kAnnualizedReturn = "annualized_return";

}  // namespace

MetricSheet::MetricSheet(const RunSeries& series, Conventions conventions, const Pause& pause)
    : series_(series), conventions_(conventions), pause_(pause), sample_(series, pause_) {
  pause_();
  sample_.annualized_return = formula_of(kAnnualizedReturn, conventions_)->formula(sample_);
}

const RunSample<LongReal>& MetricSheet::precise() {
  if (!precise_) {
    precise_.emplace(series_, pause_);
    precise_->annualized_return = formula_of(kAnnualizedReturn, conventions_)->formula(*precise_);
  }
  return *precise_;
}

template <typename Round>
void MetricSheet::store(std::string_view name, ColumnType type, const Round& round) {
  pause_();
  Metric metric{name, round(type.decimals), round(std::max(type.decimals, kPreciseDecimals)), {}};
  const bool has_column = place_ == Place::kColumns;
  if (has_column && metric.value &&
      magnitude(metric.value->mantissa) >= power_of_ten(type.precision)) {
    if (type.decimals == kMoney.decimals && type.precision == kMoney.precision) {
      throw out_of_range(concat("figure ", name, " out of range"));
    }
    metric.value.reset();
    metrics_.too_large.push_back(name);
  }
  figures().push_back(std::move(metric));
}

void MetricSheet::exact(std::string_view name, ColumnType type, const std::optional<Ratio>& value) {
  const NamedFormula* formula = formula_of(name, conventions_);
  if (formula != nullptr) return store_computed(*formula);
  store(name, type, [&](int decimals) {
    return value ? std::optional(rounded(*value, decimals)) : std::nullopt;
  });
}

void MetricSheet::count(std::string_view name, std::optional<std::int64_t> value) {
  exact(name, kCount, value ? std::optional(Ratio{*value, 1}) : std::nullopt);
}

void MetricSheet::money(std::string_view name, std::optional<Money> value) {
  exact(name, kMoney, value ? std::optional(Ratio{value->units(), Money::kUnit}) : std::nullopt);
}

void MetricSheet::computed(std::string_view name) {
  const NamedFormula* formula = formula_of(name, conventions_);
  if (formula == nullptr) throw broken_invariant(concat("no formula of ", name));
  store_computed(*formula);
}

void MetricSheet::store_computed(const NamedFormula& named) {
  // From here on a value with 12 decimals has more than 38 digits.
  static const Real kBeyondDecimal("1e24");
  const std::string_view name = named.name;
  const std::optional<Real> value = named.formula(sample_);
  if (value && abs(*value) >= kBeyondDecimal) {
    if (place_ == Place::kColumns) metrics_.too_large.push_back(name);
    figures().push_back({name, std::nullopt, std::nullopt, value->str(kBeyondDigits)});
    return;
  }
  store(name, kRatio, [&](int decimals) {
    return round_value(
        value, [&](const LongReal&) { return named.formula(precise()); }, decimals);
  });
}

void MetricSheet::known(std::string_view name, const std::optional<LongReal>& value) {
  store(name, kRatio, [&](int decimals) {
    return value ? std::optional(round_real(*value, decimals).value) : std::nullopt;
  });
}

}  // namespace quant
