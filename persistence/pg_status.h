// The wall: nothing thrown by libpqxx (or by the readers of its rows) gets past this file.
//
// | what happened                                        | status                |
// | unique key taken                                     | kAlreadyExists        |
// | serialization failure, deadlock                      | kAborted (retried inside the store) |
// | connection lost or refused, server shutting down     | kUnavailable          |
// | lock or statement time-out                           | kDeadlineExceeded     |
// | a row still referred to, or a reference to no row    | kFailedPrecondition   |
// | COMMIT sent, no answer                               | kUnknown              |
// | anything else: our bug                               | kInternal             |
//
// Messages carry the SQLSTATE and the server's words, never statements or bound values.
#pragma once

#include "absl/status/status.h"

namespace accordion::persistence {

// Must be called in a catch block.
absl::Status StatusOfCurrentException();

// Runs `work`, which returns absl::Status or absl::StatusOr. What it throws is returned as a status
// and also left in `thrown`.
template <typename Work>
auto Guarded(absl::Status& thrown, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    thrown = StatusOfCurrentException();
    return thrown;
  }
}

template <typename Work>
auto Guarded(Work work) -> decltype(work()) {
  absl::Status thrown;
  return Guarded(thrown, work);
}

}  // namespace accordion::persistence
