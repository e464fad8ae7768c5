// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace quant {

/// The error that `action` raises; a test failure and an empty error where it raises none.
template <typename Action>
[[nodiscard]] Error caught(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was raised";
  return {ErrorCode::kInternal, ""};
}

}  // namespace quant
