#include "tests/fuzz/request_checks.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "api-gateway/limits.h"
#include "openapi/v1/options.pb.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/plain_form.h"

namespace accordion::fuzz {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr std::int64_t kFirstSecond = -62'200'000'000;  // of the year 0, with room for a zone
constexpr std::int64_t kLastSecond = 253'402'400'000;   // of the year 9999, likewise

void CheckText(const gateway::FieldPlan& field, const std::string& text) {
  const openapi::v1::Parameter& param = *field.param;
  if (field.field->type() == FieldDescriptor::TYPE_BYTES) {
    Expect(param.max_bytes() == 0 || text.size() <= param.max_bytes(), "bytes within max_bytes");
    return;
  }
  Expect(PlainIsUtf8(text), "a text is UTF-8", text);
  Expect(text.find('\0') == std::string::npos, "a text has no NUL", text);
  if (param.format() == openapi::v1::BASE64) return;
  const std::size_t max =
      param.max_length() > 0 ? param.max_length() : gateway::limits::kDefaultMaxLength;
  const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80 || static_cast<unsigned char>(c) >= 0xc0;
  });
  Expect(static_cast<std::size_t>(characters) <= max, "a text within max_length", text);
  Expect(param.words_size() == 0 ||
             std::find(param.words().begin(), param.words().end(), text) != param.words().end(),
         "a word of the list", text);
}

void CheckNumber(const gateway::FieldPlan& field, std::int64_t value) {
  if (!field.param->has_range()) return;
  Expect(value >= field.param->range().min() && value <= field.param->range().max(),
         "a number in range", absl::StrCat(field.name, "=", value));
}

void CheckElement(const gateway::FieldPlan& field, const Message& message, int index) {
  const auto* reflection = message.GetReflection();
  const bool repeated = field.field->is_repeated();
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      CheckText(field, repeated ? reflection->GetRepeatedString(message, field.field, index)
                                : reflection->GetString(message, field.field));
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      CheckNumber(field, repeated ? reflection->GetRepeatedInt32(message, field.field, index)
                                  : reflection->GetInt32(message, field.field));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      CheckNumber(field, repeated ? reflection->GetRepeatedInt64(message, field.field, index)
                                  : reflection->GetInt64(message, field.field));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      CheckNumber(field, repeated ? reflection->GetRepeatedUInt32(message, field.field, index)
                                  : reflection->GetUInt32(message, field.field));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& inner = repeated ? reflection->GetRepeatedMessage(message, field.field, index)
                                      : reflection->GetMessage(message, field.field);
      if (field.message != nullptr) {
        CheckDecoded(*field.message, inner);
        break;
      }
      const auto& time = static_cast<const google::protobuf::Timestamp&>(inner);
      Expect(time.seconds() >= kFirstSecond && time.seconds() <= kLastSecond && time.nanos() == 0,
             "a time has a year of four digits", absl::StrCat(time.seconds()));
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
      break;
  }
}

}  // namespace

const gateway::RouteTable& Routes() {
  static const gateway::RouteTable* const routes = [] {
    auto built = gateway::RouteTable::Build(gateway::PublicApi());
    Expect(built.ok(), "the routes can be built", built.status().ToString());
    return built->release();
  }();
  return *routes;
}

void CheckDecoded(const gateway::MessagePlan& plan, const Message& message) {
  const auto* reflection = message.GetReflection();
  for (const gateway::FieldPlan& field : plan.fields) {
    if (field.field->is_repeated()) {
      const int size = reflection->FieldSize(message, field.field);
      const std::size_t max = field.param->max_elements() > 0
                                  ? field.param->max_elements()
                                  : gateway::limits::kDefaultMaxElements;
      Expect(static_cast<std::size_t>(size) <= max, "a list within max_elements", field.name);
      Expect(size > 0 || !field.param->required(), "a required list has an element", field.name);
      for (int i = 0; i < size; ++i) CheckElement(field, message, i);
    } else if (reflection->HasField(message, field.field)) {
      CheckElement(field, message, 0);
    } else {
      Expect(!field.param->required(), "a required field is there", field.name);
    }
  }
}

}  // namespace accordion::fuzz
