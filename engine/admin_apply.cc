#include "engine/admin_apply.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "accordion/v1/engine_admin_service.grpc.pb.h"
#include "base/clock.h"
#include "base/status_macros.h"

namespace accordion {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;
using Stub = v1::EngineAdminService::Stub;

constexpr absl::Duration kCallTimeout = absl::Seconds(10);

// One call to make, with the name that errors show.
struct Call {
  std::string name;
  std::function<grpc::Status(Stub&, grpc::ClientContext*)> send;
};

template <typename Request, typename Response>
using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

// The members of `entry` as a request; unknown members are refused. Secrets must not stand in an
// error's words, so a message of the JSON library is not passed on.
template <typename Request>
absl::StatusOr<Request> RequestOf(const Struct& entry, absl::string_view what) {
  std::string text;
  Request request;
  if (!google::protobuf::util::MessageToJsonString(entry, &text).ok() ||
      !google::protobuf::util::JsonStringToMessage(text, &request).ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        what, ": a member is unknown or has the wrong type; members are the fields of ",
        Request::descriptor()->name()));
  }
  return request;
}

// Takes a member out of `entry`.
Value Take(Struct& entry, const std::string& name) {
  const auto found = entry.fields().find(name);
  if (found == entry.fields().end()) return Value();
  Value value = found->second;
  entry.mutable_fields()->erase(name);
  return value;
}

class Plan {
 public:
  absl::Status AddAccount(Struct entry) {
    const std::string account = Take(entry, "account_id").string_value();
    if (account.empty()) return absl::InvalidArgumentError("an account without account_id");
    const Value keys = Take(entry, "access_keys");
    const Value cloud = Take(entry, "cloud_credential");
    const Value tokens = Take(entry, "metric_credentials");
    const Value quotas = Take(entry, "quotas");
    const Value contacts = Take(entry, "contacts");
    RETURN_IF_ERROR(Add(entry, account, "account", &Stub::PutAccount));
    for (const Value& key : keys.list_value().values()) {
      RETURN_IF_ERROR(Add(key.struct_value(), account, "access key", &Stub::PutAccessKey));
    }
    if (cloud.has_struct_value()) {
      RETURN_IF_ERROR(
          Add(cloud.struct_value(), account, "cloud credential", &Stub::PutCloudCredential));
    }
    for (const Value& token : tokens.list_value().values()) {
      RETURN_IF_ERROR(
          Add(token.struct_value(), account, "metric credential", &Stub::PutMetricCredential));
    }
    for (const Value& contact : contacts.list_value().values()) {
      RETURN_IF_ERROR(Add(contact.struct_value(), account, "contact", &Stub::PutContact));
    }
    for (const auto& [name, value] : quotas.struct_value().fields()) {
      Struct quota;
      (*quota.mutable_fields())["name"].set_string_value(name);
      (*quota.mutable_fields())["value"] = value;
      RETURN_IF_ERROR(Add(quota, account, absl::StrCat("quota ", name), &Stub::PutQuota));
    }
    return absl::OkStatus();
  }

  const std::vector<Call>& calls() const { return calls_; }

 private:
  template <typename Request, typename Response>
  absl::Status Add(const Struct& entry, const std::string& account, absl::string_view kind,
                   Method<Request, Response> method) {
    const std::string what = absl::StrCat(kind, " of account ", account);
    ASSIGN_OR_RETURN(Request request, RequestOf<Request>(entry, what));
    request.set_account_id(account);
    calls_.push_back(
        {what, [method, request = std::move(request)](Stub& stub, grpc::ClientContext* context) {
           Response response;
           return (stub.*method)(context, request, &response);
         }});
    return absl::OkStatus();
  }

  std::vector<Call> calls_;
};

absl::StatusOr<Plan> ReadPlan(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Struct document;
  if (!google::protobuf::util::JsonStringToMessage(text, &document).ok() ||
      !document.fields().contains("accounts")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": not a JSON object with a list of accounts"));
  }
  Plan plan;
  for (const Value& account : document.fields().at("accounts").list_value().values()) {
    RETURN_IF_ERROR(plan.AddAccount(account.struct_value()));
  }
  return plan;
}

}  // namespace

absl::Status ApplyAccounts(const std::string& path, const std::string& engine) {
  ASSIGN_OR_RETURN(const Plan plan, ReadPlan(path));
  const auto stub = v1::EngineAdminService::NewStub(
      grpc::CreateChannel(engine, grpc::InsecureChannelCredentials()));
  for (const Call& call : plan.calls()) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(base::SystemClock().Now() + kCallTimeout));
    context.set_wait_for_ready(true);
    const grpc::Status status = call.send(*stub, &context);
    if (!status.ok()) {
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          absl::StrCat(call.name, ": ", status.error_message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace accordion
