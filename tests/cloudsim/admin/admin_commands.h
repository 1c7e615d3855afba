// What the admin interface is told, from JSON. Each reader is strict: unknown members are
// InvalidArgument.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/cloudsim/agent/push_target.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/region/fault_plan.h"
#include "tests/cloudsim/region/load_model.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {

struct LoadCommand {
  std::string listener_id;
  LoadCurve curve;
};
// {listener_id, rps} or {listener_id, curve: [[seconds, rps], ...]}, from `now` on.
absl::StatusOr<LoadCommand> ReadLoad(const Json& body, absl::Time now);

struct StockCommand {
  std::string type;
  std::string zone;
  int count = 0;
};
absl::StatusOr<StockCommand> ReadStock(const Json& body);

struct LatencyCommand {
  std::string action;  // empty: all
  absl::Duration latency;
};
// {action, ms}
absl::StatusOr<LatencyCommand> ReadLatency(const Json& body);

// A list of {mode, action, account, count, status, code, message, ms}.
absl::StatusOr<std::vector<FaultRule>> ReadFaults(const Json& body);

struct ReleaseCommand {
  std::string action;
  std::string request_id;
};
absl::StatusOr<ReleaseCommand> ReadRelease(const Json& body);

struct CreateCommand {
  std::string account_id;
  LaunchRequest launch;
};
// {account, subnet_id, count, instance_type, image_id, name, project_id}; instance_type and
// image_id default to the region's first.
absl::StatusOr<CreateCommand> ReadCreate(const Json& body, const RegionSpec& spec);

// {state}
absl::StatusOr<InstanceState> ReadInstanceState(const Json& body);

// {account, url, credential, interval_ms, enabled, silent: [ids]}
absl::StatusOr<PushTarget> ReadPush(const Json& body);

}  // namespace accordion::cloudsim
