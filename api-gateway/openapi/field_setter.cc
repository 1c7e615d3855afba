#include "api-gateway/openapi/field_setter.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "api-gateway/limits.h"
#include "api-gateway/openapi/parameter_value.h"
#include "base/encoding.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

std::optional<std::int64_t> ReadInteger(const FieldPlan& field, absl::string_view text,
                                        std::int64_t type_min, std::int64_t type_max) {
  std::optional<std::int64_t> value = ParseInteger(text);
  if (!value || *value < type_min || *value > type_max) return std::nullopt;
  if (field.param->has_range() &&
      (*value < field.param->range().min() || *value > field.param->range().max())) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> ReadString(const FieldPlan& field, absl::string_view text) {
  const openapi::v1::Parameter& param = *field.param;
  if (param.format() == openapi::v1::BASE64) {
    std::optional<std::string> decoded = base::Base64Decode(text);
    if (!decoded || (param.max_bytes() > 0 && decoded->size() > param.max_bytes())) {
      return std::nullopt;
    }
    // A bytes field takes the bytes, a string field keeps the text that the user reads back.
    if (field.field->type() == FieldDescriptor::TYPE_BYTES) return decoded;
    return std::string(text);
  }
  const std::size_t max_length =
      param.max_length() > 0 ? param.max_length() : limits::kDefaultMaxLength;
  if (CountCharacters(text) > max_length || !InCharset(text, param.charset())) return std::nullopt;
  if (param.words_size() > 0 &&
      std::none_of(param.words().begin(), param.words().end(),
                   [text](const std::string& word) { return text == word; })) {
    return std::nullopt;
  }
  return std::string(text);
}

template <typename T>
using Setter = void (Reflection::*)(Message*, const FieldDescriptor*, T) const;

// Reflection spells each type's Set and Add as two functions; this picks one.
template <typename T>
bool Put(const FieldPlan& field, const std::optional<T>& value, Setter<T> set, Setter<T> add,
         Message* message) {
  if (!value) return false;
  const Setter<T> setter = field.field->is_repeated() ? add : set;
  (message->GetReflection()->*setter)(message, field.field, *value);
  return true;
}

template <typename T>
bool PutInteger(const FieldPlan& field, absl::string_view text, Setter<T> set, Setter<T> add,
                Message* message) {
  const auto type_max = static_cast<std::int64_t>(std::min<std::uint64_t>(
      std::numeric_limits<T>::max(), std::numeric_limits<std::int64_t>::max()));
  const std::optional<std::int64_t> value =
      ReadInteger(field, text, static_cast<std::int64_t>(std::numeric_limits<T>::min()), type_max);
  std::optional<T> narrowed;
  if (value) narrowed = static_cast<T>(*value);
  return Put<T>(field, narrowed, set, add, message);
}

bool PutTime(const FieldPlan& field, absl::string_view text, absl::TimeZone zone,
             Message* message) {
  const std::optional<absl::Time> time = ParseLocalTime(text, zone);
  if (!time) return false;
  Message* target = field.field->is_repeated()
                        ? message->GetReflection()->AddMessage(message, field.field)
                        : message->GetReflection()->MutableMessage(message, field.field);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToUnixSeconds(*time));
  target->CopyFrom(timestamp);
  return true;
}

bool PutEnum(const FieldPlan& field, absl::string_view text, Message* message) {
  // The words stand in the order of the enum's values behind its zero.
  const auto& words = field.param->words();
  const auto word = std::find(words.begin(), words.end(), std::string(text));
  if (word == words.end()) return false;
  const auto* value = field.field->enum_type()->value(static_cast<int>(word - words.begin()) + 1);
  return Put<const google::protobuf::EnumValueDescriptor*>(
      field, std::optional(value), &Reflection::SetEnum, &Reflection::AddEnum, message);
}

bool PutString(const FieldPlan& field, absl::string_view text, Message* message) {
  std::optional<std::string> value = ReadString(field, text);
  if (!value) return false;
  const Reflection* reflection = message->GetReflection();
  if (field.field->is_repeated()) {
    reflection->AddString(message, field.field, *std::move(value));
  } else {
    reflection->SetString(message, field.field, *std::move(value));
  }
  return true;
}

// A JSON key must have the JSON type of its field; in a query everything is text.
bool JsonTypeFits(const FieldPlan& field, const GivenValue& value) {
  const auto type = field.field->cpp_type();
  const bool textual = type == FieldDescriptor::CPPTYPE_STRING ||
                       type == FieldDescriptor::CPPTYPE_ENUM ||
                       type == FieldDescriptor::CPPTYPE_MESSAGE;
  return textual ? !value.is_json_bare : !value.is_json_string;
}

bool PutValue(const FieldPlan& field, const GivenValue& value, absl::TimeZone zone,
              Message* message) {
  const absl::string_view text = value.text;
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return PutInteger<std::int32_t>(field, text, &Reflection::SetInt32, &Reflection::AddInt32,
                                      message);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutInteger<std::int64_t>(field, text, &Reflection::SetInt64, &Reflection::AddInt64,
                                      message);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutInteger<std::uint32_t>(field, text, &Reflection::SetUInt32, &Reflection::AddUInt32,
                                       message);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutInteger<std::uint64_t>(field, text, &Reflection::SetUInt64, &Reflection::AddUInt64,
                                       message);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Put<double>(field, ParseReal(text), &Reflection::SetDouble, &Reflection::AddDouble,
                         message);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return false;  // the API has none; refused at start by the conformance test
    case FieldDescriptor::CPPTYPE_BOOL:
      return Put<bool>(field, ParseFlag(text), &Reflection::SetBool, &Reflection::AddBool, message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(field, text, message);
    case FieldDescriptor::CPPTYPE_STRING:
      return PutString(field, text, message);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return PutTime(field, text, zone, message);
  }
  return false;
}

}  // namespace

MaybeError SetScalar(const FieldPlan& field, const GivenValue& value, absl::TimeZone zone,
                     Message* message) {
  if (JsonTypeFits(field, value) && PutValue(field, value, zone, message)) return std::nullopt;
  return InvalidParameterValue(value.name);
}

}  // namespace accordion::gateway
