// The gateway's links to the engine over real gRPC, against services in this process.
#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>

#include <atomic>

#include <memory>
#include <string>
#include <utility>

#include "absl/synchronization/notification.h"
#include "accordion/v1/auto_scaling_service.grpc.pb.h"
#include "accordion/v1/credential_service.grpc.pb.h"
#include "accordion/v1/error_detail.pb.h"
#include "accordion/v1/error_reason.pb.h"
#include "accordion/v1/metric_ingestion_service.grpc.pb.h"
#include "accordion/v1/request_context.pb.h"
#include "api-gateway/config.h"
#include "api-gateway/gateway.h"
#include "api-gateway/openapi/route_table.h"
#include "base/clock.h"
#include "gtest/gtest.h"
#include "tests/support/eventually.h"

namespace accordion::gateway {
namespace {

using ::testing::Test;

// Echoes the caller's account as a group's name; refuses with a reason; lacks the rest.
class Actions final : public v1::AutoScalingService::Service {
 public:
  grpc::Status DescribeScalingGroup(grpc::ServerContext* context,
                                    const v1::DescribeScalingGroupRequest*,
                                    v1::DescribeScalingGroupResponse* answer) override {
    const auto found = context->client_metadata().find("accordion-context-bin");
    v1::RequestContext caller;
    if (found != context->client_metadata().end()) {
      caller.ParseFromString(std::string(found->second.data(), found->second.size()));
    }
    answer->add_scaling_groups()->set_scaling_group_name(caller.account_id());
    return grpc::Status::OK;
  }
  grpc::Status EnableScalingGroup(grpc::ServerContext* context,
                                  const v1::EnableScalingGroupRequest* request,
                                  v1::EnableScalingGroupResponse*) override {
    v1::ErrorDetail detail;
    detail.set_reason(v1::SCALING_GROUP_NOT_FOUND);
    detail.add_arguments(request->scaling_group_id());
    context->AddTrailingMetadata("accordion-error-bin", detail.SerializeAsString());
    return {grpc::StatusCode::NOT_FOUND, "no group"};
  }
  grpc::Status DisableScalingGroup(grpc::ServerContext* context,
                                   const v1::DisableScalingGroupRequest*,
                                   v1::DisableScalingGroupResponse*) override {
    // Holds the call until its caller gives up.
    testing::Eventually([&] { return context->IsCancelled(); });
    return grpc::Status::CANCELLED;
  }
};

class Credentials final : public v1::CredentialService::Service {
 public:
  grpc::Status ResolveAccessKey(grpc::ServerContext*, const v1::ResolveAccessKeyRequest* request,
                                v1::ResolveAccessKeyResponse* answer) override {
    ++asked;
    if (request->access_key_id() == "known" || request->access_key_id() == "disabled") {
      answer->set_found(true);
      answer->set_enabled(request->access_key_id() == "known");
      answer->set_secret("secret");
      answer->set_account_id("1");
      answer->set_principal("ops");
      answer->add_allow_patterns("kec:Describe*");
    }
    return grpc::Status::OK;
  }
  std::atomic<int> asked = 0;
};

// Takes batches in order; can fall silent or break the stream.
class Ingestion final : public v1::MetricIngestionService::Service {
 public:
  enum class Mode { kTake, kSilent, kBreak };

  grpc::Status Push(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::PushSamplesResponse, v1::PushSamplesRequest>* stream) override {
    v1::PushSamplesRequest request;
    while (stream->Read(&request)) {
      if (mode == Mode::kBreak) return {grpc::StatusCode::INTERNAL, "broken"};
      if (mode == Mode::kSilent) {
        testing::Eventually([&] { return context->IsCancelled(); });
        return grpc::Status::CANCELLED;
      }
      samples += request.values_size();
      v1::PushSamplesResponse answer;
      answer.set_accepted(static_cast<std::uint64_t>(request.values_size()));
      stream->Write(answer);
    }
    return grpc::Status::OK;
  }
  std::atomic<Mode> mode = Mode::kTake;
  std::atomic<int> samples = 0;
};

class GrpcLinks : public Test {
 protected:
  GrpcLinks() {
    Listen(0);
    Config config;
    config.engine = "127.0.0.1:" + std::to_string(port_);
    config.engine_deadline = absl::Milliseconds(500);
    config.remote_write_ack_timeout = absl::Milliseconds(200);
    links_ = ConnectEngine(config, &clock_);
    routes_ = *RouteTable::Build(PublicApi());
  }
  ~GrpcLinks() override {
    links_ = EngineLinks();
    server_->Shutdown(gpr_now(GPR_CLOCK_MONOTONIC));
  }

  void Listen(int port) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&actions_);
    builder.RegisterService(&credentials_);
    builder.RegisterService(&ingestion_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  // The answer's text, or the error's code and arguments.
  std::string Call(const std::string& action, const std::string& group_id = "") {
    const Route& route = *routes_->Find(action);
    std::unique_ptr<google::protobuf::Message> request(route.request_prototype->New());
    if (!group_id.empty()) {
      const auto* field = request->GetDescriptor()->FindFieldByName("scaling_group_id");
      request->GetReflection()->SetString(request.get(), field, group_id);
    }
    v1::RequestContext context;
    context.set_account_id("73400001");
    absl::Notification done;
    std::string result;
    links_.channel->Call(route, std::move(request), context.SerializeAsString(), [&](auto answer) {
      result =
          answer.ok() ? (*answer)->ShortDebugString() : v1::ErrorReason_Name(answer.error().reason);
      if (!answer.ok()) {
        for (const std::string& arg : answer.error().args) result += " " + arg;
      }
      done.Notify();
    });
    done.WaitForNotification();
    return result;
  }

  absl::Status Push() {
    SampleBatch batch;
    batch.account_id = "1";
    batch.resource_ids = {"i-1"};
    batch.resource_indices = {0, 0};
    batch.dimensions = {1, 1};
    batch.timestamps_ms = {1, 2};
    batch.values = {1, 2};
    absl::Notification done;
    absl::Status result;
    links_.samples->Push(batch, [&](absl::Status status) {
      result = status;
      done.Notify();
    });
    done.WaitForNotification();
    return result;
  }

  std::string Find(const std::string& key) {
    absl::Notification done;
    std::string result;
    links_.credentials->Find(key, [&](auto found) {
      result = !found.ok()         ? "error"
               : *found == nullptr ? "none"
                                   : (*found)->principal.user_name + " " +
                                         (*found)->principal.allowed_actions.at(0);
      done.Notify();
    });
    done.WaitForNotification();
    return result;
  }

  base::SystemClock clock_;
  Actions actions_;
  Credentials credentials_;
  Ingestion ingestion_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  EngineLinks links_;
  std::unique_ptr<const RouteTable> routes_;
};

TEST_F(GrpcLinks, CallsAnActionWithItsContext) {
  EXPECT_EQ(Call("DescribeScalingGroup"), R"(scaling_groups { scaling_group_name: "73400001" })");
  EXPECT_TRUE(links_.channel->IsReady());
}

TEST_F(GrpcLinks, CarriesTheEnginesReason) {
  EXPECT_EQ(Call("EnableScalingGroup", "5"), "SCALING_GROUP_NOT_FOUND 5");
}

TEST_F(GrpcLinks, TakesAMissingHandlerForUnavailable) {
  EXPECT_EQ(Call("DeleteScalingGroup", "5"), "SERVICE_UNAVAILABLE");
}

TEST_F(GrpcLinks, GivesUpAtTheDeadline) {
  EXPECT_EQ(Call("DisableScalingGroup", "5"), "SERVICE_TIMEOUT");
}

TEST_F(GrpcLinks, IsUnavailableWhileTheEngineIsAwayAndComesBack) {
  EXPECT_EQ(Call("DescribeScalingGroup").substr(0, 14), "scaling_groups");
  EXPECT_TRUE(Push().ok());
  server_->Shutdown(gpr_now(GPR_CLOCK_MONOTONIC));
  server_.reset();
  EXPECT_TRUE(testing::Eventually([&] { return !links_.channel->IsReady(); }));
  EXPECT_EQ(Call("DescribeScalingGroup"), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(Push().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Find("known"), "error");
  Listen(port_);
  EXPECT_TRUE(testing::Eventually([&] { return links_.channel->IsReady(); }));
  EXPECT_EQ(Call("DescribeScalingGroup").substr(0, 14), "scaling_groups");
  EXPECT_TRUE(testing::Eventually([&] { return Push().ok(); }));
  EXPECT_EQ(Find("known"), "ops kec:Describe*");
}

TEST_F(GrpcLinks, LooksCredentialsUpOnce) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Find("known"), "ops kec:Describe*");
    EXPECT_EQ(Find("disabled"), "none");
    EXPECT_EQ(Find("other"), "none");
  }
  EXPECT_EQ(credentials_.asked, 3);
}

TEST_F(GrpcLinks, AcknowledgesBatchesWhenTheEngineHasTakenThem) {
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Push().ok());
  EXPECT_EQ(ingestion_.samples, 40);
}

TEST_F(GrpcLinks, FailsABatchThatIsNotTakenInTimeAndReconnects) {
  ingestion_.mode = Ingestion::Mode::kSilent;
  EXPECT_EQ(Push().code(), absl::StatusCode::kUnavailable);
  ingestion_.mode = Ingestion::Mode::kBreak;
  EXPECT_EQ(Push().code(), absl::StatusCode::kUnavailable);
  ingestion_.mode = Ingestion::Mode::kTake;
  EXPECT_TRUE(testing::Eventually([&] { return Push().ok(); }));
}

TEST_F(GrpcLinks, AnswersOpenCallsWhenItIsDestroyed) {
  const Route& route = *routes_->Find("DisableScalingGroup");
  bool answered = false;
  links_.channel->Call(route,
                       std::unique_ptr<google::protobuf::Message>(route.request_prototype->New()),
                       "", [&](auto answer) { answered = !answer.ok(); });
  links_.channel.reset();
  EXPECT_TRUE(answered);
}

}  // namespace
}  // namespace accordion::gateway
