// SPDX-License-Identifier: PostgreSQL
#include "adapter/bar_reader.hpp"

#include <exception>
#include <limits>
#include <numeric>

#include "adapter/numeric_codec.hpp"
#include "adapter/row_stream.hpp"

namespace quant::pg {

namespace {

/// A daily bar has about 252 of 365 days; a little more, for holidays in a row.
constexpr int kCalendarDaysPerTenBars = 17;
constexpr int kSpareDays = 10;
/// From this many symbols on, reading all rows and skipping is cheaper than a filter on each.
constexpr std::size_t kManySymbols = 64;
/// asset, time and timeframe
constexpr int kKeyColumns = 3;

/// Most bars have no quotes: the columns begin with the first that has.
void resize_quotes(BarSeries& series) {
  series.bid.resize(series.size());
  series.ask.resize(series.size());
}

/// Appends rows to their series. It checks time, timeframe and asset itself, as stream_rows() asks.
class BarSink final : public RowSink {
 public:
  BarSink(const BarRequest& request, Timestamp from, Timestamp to, std::vector<BarSeries>& series)
      : request_(request),
        from_(from),
        to_(to),
        timeframe_(timeframe_name(request.timeframe)),
        series_(series) {
    for (std::size_t i = 0; i < series.size(); ++i) index_.emplace(series[i].asset.id, i);
  }

  [[nodiscard]] bool take(const Datum* values, const bool* nulls) noexcept override {
    try {
      append(values, nulls);
      return true;
    } catch (...) {
      failure_ = std::current_exception();
      return false;
    }
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void append(const Datum* values, const bool* nulls) {
    if (nulls[0] || nulls[1] || nulls[2]) return;
    const Timestamp time = DatumGetTimestampTz(values[1]);
    if (time < from_ || time >= to_ || !is_timeframe(values[2])) return;
    BarSeries* series = find(DatumGetInt64(values[0]));
    if (series == nullptr) return;
    int next = kKeyColumns;
    for (std::vector<Price>* column : prices_) {
      expect_value(nulls[next]);
      column->push_back(decode_fixed<Price>(values[next++]));
    }
    if (request_.volume) {
      expect_value(nulls[next]);
      series->volume.push_back(decode_fixed<Volume>(values[next++]));
    }
    series->timestamp.push_back(time);
    if (request_.vwap) {
      series->vwap.push_back(nulls[next] ? Price{} : decode_fixed<Price>(values[next]));
      ++next;
    }
    if (request_.quotes && !nulls[next] && !nulls[next + 1]) {
      resize_quotes(*series);
      series->bid.back() = decode_fixed<Price>(values[next]);
      series->ask.back() = decode_fixed<Price>(values[next + 1]);
    }
  }

  static void expect_value(bool null) {
    if (null)
      throw Error(ErrorCode::kNullNotAllowed,
                  "a bar of trading.market_data lacks a price or its volume");
  }

  [[nodiscard]] bool is_timeframe(Datum value) const {
    const auto* text = reinterpret_cast<const varlena*>(DatumGetPointer(value));
    // No name of a timeframe is long enough for the server to store it in another way.
    if (VARATT_IS_EXTERNAL(text) || VARATT_IS_COMPRESSED(text)) return false;
    if (VARSIZE_ANY_EXHDR(text) != timeframe_.size()) return false;
    // Not memcmp(): a call for two or three characters of every row.
    for (std::size_t i = 0; i < timeframe_.size(); ++i) {
      if (VARDATA_ANY(text)[i] != timeframe_[i]) return false;
    }
    return true;
  }

  /// Rows of one symbol mostly follow each other.
  BarSeries* find(std::int64_t asset) {
    if (asset == last_asset_ && last_ != nullptr) return last_;
    const auto found = index_.find(asset);
    if (found == index_.end()) return nullptr;
    last_asset_ = asset;
    last_ = &series_[found->second];
    prices_ = {&last_->open, &last_->close};
    if (request_.range) prices_.insert(prices_.end(), {&last_->high, &last_->low});
    return last_;
  }

  const BarRequest& request_;
  Timestamp from_;
  Timestamp to_;
  std::string_view timeframe_;
  std::vector<BarSeries>& series_;
  std::unordered_map<std::int64_t, std::size_t> index_;
  std::int64_t last_asset_ = 0;
  BarSeries* last_ = nullptr;
  std::vector<std::vector<Price>*> prices_;  // the columns of `last_`, in the order of the row's
  std::exception_ptr failure_;
};

std::string columns_of(const BarRequest& request) {
  std::string columns = R"(m.asset_id, m."timestamp", m.timeframe, m.open_price, m.close_price)";
  if (request.range) columns += ", m.high_price, m.low_price";
  if (request.volume) columns += ", m.volume";
  if (request.vwap) columns += ", m.vwap";
  if (request.quotes) columns += ", m.bid_price, m.ask_price";
  return columns;
}

/// The types of columns_of(): after the key all are numeric.
constexpr std::array<Oid, 11> kTypes = {INT8OID,    TIMESTAMPTZOID, TEXTOID,    NUMERICOID,
                                        NUMERICOID, NUMERICOID,     NUMERICOID, NUMERICOID,
                                        NUMERICOID, NUMERICOID,     NUMERICOID};

Datum symbol_array(const std::vector<BarSeries>& series) {
  std::vector<std::string> symbols;
  for (const BarSeries& one : series) symbols.push_back(one.asset.symbol);
  return text_array(symbols);
}

Datum timeframe_datum(Timeframe timeframe) {
  return text_datum(std::string(timeframe_name(timeframe)));
}

/// Where to begin so that most symbols have their warm-up bars in one scan.
Timestamp scan_start(const BarRequest& request) {
  const bool is_open = request.from == std::numeric_limits<Timestamp>::min();
  if (is_open || request.warm_up == 0 || request.timeframe != Timeframe::k1d) return request.from;
  const std::int64_t days =
      std::int64_t{request.warm_up} * kCalendarDaysPerTenBars / 10 + kSpareDays;
  // No bar is older than the server's timestamps, which begin some 6,700 years before 2000.
  constexpr std::int64_t kMostDays = 10'000'000;
  return days < kMostDays ? request.from - days * kDayLength
                          : std::numeric_limits<Timestamp>::min();
}

void scan(const BarRequest& request, Timestamp start, std::vector<BarSeries>& series) {
  std::string sql =
      concat("SELECT ", columns_of(request),
             " FROM trading.market_data m WHERE m.timeframe "
             "OPERATOR(pg_catalog.=) $1 AND m.\"timestamp\" OPERATOR(pg_catalog.>=) $2 "
             "AND m.\"timestamp\" OPERATOR(pg_catalog.<) $3");
  Arguments arguments;
  arguments.add(TEXTOID, timeframe_datum(request.timeframe));
  arguments.add(TIMESTAMPTZOID, TimestampTzGetDatum(start));
  arguments.add(TIMESTAMPTZOID, TimestampTzGetDatum(request.to));
  if (series.size() < kManySymbols) {
    sql += " AND m.symbol OPERATOR(pg_catalog.=) ANY ($4)";
    arguments.add(TEXTARRAYOID, symbol_array(series));
  }
  BarSink sink(request, start, request.to, series);
  stream_rows(sql, arguments, kTypes, sink);
  sink.rethrow();
}

/// The last `warm_up` bars before `before`, of each symbol by itself.
void read_earlier(const BarRequest& request, Timestamp before, std::vector<BarSeries>& series) {
  const std::string sql = concat(
      "SELECT b.* FROM pg_catalog.unnest($1) s(symbol), LATERAL (SELECT ", columns_of(request),
      " FROM trading.market_data m WHERE m.symbol OPERATOR(pg_catalog.=) s.symbol AND m.timeframe "
      "OPERATOR(pg_catalog.=) $2 AND m.\"timestamp\" OPERATOR(pg_catalog.<) $3 "
      "ORDER BY m.\"timestamp\" DESC LIMIT $4) b");
  Arguments arguments;
  arguments.add(TEXTARRAYOID, symbol_array(series));
  arguments.add(TEXTOID, timeframe_datum(request.timeframe));
  arguments.add(TIMESTAMPTZOID, TimestampTzGetDatum(before));
  arguments.add(std::int64_t{request.warm_up});
  BarSink sink(request, std::numeric_limits<Timestamp>::min(), before, series);
  stream_rows(sql, arguments, kTypes, sink);
  sink.rethrow();
}

template <typename T>
void reorder(std::vector<T>& column, const std::vector<std::size_t>& order) {
  if (column.empty()) return;
  std::vector<T> sorted;
  sorted.reserve(order.size());
  for (const std::size_t index : order) sorted.push_back(column[index]);
  column = std::move(sorted);
}

/// As std::sort, with a look for a cancel after every block and every merge.
template <typename Less>
void sort_in_steps(std::vector<std::size_t>& order, Less less) {
  constexpr std::size_t kBlock = 1 << 16;
  const auto at = [&](std::size_t place) {
    return order.begin() + static_cast<std::ptrdiff_t>(std::min(place, order.size()));
  };
  const auto pause = [] { call_server([] { CHECK_FOR_INTERRUPTS(); }); };
  for (std::size_t begin = 0; begin < order.size(); begin += kBlock) {
    std::sort(at(begin), at(begin + kBlock), less);
    pause();
  }
  for (std::size_t width = kBlock; width < order.size(); width *= 2) {
    for (std::size_t begin = 0; begin + width < order.size(); begin += 2 * width) {
      std::inplace_merge(at(begin), at(begin + width), at(begin + 2 * width), less);
      pause();
    }
  }
}

/// Brings a series into order of time and drops what lies before bar `drop`.
void arrange(BarSeries& series, Timestamp from, int warm_up) {
  if (!series.bid.empty()) resize_quotes(series);
  std::vector<std::size_t> order(series.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto earlier = [&](std::size_t a, std::size_t b) {
    return series.timestamp[a] < series.timestamp[b];
  };
  const bool sorted = std::is_sorted(series.timestamp.begin(), series.timestamp.end());
  if (!sorted) sort_in_steps(order, earlier);
  const auto first = std::partition_point(order.begin(), order.end(), [&](std::size_t index) {
    return series.timestamp[index] < from;
  });
  const auto before = first - order.begin();
  const auto kept = std::min<std::ptrdiff_t>(before, warm_up);
  series.first = static_cast<std::size_t>(kept);
  if (sorted && kept == before) return;
  order.erase(order.begin(), order.begin() + (before - kept));
  reorder(series.timestamp, order);
  reorder(series.open, order);
  reorder(series.high, order);
  reorder(series.low, order);
  reorder(series.close, order);
  reorder(series.volume, order);
  reorder(series.vwap, order);
  reorder(series.bid, order);
  reorder(series.ask, order);
}

/// Adds the bars of `extra` to the series of the same assets.
void append_series(std::vector<BarSeries>& series, const std::vector<BarSeries>& extra) {
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const BarSeries& more : extra) {
    const auto target = std::find_if(series.begin(), series.end(), [&](const BarSeries& one) {
      return one.asset.id == more.asset.id;
    });
    const bool has_quotes = !target->bid.empty() || !more.bid.empty();
    if (has_quotes) resize_quotes(*target);
    append(target->timestamp, more.timestamp);
    append(target->open, more.open);
    append(target->high, more.high);
    append(target->low, more.low);
    append(target->close, more.close);
    append(target->volume, more.volume);
    append(target->vwap, more.vwap);
    append(target->bid, more.bid);
    append(target->ask, more.ask);
    if (has_quotes) resize_quotes(*target);
  }
}

}  // namespace

std::vector<BarSeries> read_bars(const BarRequest& request) {
  std::vector<BarSeries> series;
  for (const Asset& asset : request.assets) {
    series.emplace_back();
    series.back().asset = asset;
  }
  const Timestamp start = scan_start(request);
  scan(request, start, series);
  for (BarSeries& one : series) arrange(one, request.from, request.warm_up);
  std::erase_if(series, [](const BarSeries& one) { return one.first == one.size(); });

  std::vector<BarSeries> lacking;
  if (start == std::numeric_limits<Timestamp>::min()) return series;
  for (const BarSeries& one : series) {
    if (one.first >= static_cast<std::size_t>(request.warm_up)) continue;
    lacking.emplace_back();
    lacking.back().asset = one.asset;
  }
  if (lacking.empty()) return series;
  read_earlier(request, start, lacking);
  append_series(series, lacking);
  for (BarSeries& one : series) arrange(one, request.from, request.warm_up);
  return series;
}

BarSeries read_symbol(BarRequest request, const Asset& asset) {
  request.assets = {asset};
  std::vector<BarSeries> series = read_bars(request);
  if (!series.empty()) return std::move(series.front());
  BarSeries none;
  none.asset = asset;
  return none;
}

std::optional<Timeframe> find_finest(const Asset& asset, Timestamp from, Timestamp to,
                                     FunctionRef<bool(Timeframe)> is_wanted) {
  const Rows rows = execute(
      "SELECT DISTINCT m.timeframe FROM trading.market_data m WHERE m.symbol "
      "OPERATOR(pg_catalog.=) $1 "
      "AND m.\"timestamp\" OPERATOR(pg_catalog.>=) $2 AND m.\"timestamp\" OPERATOR(pg_catalog.<) "
      "$3",
      Arguments()
          .add(asset.symbol)
          .add(TIMESTAMPTZOID, TimestampTzGetDatum(from))
          .add(TIMESTAMPTZOID, TimestampTzGetDatum(to)));
  std::optional<Timeframe> finest;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const auto found = parse_timeframe(rows[i].string(1));
    if (found && is_wanted(*found) && (!finest || *found < *finest)) finest = found;
  }
  return finest;
}

BarSeries read_finer_bars(const Asset& asset, Timeframe timeframe, Timestamp start) {
  BarRequest request;
  request.from = start;
  request.to = bar_end(start, timeframe);
  request.range = true;
  const auto finest = find_finest(asset, request.from, request.to,
                                  [&](Timeframe found) { return found < timeframe; });
  if (!finest) return {};
  request.timeframe = *finest;
  return read_symbol(request, asset);
}

}  // namespace quant::pg
