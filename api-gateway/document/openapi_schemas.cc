#include "api-gateway/document/openapi_schemas.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "api-gateway/document/parameter_list.h"
#include "api-gateway/envelope.h"
#include "api-gateway/limits.h"
#include "api-gateway/openapi/field_name.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

constexpr char kLocalTimePattern[] = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$";

// The message's name without its package; nested names run together.
std::string NameOf(const Descriptor& message) {
  absl::string_view name = message.full_name();
  absl::ConsumePrefix(&name, absl::StrCat(message.file()->package(), "."));
  return absl::StrReplaceAll(name, {{".", ""}});
}

std::string JsonParameterName(const Descriptor& message) {
  return absl::StrCat(NameOf(message), "Parameter");
}

void WriteStrings(absl::string_view name, const std::vector<std::string>& values, JsonSink* sink) {
  sink->StartList(name);
  for (const std::string& value : values) sink->TextItem(value);
  sink->EndList(name);
}

bool IsText(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

absl::string_view TypeWord(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "integer";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "number";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "boolean";
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "string";
}

// The keywords that bound one value.
void WriteBounds(const FieldPlan& field, JsonSink* sink) {
  const openapi::v1::Parameter& param = *field.param;
  sink->Text("type", TypeWord(*field.field));
  if (param.has_range()) {
    sink->Bare("minimum", absl::StrCat(param.range().min()));
    sink->Bare("maximum", absl::StrCat(param.range().max()));
  }
  if (param.words_size() > 0) {
    WriteStrings("enum", {param.words().begin(), param.words().end()}, sink);
  }
  if (param.format() == openapi::v1::LOCAL_TIME) sink->Text("pattern", kLocalTimePattern);
  if (param.format() == openapi::v1::BASE64) {
    sink->Text("contentEncoding", "base64");
    sink->Bare("x-max-bytes", absl::StrCat(param.max_bytes()));
  } else if (IsText(*field.field) && param.words_size() == 0) {
    sink->Bare("maxLength", absl::StrCat(param.max_length() > 0 ? param.max_length()
                                                                : limits::kDefaultMaxLength));
  }
  if (!param.charset().empty()) sink->Text("x-charset", param.charset());
}

void WriteDefault(const FieldPlan& field, JsonSink* sink) {
  const std::string& value = field.param->default_value();
  if (value.empty()) return;
  TypeWord(*field.field) == "string" ? sink->Text("default", value) : sink->Bare("default", value);
}

// The members of a parameter's schema.
void WriteParameter(const ParameterRow& row, JsonSink* sink) {
  const FieldPlan& field = *row.field;
  const openapi::v1::Parameter& param = *field.param;
  sink->Text("description", param.help());
  if (field.is_json) {
    sink->Text("type", "string");
    sink->Text("contentMediaType", envelope::kJsonMediaType);
    sink->StartObject("contentSchema");
    sink->Text("$ref", SchemaReference(JsonParameterName(*field.field->message_type())));
    sink->EndObject();
  } else if (param.list() == openapi::v1::COMMA) {
    sink->Text("type", "string");
    sink->StartObject("x-comma-separated");
    WriteBounds(field, sink);
    sink->EndObject();
  } else {
    WriteBounds(field, sink);
  }
  WriteDefault(field, sink);
  if (field.field->is_repeated()) {
    sink->Bare("x-max-elements",
               absl::StrCat(param.max_elements() > 0 ? param.max_elements()
                                                     : limits::kDefaultMaxElements));
  }
  if (param.secret()) sink->Bare("writeOnly", "true");
  if (param.accepts_list_of_one()) sink->Bare("x-accepts-list-of-one", "true");
  if (!row.pattern.empty()) sink->Text("x-name", row.name);
  if (row.required && !row.parent.empty()) {
    sink->Text("x-required-with", row.parent);
  } else if (row.required && !row.pattern.empty()) {
    sink->Bare("x-required", "true");
  }
  if (!row.aliases.empty()) WriteStrings("x-aliases", row.aliases, sink);
  if (param.needs_size() > 0) {
    WriteStrings("x-needs", {param.needs().begin(), param.needs().end()}, sink);
  }
}

void WriteConstant(absl::string_view name, absl::string_view value, JsonSink* sink) {
  sink->StartObject(name);
  sink->Text("const", value);
  sink->EndObject();
}

// The parameters that surround every action's own.
void WriteEnvelope(const Route& route, JsonSink* sink) {
  WriteConstant(envelope::kAction, route.action, sink);
  WriteConstant(envelope::kVersion, envelope::kApiVersion, sink);
  sink->StartObject(envelope::kFormat);
  sink->Text("description", "json: as if Accept named application/json.");
  sink->Text("type", "string");
  sink->EndObject();
  if (!route.writes) return;
  sink->StartObject(envelope::kDryRun);
  sink->Text("description", "true: every check is made, nothing is written, the answer is 412.");
  sink->Text("type", "boolean");
  sink->EndObject();
  sink->StartObject(envelope::kClientToken);
  sink->Text("description", "Repeats with the same token and parameters have one effect.");
  sink->Text("type", "string");
  sink->Bare("maxLength", absl::StrCat(limits::kMaxClientTokenBytes));
  sink->Text("pattern", "^[ -~]*$");
  sink->EndObject();
}

void WriteRequest(const Route& route, JsonSink* sink) {
  const std::vector<ParameterRow> rows = ListParameters(*route.decode);
  sink->Text("type", "object");
  std::vector<std::string> required = {envelope::kAction, envelope::kVersion};
  bool has_patterns = false;
  for (const ParameterRow& row : rows) {
    has_patterns |= !row.pattern.empty();
    if (row.required && row.parent.empty() && row.pattern.empty()) required.push_back(row.name);
  }
  WriteStrings("required", required, sink);
  const auto write_all = [&](absl::string_view keyword, bool patterns) {
    sink->StartObject(keyword);
    if (!patterns) WriteEnvelope(route, sink);
    for (const ParameterRow& row : rows) {
      if (row.pattern.empty() == patterns) continue;
      std::string name = patterns ? absl::StrReplaceAll(row.pattern, {{"\\", "\\\\"}}) : row.name;
      sink->StartObject(name);
      WriteParameter(row, sink);
      sink->EndObject();
    }
    sink->EndObject();
  };
  write_all("properties", false);
  if (has_patterns) write_all("patternProperties", true);
}

// The object that a JSON parameter's text holds.
void WriteJsonParameter(const MessagePlan& message, JsonSink* sink) {
  sink->Text("type", "object");
  std::vector<std::string> required;
  for (const FieldPlan& key : message.fields) {
    if (key.param->required()) required.push_back(LowerFirst(key.name));
  }
  WriteStrings("required", required, sink);
  sink->StartObject("properties");
  for (const FieldPlan& key : message.fields) {
    sink->StartObject(LowerFirst(key.name));
    sink->Text("description", key.param->help());
    WriteBounds(key, sink);
    WriteDefault(key, sink);
    sink->EndObject();
  }
  sink->EndObject();
}

// The schema of one value of an answer.
void WriteAnswerValue(const AnswerField& field, JsonSink* sink) {
  switch (field.kind) {
    case AnswerField::Kind::kText:
      sink->Text("type", "string");
      return;
    case AnswerField::Kind::kIdAsNumber:
    case AnswerField::Kind::kBareId:
    case AnswerField::Kind::kInteger:
    case AnswerField::Kind::kUnsigned:
      sink->Text("type", "integer");
      return;
    case AnswerField::Kind::kReal:
      sink->Text("type", "number");
      return;
    case AnswerField::Kind::kFlag:
      sink->Text("type", "boolean");
      return;
    case AnswerField::Kind::kLocalTime:
      sink->Text("type", "string");
      sink->Text("pattern", kLocalTimePattern);
      return;
    case AnswerField::Kind::kMessage:
      sink->Text("$ref", SchemaReference(NameOf(*field.field->message_type())));
      return;
  }
}

void WriteAnswerField(const AnswerField& field, JsonSink* sink) {
  const openapi::v1::ResponseField& option =
      field.field->options().GetExtension(openapi::v1::answer);
  sink->StartObject(field.name);
  if (!option.help().empty()) sink->Text("description", option.help());
  if (field.is_list) {
    sink->Text("type", "array");
    sink->StartObject("items");
    WriteAnswerValue(field, sink);
    sink->EndObject();
  } else {
    WriteAnswerValue(field, sink);
    if (option.json_text()) sink->Text("contentMediaType", envelope::kJsonMediaType);
  }
  sink->EndObject();
}

void WriteAnswer(const AnswerMessagePlan& plan, bool is_root, JsonSink* sink) {
  sink->Text("type", "object");
  std::vector<std::string> required;
  if (is_root) required.emplace_back(envelope::kRequestId);
  for (const AnswerField& field : plan.fields) {
    if (!field.omit_empty) required.push_back(field.name);
  }
  WriteStrings("required", required, sink);
  sink->StartObject("properties");
  if (is_root) {
    sink->StartObject(envelope::kRequestId);
    sink->Text("description", "Id of the request, for questions about it.");
    sink->Text("type", "string");
    sink->EndObject();
  }
  for (const AnswerField& field : plan.fields) WriteAnswerField(field, sink);
  sink->EndObject();
}

void WriteError(JsonSink* sink) {
  sink->Text("type", "object");
  WriteStrings("required", {envelope::kRequestId, envelope::kError}, sink);
  sink->StartObject("properties");
  sink->StartObject(envelope::kRequestId);
  sink->Text("type", "string");
  sink->EndObject();
  sink->StartObject(envelope::kError);
  sink->Text("type", "object");
  WriteStrings("required", {envelope::kErrorType, envelope::kErrorCode, envelope::kErrorMessage},
               sink);
  sink->StartObject("properties");
  sink->StartObject(envelope::kErrorType);
  WriteStrings("enum", {"Sender", "Receiver"}, sink);
  sink->EndObject();
  for (const char* name : {envelope::kErrorCode, envelope::kErrorMessage}) {
    sink->StartObject(name);
    sink->Text("type", "string");
    sink->EndObject();
  }
  sink->EndObject();
  sink->EndObject();
  sink->EndObject();
}

// Finds every message that a schema must be written for.
class SchemaCollector {
 public:
  explicit SchemaCollector(const RouteTable& routes) {
    for (const Route& route : routes.routes()) {
      requests[RequestSchemaName(route)] = &route;
      for (const ParameterRow& row : ListParameters(*route.decode)) {
        if (!row.field->is_json) continue;
        json_parameters[JsonParameterName(*row.field->field->message_type())] = row.field->message;
      }
      answers[AnswerSchemaName(route)] = &route.answer->root();
      roots.insert(AnswerSchemaName(route));
      AddInner(route.answer->root());
    }
  }

  std::map<std::string, const Route*> requests;
  std::map<std::string, const MessagePlan*> json_parameters;
  std::map<std::string, const AnswerMessagePlan*> answers;
  std::set<std::string> roots;

 private:
  void AddInner(const AnswerMessagePlan& plan) {
    for (const AnswerField& field : plan.fields) {
      if (field.kind != AnswerField::Kind::kMessage) continue;
      answers[NameOf(*field.field->message_type())] = field.message;
      AddInner(*field.message);
    }
  }
};

}  // namespace

std::string SchemaReference(absl::string_view name) {
  return absl::StrCat("#/components/schemas/", name);
}

std::string RequestSchemaName(const Route& route) { return NameOf(*route.method->input_type()); }
std::string AnswerSchemaName(const Route& route) { return NameOf(*route.method->output_type()); }

void WriteSchemas(const RouteTable& routes, JsonSink* sink) {
  const SchemaCollector found(routes);
  const auto write = [sink](const std::string& name, const auto& members) {
    sink->StartObject(name);
    members();
    sink->EndObject();
  };
  write(kErrorSchema, [&] { WriteError(sink); });
  for (const auto& [name, message] : found.json_parameters) {
    write(name, [&, plan = message] { WriteJsonParameter(*plan, sink); });
  }
  for (const auto& [name, route] : found.requests) {
    write(name, [&, of = route] { WriteRequest(*of, sink); });
  }
  for (const auto& [name, plan] : found.answers) {
    write(name,
          [&, of = plan, root = found.roots.contains(name)] { WriteAnswer(*of, root, sink); });
  }
}

}  // namespace accordion::gateway
