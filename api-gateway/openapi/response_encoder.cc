#include "api-gateway/openapi/response_encoder.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "api-gateway/envelope.h"
#include "api-gateway/openapi/json_sink.h"
#include "api-gateway/openapi/parameter_value.h"
#include "api-gateway/openapi/xml_sink.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

bool IsDecimal(absl::string_view text) {
  return !text.empty() && text.size() <= 19 && (text == "0" || text[0] != '0') &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// The fewest digits that read back as the same number; StrCat would round to six.
template <typename Real>
std::string Shortest(Real value) {
  std::array<char, 32> digits;  // -2.2250738585072014e-308 has 24
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return std::string(digits.data(), written.ptr);
}

template <typename Sink>
class Walker {
 public:
  Walker(absl::TimeZone zone, Sink* sink) : zone_(zone), sink_(*sink) {}

  void WriteFields(const AnswerMessagePlan& plan, const Message& message) {
    for (const AnswerField& field : plan.fields) {
      if (field.is_list) {
        WriteList(field, message);
      } else {
        WriteSingle(field, message);
      }
    }
  }

 private:
  void WriteSingle(const AnswerField& field, const Message& message) {
    const Reflection* reflection = message.GetReflection();
    if (field.omit_empty && IsEmpty(field, message)) return;
    if (field.kind == AnswerField::Kind::kMessage) {
      sink_.StartObject(field.name);
      WriteFields(*field.message, reflection->GetMessage(message, field.field));
      sink_.EndObject(field.name);
      return;
    }
    if (field.kind == AnswerField::Kind::kBareId) {
      const Message& inner = reflection->GetMessage(message, field.field);
      const std::string id = ScalarText(field.message->fields.front(), inner, kNoIndex);
      IsText(AnswerField::Kind::kIdAsNumber, id) ? sink_.Text(field.name, id)
                                                 : sink_.Bare(field.name, id);
      return;
    }
    const std::string text = ScalarText(field, message, kNoIndex);
    IsText(field.kind, text) ? sink_.Text(field.name, text) : sink_.Bare(field.name, text);
  }

  void WriteList(const AnswerField& field, const Message& message) {
    const Reflection* reflection = message.GetReflection();
    sink_.StartList(field.name);
    for (int i = 0; i < reflection->FieldSize(message, field.field); ++i) {
      if (field.kind == AnswerField::Kind::kMessage) {
        sink_.StartItem();
        WriteFields(*field.message, reflection->GetRepeatedMessage(message, field.field, i));
        sink_.EndItem();
      } else {
        const std::string text = ScalarText(field, message, i);
        IsText(field.kind, text) ? sink_.TextItem(text) : sink_.BareItem(text);
      }
    }
    sink_.EndList(field.name);
  }

  static bool IsEmpty(const AnswerField& field, const Message& message) {
    const Reflection* reflection = message.GetReflection();
    if (field.field->has_presence() && !reflection->HasField(message, field.field)) return true;
    switch (field.kind) {
      case AnswerField::Kind::kText:
      case AnswerField::Kind::kIdAsNumber:
        return reflection->GetString(message, field.field).empty();
      case AnswerField::Kind::kInteger:
      case AnswerField::Kind::kUnsigned:
      case AnswerField::Kind::kReal:
      case AnswerField::Kind::kFlag:
        return !reflection->HasField(message, field.field);
      case AnswerField::Kind::kLocalTime:
      case AnswerField::Kind::kMessage:
      case AnswerField::Kind::kBareId:
        return false;
    }
    return false;
  }

  // Whether the text is quoted in JSON. The declared exception (id_as_number) falls back to a
  // string where the id is no number.
  static bool IsText(AnswerField::Kind kind, absl::string_view text) {
    switch (kind) {
      case AnswerField::Kind::kText:
      case AnswerField::Kind::kLocalTime:
      case AnswerField::Kind::kMessage:
      case AnswerField::Kind::kBareId:
        return true;
      case AnswerField::Kind::kIdAsNumber:
        return !IsDecimal(text);
      case AnswerField::Kind::kInteger:
      case AnswerField::Kind::kUnsigned:
      case AnswerField::Kind::kReal:
      case AnswerField::Kind::kFlag:
        return false;
    }
    return true;
  }

  static constexpr int kNoIndex = -1;

  std::string ScalarText(const AnswerField& field, const Message& message, int index) const {
    const Reflection& r = *message.GetReflection();
    const auto* f = field.field;
    const bool single = index == kNoIndex;
    switch (field.kind) {
      case AnswerField::Kind::kText:
      case AnswerField::Kind::kIdAsNumber:
        return single ? r.GetString(message, f) : r.GetRepeatedString(message, f, index);
      case AnswerField::Kind::kInteger:
        if (f->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT32) {
          return absl::StrCat(single ? r.GetInt32(message, f)
                                     : r.GetRepeatedInt32(message, f, index));
        }
        return absl::StrCat(single ? r.GetInt64(message, f)
                                   : r.GetRepeatedInt64(message, f, index));
      case AnswerField::Kind::kUnsigned:
        if (f->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_UINT32) {
          return absl::StrCat(single ? r.GetUInt32(message, f)
                                     : r.GetRepeatedUInt32(message, f, index));
        }
        return absl::StrCat(single ? r.GetUInt64(message, f)
                                   : r.GetRepeatedUInt64(message, f, index));
      case AnswerField::Kind::kReal:
        if (f->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_FLOAT) {
          return Shortest(single ? r.GetFloat(message, f) : r.GetRepeatedFloat(message, f, index));
        }
        return Shortest(single ? r.GetDouble(message, f) : r.GetRepeatedDouble(message, f, index));
      case AnswerField::Kind::kFlag:
        return (single ? r.GetBool(message, f) : r.GetRepeatedBool(message, f, index)) ? "true"
                                                                                       : "false";
      case AnswerField::Kind::kLocalTime:
        if (single && !r.HasField(message, f)) return "";
        return TimeText(single ? r.GetMessage(message, f)
                               : r.GetRepeatedMessage(message, f, index));
      case AnswerField::Kind::kMessage:
      case AnswerField::Kind::kBareId:
        break;
    }
    return "";
  }

  std::string TimeText(const Message& timestamp) const {
    const auto& time = static_cast<const google::protobuf::Timestamp&>(timestamp);
    return FormatLocalTime(absl::FromUnixSeconds(time.seconds()), zone_);
  }

  absl::TimeZone zone_;
  Sink& sink_;
};

}  // namespace

EncodedAnswer EncodeAnswer(const AnswerPlan& plan, const Message& answer, absl::string_view action,
                           absl::string_view request_id, absl::TimeZone zone, AnswerFormat format) {
  EncodedAnswer encoded;
  encoded.body.reserve(1024);
  switch (format) {
    case AnswerFormat::kJson: {
      encoded.media_type = envelope::kJsonMediaType;
      JsonSink sink(&encoded.body);
      sink.StartObject();
      sink.Text(envelope::kRequestId, request_id);
      Walker<JsonSink>(zone, &sink).WriteFields(plan.root(), answer);
      sink.EndObject();
      break;
    }
    case AnswerFormat::kXml: {
      encoded.media_type = envelope::kXmlMediaType;
      const std::string root = absl::StrCat(action, envelope::kResponseSuffix);
      XmlSink sink(&encoded.body);
      sink.StartObject(root);
      sink.StartObject(envelope::kResponseMetadata);
      sink.Text(envelope::kRequestId, request_id);
      sink.EndObject(envelope::kResponseMetadata);
      Walker<XmlSink>(zone, &sink).WriteFields(plan.root(), answer);
      sink.EndObject(root);
      break;
    }
  }
  return encoded;
}

}  // namespace accordion::gateway
