#include "engine/admin_audit.h"

#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "accordion/v1/engine_admin_service.grpc.pb.h"
#include "base/clock.h"

namespace accordion {
namespace {

// Whole tables are read, some thirty times.
constexpr absl::Duration kCallTimeout = absl::Minutes(10);

std::string AuditJson(const v1::AuditResponse& response) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // A message of our own without Any: it can't fail.
  (void)google::protobuf::util::MessageToJsonString(response, &json, options);
  return json;
}

}  // namespace

std::string AuditTable(const v1::AuditResponse& response) {
  std::string table =
      absl::StrFormat("%-10s %10s %10s  %s\n", "invariant", "checked", "violations", "promise");
  int broken = 0;
  for (const v1::AuditedPromise& promise : response.promises()) {
    absl::StrAppend(&table,
                    absl::StrFormat("%-10s %10d %10d  %s\n", promise.invariant(), promise.checked(),
                                    promise.violations(), promise.promise()));
    if (promise.violations() > 0) ++broken;
    for (const v1::AuditedViolation& shown : promise.shown()) {
      absl::StrAppend(&table, "    ", shown.account_id().empty() ? "" : "account ",
                      shown.account_id(), shown.account_id().empty() ? "" : ": ", shown.subject(),
                      "\n");
    }
    const auto shown = static_cast<uint64_t>(promise.shown_size());
    if (promise.violations() > shown) {
      absl::StrAppend(&table, "    and ", promise.violations() - shown, " more\n");
    }
  }
  absl::StrAppend(&table, response.promises_size(), " promises, ", broken, " broken\n");
  return table;
}

absl::StatusOr<AuditOutcome> AuditDatabase(const std::string& engine, bool as_json) {
  const auto stub = v1::EngineAdminService::NewStub(
      grpc::CreateChannel(engine, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(base::SystemClock().Now() + kCallTimeout));
  v1::AuditResponse response;
  const grpc::Status status = stub->Audit(&context, v1::AuditRequest(), &response);
  if (!status.ok()) {
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                        absl::StrCat("audit: ", status.error_message()));
  }
  AuditOutcome outcome{.text = as_json ? AuditJson(response) : AuditTable(response)};
  for (const v1::AuditedPromise& promise : response.promises()) {
    outcome.violations += static_cast<int64_t>(promise.violations());
  }
  return outcome;
}

}  // namespace accordion
