// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/guard.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "utils/syscache.h"
}

namespace quant::pg {

/// While it lives, the session works with the rights of a relation's owner, as a restricted
/// operation: what the owner may have put there - a view, a trigger, a function in a constraint -
/// runs with no rights but his own. An error that ends the (sub)transaction ends it, too.
class OwnerRights {
 public:
  explicit OwnerRights(Oid relation) {
    const Oid owner = call_server([&] {
      HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
      if (!HeapTupleIsValid(tuple)) elog(ERROR, "there is no relation %u", relation);
      const Oid found = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
      ReleaseSysCache(tuple);
      return found;
    });
    GetUserIdAndSecContext(&user_, &context_);
    SetUserIdAndSecContext(owner,
                           context_ | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  }
  ~OwnerRights() { SetUserIdAndSecContext(user_, context_); }
  OwnerRights(const OwnerRights&) = delete;
  OwnerRights& operator=(const OwnerRights&) = delete;

 private:
  Oid user_ = InvalidOid;
  int context_ = 0;
};

}  // namespace quant::pg
