# SPDX-License-Identifier: PostgreSQL
# shellcheck shell=bash
# Sourced by the checks that ask the catalog: a fresh database with the extension in it.
set -euo pipefail
: "${PG_QUANT_BIN:?this check asks a server: call it through test/run tidy}"

extension_catalog() {
  local database=tidy
  "$PG_QUANT_BIN/psql" -Xq -d postgres -v ON_ERROR_STOP=1 -c 'SET client_min_messages = warning' \
    -c "DROP DATABASE IF EXISTS $database WITH (FORCE)" -c "CREATE DATABASE $database"
  "$PG_QUANT_BIN/psql" -XqAt -d "$database" -v ON_ERROR_STOP=1 \
    -c 'CREATE EXTENSION pg_quant' -c "$1"
}
