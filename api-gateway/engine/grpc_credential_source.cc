#include "api-gateway/engine/grpc_credential_source.h"

#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>

#include <string>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "accordion/v1/credential_service.grpc.pb.h"
#include "api-gateway/auth/expiring_cache.h"
#include "api-gateway/limits.h"
#include "base/log.h"

namespace accordion::gateway {
namespace {

// One rpc of CredentialService at a time for each key, over the callback API: these calls are rare
// (one a key and minute), so they need no queue of their own. Destruction waits for the open ones.
class CredentialClient {
 public:
  CredentialClient(std::shared_ptr<grpc::Channel> channel, absl::Duration deadline)
      : stub_(v1::CredentialService::NewStub(std::move(channel))), deadline_(deadline) {}

  ~CredentialClient() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](int* open) { return *open == 0; }, &open_));
  }

  // Calls `start(stub, &context, &request, &answer, on_done)`; `done` gets the status and the
  // answer.
  template <typename Request, typename Answer, typename Start, typename Done>
  void Ask(Request request, Start start, Done done) {
    struct Call {
      grpc::ClientContext context;
      Request request;
      Answer answer;
    };
    auto call = std::make_shared<Call>();
    call->request = std::move(request);
    call->context.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_millis(absl::ToInt64Milliseconds(deadline_), GPR_TIMESPAN)));
    {
      absl::MutexLock lock(&mutex_);
      ++open_;
    }
    start(stub_.get(), &call->context, &call->request, &call->answer,
          [this, call, done = std::move(done)](grpc::Status status) {
            if (!status.ok()) {
              base::LogWarning("credential lookup failed",
                               {{"grpc_code", static_cast<int>(status.error_code())},
                                {"grpc_message", status.error_message()}});
            }
            done(status, call->answer);
            absl::MutexLock lock(&mutex_);
            --open_;
          });
  }

 private:
  const std::unique_ptr<v1::CredentialService::Stub> stub_;
  const absl::Duration deadline_;
  absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
};

absl::Status Unanswered(const grpc::Status& status) {
  return absl::UnavailableError(status.error_message());
}

std::shared_ptr<const Credential> ToCredential(const std::string& access_key_id,
                                               const v1::ResolveAccessKeyResponse& answer) {
  if (!answer.found() || !answer.enabled()) return nullptr;
  auto credential = std::make_shared<Credential>();
  Principal& principal = credential->principal;
  principal.account_id = answer.account_id();
  principal.user_name = answer.principal();
  principal.access_key_id = access_key_id;
  principal.is_main_account = answer.main_account();
  principal.is_frozen = answer.account_frozen();
  principal.allowed_actions.assign(answer.allow_patterns().begin(), answer.allow_patterns().end());
  credential->secret_key = base::SecretString(answer.secret());
  credential->security_token_sha256 = answer.security_token_sha256();
  if (answer.has_expires_at()) {
    credential->expires_at = absl::FromUnixSeconds(answer.expires_at().seconds());
  }
  return credential;
}

std::shared_ptr<const MetricCredential> ToMetricCredential(
    const v1::ResolveMetricCredentialResponse& answer) {
  if (!answer.found()) return nullptr;
  auto credential = std::make_shared<MetricCredential>();
  credential->account_id = answer.account_id();
  credential->may_push_any = answer.push_any();
  credential->is_frozen = answer.account_frozen();
  return credential;
}

template <typename Value>
typename ExpiringCache<Value>::Limits CacheLimits(const CredentialCacheOptions& options) {
  return {options.ttl, options.unknown_ttl, limits::kMaxCachedCredentials};
}

class GrpcCredentialSource final : public CredentialSource {
 public:
  GrpcCredentialSource(std::shared_ptr<grpc::Channel> channel,
                       const CredentialCacheOptions& options, const base::Clock* clock)
      : cache_(CacheLimits<Credential>(options), clock,
               [this](absl::string_view key, Callback done) {
                 AskEngine(std::string(key), std::move(done));
               }),
        client_(std::move(channel), options.deadline) {}

  void Find(absl::string_view access_key_id, Callback done) override {
    cache_.Find(access_key_id, std::move(done));
  }

 private:
  void AskEngine(std::string access_key_id, Callback done) {
    v1::ResolveAccessKeyRequest request;
    request.set_access_key_id(access_key_id);
    client_.Ask<v1::ResolveAccessKeyRequest, v1::ResolveAccessKeyResponse>(
        std::move(request),
        [](auto* stub, auto* context, auto* asked, auto* answer, auto on_done) {
          stub->async()->ResolveAccessKey(context, asked, answer, std::move(on_done));
        },
        [access_key_id, done](const grpc::Status& status,
                              const v1::ResolveAccessKeyResponse& answer) {
          if (status.ok()) {
            done(ToCredential(access_key_id, answer));
          } else {
            done(Unanswered(status));
          }
        });
  }

  ExpiringCache<Credential> cache_;
  CredentialClient client_;  // last: its destructor waits for callbacks that use the cache
};

class GrpcMetricCredentialSource final : public MetricCredentialSource {
 public:
  GrpcMetricCredentialSource(std::shared_ptr<grpc::Channel> channel,
                             const CredentialCacheOptions& options, const base::Clock* clock)
      : cache_(CacheLimits<MetricCredential>(options), clock,
               [this](absl::string_view key, Callback done) {
                 AskEngine(std::string(key), std::move(done));
               }),
        client_(std::move(channel), options.deadline) {}

  void Find(absl::string_view token_sha256, Callback done) override {
    cache_.Find(token_sha256, std::move(done));
  }

 private:
  void AskEngine(const std::string& token_sha256, Callback done) {
    v1::ResolveMetricCredentialRequest request;
    request.set_token_sha256(token_sha256);
    client_.Ask<v1::ResolveMetricCredentialRequest, v1::ResolveMetricCredentialResponse>(
        std::move(request),
        [](auto* stub, auto* context, auto* asked, auto* answer, auto on_done) {
          stub->async()->ResolveMetricCredential(context, asked, answer, std::move(on_done));
        },
        [done](const grpc::Status& status, const v1::ResolveMetricCredentialResponse& answer) {
          if (status.ok()) {
            done(ToMetricCredential(answer));
          } else {
            done(Unanswered(status));
          }
        });
  }

  ExpiringCache<MetricCredential> cache_;
  CredentialClient client_;  // last: its destructor waits for callbacks that use the cache
};

}  // namespace

std::unique_ptr<CredentialSource> MakeGrpcCredentialSource(std::shared_ptr<grpc::Channel> channel,
                                                           CredentialCacheOptions options,
                                                           const base::Clock* clock) {
  return std::make_unique<GrpcCredentialSource>(std::move(channel), options, clock);
}

std::unique_ptr<MetricCredentialSource> MakeGrpcMetricCredentialSource(
    std::shared_ptr<grpc::Channel> channel, CredentialCacheOptions options,
    const base::Clock* clock) {
  return std::make_unique<GrpcMetricCredentialSource>(std::move(channel), options, clock);
}

}  // namespace accordion::gateway
