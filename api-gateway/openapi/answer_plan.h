// How an answer message is spelled: worked out once from the descriptors, shared by JSON and XML.
//
// Immutable after Build; any number of threads may use it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace accordion::gateway {

struct AnswerMessagePlan;

struct AnswerField {
  enum class Kind {
    kText,
    kIdAsNumber,
    kInteger,
    kUnsigned,
    kReal,
    kFlag,
    kLocalTime,
    kMessage,
    kBareId,  // a message that is written as the number of its first field, see ReturnSetStyle
  };

  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string name;
  Kind kind = Kind::kText;
  bool is_list = false;
  bool omit_empty = false;
  const AnswerMessagePlan* message = nullptr;  // kMessage, kBareId
};

// How the message ReturnSet of an answer is written. The reference shows one action whose ReturnSet
// is a bare number; its clients need the object.
enum class ReturnSetStyle { kObject, kBareId };

struct AnswerMessagePlan {
  std::vector<AnswerField> fields;  // in the order of the message's declaration
};

class AnswerPlan {
 public:
  // FailedPrecondition for a field that no answer can hold (bytes, a map), a recursive message, or
  // a bare id that does not come first in ReturnSet.
  static absl::StatusOr<std::unique_ptr<const AnswerPlan>> Build(
      const google::protobuf::Descriptor* answer,
      ReturnSetStyle return_set = ReturnSetStyle::kObject);

  AnswerPlan(const AnswerPlan&) = delete;
  AnswerPlan& operator=(const AnswerPlan&) = delete;

  const AnswerMessagePlan& root() const { return *root_; }

 private:
  AnswerPlan() = default;
  absl::StatusOr<const AnswerMessagePlan*> AddMessage(const google::protobuf::Descriptor* message,
                                                      int depth);

  std::deque<AnswerMessagePlan> messages_;  // stable addresses
  const AnswerMessagePlan* root_ = nullptr;
};

}  // namespace accordion::gateway
