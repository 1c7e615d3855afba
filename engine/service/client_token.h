// A write that is sent again with the same client token has one effect and one answer (I-21).
//
// Before anything else, a request with a token looks for the answer that was given under it. If
// there is none, its handler runs; the handler's transaction (transaction.h) holds the token, and
// writes the answer together with what it does. So a request whose answer was lost, to a client or
// between us and the store, is repeated without harm. A refusal and a dry run keep nothing.
//
// Tokens are the account's: two users of an account share them, as they share what they make.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace accordion::service {

// Writes into the context what the request asks for: the rpc's name and the hash of its
// parameters, however they were spelled. InvalidParameterValue for a token that is none.
absl::Status IdentifyRequest(absl::string_view action, const google::protobuf::Message& request,
                             RequestContext& context);

// The serialized answer that the request was given before; nullopt if there is none.
// IdempotentParameterMismatch if another request was; DryRunOperation instead of an answer if this
// is a dry run.
absl::StatusOr<std::optional<std::string>> FindAnswer(ports::Store& store,
                                                      const RequestContext& context);

// For the transaction of a write with a token. Holds the token; kAborted (plain) if the request has
// been answered since, IdempotentParameterMismatch if another one has,
// ClientTokenInProgress if another one with the token takes too long.
absl::Status HoldToken(ports::Tx& tx, const RequestContext& context);
absl::Status KeepAnswer(ports::Tx& tx, const RequestContext& context, std::string answer);

// `handler()` -> absl::StatusOr<Response>, once for all repeats of the request.
template <typename Response, typename Handler>
absl::StatusOr<Response> AnswerOnce(ports::Store& store, const RequestContext& context,
                                    Handler handler) {
  ASSIGN_OR_RETURN(std::optional<std::string> earlier, FindAnswer(store, context));
  if (!earlier) {
    absl::StatusOr<Response> answer = handler();
    if (answer.ok() || context.dry_run) return answer;
    // Where the store itself can't tell what became of a COMMIT, a look would only show what a
    // server has that may be replaced in this moment: the caller repeats the request.
    if (absl::IsUnknown(answer.status())) return answer;
    // A repeat at the same time may have been answered.
    auto found = FindAnswer(store, context);
    if (!found.ok() || !found->has_value()) return answer;
    earlier = *std::move(found);
  }
  Response response;
  if (!response.ParseFromString(*earlier)) return absl::DataLossError("stored answer");
  return response;
}

}  // namespace accordion::service
