#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "accordion/v1/account.pb.h"
#include "accordion/v1/metric_samples.pb.h"
#include "accordion/v1/quota.pb.h"
#include "openapi/v1/options.pb.h"

namespace accordion::proto_test {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// A sample must cost bytes and no message; an unpacked array would cost a tag each.
TEST(MetricSamples, TravelAsPackedColumns) {
  const Descriptor* batch = v1::PushSamplesRequest::descriptor();
  for (const char* column : {"resource_indices", "dimensions", "timestamps_ms", "values"}) {
    const FieldDescriptor* field = batch->FindFieldByName(column);
    ASSERT_NE(field, nullptr) << column;
    EXPECT_TRUE(field->is_packed()) << column;
  }
}

TEST(MetricSamples, SurviveTheWire) {
  v1::PushSamplesRequest batch;
  batch.set_account_id("1");
  batch.add_resource_ids("i-1");
  batch.add_resource_indices(0);
  batch.add_dimensions(v1::CPU_USAGE);
  batch.add_timestamps_ms(-1);
  batch.add_values(99.5);
  v1::PushSamplesRequest read;
  ASSERT_TRUE(read.ParseFromString(batch.SerializeAsString()));
  EXPECT_EQ(read.timestamps_ms(0), -1);
  EXPECT_EQ(read.dimensions(0), v1::CPU_USAGE);
  EXPECT_EQ(read.values(0), 99.5);
}

// The gateway builds parameters and answers only from options: an internal message must not have
// any.
TEST(InternalMessages, AreNoPartOfThePublicApi) {
  for (const auto* file :
       {v1::PutAccountRequest::descriptor()->file(), v1::PutQuotaRequest::descriptor()->file(),
        v1::PushSamplesRequest::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* message = file->message_type(i);
      for (int j = 0; j < message->field_count(); ++j) {
        EXPECT_FALSE(message->field(j)->options().HasExtension(openapi::v1::param));
        EXPECT_FALSE(message->field(j)->options().HasExtension(openapi::v1::answer));
      }
    }
  }
}

TEST(AdminMessages, TakeSecretsAndNeverAnswerThem) {
  const auto* file = v1::PutAccountRequest::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor* message = file->message_type(i);
    if (message->name().find("Response") == std::string::npos) continue;
    EXPECT_EQ(message->field_count(), 0) << message->name();
  }
}

}  // namespace
}  // namespace accordion::proto_test
