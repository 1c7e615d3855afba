#include "api-gateway/openapi/parameter_tree.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "api-gateway/openapi/field_name.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

constexpr char kIndexSign = '#';  // stands for an index in the plan's patterns

// A received name taken apart: `Slb.1.Id` -> `Slb.#.Id`, {1}.
struct ReceivedName {
  std::string pattern;
  std::vector<std::uint64_t> indices;
  std::vector<std::size_t> index_ends;  // where in the received name each index ends
  bool index_overflows = false;
};

ReceivedName TakeApart(absl::string_view name) {
  ReceivedName result;
  std::size_t at = 0;
  for (absl::string_view segment : absl::StrSplit(name, '.')) {
    if (at > 0) result.pattern.push_back('.');
    const bool is_index = at > 0 && !segment.empty() &&
                          std::all_of(segment.begin(), segment.end(), absl::ascii_isdigit);
    at += segment.size();
    if (is_index) {
      std::uint64_t index = 0;
      const auto read = std::from_chars(segment.data(), segment.data() + segment.size(), index);
      if (read.ec != std::errc()) result.index_overflows = true;
      result.indices.push_back(index);
      result.index_ends.push_back(at);
      result.pattern.push_back(kIndexSign);
    } else {
      absl::StrAppend(&result.pattern, segment);
    }
    ++at;  // the dot
  }
  return result;
}

std::unique_ptr<ParameterNode> NewNode(std::string prefix, const MessagePlan& plan) {
  auto node = std::make_unique<ParameterNode>();
  node->prefix = std::move(prefix);
  node->fields.resize(plan.fields.size());
  return node;
}

ParameterNode* Child(GivenField* field, std::uint64_t index, std::string prefix,
                     const MessagePlan& plan) {
  std::unique_ptr<ParameterNode>& child = field->children[index];
  if (child == nullptr) child = NewNode(std::move(prefix), plan);
  return child.get();
}

// Keeps `values` in index order. An equal value for the same place counts once.
MaybeError AddValue(GivenValue value, std::vector<GivenValue>* values) {
  const auto at = std::lower_bound(
      values->begin(), values->end(), value, [](const GivenValue& one, const GivenValue& other) {
        return std::pair(one.indexed, one.index) < std::pair(other.indexed, other.index);
      });
  if (at != values->end() && at->indexed == value.indexed && at->index == value.index) {
    if (at->text != value.text) return InvalidQueryParameter(value.name);
    return std::nullopt;
  }
  values->insert(at, std::move(value));
  return std::nullopt;
}

bool IsKeyOf(const FieldPlan& field, absl::string_view key) {
  if (key == field.name || key == LowerFirst(field.name)) return true;
  for (const std::string& alias : field.param->aliases()) {
    if (key == alias || key == LowerFirst(alias)) return true;
  }
  return false;
}

}  // namespace

OrError<ParameterTree> ParameterTree::Build(const DecodePlan& plan,
                                            const RequestParameters& parameters) {
  ParameterTree tree;
  tree.root_ = NewNode("", plan.root());
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.value.empty()) continue;
    if (MaybeError error = tree.Place(plan, parameter)) return *std::move(error);
  }
  return OrError<ParameterTree>(std::move(tree));
}

MaybeError ParameterTree::Place(const DecodePlan& plan, const Parameter& parameter) {
  // No field's name holds one, and a pattern must not be reached without its indices.
  if (absl::StrContains(parameter.name, kIndexSign)) return std::nullopt;
  const ReceivedName name = TakeApart(parameter.name);
  const FieldPath* path = plan.Find(name.pattern);
  if (path == nullptr) return std::nullopt;
  if (name.index_overflows) return InvalidQueryParameter(parameter.name);

  ParameterNode* node = root_.get();
  const MessagePlan* message = &plan.root();
  std::size_t next_index = 0;
  std::size_t segment_end = 0;
  for (std::size_t i = 0; i + 1 < path->steps.size(); ++i) {
    const FieldPath::Step step = path->steps[i];
    const FieldPlan& field = message->fields[step.position];
    std::uint64_t index = 0;
    if (step.indexed) {
      index = name.indices[next_index];
      segment_end = name.index_ends[next_index++];
    } else {
      segment_end = parameter.name.find('.', segment_end == 0 ? 0 : segment_end + 1);
    }
    node = Child(&node->fields[step.position], index, parameter.name.substr(0, segment_end + 1),
                 *field.message);
    message = field.message;
  }
  const FieldPath::Step last = path->steps.back();
  const FieldPlan& field = message->fields[last.position];
  GivenField& given = node->fields[last.position];
  GivenValue value{parameter.name, parameter.value, last.indexed,
                   last.indexed ? name.indices[next_index] : 0};
  const bool first = given.values.empty();
  if (MaybeError error = AddValue(value, &given.values)) return error;
  if (field.is_json && first) OpenJson(field, value, &given);
  return std::nullopt;
}

void ParameterTree::OpenJson(const FieldPlan& field, const GivenValue& value, GivenField* into) {
  absl::StatusOr<JsonValue> document = ParseJson(value.text);
  if (!document.ok() || document->kind != JsonValue::Kind::kObject) {
    into->malformed = true;
    return;
  }
  const JsonValue& kept = documents_.emplace_back(*std::move(document));
  ParameterNode* node = Child(into, 0, absl::StrCat(value.name, "."), *field.message);
  into->malformed = !FillFromJson(*field.message, kept, node);
}

bool ParameterTree::FillFromJson(const MessagePlan& plan, const JsonValue& object,
                                 ParameterNode* node) {
  for (const auto& [key, value] : object.members) {
    const auto field =
        std::find_if(plan.fields.begin(), plan.fields.end(),
                     [&key = key](const FieldPlan& candidate) { return IsKeyOf(candidate, key); });
    if (field == plan.fields.end()) continue;  // unknown keys are ignored
    GivenField& given = node->fields[field->position];
    if (given.given()) return false;  // one key in two spellings
    switch (value.kind) {
      case JsonValue::Kind::kNull:
        break;
      case JsonValue::Kind::kObject:
        if (field->message == nullptr || field->field->is_repeated()) return false;
        if (!FillFromJson(
                *field->message, value,
                Child(&given, 0, absl::StrCat(node->prefix, key, "."), *field->message))) {
          return false;
        }
        break;
      case JsonValue::Kind::kArray:
        return false;  // no parameter of the API holds one
      case JsonValue::Kind::kString:
      case JsonValue::Kind::kBool:
      case JsonValue::Kind::kInteger:
      case JsonValue::Kind::kReal: {
        if (field->message != nullptr) return false;
        if (value.text.empty()) break;
        GivenValue scalar{absl::StrCat(node->prefix, key), value.text};
        scalar.is_json_string = value.kind == JsonValue::Kind::kString;
        scalar.is_json_bare = !scalar.is_json_string;
        given.values.push_back(std::move(scalar));
        break;
      }
    }
  }
  return true;
}

}  // namespace accordion::gateway
