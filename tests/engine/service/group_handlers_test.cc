#include "engine/service/group_handlers.h"

#include "accordion/v1/scaling_group.pb.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GroupHandlersTest : public ServiceFixture {
 protected:
  GroupHandlersTest() : configuration_(std::to_string(AddConfiguration("launch").value())) {}

  v1::CreateScalingGroupRequest NewGroup() {
    v1::CreateScalingGroupRequest request;
    request.set_scaling_group_name("web");
    request.set_scaling_configuration_id(configuration_);
    request.set_min_size(1);
    request.set_max_size(4);
    request.set_desired_capacity(2);
    request.set_remove_policy("RemoveOldestInstance");
    request.add_subnet_ids("s-a");
    request.add_subnet_ids("s-b");
    request.add_security_group_ids("sg-1");
    v1::Slb* slb = request.add_slbs();
    slb->set_id("lb-1");
    slb->set_listener_id("ls-1");
    slb->add_server_ports(80);
    slb->add_server_ports(81);
    return request;
  }

  v1::ScalingGroup Described(const std::string& id) {
    v1::DescribeScalingGroupRequest request;
    request.add_scaling_group_ids(id);
    const auto response = handlers_.Describe(context_, request);
    EXPECT_OK(response);
    EXPECT_EQ(response->scaling_groups_size(), 1);
    return response->scaling_groups_size() == 1 ? response->scaling_groups(0) : v1::ScalingGroup();
  }

  v1::ModifyScalingGroupRequest Change(const ports::GroupKey& key) {
    v1::ModifyScalingGroupRequest request;
    request.set_scaling_group_id(IdOf(key));
    return request;
  }

  const std::string configuration_;
  GroupHandlers handlers_{{store_, inventory_, waker_}};
};

TEST_F(GroupHandlersTest, CreatedGroupIsDescribedAtOnceAsItWasAskedFor) {
  ASSERT_OK_AND_ASSIGN(const auto created, handlers_.Create(context_, NewGroup()));
  EXPECT_EQ(waker_.woken, 1);
  const v1::ScalingGroup group = Described(created.return_set().scaling_group_id());
  EXPECT_EQ(group.scaling_group_name(), "web");
  EXPECT_EQ(group.scaling_configuration_id(), configuration_);
  EXPECT_EQ(group.scaling_configuration_name(), "launch");
  EXPECT_EQ(group.status(), "Active");
  EXPECT_EQ(group.min_size(), 1);
  EXPECT_EQ(group.max_size(), 4);
  EXPECT_EQ(group.desired_capacity(), 2);
  EXPECT_EQ(group.instance_num(), 0);
  EXPECT_EQ(group.vpc_id(), "vpc-1");
  EXPECT_EQ(group.remove_policy(), "RemoveOldestInstance");
  EXPECT_EQ(group.subnet_strategy(), "balanced-distribution");
  EXPECT_THAT(group.subnet_ids(), ElementsAre("s-a", "s-b"));
  EXPECT_EQ(group.security_group_id(), "sg-1");
  EXPECT_THAT(group.security_group_ids(), ElementsAre("sg-1"));
  EXPECT_EQ(group.slb_id(), "lb-1");
  EXPECT_EQ(group.listener_id(), "ls-1");
  EXPECT_EQ(group.server_ports(), "80,81");
  EXPECT_EQ(group.server_port(), 80);
  ASSERT_EQ(group.slb_configs_size(), 1);
  EXPECT_EQ(group.slb_configs(0).weight(), 20);
  EXPECT_EQ(group.slb_configs(0).health_check_type(), "kec");
  EXPECT_EQ(group.description(), "");
  EXPECT_EQ(group.in_scaling_activity(), 0);
  EXPECT_TRUE(group.allow_slb_scaling_policy());
  EXPECT_EQ(group.availability_zone(), "zone-a");
  EXPECT_EQ(group.availability_zone_name(), "zone-a");
}

TEST_F(GroupHandlersTest, ShowsTheZoneOfItsFirstSubnet) {
  const ports::GroupKey key = AddGroup();
  v1::ModifyScalingGroupRequest request = Change(key);
  request.add_subnet_ids("s-b");
  request.add_subnet_ids("s-a");
  ASSERT_OK(handlers_.Modify(context_, request));
  EXPECT_EQ(Described(IdOf(key)).availability_zone(), "zone-b");
}

TEST_F(GroupHandlersTest, CreatedGroupHasTheReferencesCause) {
  ASSERT_OK_AND_ASSIGN(const auto created, handlers_.Create(context_, NewGroup()));
  const ports::GroupKey key{context_.account_id,
                            domain::GroupId(std::stoll(created.return_set().scaling_group_id()))};
  EXPECT_EQ(Group(key).desired_cause.text, "创建伸缩组触发");
  EXPECT_EQ(Group(key).desired_cause.kind, domain::TriggerKind::kCreate);
}

TEST_F(GroupHandlersTest, GroupIdsHaveEighteenOrNineteenDigits) {
  ASSERT_OK_AND_ASSIGN(const auto created, handlers_.Create(context_, NewGroup()));
  const size_t digits = created.return_set().scaling_group_id().size();
  EXPECT_TRUE(digits == 18 || digits == 19) << digits;
}

TEST_F(GroupHandlersTest, CreateRefusesWhatCannotBe) {
  struct Row {
    const char* why;
    void (*spoil)(v1::CreateScalingGroupRequest&);
    const char* reason;
  };
  using R = v1::CreateScalingGroupRequest;
  const Row rows[] = {
      {"min above max", [](R& r) { r.set_min_size(5); }, "INVALID_PARAMETER_VALUE MinSize"},
      {"desired above max", [](R& r) { r.set_desired_capacity(5); },
       "INVALID_PARAMETER_VALUE DesiredCapacity"},
      {"desired below min", [](R& r) { r.set_desired_capacity(0); },
       "INVALID_PARAMETER_VALUE DesiredCapacity"},
      {"max above the quota", [](R& r) { r.set_max_size(51); }, "QUOTA_EXCEEDED max_size 50"},
      {"an unknown word", [](R& r) { r.set_remove_policy("RemoveAll"); },
       "INVALID_PARAMETER_VALUE RemovePolicy"},
      {"no subnet", [](R& r) { r.clear_subnet_ids(); }, "MISSING_PARAMETER SubnetId.N"},
      {"an unknown subnet", [](R& r) { r.add_subnet_ids("s-9"); },
       "INVALID_PARAMETER_VALUE SubnetId.N"},
      {"subnets of two VPCs", [](R& r) { r.add_subnet_ids("s-x"); },
       "INVALID_PARAMETER_VALUE SubnetId.N"},
      {"a subnet twice", [](R& r) { r.add_subnet_ids("s-a"); },
       "INVALID_PARAMETER_VALUE SubnetId.N"},
      {"an unknown security group", [](R& r) { r.set_security_group_ids(0, "sg-9"); },
       "INVALID_PARAMETER_VALUE SecurityGroupId.N"},
      {"a security group of another VPC", [](R& r) { r.set_security_group_ids(0, "sg-x"); },
       "INVALID_PARAMETER_VALUE SecurityGroupId.N"},
      {"an unknown listener", [](R& r) { r.mutable_slbs(0)->set_listener_id("ls-9"); },
       "INVALID_PARAMETER_VALUE Slb.N.ListenerId"},
      {"a listener of another load balancer", [](R& r) { r.mutable_slbs(0)->set_id("lb-9"); },
       "INVALID_PARAMETER_VALUE Slb.N.Id"},
      {"no load balancer", [](R& r) { r.mutable_slbs(0)->clear_id(); },
       "MISSING_PARAMETER Slb.N.Id"},
      {"no port", [](R& r) { r.mutable_slbs(0)->clear_server_ports(); },
       "MISSING_PARAMETER Slb.N.ServerPort.N"},
      {"an unknown configuration", [](R& r) { r.set_scaling_configuration_id("1"); },
       "INVALID_PARAMETER_VALUE ScalingConfigurationId"},
      {"no id at all", [](R& r) { r.set_scaling_configuration_id("abc"); },
       "INVALID_PARAMETER_VALUE ScalingConfigurationId"},
  };
  for (const Row& row : rows) {
    v1::CreateScalingGroupRequest request = NewGroup();
    row.spoil(request);
    EXPECT_EQ(ReasonOf(handlers_.Create(context_, request)), row.reason) << row.why;
  }
  ASSERT_OK_AND_ASSIGN(const auto all, handlers_.Describe(context_, {}));
  EXPECT_EQ(all.scaling_group_count(), 0);
  EXPECT_EQ(waker_.woken, 0);
}

TEST_F(GroupHandlersTest, CreateStopsAtTheQuotaOfGroups) {
  SetQuota("groups", 1);
  EXPECT_OK(handlers_.Create(context_, NewGroup()));
  EXPECT_EQ(ReasonOf(handlers_.Create(context_, NewGroup())), "QUOTA_EXCEEDED groups 1");
}

TEST_F(GroupHandlersTest, CreateWritesNothingWhileTheCloudCannotAnswer) {
  inventory_.outage = absl::UnavailableError("connection refused");
  EXPECT_EQ(ReasonOf(handlers_.Create(context_, NewGroup())), "SERVICE_TIMEOUT");
  ASSERT_OK_AND_ASSIGN(const auto all, handlers_.Describe(context_, {}));
  EXPECT_EQ(all.scaling_group_count(), 0);
}

TEST_F(GroupHandlersTest, DryRunChecksAndWritesNothing) {
  EXPECT_EQ(ReasonOf(handlers_.Create(DryRun(), NewGroup())), "DRY_RUN_OPERATION");
  v1::CreateScalingGroupRequest wrong = NewGroup();
  wrong.set_scaling_configuration_id("1");
  EXPECT_EQ(ReasonOf(handlers_.Create(DryRun(), wrong)),
            "INVALID_PARAMETER_VALUE ScalingConfigurationId");
  ASSERT_OK_AND_ASSIGN(const auto all, handlers_.Describe(context_, {}));
  EXPECT_EQ(all.scaling_group_count(), 0);
}

TEST_F(GroupHandlersTest, AnUnknownOrForeignGroupIsNotFound) {
  const ports::GroupKey key = AddGroup();
  v1::EnableScalingGroupRequest request;
  for (const std::string id : {"1", "abc", "-5", "0", "99999999999999999999", ""}) {
    request.set_scaling_group_id(id);
    EXPECT_EQ(ReasonOf(handlers_.Enable(context_, request)), "SCALING_GROUP_NOT_FOUND " + id);
  }
  request.set_scaling_group_id(IdOf(key));
  EXPECT_EQ(ReasonOf(handlers_.Enable(OtherAccount(), request)),
            "SCALING_GROUP_NOT_FOUND " + IdOf(key));
}

TEST_F(GroupHandlersTest, DisableAndEnableAreIdempotentAndReadBack) {
  const ports::GroupKey key = AddGroup();
  v1::DisableScalingGroupRequest disable;
  disable.set_scaling_group_id(IdOf(key));
  v1::EnableScalingGroupRequest enable;
  enable.set_scaling_group_id(IdOf(key));
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(handlers_.Disable(context_, disable));
    EXPECT_EQ(Described(IdOf(key)).status(), "UnActive");
  }
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(handlers_.Enable(context_, enable));
    EXPECT_EQ(Described(IdOf(key)).status(), "Active");
  }
  EXPECT_EQ(Group(key).desired_cause.kind, domain::TriggerKind::kEnable);
}

TEST_F(GroupHandlersTest, EnableEndsTheRestAfterFailures) {
  const ports::GroupKey key = AddGroup([&](domain::ScalingGroup& group) {
    group.failed_in_a_row = 9;
    group.retry_not_before = clock_.Now() + absl::Minutes(15);
  });
  v1::EnableScalingGroupRequest request;
  request.set_scaling_group_id(IdOf(key));
  ASSERT_OK(handlers_.Enable(context_, request));
  EXPECT_EQ(Group(key).failed_in_a_row, 0);
  EXPECT_EQ(Group(key).retry_not_before, std::nullopt);
}

TEST_F(GroupHandlersTest, ModifyChangesOnlyWhatIsGiven) {
  const ports::GroupKey key = AddGroup();
  const domain::ScalingGroup before = Group(key);
  v1::ModifyScalingGroupRequest request = Change(key);
  request.set_scaling_group_name("renamed");
  ASSERT_OK_AND_ASSIGN(const auto response, handlers_.Modify(context_, request));
  EXPECT_TRUE(response.return_());
  EXPECT_EQ(response.return_set().scaling_group_id(), IdOf(key));
  domain::ScalingGroup expected = before;
  expected.name = "renamed";
  expected.version = Group(key).version;
  EXPECT_EQ(Group(key), expected);
}

TEST_F(GroupHandlersTest, ModifyTellsWhoChangedDesiredAndFromWhatToWhat) {
  const ports::GroupKey key = AddGroup();
  v1::ModifyScalingGroupRequest request = Change(key);
  request.set_desired_capacity(4);
  ASSERT_OK(handlers_.Modify(context_, request));
  const domain::ScalingGroup group = Group(key);
  EXPECT_EQ(group.desired_capacity, 4);
  EXPECT_EQ(group.desired_cause.kind, domain::TriggerKind::kModify);
  EXPECT_THAT(group.desired_cause.text, HasSubstr("AKDEMO"));
  EXPECT_THAT(group.desired_cause.text, HasSubstr("2 → 4"));
}

TEST_F(GroupHandlersTest, NewBoundsMoveDesiredIntoRangeAndTheCauseSaysSo) {
  const ports::GroupKey key = AddGroup();
  v1::ModifyScalingGroupRequest request = Change(key);
  request.set_min_size(3);
  ASSERT_OK(handlers_.Modify(context_, request));
  EXPECT_EQ(Group(key).desired_capacity, 3);
  EXPECT_THAT(Group(key).desired_cause.text, HasSubstr("调整至新的实例数范围内"));
}

TEST_F(GroupHandlersTest, ModifyRefusesWhatCannotBe) {
  const ports::GroupKey key = AddGroup();
  struct Row {
    const char* why;
    void (*spoil)(v1::ModifyScalingGroupRequest&);
    const char* reason;
  };
  using R = v1::ModifyScalingGroupRequest;
  const Row rows[] = {
      {"desired outside the range", [](R& r) { r.set_desired_capacity(6); },
       "INVALID_PARAMETER_VALUE DesiredCapacity"},
      {"min above the present max", [](R& r) { r.set_min_size(6); },
       "INVALID_PARAMETER_VALUE MinSize"},
      {"a subnet of another VPC", [](R& r) { r.add_subnet_ids("s-x"); },
       "INVALID_PARAMETER_VALUE SubnetId.N"},
      {"an unknown configuration", [](R& r) { r.set_scaling_configuration_id("7"); },
       "INVALID_PARAMETER_VALUE ScalingConfigurationId"},
      {"an Slb field without Id", [](R& r) { r.add_slbs()->set_listener_id("ls-1"); },
       "MISSING_PARAMETER Slb.N.Id"},
      {"a container subnet that is none of the group's",
       [](R& r) { r.add_container_subnet_ids("s-x"); },
       "INVALID_PARAMETER_VALUE ContainerSubnetId.N"},
  };
  const domain::ScalingGroup before = Group(key);
  for (const Row& row : rows) {
    v1::ModifyScalingGroupRequest request = Change(key);
    row.spoil(request);
    EXPECT_EQ(ReasonOf(handlers_.Modify(context_, request)), row.reason) << row.why;
  }
  EXPECT_EQ(Group(key), before);
}

TEST_F(GroupHandlersTest, AnySlbReplacesAllAndNoneLeavesThem) {
  const ports::GroupKey key = AddGroup([](domain::ScalingGroup& group) {
    group.slb_configs = {
        {.load_balancer_id = "lb-1", .listener_id = domain::ListenerId("ls-1"), .ports = {80}}};
  });
  v1::ModifyScalingGroupRequest rename = Change(key);
  rename.set_scaling_group_name("other");
  ASSERT_OK(handlers_.Modify(context_, rename));
  EXPECT_EQ(Group(key).slb_configs.size(), 1u);

  v1::ModifyScalingGroupRequest replace = Change(key);
  v1::Slb* slb = replace.add_slbs();
  slb->set_id("lb-1");
  slb->set_listener_id("ls-2");
  slb->add_server_ports(8080);
  slb->set_weight(0);
  slb->set_health_check_type("slb");
  ASSERT_OK(handlers_.Modify(context_, replace));
  const domain::SlbConfig expected{.load_balancer_id = "lb-1",
                                   .listener_id = domain::ListenerId("ls-2"),
                                   .ports = {8080},
                                   .weight = 0,
                                   .health_check = domain::HealthCheck::kSlb};
  EXPECT_THAT(Group(key).slb_configs, ElementsAre(expected));
}

TEST_F(GroupHandlersTest, ContainerSubnetsHoldForTheScaleOutOfTheirModifyOnly) {
  const ports::GroupKey key = AddGroup();
  v1::ModifyScalingGroupRequest raise = Change(key);
  raise.set_desired_capacity(3);
  raise.add_container_subnet_ids("s-b");
  ASSERT_OK(handlers_.Modify(context_, raise));
  EXPECT_THAT(Group(key).container_subnet_ids, ElementsAre(domain::SubnetId("s-b")));
  v1::ModifyScalingGroupRequest next = Change(key);
  next.set_desired_capacity(4);
  ASSERT_OK(handlers_.Modify(context_, next));
  EXPECT_TRUE(Group(key).container_subnet_ids.empty());
}

TEST_F(GroupHandlersTest, SizesMayBeEditedWhileDisabled) {
  const ports::GroupKey key =
      AddGroup([](domain::ScalingGroup& group) { group.status = domain::GroupStatus::kUnActive; });
  v1::ModifyScalingGroupRequest request = Change(key);
  request.set_min_size(0);
  request.set_desired_capacity(0);
  ASSERT_OK(handlers_.Modify(context_, request));
  EXPECT_EQ(Group(key).desired_capacity, 0);
  EXPECT_EQ(Group(key).status, domain::GroupStatus::kUnActive);
}

TEST_F(GroupHandlersTest, DescribeFiltersAndPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) {
    ids.push_back(IdOf(AddGroup([i](domain::ScalingGroup& group) {
      group.name = (i % 2 == 0 ? "even-" : "odd-") + std::to_string(i);
    })));
    clock_.Advance(absl::Seconds(1));
  }
  v1::DescribeScalingGroupRequest request;
  request.set_max_results(5);
  request.set_marker(5);
  ASSERT_OK_AND_ASSIGN(const auto page, handlers_.Describe(context_, request));
  EXPECT_EQ(page.scaling_group_count(), 7);
  ASSERT_EQ(page.scaling_groups_size(), 2);
  EXPECT_EQ(page.scaling_groups(0).scaling_group_id(), ids[5]);

  v1::DescribeScalingGroupRequest by_name;
  by_name.set_scaling_group_name("odd");
  ASSERT_OK_AND_ASSIGN(const auto odd, handlers_.Describe(context_, by_name));
  EXPECT_EQ(odd.scaling_group_count(), 3);

  for (const char* unknown : {"1", "abc", ""}) {
    v1::DescribeScalingGroupRequest by_id;
    by_id.add_scaling_group_ids(unknown);
    ASSERT_OK_AND_ASSIGN(const auto none, handlers_.Describe(context_, by_id));
    EXPECT_EQ(none.scaling_group_count(), 0) << unknown;
  }
  v1::DescribeScalingGroupRequest by_configuration;
  by_configuration.set_scaling_configuration_id("abc");
  ASSERT_OK_AND_ASSIGN(const auto none, handlers_.Describe(context_, by_configuration));
  EXPECT_EQ(none.scaling_group_count(), 0);
  v1::DescribeScalingGroupRequest classic;
  classic.set_vpc_id("0");
  ASSERT_OK_AND_ASSIGN(const auto of_classic, handlers_.Describe(context_, classic));
  EXPECT_EQ(of_classic.scaling_group_count(), 0);
  ASSERT_OK_AND_ASSIGN(const auto foreign, handlers_.Describe(OtherAccount(), {}));
  EXPECT_EQ(foreign.scaling_group_count(), 0);
}

TEST_F(GroupHandlersTest, DescribeCountsMembersAndShowsAnOpenActivity) {
  const ports::GroupKey key = AddGroup();
  AddMember(key, "i-1");
  AddMember(key, "i-2");
  AddActivity(key, /*finished=*/false);
  const v1::ScalingGroup group = Described(IdOf(key));
  EXPECT_EQ(group.instance_num(), 2);
  EXPECT_EQ(group.in_scaling_activity(), 1);
}

}  // namespace
}  // namespace accordion::service
