// Typed, strict reading of the cloud's JSON answers (proto/cloud/v1/answers.proto).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace accordion::cloud {

// Unknown fields are passed over; anything that doesn't parse is an error, never an empty answer.
absl::Status ParseAnswer(absl::string_view body, google::protobuf::Message& answer);

}  // namespace accordion::cloud
