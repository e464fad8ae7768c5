// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <functional>
#include <string>

#include "core/base/error.hpp"

namespace quant::fuzz {

/// The documents of a failing input are written out before the abort.
using Describe = std::function<std::string()>;

/// Aborts where `holds` is false.
void check(bool holds, const std::string& what, const Describe& describe);

/// An error that a user can act on: never kInternal; a message in small letters without a full
/// stop; kOutOfRange says where.
void check_error(const Error& error, const Describe& describe);

}  // namespace quant::fuzz
