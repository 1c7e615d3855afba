// The engine's services over a real gRPC connection, on the account and the store of
// ServiceFixture.
#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "accordion/v1/auto_scaling_service.grpc.pb.h"
#include "accordion/v1/engine_admin_service.grpc.pb.h"
#include "accordion/v1/error_detail.pb.h"
#include "accordion/v1/request_context.pb.h"
#include "base/clock.h"
#include "engine/rpc_server.h"
#include "engine/service/status_encoding.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {

// A service's file holds no message that anybody refers to; this makes the linker take it.
[[gnu::used]] inline const void* const kApiFile =
    &descriptor_table_accordion_2fv1_2fauto_5fscaling_5fservice_2eproto;

// Runs work in the caller's thread, or refuses it.
class InlineExecutor final : public ports::Executor {
 public:
  std::atomic<bool> full = false;

  bool Submit(ports::Lane, std::function<void()> work) override {
    if (full) return false;
    work();
    return true;
  }
  void SubmitAt(ports::Lane, absl::Time, std::function<void()>) override {}
};

// Finds what it is told, and keeps the terms of the last request.
class CannedAudit final : public ports::Audit {
 public:
  absl::StatusOr<ports::AuditReport> report;
  ports::AuditTerms asked;

  absl::StatusOr<ports::AuditReport> Run(const ports::AuditTerms& terms) override {
    asked = terms;
    return report;
  }
};

class RpcTest : public ServiceFixture {
 protected:
  RpcTest() {
    auto started = RpcServer::Start({.store = store_,
                                     .inventory = inventory_,
                                     .waker = waker_,
                                     .executor = executor_,
                                     .samples = samples_,
                                     .metrics = metrics_,
                                     .clock = system_clock_,
                                     .status =
                                         [] {
                                           return EngineStatus{.engine_id = "e",
                                                               .version = "1",
                                                               .started_at = absl::UnixEpoch(),
                                                               .not_ready_reason = "waiting"};
                                         },
                                     .audit = {audit_, {.horizon = absl::Minutes(20)}}},
                                    {.listen = "127.0.0.1:0"});
    EXPECT_OK(started);
    server_ = *std::move(started);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->Port()),
                                   grpc::InsecureChannelCredentials());
    auto_scaling_ = v1::AutoScalingService::NewStub(channel_);
    admin_ = v1::EngineAdminService::NewStub(channel_);
  }

  // What came of an rpc: the serialized answer, or the refusal.
  struct Called {
    grpc::Status status;
    std::string answer;
    v1::ErrorDetail detail;

    // "OK", or the reason's name.
    std::string Outcome() const {
      return status.ok() ? "OK" : v1::ErrorReason_Name(detail.reason());
    }
  };
  // On the main account's behalf.
  struct Envelope {
    std::string client_token;
    bool dry_run = false;
    std::string account = "73400123";
  };

  static void Prepare(grpc::ClientContext& context) { Prepare(context, Envelope()); }
  static void Prepare(grpc::ClientContext& context, const Envelope& envelope) {
    v1::RequestContext message;
    message.set_account_id(envelope.account);
    message.set_principal("root");
    message.set_client_token(envelope.client_token);
    message.set_dry_run(envelope.dry_run);
    context.AddMetadata(kContextMetadata, message.SerializeAsString());
    context.set_deadline(absl::ToChronoTime(base::SystemClock().Now() + absl::Seconds(20)));
  }

  // The API's rpcs, with their options.
  static const google::protobuf::ServiceDescriptor& AutoScalingApi() {
    return *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        "accordion.v1.AutoScalingService");
  }

  // Calls the API's rpc of this name with a serialized request.
  Called Call(absl::string_view rpc, const std::string& request) {
    return Call(rpc, request, Envelope());
  }
  Called Call(absl::string_view rpc, const std::string& request, const Envelope& envelope) {
    grpc::ClientContext context;
    Prepare(context, envelope);
    grpc::GenericStub stub(channel_);
    const grpc::Slice slice(request);
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer answer;
    Called called;
    absl::Mutex mutex;
    bool done = false;
    stub.UnaryCall(&context, absl::StrCat("/accordion.v1.AutoScalingService/", rpc),
                   grpc::StubOptions(), &sent, &answer, [&](grpc::Status result) {
                     absl::MutexLock lock(&mutex);
                     called.status = std::move(result);
                     done = true;
                   });
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&done));
    called.detail = DetailOf(context);
    grpc::Slice received;
    if (called.status.ok() && answer.DumpToSingleSlice(&received).ok()) {
      called.answer.assign(reinterpret_cast<const char*>(received.begin()), received.size());
    }
    return called;
  }

  static v1::ErrorDetail DetailOf(const grpc::ClientContext& context) {
    v1::ErrorDetail detail;
    const auto& metadata = context.GetServerTrailingMetadata();
    const auto found = metadata.find(kErrorMetadata);
    if (found != metadata.end()) {
      EXPECT_TRUE(
          detail.ParseFromArray(found->second.data(), static_cast<int>(found->second.size())));
    }
    return detail;
  }

  const base::SystemClock system_clock_;
  InlineExecutor executor_;
  CannedAudit audit_;
  metrics::SampleStore samples_{metrics::SampleStore::Options()};
  observability::Metrics metrics_;
  std::unique_ptr<RpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::AutoScalingService::Stub> auto_scaling_;
  std::unique_ptr<v1::EngineAdminService::Stub> admin_;
};

}  // namespace accordion::service
