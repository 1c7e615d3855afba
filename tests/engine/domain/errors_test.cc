#include "engine/domain/errors.h"

#include <gtest/gtest.h>

namespace accordion::domain {
namespace {

void ExpectError(const absl::Status& status, absl::StatusCode code, const ErrorInfo& info) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(ErrorInfoOf(status), info) << status;
}

TEST(Errors, EachCarriesItsReasonAndArguments) {
  using C = absl::StatusCode;
  ExpectError(InvalidParameterValue("MinSize"), C::kInvalidArgument,
              {"INVALID_PARAMETER_VALUE", {"MinSize"}});
  ExpectError(MissingParameter("SubnetId"), C::kInvalidArgument,
              {"MISSING_PARAMETER", {"SubnetId"}});
  ExpectError(ScalingGroupNotFound("1"), C::kNotFound, {"SCALING_GROUP_NOT_FOUND", {"1"}});
  ExpectError(ScalingConfigurationNotFound("1"), C::kNotFound,
              {"SCALING_CONFIGURATION_NOT_FOUND", {"1"}});
  ExpectError(ScalingPolicyNotFound("1"), C::kNotFound, {"SCALING_POLICY_NOT_FOUND", {"1"}});
  ExpectError(ScalingInstanceNotFound("1"), C::kNotFound, {"SCALING_INSTANCE_NOT_FOUND", {"1"}});
  ExpectError(ScalingGroupInUse("1", "3 members"), C::kFailedPrecondition,
              {"SCALING_GROUP_IN_USE", {"1", "3 members"}});
  ExpectError(ScalingConfigurationInUse("1", "2"), C::kFailedPrecondition,
              {"SCALING_CONFIGURATION_IN_USE", {"1", "2"}});
  ExpectError(ScalingActivityInProgress("1"), C::kFailedPrecondition,
              {"SCALING_ACTIVITY_IN_PROGRESS", {"1"}});
  ExpectError(InstanceProtected("i"), C::kFailedPrecondition, {"INSTANCE_PROTECTED", {"i"}});
  ExpectError(CapacityOutOfRange("6 > 5"), C::kFailedPrecondition,
              {"CAPACITY_OUT_OF_RANGE", {"6 > 5"}});
  ExpectError(QuotaExceeded("groups", 200), C::kResourceExhausted,
              {"QUOTA_EXCEEDED", {"groups", "200"}});
  ExpectError(DryRunOperation(), C::kFailedPrecondition, {"DRY_RUN_OPERATION", {}});
  ExpectError(ServiceTimeout(), C::kDeadlineExceeded, {"SERVICE_TIMEOUT", {}});
  ExpectError(ServiceUnavailable(), C::kUnavailable, {"SERVICE_UNAVAILABLE", {}});
}

TEST(Errors, AnArgumentMayHoldAnything) {
  const std::string awkward("3:\n\0, 伸缩组", 16);
  const absl::Status status =
      ErrorStatus(absl::StatusCode::kInternal, "REASON", {awkward, "", "12:x"});
  EXPECT_EQ(ErrorInfoOf(status), (ErrorInfo{"REASON", {awkward, "", "12:x"}}));
}

TEST(Errors, OtherStatusesCarryNone) {
  EXPECT_EQ(ErrorInfoOf(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(ErrorInfoOf(absl::InternalError("x")), std::nullopt);
}

TEST(Errors, ADamagedPayloadIsNone) {
  // The payload's type, from a status that has one.
  std::string type;
  DryRunOperation().ForEachPayload(
      [&](absl::string_view url, const absl::Cord&) { type = std::string(url); });
  for (const char* payload : {"", "x", "x:y", "9:short", "1:a9:short", "1:a?", "-1:a"}) {
    absl::Status status = absl::InternalError("x");
    status.SetPayload(type, absl::Cord(payload));
    EXPECT_EQ(ErrorInfoOf(status), std::nullopt) << payload;
  }
}

}  // namespace
}  // namespace accordion::domain
