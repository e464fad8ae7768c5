// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/decimal.hpp"

#include "adapter/guard.hpp"

extern "C" {
#include "common/cryptohash.h"
#include "common/sha2.h"
}

namespace quant::pg {

/// Feeds values to SHA-256 in a fixed byte order, the same on every machine.
class Sha256 {
 public:
  Sha256() : context_(call_server([] { return pg_cryptohash_create(PG_SHA256); })) {
    check(call_server([this] { return pg_cryptohash_init(context_); }));
  }
  ~Sha256() { pg_cryptohash_free(context_); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes) {
    add(static_cast<std::int64_t>(bytes.size()));
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  }
  void add(std::int64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      pending_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> shift));
    }
    if (pending_.size() > kBuffer) flush();
  }
  template <typename Tag, int Scale, std::int64_t Max>
  void add(const std::vector<Fixed<Tag, Scale, Max>>& column) {
    add(static_cast<std::int64_t>(column.size()));
    for (const auto value : column) add(value.units());
  }

  /// The hash as bytea.
  [[nodiscard]] Datum finish() {
    flush();
    return call_server([this] {
      auto* result = static_cast<bytea*>(palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH));
      SET_VARSIZE(result, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
      if (pg_cryptohash_final(context_, reinterpret_cast<uint8*>(VARDATA(result)),
                              PG_SHA256_DIGEST_LENGTH) < 0) {
        elog(ERROR, "could not compute SHA-256");
      }
      return PointerGetDatum(result);
    });
  }

 private:
  static constexpr std::size_t kBuffer = 1 << 16;

  static void check(int status) {
    if (status < 0) throw broken_invariant("could not compute SHA-256");
  }
  void flush() {
    check(call_server([this] {
      CHECK_FOR_INTERRUPTS();
      return pg_cryptohash_update(context_, pending_.data(), pending_.size());
    }));
    pending_.clear();
  }

  pg_cryptohash_ctx* context_;
  std::vector<std::uint8_t> pending_;
};

}  // namespace quant::pg
