// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/backtest/engine.hpp"
#include "core/backtest/metrics.hpp"

#include "adapter/backtest_reader.hpp"
#include "adapter/bar_reader.hpp"
#include "adapter/session_days.hpp"

namespace quant::pg {

/// The finished run, for whoever stores or shows it.
struct BacktestResult {
  RunRecords records;
  RunMetrics metrics;
  MetricConventions conventions;
  std::vector<Decimal> drawdown;                       // at each point of the equity curve
  std::vector<std::optional<Money>> benchmark_values;  // likewise; empty without a benchmark
  std::vector<std::string> warnings;
};

/// One run of a strategy, in steps short enough to be cancelled between. It owns C++ objects, so it
/// lives in a memory context (make_owned), and its steps run in guarded calls of their own.
class BacktestJob {
 public:
  /// `wants_excursions`: the trades' mae and mfe are wanted, which needs high and low.
  BacktestJob(BacktestRequest request, bool wants_excursions);

  /// The next piece of work; true when the run is finished.
  bool step();

  [[nodiscard]] const BacktestRequest& request() const { return request_; }
  [[nodiscard]] const std::vector<BarSeries>& bars() const { return bars_; }
  /// By symbol: what the rules read of others. Once the bars are loaded.
  [[nodiscard]] const std::map<std::string, BarSeries>& other_bars() const {
    return engine_->context().series.others;
  }
  /// Those that decided bars in which stop and target were touched, in that order.
  [[nodiscard]] const std::vector<BarSeries>& finer_bars_read() const { return finer_read_; }
  [[nodiscard]] const SeriesContext& series_context() const { return engine_->context().series; }
  /// Of the risk profile that the run asked for; no limits where it asked for none.
  [[nodiscard]] const Limits& profile() const { return engine_->context().profile; }
  [[nodiscard]] const std::vector<UserSignal>& user_signals() const {
    return engine_->context().signals;
  }
  /// For compiling rules once more; the price multiple is the symbol's.
  [[nodiscard]] SeriesSettings series_settings() const;
  [[nodiscard]] Day day_of(Timestamp time) const { return days_.day_of(time); }
  [[nodiscard]] const Execution& execution() const { return execution_; }
  [[nodiscard]] const BacktestResult& result() const { return result_; }
  [[nodiscard]] std::size_t symbol_count() const { return bars_.size(); }
  [[nodiscard]] const std::string& symbol(std::size_t index) const {
    return bars_[index].asset.symbol;
  }

 private:
  enum class Stage { kLoad, kPrepare, kRun, kFinish, kMeasure, kDone };

  void load();
  void check_currency(const std::vector<Asset>& assets) const;
  void warn(std::string warning) { result_.warnings.push_back(std::move(warning)); }
  void warn_about_data(const std::vector<Asset>& assets);
  void warn_about_days();
  [[nodiscard]] bool begins_day(Timestamp time) const;
  void load_other_series(BarRequest wanted);
  void load_benchmark(BarRequest wanted);
  [[nodiscard]] Strategy compiled(const StrategyDocument& document,
                                  SeriesSettings settings = {}) const;
  void compile_for_splits(const StrategyDocument& document);
  [[nodiscard]] BarRequest bar_request(const std::vector<Asset>& assets) const;
  void load_context(std::int64_t strategy_user);
  [[nodiscard]] BarSeries finer_bars(std::size_t symbol, Timestamp start);
  [[nodiscard]] bool prepare();
  void measure();

  BacktestRequest request_;
  bool wants_excursions_;
  Stage stage_ = Stage::kLoad;
  Timeframe timeframe_ = Timeframe::k1d;
  Execution execution_;
  ZoneDays days_;
  Strategy strategy_;
  std::vector<BarSeries> bars_;
  std::optional<Benchmark> benchmark_;
  std::vector<BarSeries> finer_read_;
  RunContext context_;                           // until the engine takes it over
  std::map<Int128, Strategy> split_strategies_;  // by price multiple of the symbols that need them
  std::optional<Engine> engine_;
  BacktestResult result_;
};

/// Works in guarded steps. Interrupts are served between them, where no C++ frame owns anything.
void run_to_end(BacktestJob* job);

}  // namespace quant::pg
