// The error half of response_encoder.h: the catalogue's row, filled in and put into the envelope.
#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/envelope.h"
#include "api-gateway/openapi/json_sink.h"
#include "api-gateway/openapi/response_encoder.h"
#include "api-gateway/openapi/xml_sink.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

// An engine newer than this gateway may send a reason that is not in our catalogue.
constexpr v1::ErrorReason kUnknownReason = v1::SERVICE_UNAVAILABLE;

const openapi::v1::ErrorRow& RowOf(v1::ErrorReason reason) {
  const auto* value = v1::ErrorReason_descriptor()->FindValueByNumber(reason);
  if (value == nullptr || !value->options().HasExtension(openapi::v1::error)) {
    value = v1::ErrorReason_descriptor()->FindValueByNumber(kUnknownReason);
  }
  return value->options().GetExtension(openapi::v1::error);
}

std::string Fill(absl::string_view message_template, const std::vector<std::string>& args) {
  std::string message;
  std::size_t next_arg = 0;
  while (!message_template.empty()) {
    const std::size_t at = message_template.find("%s");
    absl::StrAppend(&message, message_template.substr(0, at));
    if (at == absl::string_view::npos) break;
    if (next_arg < args.size()) absl::StrAppend(&message, args[next_arg++]);
    message_template.remove_prefix(at + 2);
  }
  return message;
}

template <typename Sink>
void WriteError(const openapi::v1::ErrorRow& row, const std::vector<std::string>& args,
                absl::string_view request_id, Sink* sink) {
  sink->Text(envelope::kRequestId, request_id);
  sink->StartObject(envelope::kError);
  sink->Text(envelope::kErrorType, row.http() >= 500 ? "Receiver" : "Sender");
  sink->Text(envelope::kErrorCode, row.code());
  sink->Text(envelope::kErrorMessage, Fill(row.message(), args));
  sink->EndObject(envelope::kError);
}

}  // namespace

EncodedAnswer EncodeError(const ApiError& error, absl::string_view request_id,
                          AnswerFormat format) {
  const openapi::v1::ErrorRow& row = RowOf(error.reason);
  EncodedAnswer encoded;
  encoded.status = static_cast<int>(row.http());
  switch (format) {
    case AnswerFormat::kJson: {
      encoded.media_type = envelope::kJsonMediaType;
      JsonSink sink(&encoded.body);
      sink.StartObject();
      WriteError(row, error.args, request_id, &sink);
      sink.EndObject();
      break;
    }
    case AnswerFormat::kXml: {
      encoded.media_type = envelope::kXmlMediaType;
      XmlSink sink(&encoded.body);
      sink.StartObject(envelope::kErrorResponse);
      WriteError(row, error.args, request_id, &sink);
      sink.EndObject(envelope::kErrorResponse);
      break;
    }
  }
  return encoded;
}

std::string ErrorCode(const ApiError& error) { return RowOf(error.reason).code(); }

}  // namespace accordion::gateway
