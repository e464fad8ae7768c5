// SPDX-License-Identifier: PostgreSQL
// Any documents are a strategy and a run's settings, or an error with its path.
#include "core/backtest/execution.hpp"
#include "core/strategy/explain.hpp"
#include "core/strategy/strategy.hpp"

#include "checks.hpp"
#include "documents.hpp"

namespace quant::fuzz {

namespace {

void fuzz_rules(Choices choices) {
  const std::size_t faults = choices.one_in(4) ? 0 : 8 + choices.below(200);
  Documents documents(choices, faults);
  const StrategyDocument document = documents.strategy();
  const Json run = documents.run_parameters();
  const Describe describe = [&] {
    return concat("parameters ", text_of(document.parameters), "\nentry ",
                  text_of(document.entry_rules), "\nexit ", text_of(document.exit_rules), "\nrisk ",
                  text_of(document.risk_rules), "\nrun ", text_of(run));
  };
  const auto attempt = [&](const auto& action) {
    try {
      action();
      return true;
    } catch (const Error& error) {
      check_error(error, describe);
      check(!error.detail().empty(), concat("no place in \"", error.message(), '"'), describe);
      return false;
    }
  };
  const bool compiles = attempt([&] {
    SeriesSettings settings;
    settings.timeframe = Timeframe::k1d;
    const Strategy strategy = compile_strategy(document, run, false, settings);
    check(strategy.warm_up() >= 0, "negative warm-up", describe);
    for (const NodeId root : strategy.roots()) {
      check(root >= 0 && static_cast<std::size_t>(root) < strategy.program.size(),
            "a root is no node", describe);
    }
    settings.price_multiple = 6;
    (void)compile_strategy(document, run, true, settings);
  });
  const bool explains = attempt([&] { (void)explain_strategy(document); });
  check(explains || !compiles, "what can be stored cannot be explained", describe);
  (void)attempt([&] { (void)read_execution(run); });
}

}  // namespace

}  // namespace quant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quant::fuzz::fuzz_rules(quant::fuzz::Choices({data, size}));
  return 0;
}
