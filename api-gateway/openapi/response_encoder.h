// Spells an answer or an error in the format that the client asked for.
//
// JSON and XML come from one walk over the message, so they cannot say different things.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "api-gateway/openapi/answer_plan.h"
#include "api-gateway/openapi/api_error.h"

namespace google::protobuf {
class Message;
}

namespace accordion::gateway {

enum class AnswerFormat { kJson, kXml };

struct EncodedAnswer {
  int status = 200;              // HTTP
  absl::string_view media_type;  // a constant of envelope.h
  std::string body;
};

// `action`: the canonical name, root of the XML document. `zone`: of the times in the answer.
EncodedAnswer EncodeAnswer(const AnswerPlan& plan, const google::protobuf::Message& answer,
                           absl::string_view action, absl::string_view request_id,
                           absl::TimeZone zone, AnswerFormat format);

// By the error's row in the catalogue.
EncodedAnswer EncodeError(const ApiError& error, absl::string_view request_id, AnswerFormat format);

// The `Code` of an error, for the access log and metrics.
std::string ErrorCode(const ApiError& error);

}  // namespace accordion::gateway
