// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/guard.hpp"

namespace quant::pg {

/// Makes a C++ object that lives as long as `context`, so that an error or a cancel between two
/// guarded calls destroys it. Only for objects that outlive one guarded call.
template <typename T, typename... Arguments>
T* make_owned(MemoryContext context, Arguments&&... arguments) {
  struct Holder {
    MemoryContextCallback callback;
    T* object;
  };
  auto* holder = call_server(
      [&] { return static_cast<Holder*>(MemoryContextAllocZero(context, sizeof(Holder))); });
  holder->callback.func = [](void* argument) { delete static_cast<Holder*>(argument)->object; };
  holder->callback.arg = holder;
  // Registered before the object exists: if construction fails, nothing is left to register.
  MemoryContextRegisterResetCallback(context, &holder->callback);
  holder->object = new T(std::forward<Arguments>(arguments)...);
  return holder->object;
}

}  // namespace quant::pg
