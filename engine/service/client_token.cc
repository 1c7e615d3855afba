#include "engine/service/client_token.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "engine/domain/errors.h"
#include "engine/domain/limits.h"

namespace accordion::service {
namespace {

using Found = std::optional<ports::ClientTokenRecord>;

bool IsToken(absl::string_view text) {
  return text.size() <= domain::kMaxClientTokenBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Fields in the order of their numbers, and of what this version doesn't know as it came.
std::string CanonicalBytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

absl::Status CheckSameRequest(const ports::ClientTokenRecord& record,
                              const RequestContext& context) {
  if (record.action == context.action && record.request_sha256 == context.request_sha256) {
    return absl::OkStatus();
  }
  return domain::IdempotentParameterMismatch(context.client_token);
}

absl::Time Since(ports::Tx& tx) { return tx.Now() - domain::kClientTokenLifetime; }

}  // namespace

absl::Status IdentifyRequest(absl::string_view action, const google::protobuf::Message& request,
                             RequestContext& context) {
  if (!IsToken(context.client_token)) return domain::InvalidParameterValue("ClientToken");
  context.action = std::string(action);
  context.request_sha256 = base::Sha256Hex(CanonicalBytes(request));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> FindAnswer(ports::Store& store,
                                                      const RequestContext& context) {
  Found found;
  const absl::Status read = store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(found,
                     tx.client_tokens().Find(context.account_id, context.client_token, Since(tx)));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  if (!found) return std::nullopt;
  RETURN_IF_ERROR(CheckSameRequest(*found, context));
  if (context.dry_run) return domain::DryRunOperation();
  return std::move(found->answer);
}

absl::Status HoldToken(ports::Tx& tx, const RequestContext& context) {
  const absl::StatusOr<Found> found =
      tx.client_tokens().Lock(context.account_id, context.client_token, Since(tx));
  if (absl::IsDeadlineExceeded(found.status())) {
    return domain::ClientTokenInProgress(context.client_token);
  }
  RETURN_IF_ERROR(found.status());
  if (!found->has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckSameRequest(**found, context));
  return absl::AbortedError("answered by a repeat of the request");
}

absl::Status KeepAnswer(ports::Tx& tx, const RequestContext& context, std::string answer) {
  return tx.client_tokens().Put({.account_id = context.account_id,
                                 .token = context.client_token,
                                 .action = context.action,
                                 .request_sha256 = context.request_sha256,
                                 .answer = std::move(answer)});
}

}  // namespace accordion::service
