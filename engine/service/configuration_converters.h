// Scaling configurations between the API's messages and the domain.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/domain/scaling_configuration.h"
#include "engine/ports/configuration_store.h"

namespace accordion::v1 {
class CreateScalingConfigurationRequest;
class ModifyScalingConfigurationRequest;
class ScalingConfiguration;
}  // namespace accordion::v1

namespace accordion::service {

// `configuration` with the fields that the request gives; a given list replaces the list. The
// result is checked: MissingParameter without an instance type, or where a field needs another one;
// InvalidParameterValue for an instance type that comes twice.
absl::Status Apply(const v1::CreateScalingConfigurationRequest& request,
                   domain::ScalingConfiguration& configuration);
absl::Status Apply(const v1::ModifyScalingConfigurationRequest& request,
                   domain::ScalingConfiguration& configuration);

// Passwords are never answered; user data is.
void ToMessage(const domain::ScalingConfiguration& configuration,
               absl::Span<const ports::ConfigurationUser> users, v1::ScalingConfiguration* message);

}  // namespace accordion::service
