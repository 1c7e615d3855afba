#include "engine/domain/endpoint.h"

#include <algorithm>

namespace accordion::domain {

std::vector<Endpoint> MissingEndpoints(absl::Span<const SlbConfig> configs,
                                       absl::Span<const Registration> registrations) {
  std::vector<Endpoint> missing;
  for (const SlbConfig& config : configs) {
    for (const int port : config.ports) {
      const bool registered =
          std::any_of(registrations.begin(), registrations.end(), [&](const Registration& one) {
            return one.listener_id == config.listener_id && one.port == port && !one.InDoubt();
          });
      if (!registered) missing.push_back({config.listener_id, port, config.weight});
    }
  }
  return missing;
}

bool IsWanted(absl::Span<const SlbConfig> configs, const Registration& registration) {
  return std::any_of(configs.begin(), configs.end(), [&](const SlbConfig& config) {
    return config.listener_id == registration.listener_id &&
           std::find(config.ports.begin(), config.ports.end(), registration.port) !=
               config.ports.end();
  });
}

bool IsRegisteredAsWanted(absl::Span<const SlbConfig> configs,
                          absl::Span<const Registration> registrations) {
  const bool nothing_else =
      std::all_of(registrations.begin(), registrations.end(),
                  [&](const Registration& one) { return IsWanted(configs, one); });
  return nothing_else && MissingEndpoints(configs, registrations).empty();
}

}  // namespace accordion::domain
