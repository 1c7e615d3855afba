#include "engine/service/client_token.h"

#include "accordion/v1/scaling_group.pb.h"
#include "engine/domain/limits.h"
#include "engine/service/group_handlers.h"
#include "tests/engine/service/service_fixture.h"
#include "tests/support/faulty_store.h"
#include "tests/support/lifeline.h"

namespace accordion::service {
namespace {

using testing::StoreFault;
using Request = v1::CreateScalingGroupRequest;
using Response = v1::CreateScalingGroupResponse;

class ClientTokenTest : public ServiceFixture {
 protected:
  ClientTokenTest() {
    request_.set_scaling_group_name("web");
    request_.set_scaling_configuration_id(std::to_string(AddConfiguration().value()));
    request_.set_min_size(0);
    request_.set_max_size(4);
    request_.set_desired_capacity(2);
    request_.set_remove_policy("RemoveOldestInstance");
    request_.add_subnet_ids("s-a");
    request_.add_security_group_ids("sg-1");
  }

  // As the service does with a request that has a token; of `context_` unless said otherwise.
  absl::StatusOr<Response> Create(const std::string& token) { return Create(token, context_); }
  absl::StatusOr<Response> Create(const std::string& token, RequestContext context) {
    context.client_token = token;
    if (absl::Status wrong = IdentifyRequest("CreateScalingGroup", request_, context);
        !wrong.ok()) {
      return wrong;
    }
    return AnswerOnce<Response>(faulty_, context,
                                [&] { return handlers_.Create(context, request_); });
  }

  int Groups() {
    int groups = 0;
    EXPECT_OK(store_.Read([&](ports::Tx& tx) -> absl::Status {
      groups = *tx.groups().Count(context_.account_id);
      return absl::OkStatus();
    }));
    return groups;
  }
  static std::string IdIn(const absl::StatusOr<Response>& answer) {
    return answer.ok() ? answer->return_set().scaling_group_id() : answer.status().ToString();
  }

  testing::Lifeline lifeline_;
  testing::FaultyStore<testing::MemoryStore> faulty_{store_, lifeline_};
  GroupHandlers handlers_{{faulty_, inventory_, waker_}};
  Request request_;
};

TEST_F(ClientTokenTest, TokensAreUpTo64PrintableAsciiCharacters) {
  EXPECT_OK(Create(std::string(64, '~')));
  EXPECT_OK(Create(" "));
  for (const std::string& token : {std::string(65, 'x'), std::string("tab\t"), std::string("中"),
                                   std::string("a\0b", 3), std::string("\x7f")}) {
    EXPECT_EQ(ReasonOf(Create(token)), "INVALID_PARAMETER_VALUE ClientToken");
  }
  EXPECT_EQ(Groups(), 2);
}

TEST_F(ClientTokenTest, ATokenIsForgottenAfterADay) {
  ASSERT_OK_AND_ASSIGN(const Response first, Create("t"));
  clock_.Advance(domain::kClientTokenLifetime - absl::Seconds(1));
  EXPECT_EQ(IdIn(Create("t")), first.return_set().scaling_group_id());
  request_.set_max_size(3);
  EXPECT_EQ(ReasonOf(Create("t")), "IDEMPOTENT_PARAMETER_MISMATCH t");
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const Response fresh, Create("t"));
  EXPECT_NE(fresh.return_set().scaling_group_id(), first.return_set().scaling_group_id());
  EXPECT_EQ(IdIn(Create("t")), fresh.return_set().scaling_group_id());
  EXPECT_EQ(Groups(), 2);
}

TEST_F(ClientTokenTest, UsersOfAnAccountShareItsTokensAndAccountsDoNot) {
  ASSERT_OK_AND_ASSIGN(const Response first, Create("t"));
  RequestContext user = context_;
  user.principal = "alice";
  user.access_key_id = "AKALICE";
  EXPECT_EQ(IdIn(Create("t", user)), first.return_set().scaling_group_id());
  // The other account's own request, which its state refuses: it has no such configuration.
  EXPECT_EQ(ReasonOf(Create("t", OtherAccount())),
            "INVALID_PARAMETER_VALUE ScalingConfigurationId");
}

TEST_F(ClientTokenTest, EachParameterOfTheRequestCounts) {
  ASSERT_OK(Create("t"));
  const Request original = request_;
  for (const auto& change : std::vector<void (*)(Request&)>{
           [](Request& r) { r.set_scaling_group_name("web2"); },
           [](Request& r) { r.add_subnet_ids("s-b"); }, [](Request& r) { r.clear_remove_policy(); },
           [](Request& r) { r.set_desired_capacity(0); }}) {
    request_ = original;
    change(request_);
    EXPECT_EQ(ReasonOf(Create("t")), "IDEMPOTENT_PARAMETER_MISMATCH t");
  }
  request_ = original;
  EXPECT_OK(Create("t"));
  EXPECT_EQ(Groups(), 1);
}

TEST_F(ClientTokenTest, ARepeatIsAnsweredEvenIfTheStateWouldRefuseItNow) {
  SetQuota("groups", 1);
  ASSERT_OK_AND_ASSIGN(const Response first, Create("t"));
  inventory_.outage = absl::UnavailableError("no cloud");
  EXPECT_EQ(IdIn(Create("t")), first.return_set().scaling_group_id());
}

TEST_F(ClientTokenTest, ALostCommitIsRepeatedWithOneEffect) {
  for (const StoreFault fault : {StoreFault::kUnknownExecuted, StoreFault::kUnknownNotExecuted}) {
    const int before = Groups();
    const std::string token = std::to_string(static_cast<int>(fault));
    faulty_.Fail(3, fault);  // after the look for an answer and the checks: the write
    EXPECT_EQ(Create(token).status().code(), absl::StatusCode::kUnknown);
    ASSERT_OK(Create(token));
    EXPECT_EQ(Groups(), before + 1);
  }
}

TEST_F(ClientTokenTest, ARequestThatARepeatOvertakesGetsTheRepeatsAnswer) {
  RequestContext context = context_;
  context.client_token = "t";
  ASSERT_OK(IdentifyRequest("CreateScalingGroup", request_, context));
  std::string overtaking;
  const auto answer = AnswerOnce<Response>(store_, context, [&] {
    overtaking = IdIn(Create("t"));
    return handlers_.Create(context, request_);
  });
  ASSERT_OK(answer);
  EXPECT_EQ(IdIn(answer), overtaking);
  EXPECT_EQ(Groups(), 1);
}

TEST_F(ClientTokenTest, ARequestOvertakenByAnotherOneWithItsTokenIsRefused) {
  RequestContext context = context_;
  context.client_token = "t";
  ASSERT_OK(IdentifyRequest("CreateScalingGroup", request_, context));
  const Request mine = request_;
  const auto answer = AnswerOnce<Response>(store_, context, [&] {
    request_.set_max_size(3);
    EXPECT_OK(Create("t"));
    return handlers_.Create(context, mine);
  });
  EXPECT_EQ(ReasonOf(answer), "IDEMPOTENT_PARAMETER_MISMATCH t");
  EXPECT_EQ(Groups(), 1);
}

TEST_F(ClientTokenTest, ADeleteThatIsRefusedButNotedKeepsNoAnswer) {
  const ports::GroupKey key =
      AddGroup([](domain::ScalingGroup& group) { group.desired_capacity = 0; });
  AddMember(key, "i-1");
  v1::DeleteScalingGroupRequest request;
  request.set_scaling_group_id(IdOf(key));
  RequestContext context = context_;
  context.client_token = "t";
  ASSERT_OK(IdentifyRequest("DeleteScalingGroup", request, context));
  const auto remove = [&] {
    return AnswerOnce<v1::DeleteScalingGroupResponse>(
        store_, context, [&] { return handlers_.Delete(context, request); });
  };
  EXPECT_EQ(remove().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Group(key).delete_requested_at.has_value());
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
    domain::Member member = *tx.members().Lock(key, domain::InstanceId("i-1"));
    member.life_cycle = domain::LifeCycle::kClosed;
    member.closed_at = tx.Now();
    return tx.members().Update(member);
  }));
  EXPECT_OK(remove());
  EXPECT_OK(remove());  // the group is gone, and the answer is the same
  EXPECT_EQ(Groups(), 0);
}

}  // namespace
}  // namespace accordion::service
