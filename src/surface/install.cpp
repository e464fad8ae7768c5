// SPDX-License-Identifier: PostgreSQL
#include "adapter/spi.hpp"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "commands/extension.h"
#include "utils/acl.h"
}

namespace quant::pg {

namespace {

constexpr const char* kExtension = "pg_quant";
constexpr const char* kSchema = "trading";

struct Binding {
  Oid extension;
  Oid schema;
};

Binding find_binding() {
  const Binding binding = call_server([] {
    return Binding{get_extension_oid(kExtension, true), get_namespace_oid(kSchema, true)};
  });
  if (!OidIsValid(binding.extension)) {
    throw Error(ErrorCode::kNotFound, concat("extension \"", kExtension, "\" does not exist"))
        .hint("CREATE EXTENSION pg_quant installs it.");
  }
  if (!OidIsValid(binding.schema)) {
    throw Error(ErrorCode::kNotFound, concat("schema \"", kSchema, "\" does not exist"))
        .hint("SELECT quant.install() creates it with its tables.");
  }
  return binding;
}

// The rest needs a connection to SPI.

void require_owner(const Binding& binding) {
  const Rows rows =
      execute("SELECT extowner FROM pg_catalog.pg_extension WHERE oid OPERATOR(pg_catalog.=) $1",
              Arguments().add(OIDOID, ObjectIdGetDatum(binding.extension)), Access::kWrite);
  const Oid owner = DatumGetObjectId(rows[0].value(1, OIDOID));
  if (!call_server([&] { return has_privs_of_role(GetUserId(), owner); })) {
    throw Error(ErrorCode::kNotPermitted, concat("must be owner of extension ", kExtension));
  }
}

bool is_bound(const Binding& binding) {
  return !execute(
              "SELECT FROM pg_catalog.pg_depend "
              "WHERE classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass "
              "AND objid OPERATOR(pg_catalog.=) $1 "
              "AND refclassid OPERATOR(pg_catalog.=) "
              "'pg_catalog.pg_namespace'::pg_catalog.regclass "
              "AND refobjid OPERATOR(pg_catalog.=) $2",
              Arguments()
                  .add(OIDOID, ObjectIdGetDatum(binding.extension))
                  .add(OIDOID, ObjectIdGetDatum(binding.schema)),
              Access::kWrite)
              .empty();
}

void bind(const Binding& binding) {
  call_server([&] {
    const ObjectAddress extension{ExtensionRelationId, binding.extension, 0};
    const ObjectAddress schema{NamespaceRelationId, binding.schema, 0};
    recordDependencyOn(&extension, &schema, DEPENDENCY_NORMAL);
  });
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_version);
Datum quant_version(PG_FUNCTION_ARGS) {
  return guard([] { return text_datum(PG_QUANT_VERSION); });
}

PG_FUNCTION_INFO_V1(quant_bind_schema);
Datum quant_bind_schema(PG_FUNCTION_ARGS) {
  return guard([] {
    const Binding binding = find_binding();
    with_spi([&] {
      if (is_bound(binding)) return;
      require_owner(binding);
      bind(binding);
    });
    return Datum{0};
  });
}

}  // extern "C"

}  // namespace quant::pg
