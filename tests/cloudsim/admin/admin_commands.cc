#include "tests/cloudsim/admin/admin_commands.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/cloudsim/member_reader.h"

namespace accordion::cloudsim {
namespace {

using CurvePoint = std::pair<absl::Duration, double>;

absl::StatusOr<CurvePoint> ReadPoint(const Json& json) {
  const std::vector<Json>& pair = json.items();
  if (pair.size() == 2) {
    const std::optional<double> seconds = pair[0].AsDouble();
    const std::optional<double> rps = pair[1].AsDouble();
    if (seconds && rps) return CurvePoint(absl::Seconds(*seconds), *rps);
  }
  return absl::InvalidArgumentError("a point of the curve is [seconds, rps]");
}

absl::StatusOr<std::string> ReadText(const Json& json) {
  if (std::optional<std::string> text = json.AsString()) return *std::move(text);
  return absl::InvalidArgumentError("an item must be text");
}

absl::StatusOr<FaultRule> ReadFault(const Json& json) {
  FaultRule rule;
  std::string mode;
  RETURN_IF_ERROR(MemberReader(json, "fault")
                      .Text("mode", mode)
                      .Text("action", rule.action)
                      .Text("account", rule.account_id)
                      .Int("count", rule.count)
                      .Int("status", rule.http_status)
                      .Text("code", rule.code)
                      .Text("message", rule.message)
                      .Milliseconds("ms", rule.delay)
                      .Finish());
  const std::optional<FaultMode> known = ParseFaultMode(mode);
  if (!known) return absl::InvalidArgumentError(absl::StrCat("no fault mode '", mode, "'"));
  if (rule.http_status < 400 || rule.http_status > 599) {
    return absl::InvalidArgumentError("a fault's status is within 400..599");
  }
  rule.mode = *known;
  return rule;
}

}  // namespace

absl::StatusOr<LoadCommand> ReadLoad(const Json& body, absl::Time now) {
  LoadCommand command;
  command.curve.starts_at = now;
  double rps = 0;
  RETURN_IF_ERROR(MemberReader(body, "load")
                      .Text("listener_id", command.listener_id)
                      .Number("rps", rps)
                      .List("curve", command.curve.points, ReadPoint)
                      .Finish());
  if ((body.Find("rps") != nullptr) == (body.Find("curve") != nullptr)) {
    return absl::InvalidArgumentError("give either rps or curve");
  }
  if (body.Find("rps") != nullptr) command.curve.points = {{absl::ZeroDuration(), rps}};
  return command;
}

absl::StatusOr<StockCommand> ReadStock(const Json& body) {
  StockCommand command;
  RETURN_IF_ERROR(MemberReader(body, "stock")
                      .Text("type", command.type)
                      .Text("zone", command.zone)
                      .Int("count", command.count)
                      .Finish());
  return command;
}

absl::StatusOr<LatencyCommand> ReadLatency(const Json& body) {
  LatencyCommand command;
  RETURN_IF_ERROR(MemberReader(body, "latency")
                      .Text("action", command.action)
                      .Milliseconds("ms", command.latency)
                      .Finish());
  return command;
}

absl::StatusOr<std::vector<FaultRule>> ReadFaults(const Json& body) {
  if (!body.is_array()) return absl::InvalidArgumentError("faults are a list of rules");
  std::vector<FaultRule> rules;
  for (const Json& item : body.items()) {
    ASSIGN_OR_RETURN(FaultRule rule, ReadFault(item));
    rules.push_back(std::move(rule));
  }
  return rules;
}

absl::StatusOr<ReleaseCommand> ReadRelease(const Json& body) {
  ReleaseCommand command;
  RETURN_IF_ERROR(MemberReader(body, "release")
                      .Text("action", command.action)
                      .Text("request_id", command.request_id)
                      .Finish());
  return command;
}

absl::StatusOr<CreateCommand> ReadCreate(const Json& body, const RegionSpec& spec) {
  CreateCommand command;
  LaunchRequest& launch = command.launch;
  launch.boots_at_once = true;
  launch.charge_type = "HourlyInstantSettlement";
  launch.name = "spare";
  if (!spec.images.empty()) launch.image_id = spec.images[0].id;
  if (!spec.instance_types.empty()) launch.instance_type = spec.instance_types[0].name;
  int count = 1;
  RETURN_IF_ERROR(MemberReader(body, "instances")
                      .Text("account", command.account_id)
                      .Text("subnet_id", launch.subnet_id)
                      .Int("count", count)
                      .Text("instance_type", launch.instance_type)
                      .Text("image_id", launch.image_id)
                      .Text("name", launch.name)
                      .Int("project_id", launch.project_id)
                      .Finish());
  launch.min_count = launch.max_count = count;
  return command;
}

absl::StatusOr<InstanceState> ReadInstanceState(const Json& body) {
  std::string word;
  RETURN_IF_ERROR(MemberReader(body, "instance").Text("state", word).Finish());
  for (const InstanceState state :
       {InstanceState::kActive, InstanceState::kStopped, InstanceState::kError}) {
    if (InstanceStateName(state) == word) return state;
  }
  return absl::InvalidArgumentError("state is active, stopped or error");
}

absl::StatusOr<PushTarget> ReadPush(const Json& body) {
  PushTarget target;
  std::string credential;
  std::vector<std::string> silent;
  RETURN_IF_ERROR(MemberReader(body, "push")
                      .Text("account", target.account_id)
                      .Text("url", target.url)
                      .Text("credential", credential)
                      .Milliseconds("interval_ms", target.interval)
                      .Flag("enabled", target.enabled)
                      .List("silent", silent, ReadText)
                      .Finish());
  if (target.interval <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("interval_ms must be positive");
  }
  if (target.enabled && target.url.empty()) return absl::InvalidArgumentError("url is missing");
  target.credential = base::SecretString(std::move(credential));
  target.silent_ids = {silent.begin(), silent.end()};
  return target;
}

}  // namespace accordion::cloudsim
