#include "engine/domain/errors.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "absl/strings/cord.h"

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
  ExpectError(ScalingScheduledTaskNotFound("1"), C::kNotFound,
              {"SCALING_SCHEDULED_TASK_NOT_FOUND", {"1"}});
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

// {reason: number of "%s" in its message}, from the text of the catalogue: the domain knows no
// protos.
std::map<std::string, size_t> CatalogueRows() {
  std::ifstream file(ACCORDION_ERROR_CATALOGUE);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  constexpr absl::string_view kRow = " [(openapi.v1.error) = {";
  std::map<std::string, size_t> rows;
  for (size_t at = text.find(kRow.data()); at != std::string::npos;
       at = text.find(kRow.data(), at + 1)) {
    const size_t line = text.rfind('\n', at) + 1;
    const size_t name = text.find_first_not_of(' ', line);
    size_t& arguments = rows[text.substr(name, text.find(' ', name) - name)];
    const std::string row = text.substr(at, text.find("}]", at) - at);
    const size_t words = row.find("message:");
    const std::string message = row.substr(words, row.find("when:") - words);
    for (size_t hole = message.find("%s"); hole != std::string::npos;
         hole = message.find("%s", hole + 1)) {
      ++arguments;
    }
  }
  return rows;
}

TEST(Errors, EachReasonIsARowOfTheCatalogueWithAsManyArguments) {
  const std::map<std::string, size_t> rows = CatalogueRows();
  ASSERT_GT(rows.size(), 40u);
  for (const absl::Status& status :
       {InvalidParameterValue("p"), MissingParameter("p"), ScalingGroupNotFound("1"),
        ScalingConfigurationNotFound("1"), ScalingPolicyNotFound("1"), ScalingInstanceNotFound("1"),
        ScalingGroupInUse("1", "why"), ScalingConfigurationInUse("1", "2"),
        ScalingActivityInProgress("1"), InstanceProtected("i"), CapacityOutOfRange("6"),
        QuotaExceeded("q", 1), DryRunOperation(), ServiceTimeout(), ServiceUnavailable()}) {
    const std::optional<ErrorInfo> info = ErrorInfoOf(status);
    ASSERT_TRUE(info.has_value()) << status;
    const auto row = rows.find(info->reason);
    ASSERT_NE(row, rows.end()) << info->reason;
    EXPECT_EQ(info->arguments.size(), row->second) << info->reason;
  }
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
