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
    case Reason::kTrailingStop:
      return "trailing_stop";
    case Reason::kTimeExit:
      return "time_exit";
    case Reason::kRebalance:
      return "rebalance";
    case Reason::kRiskLimit:
      return "risk_limit";
    case Reason::kMarginCall:
      return "margin_call";
    case Reason::kDelisted:
      return "delisted";
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

std::string_view fill_basis_name(FillBasis basis) {
  switch (basis) {
    case FillBasis::kOpen:
      return "open";
    case FillBasis::kGap:
      return "gap";
    case FillBasis::kTouch:
      return "touch";
    case FillBasis::kTriggerClose:
      return "trigger_close";
    case FillBasis::kClose:
      return "close";
    case FillBasis::kLastClose:
      return "last_close";
  }
  return "";
}

std::string_view cash_event_name(CashEventKind kind) {
  switch (kind) {
    case CashEventKind::kDividend:
      return "dividend";
    case CashEventKind::kSplit:
      return "split";
    case CashEventKind::kInterest:
      return "interest";
    case CashEventKind::kBorrowFee:
      return "borrow_fee";
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
    case SignalStatus::kCancelled:
      return "cancelled";
    case SignalStatus::kExpired:
      return "expired";
  }
  return "";
}

}  // namespace quant
