#include <snappy.h>

#include <map>
#include <mutex>

#include "cloudsim/remote_write.pb.h"
#include "gmock/gmock.h"
#include "tests/cloudsim/agent/metrics_agent.h"
#include "tests/cloudsim/agent/sample_batch.h"
#include "tests/cloudsim_test/simulator_fixture.h"

namespace accordion::cloudsim {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

// A receiver of remote-write that answers as told and keeps what it got.
class Receiver {
 public:
  Receiver() {
    server_ =
        *base::HttpServer::Start({}, [this](base::HttpRequest request, base::Responder respond) {
          int status = 204;
          {
            absl::MutexLock lock(&mutex_);
            requests_.push_back(request);
            if (!answers_.empty()) {
              status = answers_.front();
              answers_.erase(answers_.begin());
            }
          }
          respond({.status = status, .headers = {}, .body = {}});
        });
  }

  void AnswerWith(std::vector<int> statuses) {
    absl::MutexLock lock(&mutex_);
    answers_ = std::move(statuses);
  }
  std::string Url() const {
    return absl::StrCat("http://127.0.0.1:", server_->Port(), "/api/v1/write");
  }
  // The first `count` requests, once they are there.
  std::vector<base::HttpRequest> Await(std::size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] { return requests_.size() >= count; };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(10)));
    return {requests_.begin(),
            requests_.begin() + static_cast<long>(std::min(count, requests_.size()))};
  }

 private:
  absl::Mutex mutex_;
  std::vector<base::HttpRequest> requests_;
  std::vector<int> answers_;
  std::unique_ptr<base::HttpServer> server_;
};

remote_write::WriteRequest Decode(absl::string_view body) {
  std::string plain;
  EXPECT_TRUE(snappy::Uncompress(body.data(), body.size(), &plain));
  remote_write::WriteRequest request;
  EXPECT_TRUE(request.ParseFromString(plain));
  return request;
}

TEST(SampleBatchTest, EncodesASeriesForEachSampleWithSortedLabels) {
  const SampleBatch batch{.measured_at = absl::FromUnixMillis(1'700'000'000'123),
                          .samples = {{"cpu_usage", "instance_id", "i-1", 42.5},
                                      {"listener_outtraffic", "listener_id", "l-1", 1e6}}};
  const remote_write::WriteRequest request = Decode(EncodeRemoteWrite(batch));
  ASSERT_EQ(request.timeseries_size(), 2);
  const remote_write::TimeSeries& cpu = request.timeseries(0);
  ASSERT_EQ(cpu.labels_size(), 2);
  EXPECT_EQ(cpu.labels(0).name(), "__name__");
  EXPECT_EQ(cpu.labels(0).value(), "cpu_usage");
  EXPECT_EQ(cpu.labels(1).name(), "instance_id");
  EXPECT_EQ(cpu.labels(1).value(), "i-1");
  ASSERT_EQ(cpu.samples_size(), 1);
  EXPECT_EQ(cpu.samples(0).value(), 42.5);
  EXPECT_EQ(cpu.samples(0).timestamp(), 1'700'000'000'123);
  EXPECT_EQ(request.timeseries(1).labels(1).name(), "listener_id");
}

TEST(SampleBatchTest, WireBytesAreThoseOfPrometheus) {
  const SampleBatch batch{.measured_at = absl::FromUnixMillis(1),
                          .samples = {{"m", "i", "x", 1.0}}};
  std::string plain;
  const std::string body = EncodeRemoteWrite(batch);
  ASSERT_TRUE(snappy::Uncompress(body.data(), body.size(), &plain));
  // WriteRequest.timeseries=1 { labels=1 {name=1,value=2} x2, samples=2 {value=1 double,
  // timestamp=2} }
  EXPECT_EQ(base::HexEncode(plain),
            "0a24"
            "0a0d"
            "0a085f5f6e616d655f5f"
            "12016d"
            "0a06"
            "0a0169"
            "120178"
            "120b"
            "09000000000000f03f"
            "1001");
}

TEST(NextTickTest, FallsOnMultiplesOfTheIntervalAfterNow) {
  const absl::Time t = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(NextTick(t, absl::Seconds(5)), t + absl::Seconds(5));
  EXPECT_EQ(NextTick(t + absl::Milliseconds(1), absl::Seconds(5)), t + absl::Seconds(5));
  EXPECT_EQ(NextTick(t + absl::Seconds(6), absl::Seconds(5)), t + absl::Seconds(10));
}

TEST(SampleLogTest, FindsByMetricAndTimeAndForgetsTheOldest) {
  SampleLog log(3);
  const auto at = [](int s) { return absl::FromUnixSeconds(1000 + s); };
  for (int s = 0; s < 4; ++s) {
    log.Add("a", {.measured_at = at(s), .samples = {{"cpu_usage", "instance_id", "i", double(s)}}},
            at(s));
  }
  EXPECT_EQ(log.Find({}).size(), 3u);
  const std::vector<PushedSample> found =
      log.Find({.metric = "cpu_usage", .since = at(1), .until = at(3)});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].sample.value, 1);
  EXPECT_TRUE(log.Find({.metric = "mem_usage"}).empty());
  EXPECT_TRUE(log.Find({.account_id = "b"}).empty());
}

class MetricsAgentTest : public ::testing::Test {
 protected:
  PushTarget Target() const {
    return {.account_id = "a",
            .url = receiver_.Url(),
            .credential = base::SecretString("token-1"),
            .interval = absl::Milliseconds(10)};
  }
  static std::vector<MetricSample> Measure() {
    return {{"cpu_usage", "instance_id", "i-1", 50}, {"cpu_usage", "instance_id", "i-2", 60}};
  }

  base::SystemClock clock_;
  base::HttpClient client_;
  SampleLog log_{1000};
  Receiver receiver_;
};

TEST_F(MetricsAgentTest, PushesWithItsCredentialAndLogsWhatWasAccepted) {
  MetricsAgent agent(Measure, clock_, client_, log_);
  agent.SetTarget(Target());
  const std::vector<base::HttpRequest> requests = receiver_.Await(3);
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].path, "/api/v1/write");
  EXPECT_EQ(requests[0].headers.Find("Authorization"), absl::string_view("Bearer token-1"));
  EXPECT_EQ(requests[0].headers.Find("Content-Encoding"), absl::string_view("snappy"));
  EXPECT_EQ(requests[0].headers.Find("Content-Type"), absl::string_view("application/x-protobuf"));
  const int64_t first = Decode(requests[0].body).timeseries(0).samples(0).timestamp();
  EXPECT_EQ(first % 10, 0);
  EXPECT_GT(Decode(requests[1].body).timeseries(0).samples(0).timestamp(), first);
  // The third request came after the second's answer was logged.
  EXPECT_GE(log_.Find({.id = "i-1"}).size(), 2u);
  EXPECT_EQ(absl::ToUnixMillis(log_.Find({})[0].measured_at), first);
}

TEST_F(MetricsAgentTest, SendsTheSameSamplesAgainWhenTheReceiverFails) {
  receiver_.AnswerWith({503, 500});
  MetricsAgent agent(Measure, clock_, client_, log_);
  agent.SetTarget(Target());
  const std::vector<base::HttpRequest> requests = receiver_.Await(4);
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[0].body, requests[1].body);
  EXPECT_EQ(requests[1].body, requests[2].body);
  EXPECT_NE(requests[2].body, requests[3].body);
}

TEST_F(MetricsAgentTest, DropsWhatTheReceiverRefusesForGood) {
  receiver_.AnswerWith({400});
  MetricsAgent agent(Measure, clock_, client_, log_);
  agent.SetTarget(Target());
  const std::vector<base::HttpRequest> requests = receiver_.Await(3);
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_NE(requests[0].body, requests[1].body);
  const int64_t refused = Decode(requests[0].body).timeseries(0).samples(0).timestamp();
  for (const PushedSample& pushed : log_.Find({})) {
    EXPECT_NE(absl::ToUnixMillis(pushed.measured_at), refused);
  }
}

TEST_F(MetricsAgentTest, SilentInstancesPushNothing) {
  MetricsAgent agent(Measure, clock_, client_, log_);
  PushTarget target = Target();
  target.silent_ids = {"i-1"};
  agent.SetTarget(target);
  const remote_write::WriteRequest request = Decode(receiver_.Await(1)[0].body);
  ASSERT_EQ(request.timeseries_size(), 1);
  EXPECT_EQ(request.timeseries(0).labels(1).value(), "i-2");
}

TEST(SimulatedAgentTest, PushedSamplesCanBeReadBackThroughTheAdminInterface) {
  Receiver receiver;
  const base::SystemClock clock;
  const absl::StatusOr<std::unique_ptr<Simulator>> simulator =
      Simulator::Start({.region = DefaultRegion()}, clock);
  ASSERT_TRUE(simulator.ok());
  base::HttpClient client;
  const std::string admin = absl::StrCat("http://127.0.0.1:", (*simulator)->AdminPort());
  const auto call = [&](const char* method, const std::string& path, const std::string& body) {
    const base::HttpResult result =
        client.Call({.method = method, .url = admin + path, .headers = {}, .body = body});
    EXPECT_EQ(result.response.status, 200) << result.response.body;
    return *ParseJson(result.response.body);
  };
  call("POST", "/instances",
       R"({"account":"2000000001","subnet_id":"000000b0-0000-4000-8001-000000000001"})");
  call("PUT", "/push",
       absl::StrCat(R"({"account":"2000000001","url":")", receiver.Url(),
                    R"(","credential":"t","interval_ms":10})"));
  // Two listeners with two series, one instance with four.
  const remote_write::WriteRequest pushed = Decode(receiver.Await(2)[0].body);
  EXPECT_EQ(pushed.timeseries_size(), 8);
  const Json samples = call("GET", "/samples?since=0&metric=cpu_usage&account=2000000001", "");
  ASSERT_FALSE(samples.Find("samples")->items().empty());
  const Json first = samples.Find("samples")->items()[0];
  EXPECT_EQ(first.Find("timestamp_ms")->AsInt(), pushed.timeseries(0).samples(0).timestamp());
  EXPECT_EQ(first.Find("value")->AsDouble(), pushed.timeseries(0).samples(0).value());
}

}  // namespace
}  // namespace accordion::cloudsim
