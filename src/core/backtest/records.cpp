// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/records.hpp"

namespace quant {

std::string_view reason_name(Reason reason) {
  switch (reason) {
    case Reason::kSignal:
      return "signal";
    case Reason::kOppositeSignal:
      return "opposite_signal";
    case Reason::kStopLoss:
      return "stop_loss";
    case Reason::kTakeProfit:
      return "take_profit";
    case Reason::kMarginCall:
      return "margin_call";
    case Reason::kEndOfData:
      return "end_of_data";
  }
  return "";
}

std::string_view fill_kind_name(FillKind kind) {
  switch (kind) {
    case FillKind::kBuy:
      return "buy";
    case FillKind::kSell:
      return "sell";
    case FillKind::kShort:
      return "short";
    case FillKind::kCover:
      return "cover";
  }
  return "";
}

std::string_view signal_status_name(SignalStatus status) {
  switch (status) {
    case SignalStatus::kGenerated:
      return "generated";
    case SignalStatus::kExecuted:
      return "executed";
    case SignalStatus::kRejected:
      return "rejected";
    case SignalStatus::kExpired:
      return "expired";
  }
  return "";
}

}  // namespace quant
