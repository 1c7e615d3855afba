#include "api-gateway/openapi/query_decoder.h"

#include <google/protobuf/message.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api-gateway/limits.h"
#include "api-gateway/openapi/field_name.h"
#include "api-gateway/openapi/field_setter.h"
#include "api-gateway/openapi/parameter_tree.h"
#include "api-gateway/openapi/parameter_value.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::Message;

// The name under which a missing field is reported: that of its first required part, if it is a
// message.
std::string MissingName(const FieldPlan& field, absl::string_view prefix) {
  const std::string name = absl::StrCat(prefix, field.name);
  if (field.message == nullptr || field.is_json) return name;
  const std::string inner = absl::StrCat(name, field.field->is_repeated() ? ".1." : ".");
  for (const FieldPlan& part : field.message->fields) {
    if (part.param->required()) return MissingName(part, inner);
  }
  return name;
}

// Keys inside JSON are reported in the spelling of the reference's samples.
std::string MissingKey(const FieldPlan& field, absl::string_view prefix) {
  return absl::StrCat(prefix, LowerFirst(field.name));
}

MaybeError CheckMissing(const MessagePlan& plan, const ParameterNode& node, bool inside_json) {
  const auto missing = [&](const FieldPlan& field) {
    return MissingParameter(inside_json ? MissingKey(field, node.prefix)
                                        : MissingName(field, node.prefix));
  };
  std::vector<bool> required(plan.fields.size());
  for (const FieldPlan& field : plan.fields) {
    if (field.param->required()) required[field.position] = true;
    if (!node.fields[field.position].given()) continue;
    for (std::size_t sibling : field.required_siblings) required[sibling] = true;
  }
  for (const FieldPlan& field : plan.fields) {
    const GivenField& given = node.fields[field.position];
    if (required[field.position] && !given.given()) return missing(field);
    if (given.malformed) continue;
    for (const auto& [index, child] : given.children) {
      if (MaybeError error = CheckMissing(*field.message, *child, inside_json || field.is_json)) {
        return error;
      }
    }
  }
  return std::nullopt;
}

class Filler {
 public:
  explicit Filler(absl::TimeZone zone) : zone_(zone) {}

  MaybeError Fill(const MessagePlan& plan, const ParameterNode& node, Message* message) const {
    for (const FieldPlan& field : plan.fields) {
      if (MaybeError error = FillField(field, node, message)) return error;
    }
    return std::nullopt;
  }

 private:
  MaybeError FillField(const FieldPlan& field, const ParameterNode& node, Message* message) const {
    const GivenField& given = node.fields[field.position];
    if (given.malformed) return InvalidParameterValue(given.values.front().name);
    if (field.message != nullptr) return FillMessages(field, given, node, message);
    if (field.field->is_repeated()) return FillList(field, given, node, message);
    if (given.values.empty()) return FillDefault(field, node, message);
    // A single value may come as `Name` and as `Name.N`; together they must be one value.
    if (given.values.size() > 1) {
      const GivenValue& second = given.values[1];
      if (given.values.size() > 2 || given.values[0].indexed ||
          second.text != given.values[0].text) {
        return InvalidParameterValue(second.name);
      }
    }
    return SetScalar(field, given.values.front(), zone_, message);
  }

  MaybeError FillMessages(const FieldPlan& field, const GivenField& given,
                          const ParameterNode& node, Message* message) const {
    const auto* reflection = message->GetReflection();
    if (TooMany(field, given.children.size())) {
      return InvalidParameterValue(absl::StrCat(node.prefix, field.name));
    }
    for (const auto& [index, child] : given.children) {
      Message* part = field.field->is_repeated() ? reflection->AddMessage(message, field.field)
                                                 : reflection->MutableMessage(message, field.field);
      if (MaybeError error = Fill(*field.message, *child, part)) return error;
    }
    return std::nullopt;
  }

  MaybeError FillList(const FieldPlan& field, const GivenField& given, const ParameterNode& node,
                      Message* message) const {
    if (given.values.empty()) return FillDefault(field, node, message);
    // The unindexed value sorts first; `Name.N` wins over it (the reference, InstanceType).
    const bool lone = !given.values.back().indexed;
    std::size_t count = 0;
    for (const GivenValue& value : given.values) {
      if (!value.indexed && !lone) continue;
      if (MaybeError error = AddElements(field, value, &count, message)) return error;
    }
    return std::nullopt;
  }

  MaybeError AddElements(const FieldPlan& field, const GivenValue& value, std::size_t* count,
                         Message* message) const {
    const bool commas = field.param->list() == openapi::v1::COMMA ||
                        field.param->list() == openapi::v1::INDEXED_OR_COMMA;
    std::vector<std::string> elements;
    if (commas) {
      std::optional<std::vector<std::string>> split = SplitCommaList(value.text);
      if (!split) return InvalidParameterValue(value.name);
      elements = *std::move(split);
    } else {
      elements.emplace_back(value.text);
    }
    *count += elements.size();
    if (TooMany(field, *count)) return InvalidParameterValue(value.name);
    for (const std::string& text : elements) {
      GivenValue element = value;
      element.text = text;
      if (MaybeError error = SetScalar(field, element, zone_, message)) return error;
    }
    return std::nullopt;
  }

  MaybeError FillDefault(const FieldPlan& field, const ParameterNode& node,
                         Message* message) const {
    if (field.param->default_value().empty()) return std::nullopt;
    const GivenValue value{absl::StrCat(node.prefix, field.name), field.param->default_value()};
    std::size_t count = 0;
    return field.field->is_repeated() ? AddElements(field, value, &count, message)
                                      : SetScalar(field, value, zone_, message);
  }

  static bool TooMany(const FieldPlan& field, std::size_t count) {
    const std::size_t max =
        field.param->max_elements() > 0 ? field.param->max_elements() : limits::kDefaultMaxElements;
    return count > max;
  }

  absl::TimeZone zone_;
};

}  // namespace

MaybeError DecodeRequest(const DecodePlan& plan, const RequestParameters& parameters,
                         absl::TimeZone zone, Message* request) {
  OrError<ParameterTree> tree = ParameterTree::Build(plan, parameters);
  if (!tree.ok()) return tree.error();
  if (MaybeError error = CheckMissing(plan.root(), tree->root(), false)) return error;
  return Filler(zone).Fill(plan.root(), tree->root(), request);
}

}  // namespace accordion::gateway
