// The JSON of `Metric`: the strict reader must agree with the plain one, and a Metric that decodes
// must keep the rules of its keys.
#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "api-gateway/limits.h"
#include "api-gateway/openapi/json_value.h"
#include "api-gateway/openapi/query_decoder.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/plain_form.h"
#include "tests/fuzz/plain_json.h"
#include "tests/fuzz/request_checks.h"
#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

using gateway::JsonValue;

char LetterOf(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::kNull:
      return 'n';
    case JsonValue::Kind::kBool:
      return 'b';
    case JsonValue::Kind::kInteger:
      return 'i';
    case JsonValue::Kind::kReal:
      return 'r';
    case JsonValue::Kind::kString:
      return 's';
    case JsonValue::Kind::kArray:
      return 'a';
    case JsonValue::Kind::kObject:
      return 'o';
  }
  return '?';
}

bool Same(const JsonValue& value, const PlainJson& plain) {
  if (LetterOf(value.kind) != plain.kind || value.text != plain.text ||
      value.members.size() != plain.members.size()) {
    return false;
  }
  for (std::size_t i = 0; i < plain.members.size(); ++i) {
    if (value.members[i].name != plain.members[i].name ||
        !Same(value.members[i].value, plain.members[i].value)) {
      return false;
    }
  }
  return true;
}

void CheckDecodedMetric(const std::string& text) {
  if (text.size() > gateway::limits::kMaxParameterValueBytes) return;
  const gateway::Route& route = *Routes().Find("CreateScalingPolicy");
  const std::string query = absl::StrCat(
      "ScalingGroupId=1&ScalingPolicyName=up&AdjustmentType=TotalCapacity&AdjustmentValue=1&"
      "CoolDown=60&Metric=",
      PlainPercentEncode(text));
  const auto parameters = gateway::RequestParameters::Parse(query, "");
  if (!parameters.ok()) return;  // NUL, or not UTF-8
  const std::unique_ptr<google::protobuf::Message> request(route.request_prototype->New());
  if (gateway::DecodeRequest(*route.decode, *parameters, absl::UTCTimeZone(), request.get())) {
    return;
  }
  CheckDecoded(route.decode->root(), *request);
}

}  // namespace

void FuzzMetricJson(absl::string_view input) {
  const std::string text(input);
  const auto value = gateway::ParseJson(text);
  const auto plain =
      ReadPlainJson(text, gateway::limits::kMaxJsonDepth, gateway::limits::kMaxJsonValues);
  Expect(value.ok() == plain.has_value(), "both readers take or refuse a text", text);
  if (plain) Expect(Same(*value, *plain), "both readers find the same value", text);
  CheckDecodedMetric(text);
}

}  // namespace accordion::fuzz
