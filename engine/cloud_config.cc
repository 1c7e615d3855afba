#include "engine/cloud_config.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/cloud/address_terms.h"
#include "engine/cloud/failure_taxonomy.h"

namespace accordion {
namespace {

constexpr double kSlowest = 0.01;  // calls a second; less is a switch, not a rate

absl::Status Wrong(absl::string_view key, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(key, " ", why));
}

absl::Status Check(const cloud::GateOptions& gate) {
  const struct {
    const char* key;
    double rate;
  } rates[] = {{"cloud.region-rate", gate.region_rate},
               {"cloud.account-rate", gate.account_rate},
               {"cloud.action-rate", gate.action_rate}};
  for (const auto& one : rates) {
    if (one.rate < kSlowest) return Wrong(one.key, "must be at least 0.01 calls a second");
  }
  if (gate.account_calls < 1) return Wrong("cloud.account-calls", "must be at least 1");
  if (gate.breaker.calls < 1) return Wrong("cloud.breaker-calls", "must be at least 1");
  const int percent = gate.breaker.failures_percent;
  if (percent < 1 || percent > 100) return Wrong("cloud.breaker-failures", "must be 1 to 100");
  if (gate.auth.refusals < 1) return Wrong("cloud.auth-refusals", "must be at least 1");
  if (gate.auth.longest < gate.auth.first)
    return Wrong("cloud.auth-pause-max", "is less than cloud.auth-pause");
  return absl::OkStatus();
}

}  // namespace

std::vector<base::Setting> CloudMannersSettingsOf(CloudManners& manners) {
  cloud::GateOptions& gate = manners.gate;
  return {
      {"cloud.region-rate", &gate.region_rate, "calls per second",
       "of this engine to the cloud; all rates belong under the cloud's own limits"},
      {"cloud.account-rate", &gate.account_rate, "calls per second", "of one account"},
      {"cloud.action-rate", &gate.action_rate, "calls per second",
       "of one account, for each action that cloud.action-rates doesn't name"},
      {"cloud.action-rates", &manners.action_rates, "ACTION=CALLS,...",
       "calls per second of one account for these actions"},
      {"cloud.rate-burst", &gate.burst, "duration",
       "calls that were not made are made up for at once, up to what comes in this time"},
      {"cloud.throttle-rest", &gate.throttle_rest, "duration",
       "an account's calls of an action rest this long after the cloud found them too fast"},
      {"cloud.account-calls", &gate.account_calls, "calls",
       "of one account at the same time, waiting ones included; less than threads.work, or one "
       "account can keep all threads busy"},
      {"cloud.breaker-calls", &gate.breaker.calls, "calls",
       "of an action whose outcomes its breaker goes by"},
      {"cloud.breaker-failures", &gate.breaker.failures_percent, "percent",
       "of them that open it; while that of RunInstances is open nothing is launched"},
      {"cloud.breaker-rest", &gate.breaker.rest, "duration",
       "until one call may try whether the cloud is well again"},
      {"cloud.auth-refusals", &gate.auth.refusals, "calls",
       "in a row whose credential the cloud refuses, until the account's calls pause"},
      {"cloud.auth-pause", &gate.auth.first, "duration",
       "the first such pause; it doubles as long as the credential is refused"},
      {"cloud.auth-pause-max", &gate.auth.longest, "duration", "the longest such pause"},
      {"cloud.share-reads", &manners.share_reads, "duration",
       "an instance that was seen this long ago isn't read again for another slot; at most half of "
       "activity.boot-poll counts"},
      {"cloud.failure-classes", &manners.failure_classes, "CODE=CLASS,...",
       "how the cloud's error codes are understood, or *WORD*=CLASS; classes: stock, address, "
       "quota, throttle, auth, permanent, transient"},
  };
}

absl::Status ApplyManners(const CloudManners& manners, absl::Duration poll,
                          cloud::CloudOptions& options) {
  options.gate = manners.gate;
  options.gate.action_rates.clear();
  const auto pairs = cloud::ParsePairs(manners.action_rates);
  if (!pairs.ok()) return Wrong("cloud.action-rates", pairs.status().message());
  for (const auto& [action, text] : *pairs) {
    double rate = 0;
    if (!absl::SimpleAtod(text, &rate) || !(rate >= kSlowest && rate <= 1e6)) {
      return Wrong("cloud.action-rates",
                   absl::StrCat("wants calls per second after '", action, "='"));
    }
    options.gate.action_rates[action] = rate;
  }
  if (const absl::Status fits = Check(options.gate); !fits.ok()) return fits;
  options.gather.share = std::min(manners.share_reads, poll / 2);
  options.gather.watch = std::max(options.gather.watch, 3 * poll);
  auto rows = cloud::ParseFailureRows(manners.failure_classes);
  if (!rows.ok()) return Wrong("cloud.failure-classes", rows.status().message());
  options.api.taxonomy.rows = *std::move(rows);
  return absl::OkStatus();
}

}  // namespace accordion
