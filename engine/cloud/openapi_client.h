// Signed calls to the cloud's OpenAPI: one method, one answer, and what a failure means.
//
// A call is signed once, at `signed_at`, and never re-signed (reliability.md C1.6): a request that
// a pause delayed is refused by the cloud as expired. Every call passes the gate (manners/), which
// may hold it back. Nothing is retried here or below: activities retry durably, with the only
// back-off there is; the loops that read do it at their next turn.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/sigv4.h"
#include "engine/activity/activity.h"
#include "engine/cloud/failure_taxonomy.h"
#include "engine/cloud/manners/call_gate.h"
#include "engine/domain/types.h"
#include "engine/ports/account_store.h"
#include "engine/ports/cloud_telemetry.h"

namespace accordion::cloud {

enum class Service { kKec, kVpc, kSlb, kEip };

// `{service}` in `endpoint` stands for kec, vpc, slb or eip; an endpoint without it serves all,
// told apart by the signature's scope.
struct OpenApiOptions {
  std::string endpoint = "http://{service}.cn-beijing-6.api.ksyun.com";
  std::string region = "cn-beijing-6";
  absl::Duration call_timeout = absl::Seconds(5);
  std::string ca_file;
  FailureTaxonomy taxonomy = FailureTaxonomy::Defaults();
};

// Where an account's credential comes from; thread-safe. kNotFound: the account has none.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  virtual absl::StatusOr<ports::CloudCredential> CredentialOf(const domain::AccountId& account) = 0;
  // The cloud refused the account's credential: one that is kept may be out of date.
  virtual void Refused(const domain::AccountId& account) = 0;
};

struct OpenApiCall {
  Service service = Service::kKec;
  absl::string_view action;
  base::sigv4::Parameters parameters;  // besides Action and Version
  absl::Time signed_at;
  bool may_repeat = false;  // a read, or a change that does no harm when executed twice
  bool launch = false;      // a new launch, which an open breaker holds back
};

// The outcome of a call.
struct OpenApiReply {
  enum class Kind {
    kSucceeded,  // HTTP 200; `body` is the answer
    kRefused,    // 400, 403, 404 or 409 with a parsed error: certainly not executed
    kNotSent,    // no byte left this machine, as when the gate holds the call back
    kUnknown,    // anything else: it may have been executed
  };
  Kind kind = Kind::kUnknown;
  std::string body;
  activity::FailureClass failure = activity::FailureClass::kNone;
  std::string words;  // code and message of the cloud, or what went wrong; no secrets

  bool NotFound() const { return kind == Kind::kRefused && not_found; }
  bool not_found = false;
  // For callers that infer nothing from a failure: OK, or an error that carries the failure class.
  absl::Status ToStatus() const;
};

// Thread-safe.
class OpenApiClient {
 public:
  struct Parts {
    CredentialSource& credentials;
    CallGate& gate;
    const base::Clock& clock;
    ports::CloudTelemetry& telemetry;
  };
  OpenApiClient(OpenApiOptions options, Parts parts);

  OpenApiReply Call(const domain::AccountId& account, const OpenApiCall& call);
  // A read, signed now. kNotFound when the cloud says that it is not there. An answer without a
  // RequestId isn't the cloud's: nothing may be inferred from what it lacks.
  absl::StatusOr<std::string> Read(const domain::AccountId& account, Service service,
                                   absl::string_view action, base::sigv4::Parameters parameters);

 private:
  OpenApiReply Send(const ports::CloudCredential& credential, const OpenApiCall& call);
  OpenApiReply Interpret(const base::HttpResult& result) const;

  const OpenApiOptions options_;
  const Parts parts_;
  base::HttpClient http_;
};

}  // namespace accordion::cloud
