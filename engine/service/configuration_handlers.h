// The actions on scaling configurations.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/domain/scaling_configuration.h"
#include "engine/ports/cloud_inventory.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::v1 {
class CreateScalingConfigurationRequest;
class CreateScalingConfigurationResponse;
class DeleteScalingConfigurationRequest;
class DeleteScalingConfigurationResponse;
class DescribeScalingConfigurationRequest;
class DescribeScalingConfigurationResponse;
class ModifyScalingConfigurationRequest;
class ModifyScalingConfigurationResponse;
}  // namespace accordion::v1

namespace accordion::service {

// Thread-safe. An edit changes later launches only: open activities keep their snapshot.
class ConfigurationHandlers {
 public:
  ConfigurationHandlers(ports::Store& store, ports::CloudInventory& inventory)
      : store_(store), inventory_(inventory) {}

  absl::StatusOr<v1::CreateScalingConfigurationResponse> Create(
      const RequestContext& context, const v1::CreateScalingConfigurationRequest& request);
  absl::StatusOr<v1::ModifyScalingConfigurationResponse> Modify(
      const RequestContext& context, const v1::ModifyScalingConfigurationRequest& request);
  // All or none; ScalingConfigurationInUse for one that a group uses.
  absl::StatusOr<v1::DeleteScalingConfigurationResponse> Delete(
      const RequestContext& context, const v1::DeleteScalingConfigurationRequest& request);
  absl::StatusOr<v1::DescribeScalingConfigurationResponse> Describe(
      const RequestContext& context, const v1::DescribeScalingConfigurationRequest& request);

 private:
  ports::Store& store_;
  ports::CloudInventory& inventory_;
};

}  // namespace accordion::service
