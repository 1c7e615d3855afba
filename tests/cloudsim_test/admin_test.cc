#include <future>

#include "gmock/gmock.h"
#include "tests/cloudsim/flags.h"
#include "tests/cloudsim/region_config.h"
#include "tests/cloudsim_test/simulator_fixture.h"

namespace accordion::cloudsim {
namespace {

using ::testing::HasSubstr;

class AdminTest : public SimulatorTest {
 protected:
  std::string account() const { return region_.accounts[0].id; }
  std::string subnet() const { return region_.subnets[0].id; }
};

TEST_F(AdminTest, AnswersHealthAndTheRegion) {
  EXPECT_EQ(Admin("GET", "/healthz").status, 200);
  const Reply region = Admin("GET", "/region");
  EXPECT_EQ(region.Text("name"), "cn-beijing-6");
  EXPECT_EQ(region.List("accounts").size(), 2u);
  EXPECT_EQ(Admin("GET", "/nothing").status, 404);
  EXPECT_EQ(Admin("POST", "/load").status, 404);
}

TEST_F(AdminTest, CreatesSpareInstancesThatRunAndEndsThem) {
  const Reply created = Admin("POST", "/instances",
                              absl::StrCat(R"({"account":")", account(), R"(","subnet_id":")",
                                           subnet(), R"(","count":4})"));
  ASSERT_EQ(created.status, 200) << ToText(created.body);
  ASSERT_EQ(created.List("instances").size(), 4u);
  EXPECT_EQ(TextOf(created.List("instances")[0], "state"), "active");
  EXPECT_EQ(Ask("kec", "DescribeInstances").Int("InstanceCount"), 4);

  const std::string path = absl::StrCat("/instances/", TextOf(created.List("instances")[0], "id"));
  EXPECT_EQ(Admin("PUT", path, R"({"state":"stopped"})").status, 200);
  EXPECT_EQ(TextOf(Admin("GET", "/state").List("instances")[0], "state"), "stopped");
  EXPECT_EQ(Admin("DELETE", path).status, 200);
  EXPECT_EQ(Admin("DELETE", path).status, 404);
  EXPECT_EQ(Ask("kec", "DescribeInstances").Int("InstanceCount"), 3);

  const std::vector<Json> calls = Admin("GET", "/calls").List("calls");
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(TextOf(calls[2], "service"), "admin");
  EXPECT_EQ(TextOf(calls[2], "action"), "KillInstance");
}

TEST_F(AdminTest, StateShowsOneAccountOrAll) {
  EXPECT_EQ(Admin("GET", "/state").List("subnets").size(), 6u);
  const Reply own = Admin("GET", absl::StrCat("/state?account=", account()));
  EXPECT_EQ(own.List("subnets").size(), 3u);
  EXPECT_EQ(own.List("listeners").size(), 2u);
}

TEST_F(AdminTest, LoadIsANumberOrACurve) {
  const std::string listener = region_.load_balancers[0].listeners[0].id;
  const auto offered = [&] {
    return Admin("GET", "/state").List("listeners")[0].Find("offered_rps")->AsDouble().value_or(-1);
  };
  ASSERT_EQ(
      Admin("PUT", "/load", absl::StrCat(R"({"listener_id":")", listener, R"(","rps":120.5})"))
          .status,
      200);
  EXPECT_DOUBLE_EQ(offered(), 120.5);
  ASSERT_EQ(Admin("PUT", "/load",
                  absl::StrCat(R"({"listener_id":")", listener, R"(","curve":[[0,0],[10,100]]})"))
                .status,
            200);
  clock_.Advance(absl::Seconds(5));
  EXPECT_DOUBLE_EQ(offered(), 50);
}

TEST_F(AdminTest, StateShowsTheLoadOfEachInstance) {
  const std::string listener = region_.load_balancers[0].listeners[0].id;
  const std::string id = RunActive();
  ASSERT_EQ(Ask("slb", "RegisterInstancesWithListener",
                {{"ListenerId", listener},
                 {"InstanceId", id},
                 {"RealServerType", "host"},
                 {"RealServerIp", "10.1.1.4"},
                 {"RealServerPort", "80"}})
                .status,
            200);
  ASSERT_EQ(
      Admin("PUT", "/load", absl::StrCat(R"({"listener_id":")", listener, R"(","rps":40})")).status,
      200);
  clock_.Advance(region_.health_check_interval);
  const Json instance = Admin("GET", "/state").List("instances")[0];
  EXPECT_EQ(instance.Find("rps")->AsDouble(), 40);
  EXPECT_EQ(instance.Find("cpu_percent")->AsDouble(), 40);
}

TEST_F(AdminTest, LongPollReturnsWithTheCallThatItWaitsFor) {
  std::future<Reply> poll = std::async(
      std::launch::async, [this] { return Admin("GET", "/calls?since=0&wait_ms=8000"); });
  ASSERT_EQ(Ask("kec", "RunInstances", LaunchParameters()).status, 200);
  const Reply reply = poll.get();
  EXPECT_EQ(reply.Int("last"), 1);
  ASSERT_EQ(reply.List("calls").size(), 1u);
  EXPECT_EQ(TextOf(reply.List("calls")[0], "action"), "RunInstances");
}

TEST_F(AdminTest, LongPollReturnsEmptyWhenItsWaitIsOver) {
  const Reply reply = Admin("GET", "/calls?since=0&wait_ms=20");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.List("calls").empty());
}

TEST_F(AdminTest, CallsCanBeReadInPieces) {
  for (int i = 0; i < 3; ++i) Ask("kec", "RunInstances", LaunchParameters());
  const Reply first = Admin("GET", "/calls?since=0&limit=2");
  EXPECT_EQ(first.List("calls").size(), 2u);
  EXPECT_EQ(first.Int("last"), 3);
  EXPECT_EQ(Admin("GET", "/calls?since=2").List("calls").size(), 1u);
}

TEST_F(AdminTest, BadInputIsRefusedWithAReason) {
  struct Case {
    const char* path;
    const char* body;
    int status;
  };
  for (const Case& c : std::vector<Case>{
           {"/load", "{", 400},
           {"/load", R"({"listener_id":"none","rps":1})", 404},
           {"/load", R"({"listener_id":"x"})", 400},
           {"/load", R"({"listener_id":"x","rps":1,"curve":[]})", 400},
           {"/load", R"({"listener_id":"x","curve":[[1]]})", 400},
           {"/load", R"({"listener_id":"x","what":1})", 400},
           {"/stock", R"({"type":"none","zone":"cn-beijing-6a","count":1})", 404},
           {"/stock", R"({"type":"N3.1A","zone":"nowhere","count":1})", 404},
           {"/stock", R"({"type":"N3.1A","zone":"cn-beijing-6a","count":"1"})", 400},
           {"/latency", R"({"ms":-1})", 400},
           {"/faults", R"({"mode":"error"})", 400},
           {"/faults", R"([{"mode":"zap"}])", 400},
           {"/faults", R"([{"mode":"error","status":200}])", 400},
           {"/push", R"({"account":"nobody","url":"http://127.0.0.1:1/","credential":"c"})", 404},
           {"/push", R"({"account":"2000000001"})", 400},
           {"/push", R"({"account":"2000000001","url":"u","interval_ms":0})", 400},
           {"/instances/none", R"({"state":"active"})", 404},
           {"/instances/none", R"({"state":"pending"})", 400}}) {
    const Reply reply = Admin("PUT", c.path, c.body);
    EXPECT_EQ(reply.status, c.status) << c.path << " " << c.body;
    EXPECT_FALSE(reply.Text("error").empty()) << c.path << " " << c.body;
  }
  EXPECT_EQ(Admin("POST", "/instances", R"({"account":"nobody"})").status, 404);
  EXPECT_EQ(Admin("GET", "/calls?since=x").status, 400);
  EXPECT_EQ(Admin("GET", "/samples?since=x").status, 400);
}

TEST(RegionConfigTest, ReadsWhatItShows) {
  RegionSpec spec = DefaultRegion();
  spec.boot_min = absl::Milliseconds(10);
  const absl::StatusOr<RegionSpec> read = ReadRegionSpec(ToText(ShowRegionSpec(spec)));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(ToText(ShowRegionSpec(*read)), ToText(ShowRegionSpec(spec)));
}

TEST(RegionConfigTest, ReplacesOnlyTheMembersThatAreGiven) {
  const absl::StatusOr<RegionSpec> read =
      ReadRegionSpec(R"({"images":[{"id":"IMG-1","name":"x"}]})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->images[0].id, "IMG-1");
  EXPECT_EQ(read->subnets.size(), 6u);
}

TEST(RegionConfigTest, RefusesUnknownAndWrongMembers) {
  for (const char* text :
       {"", "[]", R"({"zone":[]})", R"({"images":[{"id":1}]})", R"({"subnets":[{"colour":"red"}]})",
        R"({"boot_ms_min":-1})", R"({"instance_types":[{"stock":{"a":-1}}]})"}) {
    EXPECT_FALSE(ReadRegionSpec(text).ok()) << text;
  }
}

TEST(FlagsTest, ReadsBothSpellingsAndRefusesTheUnknown) {
  const absl::StatusOr<Flags> flags =
      ParseFlags({"--port=81", "--seed", "9", "--signature-window=2s", "--boot-ms-max", "5000"});
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->simulator.port, 81);
  EXPECT_EQ(flags->simulator.seed, 9u);
  EXPECT_EQ(flags->simulator.signature_window, absl::Seconds(2));
  EXPECT_EQ(flags->simulator.region.boot_max, absl::Seconds(5));
  for (const char* flag : {"--port=x", "--port=70000", "--nothing=1", "port", "--seed",
                           "--config=/nowhere", "--signature-window=-1s", "--boot-ms-min=-4"}) {
    EXPECT_FALSE(ParseFlags({flag}).ok()) << flag;
  }
  EXPECT_THAT(HelpText(), HasSubstr("--signature-window"));
}

}  // namespace
}  // namespace accordion::cloudsim
