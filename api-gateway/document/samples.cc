#include "api-gateway/document/samples.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "api-gateway/document/parameter_list.h"
#include "api-gateway/envelope.h"
#include "api-gateway/openapi/field_name.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr std::int64_t kSampleSeconds =
    1'924'991'400;  // long ahead, for what must be in the future
constexpr char kSampleLocalTime[] = "2031-01-01 08:30:00";
constexpr char kOwnId[] = "537276906367950848";
constexpr char kCloudId[] = "6b7d3a04-5a7a-4b9c-9c33-5f3d7c1d2e10";
constexpr char kBase64[] = "IyEvYmluL3NoCg==";
constexpr char kName[] = "web";
constexpr char kText[] = "example";

std::string TextByName(absl::string_view name) {
  if (absl::EndsWith(name, "Id")) return absl::StartsWith(name, "Scaling") ? kOwnId : kCloudId;
  if (absl::EndsWith(name, "Name")) return kName;
  return kText;
}

std::string ValueOf(const FieldPlan& field);

// {"key":value,...} of the required keys.
std::string JsonText(const MessagePlan& message) {
  std::vector<std::string> members;
  for (const FieldPlan& key : message.fields) {
    if (!key.param->required()) continue;
    const bool bare = key.field->cpp_type() != FieldDescriptor::CPPTYPE_STRING;
    members.push_back(absl::StrCat("\"", LowerFirst(key.name), "\":", bare ? "" : "\"",
                                   ValueOf(key), bare ? "" : "\""));
  }
  return absl::StrCat("{", absl::StrJoin(members, ","), "}");
}

std::string ValueOf(const FieldPlan& field) {
  const openapi::v1::Parameter& param = *field.param;
  if (field.is_json) return JsonText(*field.message);
  if (!param.default_value().empty()) return param.default_value();
  if (param.words_size() > 0) return param.words(0);
  if (param.format() == openapi::v1::LOCAL_TIME) return kSampleLocalTime;
  if (param.format() == openapi::v1::BASE64) return kBase64;
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true";
    case FieldDescriptor::CPPTYPE_STRING:
      return TextByName(field.name);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return absl::StrCat(param.has_range() ? param.range().min() : 1);
}

}  // namespace

Samples::Samples(const RouteTable& routes) {
  const auto learn = [this](const FieldPlan& field) {
    if (field.param->words_size() > 0) first_words_.emplace(field.name, field.param->words(0));
  };
  for (const Route& route : routes.routes()) {
    for (const ParameterRow& row : ListParameters(*route.decode)) {
      learn(*row.field);
      if (!row.field->is_json) continue;
      for (const FieldPlan& key : row.field->message->fields) learn(key);
    }
  }
}

base::sigv4::Parameters Samples::Request(const Route& route) {
  base::sigv4::Parameters parameters = {{envelope::kAction, route.action},
                                        {envelope::kVersion, envelope::kApiVersion}};
  for (const ParameterRow& row : ListParameters(*route.decode)) {
    if (!row.required || !row.parent.empty()) continue;
    parameters.emplace_back(absl::StrReplaceAll(row.name, {{".N", ".1"}}), ValueOf(*row.field));
  }
  return parameters;
}

std::unique_ptr<Message> Samples::Answer(const Route& route) const {
  std::unique_ptr<Message> answer(route.answer_prototype->New());
  Fill(route.answer->root(), answer.get());
  return answer;
}

void Samples::Fill(const AnswerMessagePlan& plan, Message* message) const {
  for (const AnswerField& field : plan.fields) FillField(field, message);
}

void Samples::FillField(const AnswerField& field, Message* message) const {
  const auto* reflection = message->GetReflection();
  const FieldDescriptor* f = field.field;
  const bool list = field.is_list;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      list ? reflection->AddInt32(message, f, 1) : reflection->SetInt32(message, f, 1);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      list ? reflection->AddInt64(message, f, 1) : reflection->SetInt64(message, f, 1);
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      list ? reflection->AddUInt32(message, f, 1) : reflection->SetUInt32(message, f, 1);
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      list ? reflection->AddUInt64(message, f, 1) : reflection->SetUInt64(message, f, 1);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      list ? reflection->AddDouble(message, f, 1) : reflection->SetDouble(message, f, 1);
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      list ? reflection->AddFloat(message, f, 1) : reflection->SetFloat(message, f, 1);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      list ? reflection->AddBool(message, f, true) : reflection->SetBool(message, f, true);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      list ? reflection->AddString(message, f, Text(field.name))
           : reflection->SetString(message, f, Text(field.name));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message* inner =
          list ? reflection->AddMessage(message, f) : reflection->MutableMessage(message, f);
      if (field.message != nullptr) {
        Fill(*field.message, inner);
      } else {
        static_cast<google::protobuf::Timestamp*>(inner)->set_seconds(kSampleSeconds);
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      break;  // no answer holds one, see AnswerPlan
  }
}

std::string Samples::Text(const std::string& name) const {
  const auto found = first_words_.find(name);
  return found != first_words_.end() ? found->second : TextByName(name);
}

}  // namespace accordion::gateway
