// Scaling configurations in the store. Secrets are sealed at rest by the implementation.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/domain/scaling_configuration.h"
#include "engine/ports/page.h"

namespace accordion::ports {

struct ConfigurationFilter {
  std::vector<domain::ConfigurationId> ids;  // empty: all
  std::string name_contains;
  std::vector<int64_t> project_ids;  // empty: all
};

// A group that uses a configuration.
struct ConfigurationUser {
  domain::ConfigurationId configuration_id;
  domain::GroupId group_id;
  std::string group_name;
};

class ConfigurationStore {
 public:
  virtual ~ConfigurationStore() = default;

  virtual absl::Status Insert(const domain::ScalingConfiguration& configuration) = 0;
  // kNotFound (plain) for an unknown or foreign id, here and below. `Lock` keeps it from being
  // deleted or edited; `LockShared` only keeps it from being deleted or edited by others, for a
  // group that begins to use it.
  virtual absl::StatusOr<domain::ScalingConfiguration> Get(const domain::AccountId& account,
                                                           const domain::ConfigurationId& id) = 0;
  virtual absl::StatusOr<domain::ScalingConfiguration> Lock(const domain::AccountId& account,
                                                            const domain::ConfigurationId& id) = 0;
  virtual absl::StatusOr<domain::ScalingConfiguration> LockShared(
      const domain::AccountId& account, const domain::ConfigurationId& id) = 0;
  virtual absl::Status Update(const domain::ScalingConfiguration& configuration) = 0;
  virtual absl::Status Delete(const domain::AccountId& account,
                              const domain::ConfigurationId& id) = 0;
  // Oldest first.
  virtual absl::StatusOr<Listing<domain::ScalingConfiguration>> List(
      const domain::AccountId& account, const ConfigurationFilter& filter, const Page& page) = 0;
  virtual absl::StatusOr<int> Count(const domain::AccountId& account) = 0;
  // The groups that use any of `ids` (all groups' uses if empty).
  virtual absl::StatusOr<std::vector<ConfigurationUser>> Users(
      const domain::AccountId& account, const std::vector<domain::ConfigurationId>& ids) = 0;
};

}  // namespace accordion::ports
