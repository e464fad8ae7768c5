// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/risk/quantile.hpp"

namespace quant {

/// What generate_expected.py found, section by section.
inline const nlohmann::json& expected(const char* section) {
  static const nlohmann::json kDocument = nlohmann::json::parse(
      std::ifstream(std::filesystem::path(__FILE__).parent_path() / "expected.json"));
  return kDocument.at(section);
}

inline Decimal decimal(const std::string& text) { return Decimal::parse(text).value(); }

inline DecimalSample sample_of(const std::vector<std::string>& texts) {
  DecimalSample sample;
  for (const std::string& text : texts) sample.scale = std::max(sample.scale, decimal(text).scale);
  for (const std::string& text : texts) {
    sample.mantissas.push_back(decimal(text).rounded(sample.scale).mantissa);
  }
  return sample;
}

}  // namespace quant
