// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/guard.hpp"

namespace quant::pg {

/// While it lives, the session works with the rights of the owner of what it works on, as a
/// restricted operation: what the owner may have put there - a view, a trigger, a function in a
/// constraint - runs with no rights but his own. An error that ends the (sub)transaction ends it,
/// too.
class OwnerRights {
 public:
  explicit OwnerRights(Oid owner) {
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
