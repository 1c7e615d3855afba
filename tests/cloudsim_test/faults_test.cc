#include <future>
#include <thread>

#include "gmock/gmock.h"
#include "tests/cloudsim_test/simulator_fixture.h"

namespace accordion::cloudsim {
namespace {

using ::testing::HasSubstr;

class FaultsTest : public SimulatorTest {
 protected:
  void SetFault(absl::string_view rule) {
    ASSERT_EQ(Admin("PUT", "/faults", absl::StrCat("[", rule, "]")).status, 200);
  }
  // Sends a launch on another thread.
  std::future<Reply> LaunchMeanwhile() {
    return std::async(
        std::launch::async,
        [this, call = Signed(Credentials("kec"), Action("RunInstances", LaunchParameters()))] {
          return Send(call);
        });
  }
  // Waits until the log has a call after `since`.
  std::vector<Json> CallsAfter(int since) {
    return Admin("GET", absl::StrCat("/calls?wait_ms=5000&since=", since)).List("calls");
  }
  int64_t Instances() { return Ask("kec", "DescribeInstances").Int("InstanceCount"); }
};

TEST_F(FaultsTest, ErrorAnswersWithoutExecutingAsOftenAsItSays) {
  SetFault(
      R"({"action":"RunInstances","mode":"error","status":409,"code":"LimitExceeded","count":2})");
  for (int i = 0; i < 2; ++i) {
    const Reply reply = Ask("kec", "RunInstances", LaunchParameters());
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(reply.ErrorCode(), "LimitExceeded");
  }
  EXPECT_EQ(Instances(), 0);
  EXPECT_EQ(Ask("kec", "RunInstances", LaunchParameters()).status, 200);
  EXPECT_EQ(TextOf(CallsAfter(0)[0], "outcome"), "refused");
}

TEST_F(FaultsTest, FaultOfOneAccountLeavesTheOtherAlone) {
  SetFault(
      absl::StrCat(R"({"mode":"error","count":-1,"account":")", region_.accounts[1].id, R"("})"));
  EXPECT_EQ(Ask("kec", "DescribeInstances").status, 200);
  EXPECT_EQ(Ask("kec", "DescribeInstances", {}, 1).status, 500);
}

TEST_F(FaultsTest, ErrorAfterExecuteHasExecuted) {
  SetFault(R"({"action":"RunInstances","mode":"error_after_execute","status":500})");
  const Reply reply = Ask("kec", "RunInstances", LaunchParameters());
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(Instances(), 1);
  EXPECT_EQ(TextOf(CallsAfter(0)[0], "outcome"), "executed");
}

TEST_F(FaultsTest, AcceptThenTimeoutHasExecutedAndNeverAnswers) {
  SetFault(R"({"action":"RunInstances","mode":"accept_then_timeout"})");
  base::HttpCall call = Signed(Credentials("kec"), Action("RunInstances", LaunchParameters()));
  call.timeout = absl::Milliseconds(100);
  EXPECT_EQ(Send(call).delivery, base::Delivery::kUnknown);
  EXPECT_EQ(Instances(), 1);
  EXPECT_EQ(Admin("POST", "/release").Int("released"), 0);
  EXPECT_EQ(TextOf(Admin("GET", "/held").List("held")[0], "stage"), "never");
}

TEST_F(FaultsTest, HeldAnswerLeavesWhenItIsReleased) {
  SetFault(R"({"action":"RunInstances","mode":"hold"})");
  std::future<Reply> launch = LaunchMeanwhile();
  const std::vector<Json> calls = CallsAfter(0);
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(TextOf(calls[0], "outcome"), "executed");
  EXPECT_EQ(Instances(), 1);
  ASSERT_EQ(Admin("POST", "/release", R"({"action":"RunInstances"})").Int("released"), 1);
  const Reply reply = launch.get();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Text("RequestId"), TextOf(calls[0], "request_id"));
}

TEST_F(FaultsTest, CallHeldBeforeExecutesWhenItIsReleased) {
  SetFault(R"({"action":"RunInstances","mode":"hold_before"})");
  std::future<Reply> launch = LaunchMeanwhile();
  ASSERT_EQ(TextOf(CallsAfter(0)[0], "outcome"), "held");
  EXPECT_EQ(Instances(), 0);
  EXPECT_EQ(TextOf(Admin("GET", "/held").List("held")[0], "action"), "RunInstances");
  EXPECT_EQ(Admin("POST", "/release", R"({"request_id":"another"})").Int("released"), 0);
  ASSERT_EQ(Admin("POST", "/release").Int("released"), 1);
  EXPECT_EQ(launch.get().status, 200);
  EXPECT_EQ(TextOf(CallsAfter(1)[0], "outcome"), "executed");
  EXPECT_EQ(Instances(), 1);
}

TEST_F(FaultsTest, CallThatArrivesAfterItsSignatureExpiredDoesNotExecute) {
  SetFault(R"({"action":"RunInstances","mode":"hold_before"})");
  std::future<Reply> launch = LaunchMeanwhile();
  ASSERT_EQ(CallsAfter(0).size(), 1u);
  clock_.Advance(absl::Minutes(16));
  ASSERT_EQ(Admin("POST", "/release").Int("released"), 1);
  EXPECT_THAT(launch.get().ErrorMessage(), HasSubstr("Signature expired"));
  EXPECT_EQ(TextOf(CallsAfter(1)[0], "outcome"), "refused");
  EXPECT_EQ(Instances(), 0);
}

TEST_F(FaultsTest, DelayedCallExecutesLaterAndLatencyDelaysTheAnswer) {
  const base::SystemClock real;
  SetFault(R"({"action":"RunInstances","mode":"delay_before","ms":30})");
  const absl::Duration start = real.BootTime();
  EXPECT_EQ(Ask("kec", "RunInstances", LaunchParameters()).status, 200);
  EXPECT_GE(real.BootTime() - start, absl::Milliseconds(30));
  ASSERT_EQ(Admin("PUT", "/latency", R"({"action":"DescribeInstances","ms":30})").status, 200);
  const absl::Duration again = real.BootTime();
  EXPECT_EQ(Instances(), 1);
  EXPECT_GE(real.BootTime() - again, absl::Milliseconds(30));
}

TEST_F(FaultsTest, BootFaultsShowInTheInstancesState) {
  SetFault(
      R"({"action":"RunInstances","mode":"boot_error"},{"action":"RunInstances","mode":"boot_hang"})");
  RunActive();
  RunActive();
  const std::vector<Json> set = Ask("kec", "DescribeInstances").List("InstancesSet");
  ASSERT_EQ(set.size(), 2u);
  EXPECT_EQ(TextOf(*set[0].Find("InstanceState"), "Name"), "error");
  EXPECT_EQ(TextOf(*set[1].Find("InstanceState"), "Name"), "pending");
}

TEST_F(FaultsTest, StopsWithCallsStillHeld) {
  SetFault(R"({"action":"RunInstances","mode":"hold"})");
  std::future<Reply> launch = LaunchMeanwhile();
  ASSERT_EQ(CallsAfter(0).size(), 1u);
  simulator_.reset();
  EXPECT_EQ(launch.get().delivery, base::Delivery::kUnknown);
}

}  // namespace
}  // namespace accordion::cloudsim
