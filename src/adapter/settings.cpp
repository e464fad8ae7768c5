// SPDX-License-Identifier: PostgreSQL
#include "adapter/settings.hpp"

#include "adapter/guard.hpp"
#include "adapter/sign_in.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace quant::pg {

namespace {

// The server keeps the values in plain variables.
int import_duplicates = static_cast<int>(OnDuplicate::kReject);
int import_decimals = 0;
int import_volume = 0;
int import_unknown_symbol = 0;

constexpr config_enum_entry kDuplicateChoices[] = {
    {"reject", static_cast<int>(OnDuplicate::kReject), false},
    {"skip", static_cast<int>(OnDuplicate::kSkip), false},
    {"replace", static_cast<int>(OnDuplicate::kReplace), false},
    {nullptr, 0, false}};
constexpr config_enum_entry kRoundChoices[] = {
    {"reject", 0, false}, {"round", 1, false}, {nullptr, 0, false}};
constexpr config_enum_entry kSymbolChoices[] = {
    {"reject", 0, false}, {"create", 1, false}, {nullptr, 0, false}};

void define(const char* name, const char* text, int& variable, const config_enum_entry* choices) {
  DefineCustomEnumVariable(name, text, nullptr, &variable, 0, choices, PGC_USERSET, 0, nullptr,
                           nullptr, nullptr);
}

}  // namespace

void define_settings() {
  define("quant.import_duplicates", "What an import does with a bar that is there already.",
         import_duplicates, kDuplicateChoices);
  define("quant.import_decimals", "What an import does with prices of more than four decimals.",
         import_decimals, kRoundChoices);
  define("quant.import_volume", "What an import does with volumes that are no whole numbers.",
         import_volume, kRoundChoices);
  define("quant.import_unknown_symbol",
         "What an import does with symbols that trading.assets lacks.", import_unknown_symbol,
         kSymbolChoices);
  define_sign_in_setting();
  MarkGUCPrefixReserved("quant");
}

ImportPolicy import_policy() {
  return {.duplicates = static_cast<OnDuplicate>(import_duplicates),
          .rounds_decimals = import_decimals == 1,
          .rounds_volume = import_volume == 1,
          .creates_assets = import_unknown_symbol == 1};
}

std::string policy_json(const ImportPolicy& policy) {
  const auto round = [](bool rounds) { return rounds ? "\"round\"" : "\"reject\""; };
  return concat("{\"duplicates\": \"", kDuplicateChoices[static_cast<int>(policy.duplicates)].name,
                "\", \"decimals\": ", round(policy.rounds_decimals),
                ", \"volume\": ", round(policy.rounds_volume), ", \"unknown_symbol\": \"",
                kSymbolChoices[policy.creates_assets ? 1 : 0].name, "\"}");
}

}  // namespace quant::pg
