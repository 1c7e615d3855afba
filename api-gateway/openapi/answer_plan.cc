#include "api-gateway/openapi/answer_plan.h"

#include <google/protobuf/descriptor.h>

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "api-gateway/openapi/field_name.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

constexpr char kReturnSet[] = "ReturnSet";
constexpr int kMaxDepth = 5;  // of nested messages; a recursive message would never end

std::optional<AnswerField::Kind> KindOf(const FieldDescriptor& field,
                                        const openapi::v1::ResponseField& option) {
  using Kind = AnswerField::Kind;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return Kind::kInteger;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Kind::kUnsigned;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Kind::kReal;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Kind::kFlag;
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::nullopt;  // answers spell their words as strings
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return std::nullopt;
      return option.id_as_number() ? Kind::kIdAsNumber : Kind::kText;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.is_map()) return std::nullopt;
      return field.message_type()->full_name() == "google.protobuf.Timestamp" ? Kind::kLocalTime
                                                                              : Kind::kMessage;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const AnswerPlan>> AnswerPlan::Build(const Descriptor* answer,
                                                                    ReturnSetStyle return_set) {
  std::unique_ptr<AnswerPlan> plan(new AnswerPlan());
  absl::StatusOr<const AnswerMessagePlan*> root = plan->AddMessage(answer, 0);
  if (!root.ok()) return root.status();
  plan->root_ = *root;
  if (return_set == ReturnSetStyle::kBareId) {
    AnswerMessagePlan& fields = plan->messages_.front();  // the root was added first
    for (AnswerField& field : fields.fields) {
      if (field.name != kReturnSet) continue;
      if (field.message == nullptr || field.is_list || field.message->fields.empty() ||
          field.message->fields.front().kind != AnswerField::Kind::kText) {
        return absl::FailedPreconditionError(
            absl::StrCat(answer->full_name(), ": no id in ", kReturnSet));
      }
      field.kind = AnswerField::Kind::kBareId;
    }
  }
  return std::unique_ptr<const AnswerPlan>(std::move(plan));
}

absl::StatusOr<const AnswerMessagePlan*> AnswerPlan::AddMessage(const Descriptor* message,
                                                                int depth) {
  if (depth > kMaxDepth) {
    return absl::FailedPreconditionError(
        absl::StrCat("answer ", message->full_name(), " nests too deep"));
  }
  AnswerMessagePlan& added = messages_.emplace_back();
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    const openapi::v1::ResponseField& option = field->options().GetExtension(openapi::v1::answer);
    const std::optional<AnswerField::Kind> kind = KindOf(*field, option);
    if (!kind) {
      return absl::FailedPreconditionError(
          absl::StrCat("answer field ", field->full_name(), " has a type that no answer can hold"));
    }
    AnswerField planned;
    planned.field = field;
    planned.name = option.name().empty() ? UpperCamelCase(field->name()) : option.name();
    planned.kind = *kind;
    planned.is_list = field->is_repeated();
    planned.omit_empty = option.omit_empty();
    if (*kind == AnswerField::Kind::kMessage) {
      absl::StatusOr<const AnswerMessagePlan*> inner = AddMessage(field->message_type(), depth + 1);
      if (!inner.ok()) return inner.status();
      planned.message = *inner;
    }
    added.fields.push_back(std::move(planned));
  }
  return &added;
}

}  // namespace accordion::gateway
