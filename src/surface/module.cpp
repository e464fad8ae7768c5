// SPDX-License-Identifier: PostgreSQL
#include "adapter/import_statement.hpp"
#include "adapter/settings.hpp"

#include "adapter/postgres.hpp"

#if PG_VERSION_NUM < 150000
#error "pg_quant needs PostgreSQL 15 or later"
#endif

extern "C" {

PG_MODULE_MAGIC;

void _PG_init();
/// Called once in each backend that loads the library.
void _PG_init() {
  quant::pg::define_settings();
  quant::pg::watch_imports();
}

}  // extern "C"
