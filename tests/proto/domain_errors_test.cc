// The domain names reasons by text, since it knows no protos; here the two are held together.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "accordion/v1/error_reason.pb.h"
#include "engine/domain/errors.h"
#include "openapi/v1/options.pb.h"

namespace accordion::proto_test {
namespace {

std::size_t CountDirectives(const std::string& message) {
  std::size_t count = 0;
  for (std::size_t at = message.find("%s"); at != std::string::npos;
       at = message.find("%s", at + 2)) {
    ++count;
  }
  return count;
}

TEST(DomainErrors, AreRowsOfTheCatalogueWithAsManyArguments) {
  const std::vector<absl::Status> errors = {
      domain::InvalidParameterValue("MinSize"),
      domain::MissingParameter("MinSize"),
      domain::ScalingGroupNotFound("1"),
      domain::ScalingConfigurationNotFound("1"),
      domain::ScalingPolicyNotFound("1"),
      domain::ScalingInstanceNotFound("i"),
      domain::ScalingScheduledTaskNotFound("1"),
      domain::ScalingNotificationNotFound("1"),
      domain::ScalingGroupInUse("1", "it has 2 members"),
      domain::ScalingConfigurationInUse("1", "2"),
      domain::ScalingActivityInProgress("1"),
      domain::InstanceProtected("i"),
      domain::InstanceInUse("i"),
      domain::InstanceNotRunning("i"),
      domain::CapacityOutOfRange("desired 3 of 0..2"),
      domain::QuotaExceeded("max_size", 50),
      domain::DryRunOperation(),
      domain::ServiceTimeout(),
      domain::ServiceUnavailable(),
  };
  for (const absl::Status& error : errors) {
    const std::optional<domain::ErrorInfo> info = domain::ErrorInfoOf(error);
    ASSERT_TRUE(info.has_value());
    SCOPED_TRACE(info->reason);
    const auto* value = v1::ErrorReason_descriptor()->FindValueByName(info->reason);
    ASSERT_NE(value, nullptr);
    const std::string& message = value->options().GetExtension(openapi::v1::error).message();
    EXPECT_EQ(info->arguments.size(), CountDirectives(message));
  }
}

}  // namespace
}  // namespace accordion::proto_test
