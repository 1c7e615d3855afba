// How the parameters of one action become its request message: worked out once from the
// descriptors.
//
// The central idea: a parameter's name with each index replaced by '#' (`Slb.1.ServerPort.0` ->
// `Slb.#.ServerPort.#`) is looked up in one flat table, whose entry is the way to the field. List
// styles, aliases and single values that may come as a list of one are just further keys of that
// table.
//
// Immutable after Build; any number of threads may use it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf
namespace openapi::v1 {
class Parameter;
}

namespace accordion::gateway {

struct MessagePlan;

struct FieldPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const openapi::v1::Parameter* param =
      nullptr;               // the field's option; the default instance where it has none
  std::string name;          // its own wire name, without a parent's
  std::size_t position = 0;  // in the parent's `fields`
  bool is_json = false;      // one value of JSON text that fills `message`
  const MessagePlan* message = nullptr;        // of a nested message; null for scalars and times
  std::vector<std::size_t> required_siblings;  // positions that become required with this field
};

struct MessagePlan {
  const google::protobuf::Descriptor* descriptor = nullptr;
  std::vector<FieldPlan> fields;  // in the order of the field numbers' declaration
};

// The way from the request message to the field that a name addresses.
struct FieldPath {
  struct Step {
    std::size_t position;  // in the message reached so far
    bool indexed;          // takes the next index of the name
  };
  std::vector<Step> steps;
};

class DecodePlan {
 public:
  // FailedPrecondition where the options contradict themselves (two fields claim one name, a
  // `requires` names no sibling): a mistake of the proto, found at start.
  static absl::StatusOr<std::unique_ptr<const DecodePlan>> Build(
      const google::protobuf::Descriptor* request);

  DecodePlan(const DecodePlan&) = delete;
  DecodePlan& operator=(const DecodePlan&) = delete;

  const MessagePlan& root() const { return *root_; }

  // `pattern`: a name with '#' for each index. Null where no field is meant.
  const FieldPath* Find(absl::string_view pattern) const;

 private:
  friend class DecodePlanBuilder;
  DecodePlan() = default;

  std::deque<MessagePlan> messages_;  // stable addresses
  const MessagePlan* root_ = nullptr;
  absl::flat_hash_map<std::string, FieldPath> paths_;
};

}  // namespace accordion::gateway
