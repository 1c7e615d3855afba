// An error as the API's user will see it: a reason of the catalogue and the arguments of its
// message.
//
// The catalogue (code, HTTP status, message template) is proto/accordion/v1/error_reason.proto; the
// error encoder reads it from the descriptor. Inside the gateway an error travels as this value.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::v1 {
enum ErrorReason : int;  // generated; the header is expensive and only the .cc files name its
                         // values
}

namespace accordion::gateway {

struct ApiError {
  v1::ErrorReason reason;
  std::vector<std::string> args;  // one for each %s of the row's message, in order
  absl::Duration retry_after = absl::ZeroDuration();  // when to come again; zero: not said
};

// The three that every decoder gives; `name` is the wire name as received, index included.
ApiError MissingParameter(absl::string_view name);
ApiError InvalidParameterValue(absl::string_view name);
ApiError InvalidQueryParameter(absl::string_view name);

// LimitExceeded. A client may come again after `wait`.
ApiError LimitExceeded(absl::Duration wait);

// `text` as it may stand inside an error message: at most limits::kMaxEchoBytes, control characters
// and bytes that are not ASCII replaced by '?'.
std::string Echo(absl::string_view text);

// Either a value or the error that prevented it.
template <typename T>
class [[nodiscard]] OrError {
 public:
  OrError(T value) : state_(std::move(value)) {}         // NOLINT: implicit, like StatusOr
  OrError(ApiError error) : state_(std::move(error)) {}  // NOLINT

  bool ok() const { return std::holds_alternative<T>(state_); }
  // Must be ok().
  T& operator*() { return std::get<T>(state_); }
  const T& operator*() const { return std::get<T>(state_); }
  T* operator->() { return &std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }
  // Must not be ok().
  const ApiError& error() const { return std::get<ApiError>(state_); }

 private:
  std::variant<T, ApiError> state_;
};

using MaybeError = std::optional<ApiError>;

}  // namespace accordion::gateway
