// Answers and errors: both writers' output must be read by parsers that we did not write, and say
// the same.
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/envelope.h"
#include "api-gateway/openapi/response_encoder.h"
#include "tests/fuzz/document_tree.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/plain_form.h"
#include "tests/fuzz/request_checks.h"
#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
namespace envelope = gateway::envelope;

constexpr char kRequestId[] = "c1fb9d3e-0b7b-4e44-9c0e-5e6a4b2a1f0d";
constexpr std::uint64_t kSecondsOfRange = std::uint64_t{1} << 37;  // up to the year 6325
constexpr std::size_t kMaxElements = 3;

// Fills a message with the lines of the input, over and over while there are fields.
class Filler {
 public:
  explicit Filler(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  void Fill(const gateway::AnswerMessagePlan& plan, Message* message) {
    for (const gateway::AnswerField& field : plan.fields) {
      if (!field.is_list) {
        FillOne(field, message);
        continue;
      }
      for (std::size_t left = Next().size() % (kMaxElements + 1); left > 0; --left) {
        FillOne(field, message);
      }
    }
  }

 private:
  const std::string& Next() {
    const std::string& line = lines_[at_];
    at_ = (at_ + 1) % lines_.size();
    return line;
  }

  std::int64_t Number() {
    return static_cast<std::int64_t>(std::strtoull(Next().c_str(), nullptr, 10));
  }

  template <typename Value, typename Set, typename Add>
  static void Put(const gateway::AnswerField& field, Message* message, Set set, Add add,
                  Value value) {
    const auto* reflection = message->GetReflection();
    if (field.is_list) {
      (reflection->*add)(message, field.field, std::move(value));
    } else {
      (reflection->*set)(message, field.field, std::move(value));
    }
  }

  void FillOne(const gateway::AnswerField& field, Message* message) {
    using Reflection = google::protobuf::Reflection;
    switch (field.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        Put(field, message, &Reflection::SetString, &Reflection::AddString, Next());
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        Put(field, message, &Reflection::SetInt32, &Reflection::AddInt32,
            static_cast<std::int32_t>(Number()));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        Put(field, message, &Reflection::SetInt64, &Reflection::AddInt64, Number());
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        Put(field, message, &Reflection::SetUInt32, &Reflection::AddUInt32,
            static_cast<std::uint32_t>(Number()));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        Put(field, message, &Reflection::SetUInt64, &Reflection::AddUInt64,
            static_cast<std::uint64_t>(Number()));
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        Put(field, message, &Reflection::SetDouble, &Reflection::AddDouble,
            static_cast<double>(Number()) / 7);
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
        Put(field, message, &Reflection::SetFloat, &Reflection::AddFloat,
            static_cast<float>(Number()) / 7);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        Put(field, message, &Reflection::SetBool, &Reflection::AddBool, Next().size() % 2 == 1);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        break;  // refused by AnswerPlan::Build
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const auto* reflection = message->GetReflection();
        Message* inner = field.is_list ? reflection->AddMessage(message, field.field)
                                       : reflection->MutableMessage(message, field.field);
        if (field.message != nullptr) {
          Fill(*field.message, inner);
        } else {
          static_cast<google::protobuf::Timestamp*>(inner)->set_seconds(
              static_cast<std::int64_t>(static_cast<std::uint64_t>(Number()) % kSecondsOfRange));
        }
        break;
      }
    }
  }

  const std::vector<std::string> lines_;
  std::size_t at_ = 0;
};

// What a text of a message can be: protobuf refuses others on the way from the engine.
std::string AsUtf8(const std::string& line) {
  if (PlainIsUtf8(line)) return line;
  std::string ascii;
  for (const char c : line) ascii += static_cast<unsigned char>(c) < 0x80 ? c : '?';
  return ascii;
}

TreeNode* ChildNamed(TreeNode* node, const std::string& name) {
  for (auto& [key, child] : node->children) {
    if (key == name) return &child;
  }
  return nullptr;
}

// XML answers hold RequestId in ResponseMetadata, JSON ones at the top.
void CheckAnswer(const gateway::Route& route, const Message& answer, absl::TimeZone zone) {
  const auto encode = [&](gateway::AnswerFormat format) {
    return gateway::EncodeAnswer(*route.answer, answer, route.action, kRequestId, zone, format)
        .body;
  };
  const std::string json = encode(gateway::AnswerFormat::kJson);
  const std::string xml = encode(gateway::AnswerFormat::kXml);
  std::optional<TreeNode> json_tree = ReadJsonTree(json);
  Expect(json_tree.has_value(), "a JSON parser takes the answer", json);
  std::string root_name;
  std::optional<TreeNode> xml_tree = ReadXmlTree(xml, &root_name);
  Expect(xml_tree.has_value(), "an XML parser takes the answer", xml);
  Expect(root_name == absl::StrCat(route.action, envelope::kResponseSuffix), "the root's name",
         xml);
  const TreeNode* id = ChildNamed(&*json_tree, envelope::kRequestId);
  Expect(id != nullptr && id->text == kRequestId, "JSON holds the request's id", json);
  TreeNode* metadata = ChildNamed(&*xml_tree, envelope::kResponseMetadata);
  Expect(metadata != nullptr, "XML holds the metadata", xml);
  // Brought to the same place, the two must be equal.
  xml_tree->children[0] = {envelope::kRequestId, *ChildNamed(metadata, envelope::kRequestId)};
  Expect(*json_tree == *xml_tree, "JSON and XML say the same", absl::StrCat(json, "\n", xml));
}

void CheckError(const std::vector<std::string>& lines) {
  const auto* reasons = v1::ErrorReason_descriptor();
  gateway::ApiError error;
  error.reason = static_cast<v1::ErrorReason>(
      reasons->value(static_cast<int>(lines[0].size()) % reasons->value_count())->number());
  for (const std::string& line : lines) error.args.push_back(AsUtf8(line));
  const std::string json =
      gateway::EncodeError(error, kRequestId, gateway::AnswerFormat::kJson).body;
  const std::string xml = gateway::EncodeError(error, kRequestId, gateway::AnswerFormat::kXml).body;
  const std::optional<TreeNode> json_tree = ReadJsonTree(json);
  std::string root_name;
  const std::optional<TreeNode> xml_tree = ReadXmlTree(xml, &root_name);
  Expect(json_tree.has_value(), "a JSON parser takes the error", json);
  Expect(xml_tree.has_value(), "an XML parser takes the error", xml);
  Expect(*json_tree == *xml_tree, "JSON and XML say the same", absl::StrCat(json, "\n", xml));
  Expect(root_name == envelope::kErrorResponse, "the root's name", xml);
}

}  // namespace

void FuzzAnswer(absl::string_view input) {
  std::vector<std::string> lines = absl::StrSplit(input, '\n');
  const std::string first = lines[0];
  CheckError(lines);
  const gateway::Route* route = Routes().Find(first);
  if (route == nullptr) route = &Routes().routes()[first.size() % Routes().routes().size()];
  for (std::string& line : lines) line = AsUtf8(line);
  const std::unique_ptr<Message> answer(route->answer_prototype->New());
  Filler(std::move(lines)).Fill(route->answer->root(), answer.get());
  CheckAnswer(*route, *answer, absl::UTCTimeZone());
}

}  // namespace accordion::fuzz
