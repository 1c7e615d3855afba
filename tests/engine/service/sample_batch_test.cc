#include "engine/service/sample_batch.h"

#include <cmath>
#include <limits>

#include "accordion/v1/metric_samples.pb.h"
#include "tests/support/status_matchers.h"

namespace accordion::service {
namespace {

using ::accordion::testing::StatusIs;

v1::PushSamplesRequest OneSample() {
  v1::PushSamplesRequest request;
  request.set_account_id("7001");
  request.add_resource_ids("i-1");
  request.add_resource_indices(0);
  request.add_dimensions(v1::MEM_USAGE);
  request.add_timestamps_ms(1'795'507'200'123);
  request.add_values(42.5);
  return request;
}

TEST(SampleBatch, ColumnsBecomeSamples) {
  const v1::PushSamplesRequest request = OneSample();
  ASSERT_OK_AND_ASSIGN(const SampleBatch batch, SampleBatchOf(request));
  EXPECT_EQ(batch.account, domain::AccountId("7001"));
  ASSERT_EQ(batch.samples.size(), 1u);
  EXPECT_EQ(batch.samples[0].resource_id, "i-1");
  EXPECT_EQ(batch.samples[0].dimension, domain::Dimension::kMemUsage);
  EXPECT_EQ(batch.samples[0].time, absl::FromUnixMillis(1'795'507'200'123));
  EXPECT_EQ(batch.samples[0].value, 42.5);
}

TEST(SampleBatch, ARegionsCollectorPushesForAnyAccount) {
  v1::PushSamplesRequest request = OneSample();
  request.clear_account_id();
  request.set_any_account(true);
  ASSERT_OK_AND_ASSIGN(const SampleBatch batch, SampleBatchOf(request));
  EXPECT_EQ(batch.account, std::nullopt);
}

TEST(SampleBatch, AMalformedBatchIsRefusedAsAWhole) {
  struct Row {
    const char* why;
    void (*spoil)(v1::PushSamplesRequest&);
  };
  using R = v1::PushSamplesRequest;
  const Row rows[] = {
      {"no account", [](R& r) { r.clear_account_id(); }},
      {"a value without a time", [](R& r) { r.clear_timestamps_ms(); }},
      {"a time without a value", [](R& r) { r.clear_values(); }},
      {"no dimension", [](R& r) { r.clear_dimensions(); }},
      {"an index outside", [](R& r) { r.set_resource_indices(0, 1); }},
      {"an unknown dimension",
       [](R& r) { r.set_dimensions(0, static_cast<v1::MetricDimension>(99)); }},
      {"not a number", [](R& r) { r.set_values(0, std::nan("")); }},
      {"infinite", [](R& r) { r.set_values(0, std::numeric_limits<double>::infinity()); }},
  };
  for (const Row& row : rows) {
    v1::PushSamplesRequest request = OneSample();
    row.spoil(request);
    EXPECT_THAT(SampleBatchOf(request), StatusIs(absl::StatusCode::kInvalidArgument)) << row.why;
  }
}

TEST(SampleBatch, CountsAddUp) {
  const metrics::ApplyCounts counts{.not_a_number = 1,
                                    .future = 2,
                                    .unknown = 3,
                                    .foreign = 4,
                                    .early = 5,
                                    .unneeded = 6,
                                    .duplicate = 7,
                                    .late = 8,
                                    .accepted = 9};
  v1::PushSamplesResponse response;
  ToMessage(counts, &response);
  EXPECT_EQ(response.accepted(), 22u);
  EXPECT_EQ(response.dropped_unknown(), 7u);
  EXPECT_EQ(response.dropped_late(), 16u);
}

}  // namespace
}  // namespace accordion::service
