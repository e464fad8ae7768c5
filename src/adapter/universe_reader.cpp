// SPDX-License-Identifier: PostgreSQL
#include "adapter/universe_reader.hpp"

#include <limits>
#include <map>

#include "core/base/json_reader.hpp"
#include "core/strategy/vocabulary.hpp"

#include "adapter/numeric_codec.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

constexpr const char* kAssetColumns =
    "SELECT a.id, a.symbol, a.asset_type, a.currency, a.tick_size, a.lot_size, a.listed_on, "
    "a.delisted_on "
    "FROM trading.assets a ";

std::vector<Asset> read_assets(const std::string& condition, Arguments arguments) {
  const Rows rows = execute(concat(kAssetColumns, condition, " ORDER BY a.symbol COLLATE \"C\""),
                            std::move(arguments));
  std::vector<Asset> assets;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    Asset asset;
    asset.id = row.int64(1);
    asset.symbol = row.string(2);
    asset.asset_type = row.string(3);
    asset.currency = row.string(4);
    asset.tick_size = decode_fixed<Price>(row.value(5, NUMERICOID));
    asset.lot_size = decode_fixed<Quantity>(row.value(6, NUMERICOID));
    // Infinite dates bound nothing.
    const auto day = [&](int column) -> std::optional<Day> {
      const auto date = row.find(column, DATEOID);
      return date && !DATE_NOT_FINITE(DatumGetDateADT(*date))
                 ? std::optional(DatumGetDateADT(*date))
                 : std::nullopt;
    };
    asset.listed_on = day(7);
    asset.delisted_on = day(8);
    assets.push_back(std::move(asset));
  }
  return assets;
}

/// The symbol that was probably meant: the same letters in another case before other letters.
std::string nearest_symbol(const std::string& symbol) {
  const Rows rows =
      execute("SELECT a.symbol FROM trading.assets a ORDER BY a.symbol COLLATE \"C\"");
  std::vector<std::string> known;
  for (std::uint64_t i = 0; i < rows.size(); ++i) known.push_back(rows[i].string(1));
  const auto same = std::find_if(known.begin(), known.end(), [&](const std::string& other) {
    return lower_case(other) == lower_case(symbol);
  });
  if (same != known.end()) return *same;
  return std::string(
      nearest_name(symbol, std::vector<std::string_view>(known.begin(), known.end())));
}

Error unknown_symbol(std::string message, const std::string& symbol, std::string where) {
  const std::string nearest = nearest_symbol(symbol);
  Error error(ErrorCode::kNotFound, std::move(message));
  error.detail(std::move(where));
  return error.hint(nearest.empty() ? std::string("Symbols stand in trading.assets.")
                                    : concat("Perhaps you meant \"", nearest, "\"."));
}

Error not_an_asset(const std::string& symbol, const JsonReader& list) {
  return unknown_symbol(concat("symbol \"", symbol, "\" is no asset"), symbol,
                        concat("At ", list.path(), "."));
}

/// Those that no asset has.
std::vector<std::string> unknown_among(const std::vector<std::string>& symbols) {
  const Rows rows = execute(
      "SELECT n.symbol FROM pg_catalog.unnest($1) AS n (symbol) WHERE NOT EXISTS (SELECT FROM "
      "trading.assets a "
      "WHERE a.symbol OPERATOR(pg_catalog.=) n.symbol) ORDER BY n.symbol COLLATE \"C\"",
      Arguments().add(TEXTARRAYOID, text_array(symbols)));
  std::vector<std::string> unknown;
  for (std::uint64_t i = 0; i < rows.size(); ++i) unknown.push_back(rows[i].string(1));
  return unknown;
}

/// A date of a universe; without one, a day that lies beyond every bar.
Day read_day(const JsonReader& reader, std::string_view key, Day otherwise) {
  if (!reader.has(key)) return otherwise;
  const JsonReader date = reader.at(key);
  const auto day = parse_day(date.string());
  if (!day) {
    throw date.wrong(concat("a date is expected, not \"", date.string(), '"'))
        .hint("A date is written 2024-01-31.");
  }
  return *day;
}

/// Listed symbols, with the days on which they belong to the universe.
std::map<std::string, std::vector<DayRange>> read_symbols(const JsonReader& reader) {
  std::map<std::string, std::vector<DayRange>> symbols;
  for (const JsonReader& element : reader.elements()) {
    const bool is_object = element.json().object() != nullptr;
    if (is_object) element.expect_object({"symbol", "from", "to"});
    const std::string& symbol = is_object ? element.at("symbol").string() : element.string();
    const bool has_days = is_object && (element.has("from") || element.has("to"));
    const auto known = symbols.find(symbol);
    if (known != symbols.end() && (!has_days || known->second.empty())) {
      throw reader.wrong(concat("symbol \"", symbol, "\" stands twice"));
    }
    std::vector<DayRange>& ranges = symbols[symbol];
    if (!has_days) continue;
    const DayRange range{read_day(element, "from", std::numeric_limits<Day>::min()),
                         read_day(element, "to", std::numeric_limits<Day>::max())};
    if (range.first > range.last) throw element.wrong("\"from\" is after \"to\"");
    ranges.push_back(range);
  }
  return symbols;
}

std::vector<std::string> names_of(const std::map<std::string, std::vector<DayRange>>& symbols) {
  std::vector<std::string> names;
  for (const auto& entry : symbols) names.push_back(entry.first);
  return names;
}

Error empty_universe() {
  Error error = invalid("the universe is empty");
  error.hint(
      "Give a list of symbols such as [\"AAPL\", \"MSFT\"], or a filter on trading.assets "
      "such as {\"asset_type\": \"stock\"}.");
  return error;
}

std::vector<Asset> read_listed(const JsonReader& reader) {
  const auto symbols = read_symbols(reader);
  if (symbols.empty()) throw empty_universe();
  std::vector<Asset> assets =
      read_assets("WHERE a.symbol OPERATOR(pg_catalog.=) ANY ($1)",
                  Arguments().add(TEXTARRAYOID, text_array(names_of(symbols))));
  for (const auto& [symbol, days] : symbols) {
    const auto known =
        std::find_if(assets.begin(), assets.end(),
                     [&name = symbol](const Asset& asset) { return asset.symbol == name; });
    if (known == assets.end()) throw not_an_asset(symbol, reader);
    known->member_days = days;
  }
  return assets;
}

/// The symbols of a list within a filter, where dates have no meaning.
std::vector<std::string> filter_symbols(const JsonReader& reader) {
  const auto symbols = read_symbols(reader);
  for (const auto& entry : symbols) {
    if (entry.second.empty()) continue;
    throw reader.wrong(concat("a filter has no dates, but symbol \"", entry.first, "\" has"))
        .hint("Dates belong to a universe that is a list of symbols.");
  }
  return names_of(symbols);
}

/// A symbol that is no asset excludes nothing, which must be known, but is no reason not to run.
void warn_about_excluded(const std::vector<std::string>& excluded,
                         std::vector<std::string>& warnings) {
  for (const std::string& symbol : unknown_among(excluded)) {
    const std::string nearest = nearest_symbol(symbol);
    warnings.push_back(
        concat("\"", symbol, "\", which the universe excludes, is no asset",
               nearest.empty() ? std::string() : concat("; perhaps \"", nearest, "\" is meant")));
  }
}

std::vector<Asset> read_filtered(const JsonReader& reader, std::vector<std::string>& warnings) {
  constexpr std::array<std::string_view, 5> kColumns = {"asset_type", "exchange", "sector",
                                                        "industry", "currency"};
  reader.expect_object({"asset_type", "exchange", "sector", "industry", "currency", "symbols",
                        "exclude", "min_history_bars"});
  if (reader.json().object()->empty()) throw empty_universe();
  std::string condition = "WHERE true";
  Arguments arguments;
  for (const std::string_view column : kColumns) {
    if (!reader.has(column)) continue;
    arguments.add(reader.at(column).string());
    condition += concat(" AND a.", column, " OPERATOR(pg_catalog.=) $", arguments.count());
  }
  if (reader.has("symbols")) {
    const JsonReader list = reader.at("symbols");
    const std::vector<std::string> symbols = filter_symbols(list);
    const std::vector<std::string> unknown = unknown_among(symbols);
    if (!unknown.empty()) throw not_an_asset(unknown.front(), list);
    arguments.add(TEXTARRAYOID, text_array(symbols));
    condition += concat(" AND a.symbol OPERATOR(pg_catalog.=) ANY ($", arguments.count(), ")");
  }
  if (reader.has("exclude")) {
    const std::vector<std::string> excluded = filter_symbols(reader.at("exclude"));
    warn_about_excluded(excluded, warnings);
    arguments.add(TEXTARRAYOID, text_array(excluded));
    condition += concat(" AND a.symbol OPERATOR(pg_catalog.<>) ALL ($", arguments.count(), ")");
  }
  std::vector<Asset> assets = read_assets(condition, std::move(arguments));
  if (assets.empty()) {
    throw Error(ErrorCode::kNoData, "no asset meets the filter of the universe")
        .detail(concat("At ", reader.path(), "."));
  }
  if (reader.has("min_history_bars")) {
    const int least = reader.at("min_history_bars").whole_number(1, 100'000);
    for (Asset& asset : assets) asset.min_history_bars = least;
  }
  return assets;
}

}  // namespace

std::vector<Asset> read_universe(const Json& universe, std::vector<std::string>& warnings) {
  const JsonReader reader(universe, "universe");
  return universe.object() != nullptr ? read_filtered(reader, warnings) : read_listed(reader);
}

Asset read_asset(const std::string& symbol, std::string_view what, std::string where) {
  const std::vector<Asset> assets =
      read_assets("WHERE a.symbol OPERATOR(pg_catalog.=) $1", Arguments().add(symbol));
  if (assets.empty()) {
    throw unknown_symbol(concat("the ", what, " \"", symbol, "\" is no asset"), symbol,
                         std::move(where));
  }
  return assets.front();
}

}  // namespace quant::pg
