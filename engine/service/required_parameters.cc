#include "engine/service/required_parameters.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/service/parameter_name.h"
#include "openapi/v1/options.pb.h"

namespace accordion::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsAbsent(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return reflection.FieldSize(message, &field) == 0;
  if (!reflection.HasField(message, &field)) return true;
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return false;
  std::string scratch;
  return reflection.GetStringReference(message, &field, &scratch).empty();
}

// `in_json`: keys of JSON text, which begin in lower case.
absl::Status CheckMessage(const Message& message, const std::string& prefix, bool in_json) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const google::protobuf::Descriptor& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    const openapi::v1::Parameter& parameter = field.options().GetExtension(openapi::v1::param);
    std::string spelling = FieldSpelling(field);
    if (in_json) spelling[0] = absl::ascii_tolower(static_cast<unsigned char>(spelling[0]));
    const std::string name = absl::StrCat(prefix, spelling, field.is_repeated() ? ".N" : "");
    if (IsAbsent(message, field)) {
      if (parameter.required()) return domain::MissingParameter(name);
      continue;
    }
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string nested = absl::StrCat(name, ".");
    const bool json = parameter.format() == openapi::v1::JSON_OBJECT;
    if (!field.is_repeated()) {
      RETURN_IF_ERROR(CheckMessage(reflection.GetMessage(message, &field), nested, json));
      continue;
    }
    for (int k = 0; k < reflection.FieldSize(message, &field); ++k) {
      RETURN_IF_ERROR(
          CheckMessage(reflection.GetRepeatedMessage(message, &field, k), nested, json));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRequired(const Message& request) {
  return CheckMessage(request, "", /*in_json=*/false);
}

}  // namespace accordion::service
