// SPDX-License-Identifier: PostgreSQL
#include "adapter/import_statement.hpp"
#include "adapter/owned.hpp"
#include "adapter/settings.hpp"

extern "C" {
#include "access/xact.h"
}

namespace quant::pg {

namespace {

class ImportStatement;
ImportStatement* innermost = nullptr;

/// On the stack while it lives: an aborted subtransaction destroys it, and its rows with it.
class ImportStatement {
 public:
  explicit ImportStatement(MemoryContext context) : context_(context), outer_(innermost) {
    innermost = this;
  }
  ~ImportStatement() { innermost = outer_; }
  ImportStatement(const ImportStatement&) = delete;
  ImportStatement& operator=(const ImportStatement&) = delete;

  [[nodiscard]] MemoryContext context() const { return context_; }
  [[nodiscard]] std::optional<BarImport>& load() { return load_; }

 private:
  MemoryContext context_;
  ImportStatement* outer_;
  std::optional<BarImport> load_;
};

ImportStatement& current() {
  if (innermost != nullptr) return *innermost;
  throw Error(ErrorCode::kNotStored, "trading.market_data_import lacks its triggers")
      .detail("The row would be lost.")
      .hint("SELECT quant.install() renews them.");
}

/// Raised the server's own way: no C++ object lives on the frames below.
void refuse_lost_rows(XactEvent event, void*) {
  if (innermost == nullptr || (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PRE_PREPARE))
    return;
  ereport(ERROR,
          (errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION), errmsg("rows of an import were not stored"),
           errdetail("trading.market_data_import lacks its trigger of the statement's end."),
           errhint("SELECT quant.install() renews the triggers.")));
}

}  // namespace

void begin_import() {
  // As deep as the subtransaction that the statement runs in.
  MemoryContext context = call_server([] {
    return AllocSetContextCreate(CurTransactionContext, "quant import", ALLOCSET_SMALL_SIZES);
  });
  (void)make_owned<ImportStatement>(context, context);
}

BarImport& current_import(std::optional<std::string_view> source) {
  std::optional<BarImport>& load = current().load();
  if (!load)
    load.emplace(import_policy(), source ? std::optional<std::string>(*source) : std::nullopt);
  return *load;
}

std::optional<FinishedImport> end_import() {
  ImportStatement& statement = current();
  std::optional<FinishedImport> finished;
  if (auto& load = statement.load()) finished = FinishedImport{load->batch(), load->finish()};
  MemoryContextDelete(statement.context());
  return finished;
}

void watch_imports() { RegisterXactCallback(refuse_lost_rows, nullptr); }

}  // namespace quant::pg
