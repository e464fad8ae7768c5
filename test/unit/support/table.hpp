// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace quant {

/// A CSV file without quotes: its rows, by the names of the columns in the first line.
class Table {
 public:
  explicit Table(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) throw std::runtime_error("cannot read " + path.string());
    const std::vector<std::string> names = cells(line);
    for (std::size_t i = 0; i < names.size(); ++i) columns_[names[i]] = i;
    while (std::getline(file, line)) rows_.push_back(cells(line));
  }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] const std::string& at(std::size_t row, const std::string& column) const {
    return rows_.at(row).at(columns_.at(column));
  }
  [[nodiscard]] std::vector<std::string> column(const std::string& name) const {
    std::vector<std::string> values;
    for (std::size_t row = 0; row < size(); ++row) values.push_back(at(row, name));
    return values;
  }

 private:
  static std::vector<std::string> cells(std::string line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> found(1);
    for (const char c : line) {
      if (c == ',') {
        found.emplace_back();
      } else {
        found.back() += c;
      }
    }
    return found;
  }

  std::map<std::string, std::size_t> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// `name` among the outside reference figures, which lie in the folder `reference` of the directory
/// that the environment names, beside their `data`; nothing where it names none.
[[nodiscard]] inline std::optional<std::filesystem::path> reference_file(const std::string& name) {
  const char* directory = std::getenv("PG_QUANT_REFERENCE_DIR");
  if (directory == nullptr || *directory == '\0') return std::nullopt;
  return std::filesystem::path(directory) / "reference" / name;
}

inline constexpr const char* kNoReference = "PG_QUANT_REFERENCE_DIR is not set";

}  // namespace quant
