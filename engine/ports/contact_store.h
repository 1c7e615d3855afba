// The accounts' contacts in the store.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ports/contact.h"

namespace accordion::ports {

class ContactStore {
 public:
  virtual ~ContactStore() = default;

  // An upsert. A contact that is disabled gets nothing more: its open deliveries end as dropped.
  // kFailedPrecondition for an unknown account.
  virtual absl::Status Put(const Contact& contact) = 0;
  // kNotFound (plain) for an unknown or foreign one, here and below.
  virtual absl::StatusOr<Contact> Get(const domain::AccountId& account, absl::string_view id) = 0;
  // In order of id, with secrets.
  virtual absl::StatusOr<std::vector<Contact>> List(const domain::AccountId& account) = 0;
  // Its open deliveries end as dropped.
  virtual absl::Status Delete(const domain::AccountId& account, absl::string_view id) = 0;
};

}  // namespace accordion::ports
