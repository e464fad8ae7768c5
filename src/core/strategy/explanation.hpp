// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string>

#include "core/base/json_reader.hpp"
#include "core/strategy/expression_text.hpp"
#include "core/strategy/strategy.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

/// Sentences about rules, a line each.
class Explanation {
 public:
  explicit Explanation(std::map<std::string, Decimal, std::less<>> parameters)
      : parameters_(std::move(parameters)) {}

  void line(const std::string& sentence) { text_ += concat(text_.empty() ? "" : "\n", sentence); }
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The expression that stands at `reader`, in canonical form.
  [[nodiscard]] std::string expression(const JsonReader& reader) const {
    return expression_text(read_expression(reader.json(), reader.path()), parameters_);
  }

 private:
  std::map<std::string, Decimal, std::less<>> parameters_;
  std::string text_;
};

/// "2 percent", for a fraction of 0.02.
[[nodiscard]] inline std::string percent_text(const Decimal& fraction) {
  if (magnitude(fraction.mantissa) > kInt128Max / 100)
    return concat("the factor ", fraction.to_text());
  const Decimal percent = Decimal{multiply(fraction.mantissa, 100), fraction.scale};
  return concat(percent.trimmed().to_text(), " percent");
}
/// "1 bar", "3 bars".
[[nodiscard]] inline std::string counted(const Decimal& count, std::string_view what) {
  return concat(count.trimmed().to_text(), ' ', what, count == Decimal{1, 0} ? "" : "s");
}

}  // namespace quant
