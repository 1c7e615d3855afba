#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/proto/api_walk.h"

namespace accordion::proto_test {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::IsSupersetOf;

using Check =
    std::function<void(const FieldDescriptor& field, const openapi::v1::Parameter& param)>;

void ForEachParameter(const Check& check) {
  for (const MethodDescriptor* method : Actions()) {
    for (const FieldDescriptor* field : AllFields(method->input_type())) {
      SCOPED_TRACE(absl::StrCat(method->name(), " ", field->full_name()));
      check(*field, Param(*field));
    }
  }
}

bool IsInteger(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
}

// The parameter of `action` whose wire name, without a parent's, is `name`.
const FieldDescriptor& Find(const std::string& action, const std::string& name) {
  for (const MethodDescriptor* method : Actions()) {
    if (method->name() != action) continue;
    for (const FieldDescriptor* field : AllFields(method->input_type())) {
      if (ParameterName(*field) == name) return *field;
    }
  }
  ADD_FAILURE() << action << " has no " << name;
  return *Actions().front()->input_type()->field(0);
}

TEST(RequestParameters, AllCarryTheOptionWithHelp) {
  ForEachParameter([](const FieldDescriptor& field, const openapi::v1::Parameter& param) {
    EXPECT_TRUE(field.options().HasExtension(openapi::v1::param));
    EXPECT_FALSE(param.help().empty());
    EXPECT_TRUE(absl::EndsWith(param.help(), ".")) << param.help();
  });
}

TEST(RequestParameters, HaveSpellingsThatNoOtherOfTheRequestHas) {
  for (const MethodDescriptor* method : Actions()) {
    std::vector<std::string> spellings = Spellings(method->input_type());
    std::sort(spellings.begin(), spellings.end());
    const auto twice = std::adjacent_find(spellings.begin(), spellings.end());
    EXPECT_EQ(twice, spellings.end()) << method->name() << " claims twice: " << *twice;
  }
}

TEST(RequestParameters, NeverTakeTheNameOfACommonParameter) {
  for (const MethodDescriptor* method : Actions()) {
    for (const char* common : {"Action", "Version", "DryRun", "ClientToken", "Format", "Region",
                               "Service", "Accesskey", "Signature", "Timestamp", "SecurityToken"}) {
      EXPECT_THAT(Spellings(method->input_type()), testing::Not(Contains(common)))
          << method->name();
    }
  }
}

TEST(RequestParameters, TellGivenFromAbsent) {
  ForEachParameter([](const FieldDescriptor& field, const openapi::v1::Parameter&) {
    EXPECT_TRUE(field.is_repeated() || field.has_presence());
  });
}

TEST(RequestParameters, HaveTypesThatTheWireCanSpell) {
  ForEachParameter([](const FieldDescriptor& field, const openapi::v1::Parameter& param) {
    EXPECT_THAT(field.cpp_type(),
                AnyOf(FieldDescriptor::CPPTYPE_STRING, FieldDescriptor::CPPTYPE_INT32,
                      FieldDescriptor::CPPTYPE_INT64, FieldDescriptor::CPPTYPE_BOOL,
                      FieldDescriptor::CPPTYPE_MESSAGE));
    EXPECT_EQ(IsTime(field), param.format() == openapi::v1::LOCAL_TIME);
    EXPECT_TRUE(param.format() != openapi::v1::JSON_OBJECT || IsMessage(field));
    EXPECT_TRUE(param.format() != openapi::v1::BASE64 || param.max_bytes() > 0);
  });
}

TEST(RequestParameters, HaveAListStyleOnlyIfTheyAreListsOfValues) {
  ForEachParameter([](const FieldDescriptor& field, const openapi::v1::Parameter& param) {
    const bool list_of_values = field.is_repeated() && !IsMessage(field);
    EXPECT_EQ(param.list() != openapi::v1::LIST_STYLE_UNSPECIFIED, list_of_values);
    EXPECT_TRUE(field.is_repeated() || param.max_elements() == 0);
    EXPECT_FALSE(param.accepts_list_of_one() && field.is_repeated());
  });
}

TEST(RequestParameters, HaveRangesOnIntegersOnly) {
  ForEachParameter([](const FieldDescriptor& field, const openapi::v1::Parameter& param) {
    if (!param.has_range()) return;
    EXPECT_TRUE(IsInteger(field));
    EXPECT_LT(param.range().min(), param.range().max());
  });
}

TEST(RequestParameters, HaveDefaultsThatTheyWouldAccept) {
  ForEachParameter([](const FieldDescriptor& field, const openapi::v1::Parameter& param) {
    if (param.default_value().empty()) return;
    EXPECT_FALSE(param.required());
    if (IsInteger(field)) {
      int64_t value = 0;
      ASSERT_TRUE(absl::SimpleAtoi(param.default_value(), &value));
      EXPECT_GE(value, param.range().min());
      EXPECT_LE(value, param.range().max());
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      EXPECT_THAT(param.default_value(), AnyOf("true", "false"));
    } else {
      EXPECT_THAT(param.words(), Contains(param.default_value()));
    }
  });
}

TEST(RequestParameters, HaveNoDefaultInAModificationButInWholeReplacements) {
  for (const MethodDescriptor* method : Actions()) {
    if (!absl::StartsWith(method->name(), "Modify")) continue;
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const FieldDescriptor& field = *method->input_type()->field(i);
      EXPECT_TRUE(Param(field).default_value().empty()) << field.full_name();
    }
  }
}

TEST(RequestParameters, NeedOnlySiblings) {
  ForEachParameter([](const FieldDescriptor& field, const openapi::v1::Parameter& param) {
    for (const std::string& needed : param.needs()) {
      bool found = false;
      for (int i = 0; i < field.containing_type()->field_count(); ++i) {
        const FieldDescriptor& sibling = *field.containing_type()->field(i);
        found = found || (&sibling != &field && ParameterName(sibling) == needed);
      }
      EXPECT_TRUE(found) << needed;
    }
  });
}

TEST(RequestParameters, TakeAListOfOneForEverySingleIdOfOurs) {
  ForEachParameter([](const FieldDescriptor& field, const openapi::v1::Parameter& param) {
    const std::string name = ParameterName(field);
    if (field.is_repeated() || !absl::StartsWith(name, "Scaling") || !absl::EndsWith(name, "Id")) {
      return;
    }
    EXPECT_TRUE(param.accepts_list_of_one());
  });
}

TEST(RequestParameters, PageAsTheReferenceSays) {
  int paged = 0;
  for (const MethodDescriptor* method : Actions()) {
    if (!absl::StartsWith(method->name(), "Describe")) continue;
    SCOPED_TRACE(method->name());
    ++paged;
    const bool tasks = method->name() == "DescribeScheduledTask";
    const auto& marker = Param(Find(method->name(), "Marker"));
    EXPECT_EQ(marker.range().min(), 0);
    EXPECT_EQ(marker.default_value(), "0");
    const auto& max_results = Param(Find(method->name(), "MaxResults"));
    EXPECT_EQ(max_results.range().min(), tasks ? 1 : 5);
    EXPECT_EQ(max_results.range().max(), 1000);
    EXPECT_EQ(max_results.default_value(), tasks ? "20" : "10");
  }
  EXPECT_EQ(paged, 7);
}

TEST(RequestParameters, KeepSecretsSecret) {
  for (const char* action : {"CreateScalingConfiguration", "ModifyScalingConfiguration"}) {
    EXPECT_TRUE(Param(Find(action, "Password")).secret());
    EXPECT_TRUE(Param(Find(action, "UserData")).secret());
    EXPECT_EQ(Param(Find(action, "UserData")).format(), openapi::v1::BASE64);
    EXPECT_EQ(Param(Find(action, "UserData")).max_bytes(), 16u * 1024);
  }
}

TEST(RequestParameters, BoundListsThatTheReferenceBounds) {
  EXPECT_EQ(Param(Find("CreateScalingConfiguration", "Tag")).max_elements(), 10u);
  EXPECT_EQ(Param(Find("DescribeScalingConfiguration", "ScalingConfigurationId")).max_elements(),
            20u);
}

struct SpellingCase {
  const char* action;
  std::vector<std::string> spellings;
};

// The spellings that real clients differ in (clients.md §2).
TEST(RequestParameters, HaveTheSpellingsOfRealClients) {
  const std::vector<SpellingCase> cases = {
      {"CreateScalingGroup",
       {"SubnetId.#", "SecurityGroupId.#", "Slb.#.Id", "Slb.#.ListenerId", "Slb.#.ServerPort",
        "Slb.#.ServerPort.#", "Slb.#.Weight", "Slb.#.HealthCheckType"}},
      {"ModifyScalingGroup", {"ContainerSubnetId.#", "Slb.#.ServerPort", "SecurityGroupId.#"}},
      {"CreateScalingConfiguration",
       {"InstanceType", "InstanceType.#", "DataDisk.#.DeleteWithInstance",
        "DataDisk.#.deleteWithInstance", "DataDisk.#.SnapshotId", "SystemDisk.ResizeType",
        "Tag.#.Key", "Tag.#.Value", "KeyId.#", "NeedMonitorAgent", "SyncTag"}},
      {"ModifyScalingConfiguration", {"LoginSetAfter", "IpBindAfter", "InstanceNameRandom"}},
      {"CreateScalingPolicy", {"Metric", "CoolDown", "Cooldown"}},
      {"ModifyScalingPolicy", {"Metric", "CoolDown", "Cooldown"}},
      {"ModifyScheduledTask", {"ScalingGroupId", "RepeatCycle"}},
      {"CreateScalingNotification",
       {"NotificationType.#", "ScalingNotificationType.#", "Description"}},
      {"DescribeScalingNotification", {"NotificationId.#", "ScalingNotificationId.#"}},
      {"ModifyScalingNotification",
       {"NotificationId", "ScalingNotificationId", "ScalingNotificationType.#"}},
  };
  for (const SpellingCase& c : cases) {
    for (const MethodDescriptor* method : Actions()) {
      if (method->name() != c.action) continue;
      EXPECT_THAT(Spellings(method->input_type()), IsSupersetOf(c.spellings)) << c.action;
    }
  }
}

}  // namespace
}  // namespace accordion::proto_test
