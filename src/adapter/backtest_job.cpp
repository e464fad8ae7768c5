// SPDX-License-Identifier: PostgreSQL
#include "adapter/backtest_job.hpp"

#include "adapter/corporate_actions.hpp"
#include "adapter/series_reader.hpp"
#include "adapter/universe_reader.hpp"
#include "core/market/splits.hpp"

namespace quant::pg {

namespace {

/// Bars between two chances to cancel: about a millisecond.
constexpr std::int64_t kBarsPerStep = 65'536;

Timeframe checked_timeframe(const std::string& name) {
  const auto timeframe = parse_timeframe(name);
  if (!timeframe) {
    throw invalid(concat("unknown timeframe \"", name, "\""))
        .hint("Timeframes are 1s to 30s, 1m to 30m, 1h to 12h, 1d, 1w and 1mo.");
  }
  return *timeframe;
}

}  // namespace

BacktestJob::BacktestJob(BacktestRequest request, bool wants_excursions)
    : request_(std::move(request)),
      wants_excursions_(wants_excursions),
      timeframe_(checked_timeframe(request_.timeframe)),
      execution_(read_execution(request_.parameters)),
      days_(execution_.timezone) {}

bool BacktestJob::step() {
  switch (stage_) {
    case Stage::kLoad:
      load();
      engine_.emplace(strategy_, execution_, bars_, request_.initial_capital, std::move(context_));
      stage_ = Stage::kPrepare;
      return false;
    case Stage::kPrepare:
      if (prepare()) stage_ = Stage::kRun;
      return false;
    case Stage::kRun:
      if (engine_->step(kBarsPerStep)) stage_ = Stage::kFinish;
      return false;
    case Stage::kFinish:
      result_.records = engine_->finish();
      stage_ = Stage::kMeasure;
      return false;
    case Stage::kMeasure:
      measure();
      stage_ = Stage::kDone;
      return true;
    case Stage::kDone:
      return true;
  }
  return true;
}

void BacktestJob::load() {
  with_spi([&] {
    const StoredStrategy stored = read_strategy(request_.strategy_id, request_.user_id);
    strategy_ = compiled(stored.document);
    if (!strategy_.has_entries()) {
      throw invalid(concat("strategy ", request_.strategy_id, " has no entry rules"))
          .hint("Give \"long\", \"short\", \"rotate\" or \"signals\" in strategies.entry_rules.");
    }
    const std::vector<Asset> assets = read_universe(request_.universe, result_.warnings);
    check_currency(assets);
    BarRequest wanted = bar_request(assets);
    bars_ = read_bars(wanted);
    if (bars_.empty()) {
      throw Error(ErrorCode::kNoData, "no bars in the period of the backtest")
          .detail(concat("No symbol of the universe has ", request_.timeframe, " bars from ",
                         day_text(request_.start), " to ", day_text(request_.end), "."))
          .hint("Load bars into trading.market_data, or check timeframe and dates.");
    }
    serve_interrupts();
    apply_corporate_actions(bars_, execution_.prices, days_, result_.warnings);
    load_other_series(wanted);
    compile_for_splits(stored.document);
    if (strategy_.reads_calendar()) fill_local_times(bars_, days_);
    warn_about_data(assets);
    load_context(stored.user_id);
    load_benchmark(std::move(wanted));
  });
}

Strategy BacktestJob::compiled(const StrategyDocument& document, SeriesSettings settings) const {
  settings.timeframe = timeframe_;
  return compile_strategy(document, request_.parameters, execution_.strict_crossover, settings);
}

SeriesSettings BacktestJob::series_settings() const { return settings_of(series_context()); }

/// Splits change what prices are counted in: symbols that have any need rules compiled for them.
void BacktestJob::compile_for_splits(const StrategyDocument& document) {
  SeriesSettings settings = settings_of(context_.series);
  if (!settings.other_multiples.empty()) strategy_ = compiled(document, settings);
  const auto needs_own = [](const BarSeries& bars) { return price_multiple(bars) != 1; };
  if (std::none_of(bars_.begin(), bars_.end(), needs_own)) return;
  for (const BarSeries& bars : bars_) {
    settings.price_multiple = price_multiple(bars);
    if (settings.price_multiple == 1) {
      context_.rules.push_back(&strategy_);
      continue;
    }
    auto known = split_strategies_.find(settings.price_multiple);
    if (known == split_strategies_.end()) {
      known =
          split_strategies_.emplace(settings.price_multiple, compiled(document, settings)).first;
    }
    context_.rules.push_back(&known->second);
  }
}

BarRequest BacktestJob::bar_request(const std::vector<Asset>& assets) const {
  BarRequest wanted;
  wanted.assets = assets;
  wanted.timeframe = timeframe_;
  wanted.from = days_.start_of(request_.start);
  wanted.to = days_.start_of(request_.end + 1);
  wanted.warm_up = strategy_.warm_up();
  // A history that is asked for must be read to be counted; spreads and volumes of the bar before.
  for (const Asset& asset : assets)
    wanted.warm_up = std::max(wanted.warm_up, asset.min_history_bars);
  wanted.range = needs_range(strategy_, wants_excursions_) || strategy_.reads(BarColumn::kHigh) ||
                 strategy_.reads(BarColumn::kLow);
  wanted.volume = needs_volume(execution_) || strategy_.reads(BarColumn::kVolume);
  wanted.vwap = strategy_.reads(BarColumn::kVwap);
  wanted.quotes = execution_.crosses_spread;
  return wanted;
}

/// What the engine needs besides bars.
void BacktestJob::load_context(std::int64_t strategy_user) {
  context_.day_of = [this](Timestamp time) { return days_.day_of(time); };
  context_.finer_bars = [this](std::size_t symbol, Timestamp start) {
    return finer_bars(symbol, start);
  };
  if (strategy_.close_ratio) {
    if (is_intraday(timeframe_) && !execution_.periods_per_year) {
      throw invalid("periods_per_year is missing")
          .detail("A volatility of intraday bars has no usual number of periods in a year.")
          .hint("Give \"periods_per_year\" in \"execution\": the bars of one year.");
    }
    context_.periods_per_year = metric_conventions(execution_, timeframe_, bars_).periods_per_year;
  }
  if (strategy_.takes_signals) {
    if (!request_.backtest_id) {
      throw invalid("a simulation has no signals")
          .detail(
              "The strategy takes its orders from trading.signals, whose rows belong to a "
              "backtest.")
          .hint("Store a backtest with its signals, and call quant.run_backtest().");
    }
    context_.signals = read_signals(*request_.backtest_id, bars_);
    if (context_.signals.empty()) warn("the backtest has no signals of source \"user\"");
  }
  if (!execution_.use_risk_profile) return;
  if (const auto limits = read_risk_profile(request_.user_id.value_or(strategy_user))) {
    context_.profile = *limits;
  } else {
    warn("the user has no default risk profile: no limits of one are applied");
  }
}

/// The bars of the finest stored timeframe within one bar of a symbol.
BarSeries BacktestJob::finer_bars(std::size_t symbol, Timestamp start) {
  with_spi([&] { finer_read_.push_back(read_finer_bars(bars_[symbol].asset, timeframe_, start)); });
  return finer_read_.back();
}

/// Bars of the symbols that the rules read with at(), from the first bar that may ask for them.
void BacktestJob::load_other_series(BarRequest wanted) {
  context_.series.timeframe = timeframe_;
  context_.series.pause = serve_interrupts;
  context_.series.max_age = execution_.max_age;
  for (const BarSeries& series : bars_)
    wanted.from = std::min(wanted.from, series.timestamp.front());
  context_.series.others = read_others(strategy_.program, strategy_.roots(), std::move(wanted),
                                       execution_.prices, days_, result_.warnings);
}

/// The benchmark's closes over the same period and timeframe, and the last one before it.
void BacktestJob::load_benchmark(BarRequest wanted) {
  const std::optional<std::string> symbol = benchmark_symbol(request_);
  if (!symbol) return;
  wanted.assets = {read_asset(*symbol, "benchmark", "At parameters.benchmark.")};
  wanted.warm_up = 1;
  wanted.range = wanted.volume = wanted.vwap = wanted.quotes = false;
  const std::vector<BarSeries> bars = read_bars(wanted);
  if (bars.empty()) {
    throw Error(ErrorCode::kNoData,
                concat("the benchmark \"", *symbol, "\" has no bars in the period"))
        .detail("At parameters.benchmark.");
  }
  if (bars.front().asset.currency != bars_.front().asset.currency) {
    warn(concat("the benchmark is in ", bars.front().asset.currency, ", the account in ",
                bars_.front().asset.currency));
  }
  std::vector<Day> days;
  for (std::size_t bar = bars.front().first; bar < bars.front().size(); ++bar) {
    days.push_back(days_.day_of(bars.front().timestamp[bar]));
  }
  benchmark_ = benchmark_of(bars.front(), days);
}

void BacktestJob::check_currency(const std::vector<Asset>& assets) const {
  const std::string& currency = request_.currency ? *request_.currency : assets.front().currency;
  for (const Asset& asset : assets) {
    if (asset.currency == currency) continue;
    throw invalid("an asset of the universe is in another currency")
        .detail(concat("The account is in ", currency, ", \"", asset.symbol, "\" in ",
                       asset.currency, "."))
        .hint("A run has one currency: run each currency by itself.");
  }
}

void BacktestJob::warn_about_data(const std::vector<Asset>& assets) {
  for (const Asset& asset : assets) {
    const bool has_bars = std::any_of(bars_.begin(), bars_.end(), [&](const BarSeries& series) {
      return series.asset.id == asset.id;
    });
    if (!has_bars) warn(concat("no bars for \"", asset.symbol, "\" in the period"));
  }
  for (const BarSeries& series : bars_) {
    const Price tick = execution_.price_tick.value_or(series.asset.tick_size);
    const bool on_tick = std::all_of(series.open.begin(), series.open.end(),
                                     [&](Price open) { return open.units() % tick.units() == 0; });
    if (!on_tick) {
      warn(concat("prices of \"", series.asset.symbol, "\" are no multiples of its tick ",
                  tick.to_text(), ": fills are rounded to the tick against the trader"));
    }
  }
  warn_about_days();
}

/// Daily bars belong to the day of their timestamp in the run's zone, wherever they begin in it.
void BacktestJob::warn_about_days() {
  if (is_intraday(timeframe_)) return;
  bool is_told = false;
  for (const BarSeries& series : bars_) {
    const std::span<const Timestamp> times = std::span(series.timestamp).subspan(series.first);
    const auto is_stray = [this](Timestamp time) { return !begins_day(time); };
    const auto strays = std::count_if(times.begin(), times.end(), is_stray);
    serve_interrupts();
    if (strays == 0) continue;
    const std::string& symbol = series.asset.symbol;
    if (strays < std::ssize(times)) {
      warn(concat("bars of \"", symbol, "\" that do not begin at midnight in ", execution_.timezone,
                  ": ", strays, ", the first at ",
                  timestamp_text(*std::find_if(times.begin(), times.end(), is_stray))));
    } else if (!std::exchange(is_told, true)) {
      warn(concat("bars of \"", symbol, "\" do not begin at midnight in ", execution_.timezone,
                  ": their days, and the bounds of the run, are read in that zone"));
    }
  }
}

/// Most days begin at midnight; where a clock is put forward over it, at what comes instead.
bool BacktestJob::begins_day(Timestamp time) const {
  return days_.local_of(time) % kDayLength == 0 || days_.start_of(days_.day_of(time)) == time;
}

/// Expressions of several symbols where they are short: a step is about as long as one of the run.
bool BacktestJob::prepare() {
  const auto bars = static_cast<std::int64_t>(bars_.front().size());
  for (std::int64_t done = 0; done < kBarsPerStep; done += std::max<std::int64_t>(bars, 1)) {
    if (engine_->prepare_step()) return true;
  }
  return false;
}

void BacktestJob::measure() {
  result_.conventions = metric_conventions(execution_, timeframe_, bars_);
  std::vector<Day> days;
  std::vector<Timestamp> times;
  for (const AccountPoint& point : result_.records.equity) {
    days.push_back(days_.day_of(point.time));
    times.push_back(point.time);
  }
  result_.metrics =
      compute_metrics(result_.records, request_.initial_capital, days, result_.conventions,
                      benchmark_ ? &*benchmark_ : nullptr, serve_interrupts);
  serve_interrupts();
  if (benchmark_) {
    result_.benchmark_values = benchmark_values(*benchmark_, request_.initial_capital, times);
  }
  serve_interrupts();
  result_.drawdown = drawdown_column(result_.records, request_.initial_capital);
  for (const std::string_view name : result_.metrics.too_large) {
    warn(concat("figure \"", name, "\" does not fit its column; it stands in metrics"));
  }
  if (result_.records.ruined) warn("the equity was used up: trading ended");
  if (result_.records.stale_marks > 0) {
    warn(concat("marks of positions whose symbol had no bar: ", result_.records.stale_marks));
  }
  if (result_.records.ambiguous_bars > 0) {
    warn(concat("bars that touched both stop and target: ", result_.records.ambiguous_bars));
  }
}

void run_to_end(BacktestJob* job) {
  while (!guard([&] { return job->step(); })) CHECK_FOR_INTERRUPTS();
}

}  // namespace quant::pg
