#include "engine/service/credential_service.h"

#include "accordion/v1/credential_service.grpc.pb.h"
#include "base/status_macros.h"
#include "engine/service/rpc_runner.h"
#include "engine/service/timestamps.h"

namespace accordion::service {
namespace {

using grpc::ServerUnaryReactor;
using Context = grpc::CallbackServerContext;

constexpr absl::string_view kMainUser = "root";

// Reads in one snapshot; a row that is absent is an answer, too.
template <typename Response, typename Fill>
absl::StatusOr<Response> Resolve(ports::Store& store, Fill fill) {
  Response response;
  const absl::Status status = store.Read([&](ports::Tx& tx) -> absl::Status {
    response.Clear();
    return fill(tx.accounts(), response);
  });
  if (absl::IsNotFound(status)) return Response();
  RETURN_IF_ERROR(status);
  response.set_found(true);
  return response;
}

class CredentialService final : public v1::CredentialService::CallbackService {
 public:
  CredentialService(RpcRunner& runner, ports::Store& store) : runner_(runner), store_(store) {}

  ServerUnaryReactor* ResolveAccessKey(Context* context, const v1::ResolveAccessKeyRequest* request,
                                       v1::ResolveAccessKeyResponse* response) override {
    return runner_.Run("ResolveAccessKey", context, request, response,
                       [this](const v1::ResolveAccessKeyRequest& message) {
                         return Resolve<v1::ResolveAccessKeyResponse>(
                             store_, [&](ports::AccountStore& accounts, auto& answer) {
                               return FillKey(accounts, message.access_key_id(), answer);
                             });
                       });
  }

  ServerUnaryReactor* ResolveMetricCredential(
      Context* context, const v1::ResolveMetricCredentialRequest* request,
      v1::ResolveMetricCredentialResponse* response) override {
    return runner_.Run("ResolveMetricCredential", context, request, response,
                       [this](const v1::ResolveMetricCredentialRequest& message) {
                         return Resolve<v1::ResolveMetricCredentialResponse>(
                             store_, [&](ports::AccountStore& accounts, auto& answer) {
                               return FillToken(accounts, message.token_sha256(), answer);
                             });
                       });
  }

 private:
  static absl::Status FillKey(ports::AccountStore& accounts, const std::string& id,
                              v1::ResolveAccessKeyResponse& answer) {
    ASSIGN_OR_RETURN(const ports::AccessKey key, accounts.GetAccessKey(id));
    ASSIGN_OR_RETURN(const ports::Account account, accounts.GetAccount(key.account_id));
    answer.set_secret(key.secret_key.Reveal());
    answer.set_account_id(key.account_id.value());
    answer.set_principal(key.user);
    answer.set_enabled(key.enabled);
    answer.set_account_frozen(account.frozen);
    answer.set_main_account(key.user == kMainUser);
    for (const std::string& pattern : key.allow) answer.add_allow_patterns(pattern);
    if (key.security_token_sha256.empty()) return absl::OkStatus();
    answer.set_security_token_sha256(key.security_token_sha256);
    SetTimestamp(key.expires_at, answer.mutable_expires_at());
    return absl::OkStatus();
  }

  static absl::Status FillToken(ports::AccountStore& accounts, const std::string& token_sha256,
                                v1::ResolveMetricCredentialResponse& answer) {
    ASSIGN_OR_RETURN(const ports::MetricCredential credential,
                     accounts.GetMetricCredential(token_sha256));
    ASSIGN_OR_RETURN(const ports::Account account, accounts.GetAccount(credential.account_id));
    answer.set_account_id(credential.account_id.value());
    answer.set_push_any(credential.push_any);
    answer.set_account_frozen(account.frozen);
    return absl::OkStatus();
  }

  RpcRunner& runner_;
  ports::Store& store_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCredentialService(RpcRunner& runner, ports::Store& store) {
  return std::make_unique<CredentialService>(runner, store);
}

}  // namespace accordion::service
