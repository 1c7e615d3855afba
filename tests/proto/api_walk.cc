#include "tests/proto/api_walk.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "accordion/v1/auto_scaling_service.pb.h"

namespace accordion::proto_test {
namespace {

// The file holds a service and no message; only this keeps its registration in a static link.
[[gnu::used]] const void* const kLinked =
    &descriptor_table_accordion_2fv1_2fauto_5fscaling_5fservice_2eproto;

std::string UpperCamelCase(const std::string& field_name) {
  std::string name;
  for (absl::string_view word : absl::StrSplit(field_name, '_')) {
    if (word.empty()) continue;
    name.push_back(absl::ascii_toupper(static_cast<unsigned char>(word[0])));
    absl::StrAppend(&name, word.substr(1));
  }
  return name;
}

void AddFields(const Descriptor* message, std::vector<const FieldDescriptor*>& fields) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    fields.push_back(field);
    if (IsMessage(*field)) AddFields(field->message_type(), fields);
  }
}

// Aliases are full names without indices; all of ours are of the same depth as the name itself.
std::string LastSegment(const std::string& alias) {
  const std::vector<std::string> segments = absl::StrSplit(alias, '.');
  return segments.back();
}

void AddSpellings(const Descriptor* message, const std::string& prefix,
                  std::vector<std::string>& spellings) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor& field = *message->field(i);
    std::vector<std::string> names = {ParameterName(field)};
    for (const std::string& alias : Param(field).aliases()) names.push_back(LastSegment(alias));
    for (const std::string& name : names) {
      const std::string whole = absl::StrCat(prefix, name);
      if (Param(field).format() == openapi::v1::JSON_OBJECT) {
        spellings.push_back(whole);
      } else if (IsMessage(field)) {
        AddSpellings(field.message_type(), absl::StrCat(whole, field.is_repeated() ? ".#." : "."),
                     spellings);
      } else {
        const openapi::v1::ListStyle style = Param(field).list();
        if (!field.is_repeated() || style == openapi::v1::COMMA ||
            style == openapi::v1::INDEXED_OR_COMMA) {
          spellings.push_back(whole);
        }
        if (field.is_repeated() && style != openapi::v1::COMMA) {
          spellings.push_back(absl::StrCat(whole, ".#"));
        }
      }
    }
  }
}

}  // namespace

std::vector<const MethodDescriptor*> Actions() {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "accordion.v1.AutoScalingService");
  std::vector<const MethodDescriptor*> actions;
  for (int i = 0; i < service->method_count(); ++i) actions.push_back(service->method(i));
  return actions;
}

std::vector<const FieldDescriptor*> AllFields(const Descriptor* message) {
  std::vector<const FieldDescriptor*> fields;
  AddFields(message, fields);
  return fields;
}

bool IsTime(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

bool IsMessage(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE && !IsTime(field);
}

const openapi::v1::Parameter& Param(const FieldDescriptor& field) {
  return field.options().GetExtension(openapi::v1::param);
}

const openapi::v1::ResponseField& Answer(const FieldDescriptor& field) {
  return field.options().GetExtension(openapi::v1::answer);
}

std::string ParameterName(const FieldDescriptor& field) {
  return Param(field).name().empty() ? UpperCamelCase(field.name()) : Param(field).name();
}

std::string AnswerName(const FieldDescriptor& field) {
  return Answer(field).name().empty() ? UpperCamelCase(field.name()) : Answer(field).name();
}

std::vector<std::string> Spellings(const Descriptor* request) {
  std::vector<std::string> spellings;
  AddSpellings(request, "", spellings);
  return spellings;
}

}  // namespace accordion::proto_test
