// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstddef>
#include <vector>

namespace quant {

/// A square matrix, by rows.
template <typename T>
class Matrix {
 public:
  explicit Matrix(std::size_t size) : size_(size), values_(size * size, T(0)) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& at(std::size_t row, std::size_t column) { return values_[row * size_ + column]; }
  [[nodiscard]] const T& at(std::size_t row, std::size_t column) const {
    return values_[row * size_ + column];
  }

 private:
  std::size_t size_;
  std::vector<T> values_;
};

}  // namespace quant
