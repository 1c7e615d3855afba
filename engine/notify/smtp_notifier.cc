#include "engine/notify/smtp_notifier.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace accordion::notify {
namespace {

using ports::DeliveryOutcome;
using ports::DeliveryResult;

// RFC 5321: this mailbox, and not the server or our credential, is the reason.
bool IsAboutTheMailbox(int code) { return code == 550 || code == 551 || code == 553; }

}  // namespace

DeliveryResult SmtpNotifier::Deliver(const ports::Contact& contact,
                                     const ports::Announcement& announcement) {
  if (server_.host.empty()) return {.words = "no mail server is set; see smtp.host"};
  const absl::StatusOr<std::string> message =
      MailText(mail_, contact.address, announcement, clock_.Now());
  if (!message.ok()) {
    return {.outcome = DeliveryOutcome::kPermanent,
            .words = std::string(message.status().message())};
  }
  const SmtpResult result = SendMail(server_, mail_.from, contact.address, *message);
  if (result.status.ok()) return {.outcome = DeliveryOutcome::kDelivered};
  return {.outcome = IsAboutTheMailbox(result.code) ? DeliveryOutcome::kPermanent
                                                    : DeliveryOutcome::kRetry,
          .words = absl::StrCat("SMTP ", result.code, ": ", result.status.message()),
          .reached = result.code != 0};
}

}  // namespace accordion::notify
