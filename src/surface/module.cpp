// SPDX-License-Identifier: PostgreSQL
#include "adapter/postgres.hpp"

#if PG_VERSION_NUM < 150000
#error "pg_quant needs PostgreSQL 15 or later"
#endif

extern "C" {

PG_MODULE_MAGIC;

void _PG_init();
/// Called once in each backend that loads the library. Nothing outlives a call, so nothing is set
/// up.
void _PG_init() {}

}  // extern "C"
