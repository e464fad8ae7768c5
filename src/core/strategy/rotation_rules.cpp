// SPDX-License-Identifier: PostgreSQL
// entry_rules.rotate
#include <array>

#include "core/strategy/rule_reader.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

using Every = Rotation::Every;
using Weighting = Rotation::Weighting;

constexpr std::array<std::pair<std::string_view, Every>, 5> kEvery = {{{"day", Every::kDay},
                                                                       {"week", Every::kWeek},
                                                                       {"month", Every::kMonth},
                                                                       {"quarter", Every::kQuarter},
                                                                       {"year", Every::kYear}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kOn = {
    {{"first", false}, {"last", true}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kOrder = {
    {{"desc", false}, {"asc", true}}};
constexpr int kMostPlaces = 100'000;
constexpr int kLongestLookback = 100'000;

void read_weight(const RuleReader& rules, const JsonReader& reader, Rotation& rotation) {
  const std::string* name = reader.json().string();
  if (name != nullptr && *name == "equal") return;
  if (name != nullptr && *name == "rank") {
    rotation.weighting = Weighting::kRank;
  } else if (name != nullptr && *name == "inverse_volatility") {
    rotation.weighting = Weighting::kInverseVolatility;
    rules.need_close_ratio();
  } else {
    rotation.weighting = Weighting::kExpression;
    try {
      rotation.weight = rules.positive_number(reader);
    } catch (Error& error) {
      if (name == nullptr || !is_identifier(*name) || !error.hint().empty()) throw;
      throw error.hint("It is \"equal\", \"rank\", \"inverse_volatility\" or an expression.");
    }
  }
}

}  // namespace

Rotation read_rotation(const RuleReader& rules, const JsonReader& reader) {
  reader.expect_form(R"({"every": "month", "rank_by": "close / close[20]", "top": 3})");
  reader.expect_object({"every", "on", "gate", "rank_by", "order", "top", "keep_if_rank_within",
                        "weight", "lookback", "cash_buffer_percent", "drift_threshold_percent"});
  Rotation rotation;
  rotation.every = reader.at("every").choice(kEvery);
  if (reader.has("on")) rotation.on_last = reader.at("on").choice(kOn);
  if (reader.has("gate")) rotation.gate = rules.condition(reader.at("gate"));
  rotation.rank_by = rules.number(reader.at("rank_by"));
  if (reader.has("order")) rotation.ascending = reader.at("order").choice(kOrder);
  rotation.top = rotation.keep_within = reader.at("top").whole_number(1, kMostPlaces);
  if (reader.has("keep_if_rank_within")) {
    rotation.keep_within = reader.at("keep_if_rank_within").whole_number(1, kMostPlaces);
    if (rotation.keep_within < rotation.top) {
      throw reader.at("keep_if_rank_within").wrong("at least \"top\" is expected");
    }
  }
  if (reader.has("weight")) read_weight(rules, reader.at("weight"), rotation);
  if (reader.has("lookback")) {
    if (rotation.weighting != Weighting::kInverseVolatility) {
      throw reader.at("lookback").wrong("only the weight \"inverse_volatility\" has a lookback");
    }
    rotation.lookback = reader.at("lookback").whole_number(2, kLongestLookback);
  }
  if (reader.has("cash_buffer_percent")) {
    rotation.cash_buffer_percent = reader.at("cash_buffer_percent").percent(false);
  }
  if (reader.has("drift_threshold_percent")) {
    rotation.drift_threshold_percent = reader.at("drift_threshold_percent").percent(false);
  }
  return rotation;
}

}  // namespace quant
