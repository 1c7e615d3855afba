// What the admin interface shows, as JSON.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "tests/cloudsim/agent/sample_log.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/openapi/held_calls.h"
#include "tests/cloudsim/region/call_log.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {

// Instances, subnets, listeners with their real servers, stock and offered load. Empty
// `account_id`: all accounts.
Json ShowState(Region& region, absl::string_view account_id, absl::Time now);
Json ShowInstance(const Instance& instance);
Json ShowCalls(const std::vector<CallRecord>& calls, uint64_t last_sequence);
Json ShowSamples(const std::vector<PushedSample>& samples);
Json ShowHeld(const std::vector<HeldCall>& calls);
Json ShowFaults(const std::vector<FaultRule>& rules);

}  // namespace accordion::cloudsim
