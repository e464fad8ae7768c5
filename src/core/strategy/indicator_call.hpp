// SPDX-License-Identifier: PostgreSQL
// What a call of an indicator says: its series, its arguments, and which of its results.
#pragma once

#include <optional>
#include <vector>

#include "core/base/error.hpp"
#include "core/strategy/program.hpp"

namespace quant {

/// A numerator and its denominator.
struct ConstantValue {
  Int128 numerator = 0;
  Int128 denominator = 1;
};

/// What a compiler knows of the arguments of a call.
class CallContext {
 public:
  CallContext() = default;
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;
  /// kInvalidParameter that tells where the expression stands.
  [[nodiscard]] virtual Error wrong(const Expression& expression, std::string message) const = 0;
  /// The value of a number that does not change; nothing for another.
  [[nodiscard]] virtual std::optional<ConstantValue> constant(const Expression& expression) = 0;

 protected:
  ~CallContext() = default;
};

void expect_arguments(const CallContext& context, const Expression& call, std::size_t least,
                      std::size_t most);
[[nodiscard]] int whole_number(CallContext& context, const Expression& expression,
                               std::string_view what, int least, int most);

struct IndicatorCall {
  const Indicator* indicator = nullptr;
  std::size_t output = 0;
  /// For each input the expression of its series; nullptr: the column of the bar, or the close.
  std::vector<const Expression*> series;
  IndicatorArguments settings;
};

/// The indicator that the expression calls, if it has several results and none of them is chosen.
[[nodiscard]] const Indicator* several_results(const Expression& expression);
/// That one of them must be chosen where `what` is used, as in `example`.
[[nodiscard]] Error several_results_error(const CallContext& context, const Expression& use,
                                          const std::string& what, const Indicator& indicator,
                                          std::string_view example);
/// The result of that name of `what`, which is no indicator with several where it is nullptr.
std::size_t find_output(const CallContext& context, const Expression& use, const std::string& what,
                        const Indicator* indicator, std::string_view output);
/// `call.output`.
[[nodiscard]] Expression chosen_output(const Expression& call, std::string_view output);

/// Reads `name(series..., arguments...)`, or one of its results, `name(...).result`. The only
/// series of an indicator may be left out: it is the close. An argument that is left out has its
/// default.
[[nodiscard]] IndicatorCall read_indicator_call(CallContext& context, const Expression& expression);

}  // namespace quant
