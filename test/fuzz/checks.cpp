// SPDX-License-Identifier: PostgreSQL
#include "checks.hpp"

#include <cstdlib>
#include <iostream>

namespace quant::fuzz {

void check(bool holds, const std::string& what, const Describe& describe) {
  if (holds) return;
  std::cerr << "failed: " << what << '\n' << describe() << std::endl;
  std::abort();
}

void check_error(const Error& error, const Describe& describe) {
  const std::string text = concat('"', error.message(), "\", detail \"", error.detail(), '"');
  check(error.code() != ErrorCode::kInternal, concat("internal error ", text), describe);
  const std::string& message = error.message();
  const bool is_well_put = !message.empty() &&
                           !(message.front() >= 'A' && message.front() <= 'Z') &&
                           message.back() != '.';
  check(is_well_put, concat("words of the error ", text), describe);
  check(error.code() != ErrorCode::kOutOfRange || !error.detail().empty(),
        concat("no place in ", text), describe);
}

}  // namespace quant::fuzz
