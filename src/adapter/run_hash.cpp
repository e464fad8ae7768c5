// SPDX-License-Identifier: PostgreSQL
#include "adapter/run_hash.hpp"

#include "adapter/sha256.hpp"

namespace quant::pg {

namespace {

void add_bars(Sha256& hash, const BarSeries& series) {
  hash.add(series.asset.symbol);
  hash.add(static_cast<std::int64_t>(series.first));
  hash.add(static_cast<std::int64_t>(series.size()));
  for (const Timestamp time : series.timestamp) hash.add(time);
  hash.add(series.open);
  hash.add(series.high);
  hash.add(series.low);
  hash.add(series.close);
  hash.add(series.volume);
  hash.add(series.vwap);
  hash.add(series.bid);
  hash.add(series.ask);
  for (const Split& split : series.splits) {
    hash.add(static_cast<std::int64_t>(split.bar));
    hash.add(std::int64_t{split.to});
    hash.add(std::int64_t{split.from});
  }
  for (const Dividend& dividend : series.dividends) {
    hash.add(static_cast<std::int64_t>(dividend.bar));
    hash.add(to_text(dividend.numerator));
    hash.add(to_text(dividend.denominator));
  }
}

/// What a run must know of an instrument.
void add_asset(Sha256& hash, const Asset& asset) {
  hash.add(asset.symbol);
  hash.add(asset.currency);
  hash.add(asset.tick_size.units());
  hash.add(asset.lot_size.units());
  constexpr std::int64_t kNoDay = INT64_MIN;
  const auto add_day = [&](const std::optional<Day>& day) {
    hash.add(day ? std::int64_t{*day} : kNoDay);
  };
  add_day(asset.listed_on);
  add_day(asset.delisted_on);
  for (const DayRange& range : asset.member_days) {
    add_day(range.first);
    add_day(range.last);
  }
  hash.add(std::int64_t{asset.min_history_bars});
}

void add_signal(Sha256& hash, const BacktestJob& job, const UserSignal& signal) {
  hash.add(job.symbol(signal.symbol));
  hash.add(static_cast<std::int64_t>(signal.kind));
  hash.add(signal.time);
  hash.add(signal.quantity ? signal.quantity->to_text() : std::string());
  hash.add(signal.weight_percent ? signal.weight_percent->trimmed().to_text() : std::string());
  hash.add(signal.strength ? signal.strength->trimmed().to_text() : std::string());
}

/// Equal limits give equal bytes, however many decimals their columns have.
void add_limits(Sha256& hash, const Limits& limits) {
  for (const auto& limit :
       {limits.max_position_size_pct, limits.max_gross_exposure_pct, limits.max_net_exposure_pct,
        limits.max_leverage, limits.daily_loss_halt_pct, limits.drawdown_halt_pct}) {
    hash.add(limit ? limit->trimmed().to_text() : std::string());
  }
  hash.add(std::int64_t{limits.max_positions.value_or(0)});
  hash.add(std::int64_t{limits.allow_short});
}

}  // namespace

Datum data_hash(const BacktestJob& job) {
  Sha256 hash;
  for (const BarSeries& series : job.bars()) add_bars(hash, series);
  for (const auto& other : job.other_bars()) add_bars(hash, other.second);
  for (const BarSeries& finer : job.finer_bars_read()) add_bars(hash, finer);
  for (const BarSeries& series : job.bars()) add_asset(hash, series.asset);
  for (const UserSignal& signal : job.user_signals()) add_signal(hash, job, signal);
  for (const std::optional<Money>& value : job.result().benchmark_values) {
    hash.add(value ? value->to_text() : std::string());
  }
  return hash.finish();
}

Datum fills_hash(const BacktestJob& job) {
  Sha256 hash;
  for (const Fill& fill : job.result().records.fills) {
    hash.add(fill.time);
    hash.add(job.symbol(fill.symbol));
    hash.add(fill_kind_name(fill.kind));
    hash.add(fill.quantity.units());
    hash.add(fill.price.units());
    hash.add(fill.commission.units());
    hash.add(reason_name(fill.reason));
    hash.add(fill.rule);
  }
  for (const CashEvent& event : job.result().records.cash_events) {
    hash.add(event.time);
    hash.add(cash_event_name(event.kind));
    hash.add(event.amount.units());
    hash.add(event.change.units());
  }
  return hash.finish();
}

Datum strategy_hash(const BacktestJob& job) {
  const Rows rows = execute(
      "SELECT s.parameters::pg_catalog.text, s.entry_rules::pg_catalog.text, "
      "s.exit_rules::pg_catalog.text, s.risk_rules::pg_catalog.text, b.parameters::pg_catalog.text "
      "FROM trading.strategies s, trading.backtests b "
      "WHERE s.id OPERATOR(pg_catalog.=) $1 AND b.id OPERATOR(pg_catalog.=) $2",
      Arguments().add(job.request().strategy_id).add(*job.request().backtest_id));
  Sha256 hash;
  for (int column = 1; column <= 5; ++column) hash.add(rows[0].string(column));
  if (job.execution().use_risk_profile) add_limits(hash, job.profile());
  return hash.finish();
}

}  // namespace quant::pg
