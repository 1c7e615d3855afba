// What accounts have asked for under their client tokens, and what they were answered (I-21).
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/domain/types.h"

namespace accordion::ports {

struct ClientTokenRecord {
  domain::AccountId account_id;
  std::string token;
  std::string action;          // name of the rpc
  std::string request_sha256;  // hex; sealed at rest, since a request may hold a password
  std::string answer;          // the serialized response

  friend bool operator==(const ClientTokenRecord&, const ClientTokenRecord&) = default;
};

// Records are kept for a while only; the caller says from when on they count.
class ClientTokenStore {
 public:
  virtual ~ClientTokenStore() = default;

  // The record of the account's token; nullopt if there is none that was put after `since`.
  virtual absl::StatusOr<std::optional<ClientTokenRecord>> Find(const domain::AccountId& account,
                                                                absl::string_view token,
                                                                absl::Time since) = 0;
  // The same, and holds the token, also one without a record: others' Locks of it wait until this
  // transaction ends. kDeadlineExceeded if it waited too long itself. To be taken before any row.
  virtual absl::StatusOr<std::optional<ClientTokenRecord>> Lock(const domain::AccountId& account,
                                                                absl::string_view token,
                                                                absl::Time since) = 0;
  // Inserts, or replaces a record that counts no more. The transaction holds the token.
  virtual absl::Status Put(const ClientTokenRecord& record) = 0;
  // Deletes up to `limit` records of all accounts that were put before `before`, and says how many.
  virtual absl::StatusOr<int> Prune(absl::Time before, int limit) = 0;
};

}  // namespace accordion::ports
