// SPDX-License-Identifier: PostgreSQL
// Keys of documents that are told apart elsewhere too: where one stands in the wrong place.
#pragma once

#include <array>
#include <string_view>

namespace quant {

/// Of "execution" in the parameters of a run.
inline constexpr auto kExecutionKeys = std::to_array<std::string_view>({"fill",
                                                                        "intrabar",
                                                                        "limit_fill",
                                                                        "crossover",
                                                                        "size_at",
                                                                        "on_opposite",
                                                                        "on_short_cash",
                                                                        "finalize",
                                                                        "prices",
                                                                        "timezone",
                                                                        "price_tick",
                                                                        "quantity_step",
                                                                        "commission",
                                                                        "slippage",
                                                                        "leverage",
                                                                        "maintenance",
                                                                        "frequency",
                                                                        "periods_per_year",
                                                                        "risk_free",
                                                                        "on_leave",
                                                                        "spread",
                                                                        "max_volume_share",
                                                                        "borrow_rate_percent",
                                                                        "interest_rate_percent",
                                                                        "max_age",
                                                                        "stale_days",
                                                                        "use_risk_profile",
                                                                        "conventions"});

/// Of strategies.risk_rules.
inline constexpr auto kRiskRuleKeys = std::to_array<std::string_view>(
    {"stop_loss", "take_profit", "trailing_stop", "time_stop_bars", "size", "pyramiding",
     "max_positions", "max_position_size_pct", "max_gross_exposure_pct", "max_net_exposure_pct",
     "daily_loss_halt_pct", "drawdown_halt_pct", "halt_action", "cooldown_bars"});

}  // namespace quant
