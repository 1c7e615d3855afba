#include "api-gateway/openapi/response_encoder.h"

#include <string>

#include "accordion/v1/error_reason.pb.h"
#include "accordion/v1/scaling_configuration.pb.h"
#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_policy.pb.h"
#include "api-gateway/openapi/parameter_value.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/document_tree.h"

namespace accordion::gateway {
namespace {

absl::TimeZone Shanghai() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  return zone;
}

std::string Encode(const google::protobuf::Message& answer, AnswerFormat format) {
  const auto plan = AnswerPlan::Build(answer.GetDescriptor());
  EXPECT_TRUE(plan.ok()) << plan.status();
  return EncodeAnswer(**plan, answer, "SomeAction", "id-1", Shanghai(), format).body;
}

void ExpectSameInBoth(const google::protobuf::Message& answer) {
  std::string json_id, xml_id;
  const auto json = ReadJsonAnswer(Encode(answer, AnswerFormat::kJson), &json_id);
  const auto xml = ReadXmlAnswer(Encode(answer, AnswerFormat::kXml), "SomeActionResponse", &xml_id);
  EXPECT_EQ(json_id, "id-1");
  EXPECT_EQ(xml_id, "id-1");
  EXPECT_EQ(json, xml);
  EXPECT_FALSE(json.empty());
}

v1::DescribeScalingGroupResponse TwoGroups() {
  v1::DescribeScalingGroupResponse answer;
  answer.set_scaling_group_count(12);
  auto* group = answer.add_scaling_groups();
  group->set_scaling_group_id("424250140171509760");
  group->set_scaling_group_name("a<b>&\"c\"'d'\\\n\t\r测试");
  group->mutable_create_time()->set_seconds(1608263424);
  group->add_subnet_ids("s1");
  group->add_subnet_ids("s2");
  auto* slb = group->add_slb_configs();
  slb->add_server_ports(80);
  group->set_server_port(80);
  answer.add_scaling_groups();
  return answer;
}

TEST(ResponseEncoder, SaysTheSameInJsonAndXml) {
  ExpectSameInBoth(TwoGroups());
  v1::CreateScalingPolicyResponse policy;
  policy.set_scaling_policy_id("10000433");
  policy.mutable_return_set()->set_scaling_policy_id("10000433");
  ExpectSameInBoth(policy);
  v1::ModifyScalingGroupResponse modified;
  modified.set_return_(true);
  ExpectSameInBoth(modified);
}

TEST(ResponseEncoder, WritesListsAlwaysAndIdsAsStrings) {
  const std::string json = Encode(TwoGroups(), AnswerFormat::kJson);
  EXPECT_NE(json.find(R"("ScalingGroupCount":12)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("ScalingGroupId":"424250140171509760")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("CreateTime":"2020-12-18 11:50:24")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("SubnetIdSet":["s1","s2"])"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("SubnetIdSet":[])"), std::string::npos) << json;
  EXPECT_EQ(Encode(v1::DescribeScalingGroupResponse(), AnswerFormat::kJson),
            R"({"RequestId":"id-1","ScalingGroupCount":0,"ScalingGroupSet":[]})");
  EXPECT_EQ(Encode(v1::DescribeScalingGroupResponse(), AnswerFormat::kXml),
            "<SomeActionResponse><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>"
            "<ScalingGroupCount>0</ScalingGroupCount><ScalingGroupSet></ScalingGroupSet>"
            "</SomeActionResponse>");
}

TEST(ResponseEncoder, WritesTheDeclaredNumberAndOmitsWhatIsDeclaredSo) {
  v1::CreateScalingPolicyResponse policy;
  policy.set_scaling_policy_id("10000433");
  policy.mutable_return_set()->set_scaling_policy_id("10000433");
  EXPECT_EQ(Encode(policy, AnswerFormat::kJson),
            R"({"RequestId":"id-1","ScalingPolicyId":10000433,)"
            R"("ReturnSet":{"ScalingPolicyId":"10000433"}})");
  policy.set_scaling_policy_id("not a number");
  EXPECT_NE(Encode(policy, AnswerFormat::kJson).find(R"("ScalingPolicyId":"not a number")"),
            std::string::npos);
  EXPECT_EQ(Encode(TwoGroups(), AnswerFormat::kJson).find("Description"), std::string::npos);
}

TEST(ResponseEncoder, EscapesEveryControlCharacter) {
  v1::DescribeScalingGroupResponse answer;
  std::string name;
  for (char c = 1; c < 0x20; ++c) name.push_back(c);
  answer.add_scaling_groups()->set_scaling_group_name(name + "\x7f");
  const std::string json = Encode(answer, AnswerFormat::kJson);
  std::string id;
  EXPECT_EQ(ReadJsonAnswer(json, &id).at(1).children.at(0).children.at(1).text, name + "\x7f");
  for (char c : json) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST(ResponseEncoder, ReplacesInXmlWhatXmlCannotHold) {
  v1::DescribeScalingGroupResponse answer;
  answer.add_scaling_groups()->set_scaling_group_name("a\x01\ufffe\uffffb\ufffd");
  EXPECT_NE(Encode(answer, AnswerFormat::kXml).find(">a\ufffd\ufffd\ufffdb\ufffd<"),
            std::string::npos);
}

TEST(ResponseEncoder, WritesNumbersAndYearsInFull) {
  v1::DescribeScalingConfigurationResponse answer;
  answer.add_scaling_configurations()->set_spot_price_limit(1234567.125);
  const std::string json = Encode(answer, AnswerFormat::kJson);
  EXPECT_NE(json.find("\"SpotPriceLimit\":1234567.125"), std::string::npos) << json;
  const absl::TimeZone utc = absl::UTCTimeZone();
  EXPECT_EQ(FormatLocalTime(*ParseLocalTime("0099-01-02 03:04:05", utc), utc),
            "0099-01-02 03:04:05");
}

TEST(ErrorEncoder, WritesTheReferencesEnvelope) {
  const ApiError error = InvalidParameterValue("PathPrefix");
  const EncodedAnswer json = EncodeError(error, "r", AnswerFormat::kJson);
  EXPECT_EQ(json.status, 400);
  EXPECT_EQ(json.media_type, "application/json");
  EXPECT_EQ(json.body,
            R"({"RequestId":"r","Error":{"Type":"Sender","Code":"InvalidParameterValue",)"
            R"("Message":"An invalid or out-of-range value was supplied for the input parameter )"
            R"(PathPrefix."}})");
  EXPECT_EQ(EncodeError(error, "r", AnswerFormat::kXml).body,
            "<ErrorResponse><RequestId>r</RequestId><Error><Type>Sender</Type>"
            "<Code>InvalidParameterValue</Code><Message>An invalid or out-of-range value was "
            "supplied for the input parameter PathPrefix.</Message></Error></ErrorResponse>");
}

TEST(ErrorEncoder, TakesAReasonOfANewerEngineForServiceUnavailable) {
  const EncodedAnswer answer =
      EncodeError({static_cast<v1::ErrorReason>(9999), {}}, "r", AnswerFormat::kJson);
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find(R"("Type":"Receiver","Code":"ServiceUnavailable")"),
            std::string::npos);
}

}  // namespace
}  // namespace accordion::gateway
