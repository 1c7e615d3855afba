#include "api-gateway/openapi/decode_plan.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "api-gateway/openapi/field_name.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

constexpr std::size_t kMaxDepth = 5;  // of nested messages; a recursive message would never end

bool IsTimestamp(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

}  // namespace

class DecodePlanBuilder {
 public:
  explicit DecodePlanBuilder(DecodePlan* plan) : plan_(*plan) {}

  absl::Status Build(const Descriptor* request) {
    absl::StatusOr<const MessagePlan*> root = AddMessage(request, {{""}, {}, false});
    if (!root.ok()) return root.status();
    plan_.root_ = *root;
    // Convenience spellings never take a name that some field has as its own.
    for (auto& [pattern, path] : convenience_) plan_.paths_.try_emplace(pattern, path);
    return absl::OkStatus();
  }

 private:
  struct Place {
    std::vector<std::string>
        prefixes;  // patterns of the parent with their dot; one for each spelling
    std::vector<std::pair<const FieldDescriptor*, std::size_t>> chain;  // parents, with positions
    bool inside_json;  // keys of a JSON object, not names of parameters
  };

  absl::StatusOr<const MessagePlan*> AddMessage(const Descriptor* message, const Place& place) {
    if (place.chain.size() > kMaxDepth) return Mistake(message->full_name(), "nests too deep");
    MessagePlan& added = plan_.messages_.emplace_back();
    added.descriptor = message;
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      FieldPlan planned;
      planned.field = field;
      planned.param = &field->options().GetExtension(openapi::v1::param);
      planned.name =
          planned.param->name().empty() ? UpperCamelCase(field->name()) : planned.param->name();
      planned.position = static_cast<std::size_t>(i);
      planned.is_json = planned.param->format() == openapi::v1::JSON_OBJECT;
      absl::Status status = AddField(place, &planned);
      if (!status.ok()) return status;
      added.fields.push_back(std::move(planned));
    }
    absl::Status status = ResolveNeeds(&added);
    if (!status.ok()) return status;
    return &added;
  }

  absl::Status AddField(const Place& place, FieldPlan* planned) {
    const FieldDescriptor& field = *planned->field;
    const std::vector<std::string> patterns = Patterns(place, *planned);
    const bool has_children = field.message_type() != nullptr && !IsTimestamp(field);
    if (planned->is_json && (!has_children || field.is_repeated())) {
      return Mistake(field.full_name(), "JSON_OBJECT needs a single message");
    }
    if (!has_children || planned->is_json) {
      if (!place.inside_json) {
        absl::Status status = AddLeafPaths(place, *planned, patterns);
        if (!status.ok()) return status;
      }
      if (!planned->is_json) return absl::OkStatus();
    }
    Place inner{{}, place.chain, place.inside_json || planned->is_json};
    inner.chain.emplace_back(&field, planned->position);
    for (const std::string& pattern : patterns) {
      inner.prefixes.push_back(absl::StrCat(pattern, field.is_repeated() ? ".#." : "."));
    }
    absl::StatusOr<const MessagePlan*> message = AddMessage(field.message_type(), inner);
    if (!message.ok()) return message.status();
    planned->message = *message;
    return absl::OkStatus();
  }

  // Every spelling of the field without an index of its own.
  static std::vector<std::string> Patterns(const Place& place, const FieldPlan& planned) {
    std::vector<std::string> patterns;
    for (const std::string& prefix : place.prefixes) {
      patterns.push_back(absl::StrCat(prefix, planned.name));
      for (const std::string& alias : planned.param->aliases()) {
        if (!absl::StrContains(alias, '.')) patterns.push_back(absl::StrCat(prefix, alias));
      }
    }
    for (const std::string& alias : planned.param->aliases()) {
      if (absl::StrContains(alias, '.')) patterns.push_back(WithIndices(place, alias));
    }
    return patterns;
  }

  // A full wire name without indices (`DataDisk.deleteWithInstance`) as a pattern.
  static std::string WithIndices(const Place& place, absl::string_view full_name) {
    const std::vector<absl::string_view> segments = absl::StrSplit(full_name, '.');
    std::string pattern;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (i > 0) absl::StrAppend(&pattern, ".");
      absl::StrAppend(&pattern, segments[i]);
      if (i < place.chain.size() && place.chain[i].first->is_repeated()) {
        absl::StrAppend(&pattern, ".#");
      }
    }
    return pattern;
  }

  absl::Status AddLeafPaths(const Place& place, const FieldPlan& planned,
                            const std::vector<std::string>& patterns) {
    const bool repeated = planned.field->is_repeated();
    const openapi::v1::ListStyle style = planned.param->list();
    const bool own_single =
        !repeated || style == openapi::v1::COMMA || style == openapi::v1::INDEXED_OR_COMMA;
    const bool own_indexed = repeated && style != openapi::v1::COMMA;
    const bool also_indexed = repeated || planned.param->accepts_list_of_one();
    for (const std::string& pattern : patterns) {
      const std::string with_index = absl::StrCat(pattern, ".#");
      const FieldPath single = PathTo(place, planned, false);
      const FieldPath indexed = PathTo(place, planned, true);
      if (own_single && !plan_.paths_.try_emplace(pattern, single).second) {
        return Mistake(planned.field->full_name(), absl::StrCat("name taken: ", pattern));
      }
      if (own_indexed && !plan_.paths_.try_emplace(with_index, indexed).second) {
        return Mistake(planned.field->full_name(), absl::StrCat("name taken: ", with_index));
      }
      if (!own_single) convenience_.emplace_back(pattern, single);
      if (!own_indexed && also_indexed) convenience_.emplace_back(with_index, indexed);
    }
    return absl::OkStatus();
  }

  static FieldPath PathTo(const Place& place, const FieldPlan& planned, bool indexed) {
    FieldPath path;
    for (const auto& [field, position] : place.chain) {
      path.steps.push_back({position, field->is_repeated()});
    }
    path.steps.push_back({planned.position, indexed});
    return path;
  }

  static absl::Status ResolveNeeds(MessagePlan* message) {
    for (FieldPlan& field : message->fields) {
      for (const std::string& sibling : field.param->needs()) {
        bool found = false;
        for (const FieldPlan& candidate : message->fields) {
          if (candidate.name != sibling) continue;
          field.required_siblings.push_back(candidate.position);
          found = true;
        }
        if (!found) return Mistake(field.field->full_name(), absl::StrCat("needs ", sibling));
      }
    }
    return absl::OkStatus();
  }

  static absl::Status Mistake(absl::string_view where, absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat("proto options of ", where, ": ", what));
  }

  DecodePlan& plan_;
  std::vector<std::pair<std::string, FieldPath>> convenience_;
};

absl::StatusOr<std::unique_ptr<const DecodePlan>> DecodePlan::Build(const Descriptor* request) {
  std::unique_ptr<DecodePlan> plan(new DecodePlan());
  absl::Status status = DecodePlanBuilder(plan.get()).Build(request);
  if (!status.ok()) return status;
  return std::unique_ptr<const DecodePlan>(std::move(plan));
}

const FieldPath* DecodePlan::Find(absl::string_view pattern) const {
  const auto found = paths_.find(pattern);
  return found == paths_.end() ? nullptr : &found->second;
}

}  // namespace accordion::gateway
