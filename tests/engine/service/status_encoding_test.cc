#include "engine/service/status_encoding.h"

#include <grpcpp/support/status.h>

#include "accordion/v1/error_detail.pb.h"
#include "engine/domain/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(StatusEncoding, EveryErrorOfTheDomainIsARowOfTheCatalogue) {
  const absl::Status errors[] = {
      domain::InvalidParameterValue("a"),
      domain::MissingParameter("a"),
      domain::ScalingGroupNotFound("a"),
      domain::ScalingConfigurationNotFound("a"),
      domain::ScalingPolicyNotFound("a"),
      domain::ScalingInstanceNotFound("a"),
      domain::ScalingGroupInUse("a", "b"),
      domain::ScalingConfigurationInUse("a", "b"),
      domain::ScalingActivityInProgress("a"),
      domain::InstanceProtected("a"),
      domain::CapacityOutOfRange("a"),
      domain::QuotaExceeded("a", 1),
      domain::DryRunOperation(),
      domain::ServiceTimeout(),
      domain::ServiceUnavailable(),
  };
  for (const absl::Status& error : errors) {
    EXPECT_EQ(v1::ErrorReason_Name(ErrorDetailOf(error).reason()),
              domain::ErrorInfoOf(error)->reason);
    EXPECT_EQ(static_cast<int>(GrpcStatusOf(error).error_code()), static_cast<int>(error.code()));
  }
}

TEST(StatusEncoding, ArgumentsTravelInOrder) {
  const v1::ErrorDetail detail =
      ErrorDetailOf(domain::ScalingGroupInUse("7", "it has 2 instances"));
  EXPECT_THAT(detail.arguments(), ElementsAre("7", "it has 2 instances"));
}

TEST(StatusEncoding, FailuresOfTheInsideAreToldAsAClassOnly) {
  struct Row {
    absl::Status status;
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      {absl::UnavailableError("host=10.0.0.1 password=x"), v1::SERVICE_UNAVAILABLE},
      {absl::UnknownError("commit in doubt"), v1::SERVICE_UNAVAILABLE},
      {absl::AbortedError("serialization"), v1::SERVICE_UNAVAILABLE},
      {absl::ResourceExhaustedError("queue"), v1::SERVICE_UNAVAILABLE},
      {absl::DeadlineExceededError("pool"), v1::SERVICE_TIMEOUT},
      {absl::InternalError("column x"), v1::SERVICE_EXCEPTION},
      {absl::NotFoundError("row"), v1::SERVICE_EXCEPTION},
  };
  for (const Row& row : rows) {
    const v1::ErrorDetail detail = ErrorDetailOf(row.status);
    EXPECT_EQ(detail.reason(), row.reason) << row.status;
    EXPECT_THAT(GrpcStatusOf(row.status).error_message(),
                Not(HasSubstr(std::string(row.status.message()))));
    for (const std::string& argument : detail.arguments()) {
      EXPECT_THAT(argument, Not(HasSubstr(" ")));
    }
  }
}

TEST(StatusEncoding, SuccessCarriesNothing) {
  EXPECT_TRUE(GrpcStatusOf(absl::OkStatus()).ok());
  EXPECT_THAT(GrpcStatusOf(absl::OkStatus()).error_message(), IsEmpty());
}

}  // namespace
}  // namespace accordion::service
