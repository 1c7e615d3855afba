// The parameters of a request sorted onto the fields that they address, before any value is read.
//
// A flat list of names becomes the shape of the request message: which fields were given, with
// which texts, under which names. JSON parameters are opened here, so that their keys are checked
// like parameters.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "api-gateway/openapi/api_error.h"
#include "api-gateway/openapi/decode_plan.h"
#include "api-gateway/openapi/json_value.h"
#include "api-gateway/openapi/request_parameters.h"

namespace accordion::gateway {

// One given value of a field.
struct GivenValue {
  std::string name;  // as received, index included: what an error names
  absl::string_view text;
  bool indexed = false;
  std::uint64_t index = 0;      // when indexed
  bool is_json_string = false;  // came as a quoted JSON string: not a number, not a flag
  bool is_json_bare = false;    // came as a bare JSON number or flag: not a string
};

struct ParameterNode;

// What was given for one field.
struct GivenField {
  std::vector<GivenValue> values;  // of a scalar, in index order
  std::map<std::uint64_t, std::unique_ptr<ParameterNode>>
      children;            // of a message, by index (0: single)
  bool malformed = false;  // a JSON parameter whose text is no such object; `values` holds its name

  bool given() const { return !values.empty() || !children.empty(); }
};

// What was given for one message.
struct ParameterNode {
  std::string prefix;              // `Slb.1.`: before the names of its fields, as received
  std::vector<GivenField> fields;  // one for each field of the plan, by position
};

class ParameterTree {
 public:
  // Parameters that address no field are ignored, empty values count as absent.
  // InvalidQueryParameter for an index past 64 bits, or two values for one place under different
  // spellings. `parameters` must outlive the tree.
  static OrError<ParameterTree> Build(const DecodePlan& plan, const RequestParameters& parameters);

  ParameterTree(ParameterTree&&) = default;

  const ParameterNode& root() const { return *root_; }

 private:
  ParameterTree() = default;

  MaybeError Place(const DecodePlan& plan, const Parameter& parameter);
  void OpenJson(const FieldPlan& field, const GivenValue& value, GivenField* into);
  bool FillFromJson(const MessagePlan& plan, const JsonValue& object, ParameterNode* node);

  std::unique_ptr<ParameterNode> root_;
  std::deque<JsonValue> documents_;  // what the texts of JSON keys point into
};

}  // namespace accordion::gateway
