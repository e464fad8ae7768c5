// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/catalog.hpp"
#include "core/indicator/price_transform.hpp"

namespace quant {

const std::vector<Indicator>& price_indicators() {
  static const std::vector<Indicator> kIndicators = {
      {.name = "avgprice",
       .group = "price",
       .title = "Average price",
       .formula = "(open + high + low + close) / 4",
       .source = "",
       .peers = "TA-Lib AVGPRICE",
       .inputs = {kOpenInput, kHighInput, kLowInput, kCloseInput},
       .arguments = {},
       .outputs = {{"avgprice", at_once, AveragePrice::weight}},
       .runner = kRunner<AveragePrice>},
      {.name = "median_price",
       .group = "price",
       .title = "Median price",
       .formula = "(high + low) / 2",
       .source = "",
       .peers = "TA-Lib MEDPRICE",
       .inputs = {kHighInput, kLowInput},
       .arguments = {},
       .outputs = {{"median_price", at_once, MedianPrice::weight}},
       .runner = kRunner<MedianPrice>},
      {.name = "typical_price",
       .group = "price",
       .title = "Typical price",
       .formula = "(high + low + close) / 3",
       .source = "",
       .peers = "TA-Lib TYPPRICE",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {},
       .outputs = {{"typical_price", at_once, TypicalPrice::weight}},
       .runner = kRunner<TypicalPrice>},
      {.name = "wclprice",
       .group = "price",
       .title = "Weighted close price",
       .formula = "(high + low + 2 close) / 4",
       .source = "",
       .peers = "TA-Lib WCLPRICE",
       .inputs = {kHighInput, kLowInput, kCloseInput},
       .arguments = {},
       .outputs = {{"wclprice", at_once, WeightedClose::weight}},
       .runner = kRunner<WeightedClose>},
  };
  return kIndicators;
}

}  // namespace quant
