#include "engine/service/parameter_name.h"

#include <google/protobuf/descriptor.h>

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "openapi/v1/options.pb.h"

namespace accordion::service {

std::string FieldSpelling(const google::protobuf::FieldDescriptor& field) {
  const std::string& name = field.options().GetExtension(openapi::v1::param).name();
  if (!name.empty()) return name;
  std::string spelling;
  bool upper = true;
  for (char c : field.name()) {
    if (c == '_') {
      upper = true;
      continue;
    }
    spelling += upper ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c;
    upper = false;
  }
  return spelling;
}

std::string ParameterName(const google::protobuf::Descriptor& message,
                          std::initializer_list<int> path) {
  const google::protobuf::Descriptor* parent = &message;
  bool in_json = false;  // keys of JSON text begin in lower case, as the gateway names them, too
  std::string name;
  for (int number : path) {
    const google::protobuf::FieldDescriptor* field =
        parent == nullptr ? nullptr : parent->FindFieldByNumber(number);
    if (field == nullptr) {
      base::LogError("no such field", {{"message", message.full_name()}, {"number", number}});
      std::abort();
    }
    std::string spelling = FieldSpelling(*field);
    if (in_json) spelling[0] = absl::ascii_tolower(static_cast<unsigned char>(spelling[0]));
    const openapi::v1::Parameter& param = field->options().GetExtension(openapi::v1::param);
    const bool indexed = field->is_repeated() && param.list() != openapi::v1::COMMA;
    absl::StrAppend(&name, name.empty() ? "" : ".", spelling, indexed ? ".N" : "");
    in_json = param.format() == openapi::v1::JSON_OBJECT;
    parent = field->message_type();
  }
  return name;
}

}  // namespace accordion::service
