#include "api-gateway/engine/grpc_engine_channel.h"

#include <google/protobuf/message.h>
#include <grpc/support/time.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/engine/grpc_error.h"
#include "api-gateway/limits.h"
#include "api-gateway/openapi/route_table.h"
#include "base/log.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::Message;

constexpr char kContextMetadata[] = "accordion-context-bin";

// Client-side health checking needs a balancing policy that supports it. No retry policy: see
// EngineChannel::Call.
constexpr char kServiceConfig[] =
    R"({"loadBalancingConfig":[{"round_robin":{}}],"healthCheckConfig":{"serviceName":""}})";

// One open rpc; its address is the tag in the completion queue.
struct OpenCall {
  grpc::ClientContext context;
  grpc::Status status;
  std::unique_ptr<Message> request;
  std::unique_ptr<Message> answer;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Message>> reader;
  EngineChannel::Callback done;
  std::string rpc_path;
};

class GrpcEngineChannel final : public EngineChannel {
 public:
  GrpcEngineChannel(std::shared_ptr<grpc::Channel> channel, EngineChannelOptions options)
      : channel_(std::move(channel)), stub_(channel_), options_(std::move(options)) {
    for (int i = 0; i < options_.pollers; ++i) pollers_.emplace_back([this] { Poll(); });
  }

  ~GrpcEngineChannel() override {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
      for (OpenCall* call : open_) call->context.TryCancel();
    }
    // Calls still come back through the queue, cancelled, before it runs dry.
    queue_.Shutdown();
    for (std::thread& poller : pollers_) poller.join();
  }

  void Call(const Route& route, std::unique_ptr<Message> request, std::string context,
            Callback done) override {
    auto call = std::make_unique<OpenCall>();
    call->request = std::move(request);
    call->answer.reset(route.answer_prototype->New());
    call->done = std::move(done);
    call->rpc_path = route.rpc_path;
    call->context.set_deadline(gpr_time_add(
        gpr_now(GPR_CLOCK_MONOTONIC),
        gpr_time_from_millis(absl::ToInt64Milliseconds(options_.deadline), GPR_TIMESPAN)));
    call->context.AddMetadata(kContextMetadata, context);
    OpenCall* const started = call.get();
    {
      absl::MutexLock lock(&mutex_);
      if (!stopping_ && open_.size() < static_cast<std::size_t>(options_.max_in_flight)) {
        open_.insert(call.release());
        started->reader =
            stub_.PrepareUnaryCall(&started->context, route.rpc_path, *started->request, &queue_);
        started->reader->StartCall();
        started->reader->Finish(started->answer.get(), &started->status, started);
      }
    }
    if (call != nullptr) call->done(ApiError{v1::SERVICE_UNAVAILABLE, {}});
  }

  bool IsReady() override { return channel_->GetState(true) == GRPC_CHANNEL_READY; }

 private:
  void Poll() {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
      std::unique_ptr<OpenCall> call(static_cast<OpenCall*>(tag));
      {
        absl::MutexLock lock(&mutex_);
        open_.erase(call.get());
      }
      if (call->status.ok()) {
        call->done(std::move(call->answer));
        continue;
      }
      base::LogInfo("engine call failed",
                    {{"rpc", call->rpc_path},
                     {"grpc_code", static_cast<int>(call->status.error_code())},
                     {"grpc_message", call->status.error_message()}});
      call->done(ErrorOf(call->status, call->context));
    }
  }

  const std::shared_ptr<grpc::Channel> channel_;
  grpc::TemplatedGenericStub<Message, Message> stub_;
  const EngineChannelOptions options_;
  grpc::CompletionQueue queue_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<OpenCall*> open_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> pollers_;
};

}  // namespace

std::shared_ptr<grpc::Channel> MakeGrpcChannel(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, limits::kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, limits::kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, limits::kReconnectMaxMs);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetMaxReceiveMessageSize(limits::kMaxEngineMessageBytes);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<EngineChannel> MakeGrpcEngineChannel(std::shared_ptr<grpc::Channel> channel,
                                                     EngineChannelOptions options) {
  return std::make_unique<GrpcEngineChannel>(std::move(channel), std::move(options));
}

}  // namespace accordion::gateway
