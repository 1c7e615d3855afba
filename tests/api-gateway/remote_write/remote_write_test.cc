// Remote-write: what is taken, what is refused, and that hostile lengths allocate nothing.
#include <snappy.h>

#include <cmath>
#include <limits>
#include <string>

#include "accordion/v1/metric_samples.pb.h"
#include "api-gateway/limits.h"
#include "api-gateway/remote_write/remote_write_handler.h"
#include "api-gateway/remote_write/series_mapping.h"
#include "api-gateway/remote_write/write_request.h"
#include "base/hash.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/gateway_fixture.h"
#include "tests/api-gateway/remote_write/write_body.h"

namespace accordion::gateway {
namespace {

std::string Compressed(const std::string& bytes) {
  std::string body;
  snappy::Compress(bytes.data(), bytes.size(), &body);
  return body;
}

SeriesMapping Mapping(std::vector<std::string> metric_names = {}) {
  auto mapping = SeriesMapping::Build({"instance_id", "listener_id", std::move(metric_names)});
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  return *std::move(mapping);
}

struct WriteFixture {
  WriteFixture() : handler({credentials, stream, metrics, clock}, Mapping()) {
    credentials.by_token_sha256[base::Sha256Hex("token-1")] = {.account_id = "73400001"};
    credentials.by_token_sha256[base::Sha256Hex("token-2")] = {.account_id = "2",
                                                               .is_frozen = true};
  }

  int Post(const std::string& body, const std::string& authorization = "Bearer token-1") {
    base::HttpRequest request;
    request.method = "POST";
    request.path = "/api/v1/write";
    if (!authorization.empty()) request.headers.Add("Authorization", authorization);
    request.body = body;
    int status = 0;
    handler.Handle(request, [&](base::HttpResponse response) { status = response.status; });
    return status;
  }

  FakeMetricCredentials credentials;
  FakeSampleStream stream;
  GatewayMetrics metrics;
  testing::FakeClock clock;
  RemoteWriteHandler handler;
};

TEST(RemoteWrite, ForwardsTheSixDimensionsAsColumns) {
  WriteFixture fixture;
  const std::string body =
      Series("cpu_usage", "instance_id", "i-1", {{51.5, 1000}, {52.5, 2000}}) +
      Series("node_load1", "instance_id", "i-1", {{9, 1000}}) +
      Series("listener_intraffic", "listener_id", "l-1", {{1e6, 1000}}) +
      Series("mem_usage", "instance_id", "i-1", {{std::nan(""), 1000}, {7, 3000}});
  EXPECT_EQ(fixture.Post(Compressed(body)), 204);
  ASSERT_EQ(fixture.stream.batches.size(), 1u);
  const SampleBatch& batch = fixture.stream.batches[0];
  EXPECT_EQ(batch.account_id, "73400001");
  EXPECT_FALSE(batch.any_account);
  EXPECT_EQ(batch.resource_ids, (std::vector<std::string>{"i-1", "l-1"}));
  EXPECT_EQ(batch.resource_indices, (std::vector<std::uint32_t>{0, 0, 1, 0}));
  EXPECT_EQ(batch.dimensions, (std::vector<int>{v1::CPU_USAGE, v1::CPU_USAGE,
                                                v1::LISTENER_INTRAFFIC, v1::MEM_USAGE}));
  EXPECT_EQ(batch.timestamps_ms, (std::vector<std::int64_t>{1000, 2000, 1000, 3000}));
  EXPECT_EQ(batch.values, (std::vector<double>{51.5, 52.5, 1e6, 7}));
}

TEST(RemoteWrite, TakesTheAccountFromTheCredentialNeverFromALabel) {
  WriteFixture fixture;
  const std::string series =
      LengthField(1, Label("__name__", "cpu_usage") + Label("instance_id", "i-1") +
                         Label("account_id", "999") + Sample(1, 1));
  EXPECT_EQ(fixture.Post(Compressed(series)), 204);
  EXPECT_EQ(fixture.stream.batches.at(0).account_id, "73400001");
}

TEST(RemoteWrite, RefusesBadCredentials) {
  WriteFixture fixture;
  const std::string body = Compressed(Series("cpu_usage", "instance_id", "i", {{1, 1}}));
  EXPECT_EQ(fixture.Post(body, ""), 401);
  EXPECT_EQ(fixture.Post(body, "Basic dTpw"), 401);
  EXPECT_EQ(fixture.Post(body, "Bearer "), 401);
  EXPECT_EQ(fixture.Post(body, "Bearer token-3"), 401);
  EXPECT_EQ(fixture.Post(body, "Bearer token-2"), 403);
  EXPECT_TRUE(fixture.stream.batches.empty());
}

TEST(RemoteWrite, AnswersUnavailableWhenTheEngineDidNotTakeTheBatch) {
  WriteFixture fixture;
  fixture.stream.verdict = absl::UnavailableError("away");
  EXPECT_EQ(fixture.Post(Compressed(Series("cpu_usage", "instance_id", "i", {{1, 1}}))), 503);
}

TEST(RemoteWrite, RefusesGarbage) {
  WriteFixture fixture;
  EXPECT_EQ(fixture.Post(""), 400);
  EXPECT_EQ(fixture.Post("not snappy at all"), 400);
  EXPECT_EQ(fixture.Post(Compressed("not protobuf")), 400);
  const std::string good = Series("cpu_usage", "instance_id", "i", {{1, 1}});
  for (std::size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(fixture.Post(Compressed(good.substr(0, size))), 400) << size;
  }
  EXPECT_TRUE(fixture.stream.batches.empty());
}

TEST(RemoteWrite, SurvivesAnyFlippedByte) {
  WriteFixture fixture;
  const std::string good =
      Compressed(Series("cpu_usage", "instance_id", "instance-1", {{1, 1}, {2, 2}}));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int mask : {1, 0x80, 0xff}) {
      std::string body = good;
      body[i] = static_cast<char>(body[i] ^ mask);
      const int status = fixture.Post(body);
      EXPECT_TRUE(status == 400 || status == 204) << status;
    }
  }
}

TEST(Snappy, RefusesALengthThatTheBodyCannotHold) {
  // Five bytes that declare 4 GiB; four that declare 4 MiB; a declared length just over the limit.
  EXPECT_FALSE(DecompressSnappy(Varint(0xffffffff)).ok());
  EXPECT_FALSE(DecompressSnappy(Varint(limits::kMaxRemoteWriteDecodedBytes)).ok());
  EXPECT_FALSE(
      DecompressSnappy(Compressed(std::string(limits::kMaxRemoteWriteDecodedBytes + 1, 'x'))).ok());
  const std::string most(limits::kMaxRemoteWriteDecodedBytes, 'x');
  const auto bytes = DecompressSnappy(Compressed(most));
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, most);
}

TEST(WriteRequest, HoldsItsLimits) {
  const auto parse = [](const std::string& bytes) {
    return ParseWriteRequest(bytes,
                             [](absl::Span<const WireLabel>, absl::Span<const WireSample>) {});
  };
  const std::string empty_series = LengthField(1, "");
  std::string many;
  for (std::size_t i = 0; i < limits::kMaxSeriesPerWrite; ++i) many += empty_series;
  EXPECT_TRUE(parse(many).ok());
  EXPECT_FALSE(parse(many + empty_series).ok());
  std::string labels;
  for (std::size_t i = 0; i < limits::kMaxLabelsPerSeries; ++i) labels += Label("a", "b");
  EXPECT_TRUE(parse(LengthField(1, labels)).ok());
  EXPECT_FALSE(parse(LengthField(1, labels + Label("a", "b"))).ok());
  EXPECT_FALSE(parse(LengthField(1, Label("a", std::string(1025, 'x')))).ok());
  // A length past the end, a varint of eleven bytes, a group, field 0.
  EXPECT_FALSE(parse("\x0a\xff\xff\xff\x7f").ok());
  EXPECT_FALSE(parse("\x08" + std::string(11, '\xff')).ok());
  EXPECT_FALSE(parse("\x0b").ok());
  EXPECT_FALSE(parse(std::string("\x00\x00", 2)).ok());
}

TEST(WriteRequest, SkipsFieldsThatItDoesNotKnow) {
  int series = 0;
  const std::string bytes =
      LengthField(3, "metadata") + Series("m", "l", "i", {{1, 1}}) +
      LengthField(1, LengthField(3, "exemplar") + LengthField(4, "histogram"));
  EXPECT_TRUE(ParseWriteRequest(bytes, [&](auto, auto) { ++series; }).ok());
  EXPECT_EQ(series, 2);
}

TEST(SeriesMapping, RenamesMetricsAndRefusesUnknownDimensions) {
  const SeriesMapping mapping = Mapping({"cpu_usage=node_cpu"});
  const WireLabel renamed[] = {{"__name__", "node_cpu"}, {"instance_id", "i"}};
  const WireLabel original[] = {{"__name__", "cpu_usage"}, {"instance_id", "i"}};
  EXPECT_TRUE(mapping.Find(renamed).has_value());
  EXPECT_FALSE(mapping.Find(original).has_value());
  EXPECT_FALSE(SeriesMapping::Build({"i", "l", {"disk=x"}}).ok());
  EXPECT_FALSE(SeriesMapping::Build({"i", "l", {"cpu_usage"}}).ok());
}

}  // namespace
}  // namespace accordion::gateway
