// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string_view>

#include "core/base/error.hpp"

namespace quant {

/// The grammar's reason where a whole expression has ended and something follows.
inline constexpr const char* kEndExpected =
    "the end of the expression, or an operator, is expected";
/// The grammar's reason where nothing follows an opening quote.
inline constexpr const char* kTextMissing = "a text is missing behind the quote";

/// What to say of `text` where the grammar could not go on at `offset` for `reason`: the message,
/// an excerpt with the column, and a hint where another language's spelling stands there.
[[nodiscard]] Error malformed_at(std::string_view reason, std::size_t offset,
                                 std::string_view text);

}  // namespace quant
