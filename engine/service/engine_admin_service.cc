#include "engine/service/engine_admin_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "accordion/v1/engine_admin_service.grpc.pb.h"
#include "base/status_macros.h"
#include "engine/service/quota_names.h"
#include "engine/service/rpc_runner.h"
#include "engine/service/timestamps.h"

namespace accordion::service {
namespace {

using grpc::ServerUnaryReactor;
using Context = grpc::CallbackServerContext;

absl::Status RequireAll(std::initializer_list<std::pair<const char*, bool>> given) {
  for (const auto& [name, present] : given) {
    if (!present) return absl::InvalidArgumentError(absl::StrCat(name, " is missing"));
  }
  return absl::OkStatus();
}

absl::Status Put(ports::AccountStore& accounts, const v1::PutAccountRequest& request) {
  RETURN_IF_ERROR(RequireAll({{"account_id", !request.account_id().empty()}}));
  ports::Account account{.id = domain::AccountId(request.account_id())};
  if (auto found = accounts.GetAccount(account.id); found.ok()) {
    account = *std::move(found);
  } else if (!absl::IsNotFound(found.status())) {
    return found.status();
  }
  if (request.has_name()) account.name = request.name();
  if (request.has_frozen()) account.frozen = request.frozen();
  return accounts.PutAccount(account);
}

absl::Status Put(ports::AccountStore& accounts, const v1::PutAccessKeyRequest& request) {
  RETURN_IF_ERROR(RequireAll({{"access_key_id", !request.access_key_id().empty()},
                              {"secret_key", !request.secret_key().empty()},
                              {"account_id", !request.account_id().empty()},
                              {"user", !request.user().empty()}}));
  if (request.security_token_sha256().empty() == request.has_expires_at()) {
    return absl::InvalidArgumentError(
        "a temporary key has both security_token_sha256 and expires_at, another key neither");
  }
  ports::AccessKey key{.access_key_id = request.access_key_id(),
                       .secret_key = base::SecretString(request.secret_key()),
                       .account_id = domain::AccountId(request.account_id()),
                       .user = request.user(),
                       .enabled = request.enabled(),
                       .allow = {request.allow_patterns().begin(), request.allow_patterns().end()},
                       .security_token_sha256 = request.security_token_sha256()};
  if (request.has_expires_at()) key.expires_at = TimeOf(request.expires_at());
  return accounts.PutAccessKey(key);
}

absl::Status Put(ports::AccountStore& accounts, const v1::PutCloudCredentialRequest& request) {
  RETURN_IF_ERROR(RequireAll({{"account_id", !request.account_id().empty()},
                              {"access_key_id", !request.access_key_id().empty()},
                              {"secret_key", !request.secret_key().empty()}}));
  if (!request.project_ids().empty()) {
    return absl::InvalidArgumentError(
        "project_ids must be empty: instances are looked up in the project of their configuration");
  }
  return accounts.PutCloudCredential({.account_id = domain::AccountId(request.account_id()),
                                      .access_key_id = request.access_key_id(),
                                      .secret_key = base::SecretString(request.secret_key())});
}

absl::Status Put(ports::AccountStore& accounts, const v1::PutMetricCredentialRequest& request) {
  constexpr size_t kHexDigits = 64;
  RETURN_IF_ERROR(
      RequireAll({{"account_id", !request.account_id().empty()},
                  {"token_sha256 (64 hex digits)", request.token_sha256().size() == kHexDigits}}));
  return accounts.PutMetricCredential({.token_sha256 = request.token_sha256(),
                                       .account_id = domain::AccountId(request.account_id()),
                                       .push_any = request.push_any()});
}

absl::Status Put(ports::AccountStore& accounts, const v1::PutQuotaRequest& request) {
  RETURN_IF_ERROR(RequireAll({{"account_id", !request.account_id().empty()}}));
  if (request.value() < 0) return absl::InvalidArgumentError("value must not be negative");
  return accounts.PutQuota(domain::AccountId(request.account_id()), request.name(),
                           request.value());
}

// "" keeps the secret that the contact has.
absl::Status Put(ports::ContactStore& contacts, const v1::PutContactRequest& request) {
  ports::Contact contact{.id = request.contact_id(),
                         .account_id = domain::AccountId(request.account_id()),
                         .address = request.address(),
                         .secret = base::SecretString(request.secret()),
                         .enabled = !request.has_enabled() || request.enabled()};
  RETURN_IF_ERROR(RequireAll({{"account_id", !request.account_id().empty()}}));
  if (request.kind() == ports::ContactKindName(ports::ContactKind::kEmail)) {
    contact.kind = ports::ContactKind::kEmail;
  } else if (request.kind() != ports::ContactKindName(ports::ContactKind::kWebhook)) {
    return absl::InvalidArgumentError("kind must be webhook or email");
  }
  if (contact.secret.empty() && contact.kind == ports::ContactKind::kWebhook) {
    const absl::StatusOr<ports::Contact> old = contacts.Get(contact.account_id, contact.id);
    if (old.ok()) contact.secret = old->secret;
    if (!old.ok() && !absl::IsNotFound(old.status())) return old.status();
  }
  RETURN_IF_ERROR(ports::CheckContact(contact));
  return contacts.Put(contact);
}

constexpr uint32_t kMaxViolationsShown = 1000;
constexpr uint32_t kMaxHistoryDays = 3650;

absl::StatusOr<ports::AuditTerms> TermsOf(ports::AuditTerms terms,
                                          const v1::AuditRequest& request) {
  if (request.history_days() > kMaxHistoryDays) {
    return absl::InvalidArgumentError("history_days must not be above 3650");
  }
  if (request.history_days() > 0) terms.history = absl::Hours(24 * request.history_days());
  if (request.max_violations() > 0) {
    terms.max_violations =
        static_cast<int>(std::min(request.max_violations(), kMaxViolationsShown));
  }
  return terms;
}

v1::AuditResponse ToProto(const ports::AuditReport& report) {
  v1::AuditResponse response;
  SetTimestamp(report.at, response.mutable_at());
  for (const ports::AuditFinding& finding : report.findings) {
    v1::AuditedPromise* promise = response.add_promises();
    promise->set_invariant(finding.invariant);
    promise->set_name(finding.name);
    promise->set_promise(finding.promise);
    promise->set_checked(static_cast<uint64_t>(finding.checked));
    promise->set_violations(static_cast<uint64_t>(finding.violations));
    for (const ports::AuditViolation& one : finding.shown) {
      v1::AuditedViolation* shown = promise->add_shown();
      shown->set_account_id(one.account_id.value());
      shown->set_subject(one.subject);
    }
  }
  return response;
}

class EngineAdminService final : public v1::EngineAdminService::CallbackService {
 public:
  EngineAdminService(RpcRunner& runner, ports::Store& store, EngineStatusSource status,
                     const AuditSource& audit)
      : runner_(runner), store_(store), status_(std::move(status)), audit_(audit) {}

  ServerUnaryReactor* PutAccount(Context* context, const v1::PutAccountRequest* request,
                                 v1::PutAccountResponse* response) override {
    return RunPut("PutAccount", context, request, response);
  }
  ServerUnaryReactor* PutAccessKey(Context* context, const v1::PutAccessKeyRequest* request,
                                   v1::PutAccessKeyResponse* response) override {
    return RunPut("PutAccessKey", context, request, response);
  }
  ServerUnaryReactor* PutCloudCredential(Context* context,
                                         const v1::PutCloudCredentialRequest* request,
                                         v1::PutCloudCredentialResponse* response) override {
    return RunPut("PutCloudCredential", context, request, response);
  }
  ServerUnaryReactor* PutMetricCredential(Context* context,
                                          const v1::PutMetricCredentialRequest* request,
                                          v1::PutMetricCredentialResponse* response) override {
    return RunPut("PutMetricCredential", context, request, response);
  }
  ServerUnaryReactor* PutQuota(Context* context, const v1::PutQuotaRequest* request,
                               v1::PutQuotaResponse* response) override {
    return RunPut("PutQuota", context, request, response);
  }

  ServerUnaryReactor* ListQuotas(Context* context, const v1::ListQuotasRequest* request,
                                 v1::ListQuotasResponse* response) override {
    return runner_.Run("ListQuotas", context, request, response,
                       [this](const v1::ListQuotasRequest& message) { return Quotas(message); });
  }

  ServerUnaryReactor* PutContact(Context* context, const v1::PutContactRequest* request,
                                 v1::PutContactResponse* response) override {
    return RunWrite("PutContact", context, request, response,
                    [](ports::Tx& tx, const v1::PutContactRequest& message) {
                      return Put(tx.contacts(), message);
                    });
  }
  ServerUnaryReactor* DeleteContact(Context* context, const v1::DeleteContactRequest* request,
                                    v1::DeleteContactResponse* response) override {
    return RunWrite("DeleteContact", context, request, response,
                    [](ports::Tx& tx, const v1::DeleteContactRequest& message) {
                      return tx.contacts().Delete(domain::AccountId(message.account_id()),
                                                  message.contact_id());
                    });
  }
  ServerUnaryReactor* ListContacts(Context* context, const v1::ListContactsRequest* request,
                                   v1::ListContactsResponse* response) override {
    return runner_.Run(
        "ListContacts", context, request, response,
        [this](const v1::ListContactsRequest& message) { return Contacts(message); });
  }

  ServerUnaryReactor* GetEngineStatus(Context* context, const v1::GetEngineStatusRequest* request,
                                      v1::GetEngineStatusResponse* response) override {
    return runner_.Run(
        "GetEngineStatus", context, request, response,
        [this](const v1::GetEngineStatusRequest&) -> absl::StatusOr<v1::GetEngineStatusResponse> {
          return Status();
        });
  }

  ServerUnaryReactor* Audit(Context* context, const v1::AuditRequest* request,
                            v1::AuditResponse* response) override {
    return runner_.Run(
        "Audit", context, request, response,
        [this](const v1::AuditRequest& message) -> absl::StatusOr<v1::AuditResponse> {
          ASSIGN_OR_RETURN(const ports::AuditTerms terms, TermsOf(audit_.terms, message));
          ASSIGN_OR_RETURN(const ports::AuditReport report, audit_.audit.Run(terms));
          return ToProto(report);
        });
  }

 private:
  template <typename Request, typename Response>
  ServerUnaryReactor* RunPut(absl::string_view method, Context* context, const Request* request,
                             Response* response) {
    return RunWrite(method, context, request, response, [](ports::Tx& tx, const Request& message) {
      return Put(tx.accounts(), message);
    });
  }

  // Runs `write(tx, message)` in a transaction of its own.
  template <typename Request, typename Response, typename Work>
  ServerUnaryReactor* RunWrite(absl::string_view method, Context* context, const Request* request,
                               Response* response, Work write) {
    return runner_.Run(method, context, request, response,
                       [this, write](const Request& message) -> absl::StatusOr<Response> {
                         const absl::Status written =
                             store_.Transact([&](ports::Tx& tx) { return write(tx, message); });
                         RETURN_IF_ERROR(written);
                         return Response();
                       });
  }

  absl::StatusOr<v1::ListContactsResponse> Contacts(const v1::ListContactsRequest& request) {
    std::vector<ports::Contact> contacts;
    const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(contacts, tx.contacts().List(domain::AccountId(request.account_id())));
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(read);
    v1::ListContactsResponse response;
    for (const ports::Contact& contact : contacts) {
      v1::Contact* message = response.add_contacts();
      message->set_contact_id(contact.id);
      message->set_kind(ports::ContactKindName(contact.kind));
      message->set_address(contact.address);
      message->set_enabled(contact.enabled);
    }
    return response;
  }

  absl::StatusOr<v1::ListQuotasResponse> Quotas(const v1::ListQuotasRequest& request) {
    domain::Quotas quotas;
    const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(quotas, tx.accounts().GetQuotas(domain::AccountId(request.account_id())));
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(read);
    const domain::Quotas defaults;
    v1::ListQuotasResponse response;
    for (const QuotaRow& row : QuotaRows()) {
      v1::Quota* quota = response.add_quotas();
      quota->set_name(row.name);
      quota->set_value(quotas.*row.field);
      quota->set_default_value(defaults.*row.field);
    }
    return response;
  }

  v1::GetEngineStatusResponse Status() {
    const EngineStatus status = status_();
    v1::GetEngineStatusResponse response;
    response.set_engine_id(status.engine_id);
    response.set_version(status.version);
    SetTimestamp(status.started_at, response.mutable_started_at());
    response.set_ready(status.not_ready_reason.empty());
    response.set_not_ready_reason(status.not_ready_reason);
    response.set_owned_shards(static_cast<uint32_t>(status.owned_shards));
    response.set_total_shards(ports::kShardCount);
    return response;
  }

  RpcRunner& runner_;
  ports::Store& store_;
  const EngineStatusSource status_;
  const AuditSource audit_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEngineAdminService(RpcRunner& runner, ports::Store& store,
                                                      EngineStatusSource status,
                                                      const AuditSource& audit) {
  return std::make_unique<EngineAdminService>(runner, store, std::move(status), audit);
}

}  // namespace accordion::service
