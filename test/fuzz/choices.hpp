// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace quant::fuzz {

/// Decisions of a generator, read off the bytes of a fuzzer's input. When they are used up every
/// decision is 0, so generators put what ends their recursion first.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_used_up() const { return next_ >= bytes_.size(); }
  /// From 0 to count - 1, count up to 65536.
  [[nodiscard]] std::size_t below(std::size_t count) {
    std::size_t value = byte();
    if (count > 256) value = value * 256 + byte();
    return value % count;
  }
  [[nodiscard]] int between(int least, int most) {
    return least + static_cast<int>(below(static_cast<std::size_t>(most - least) + 1));
  }
  /// True once in `count`; false when the bytes are used up.
  [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 1; }
  [[nodiscard]] std::string word(std::initializer_list<std::string_view> words) {
    return std::string(words.begin()[below(words.size())]);
  }
  [[nodiscard]] std::string rest() {
    const auto left = bytes_.subspan(next_);
    next_ = bytes_.size();
    return {left.begin(), left.end()};
  }

 private:
  std::uint8_t byte() { return is_used_up() ? std::uint8_t{0} : bytes_[next_++]; }

  std::span<const std::uint8_t> bytes_;
  std::size_t next_ = 0;
};

}  // namespace quant::fuzz
