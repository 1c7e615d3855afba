// Whom an account's events are announced to: set by operators, never by the account's own requests.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/secret.h"
#include "engine/domain/types.h"

namespace accordion::ports {

enum class ContactKind { kWebhook, kEmail };
const char* ContactKindName(ContactKind kind);  // "webhook", "email"

struct Contact {
  std::string id;  // the operator's name for it, unique in the account
  domain::AccountId account_id;
  ContactKind kind = ContactKind::kWebhook;
  std::string address;        // a URL, or a mail address
  base::SecretString secret;  // signs what a webhook gets; empty for e-mail
  bool enabled = true;

  friend bool operator==(const Contact&, const Contact&) = default;
};

// What a contact's deliveries share, for better or worse: a webhook's scheme, host and port; all
// e-mail leaves by one server.
std::string EndpointOf(const Contact& contact);

// kInvalidArgument with words for an operator, where a contact can never be reached: no id, no
// address of its kind, a webhook without a secret. Whether an address *may* be reached is judged at
// each delivery.
absl::Status CheckContact(const Contact& contact);

// Plain ASCII addresses, `local@domain`: nothing that could end a header or an SMTP command.
absl::Status CheckMailAddress(absl::string_view address);

}  // namespace accordion::ports
