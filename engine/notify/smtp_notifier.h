// Delivers announcements by e-mail, through the operator's mail server.
#pragma once

#include "base/clock.h"
#include "engine/notify/mail_message.h"
#include "engine/notify/smtp_client.h"
#include "engine/ports/notifier.h"

namespace accordion::notify {

// Thread-safe.
class SmtpNotifier final : public ports::Notifier {
 public:
  // Without a host every e-mail waits for an operator to set one.
  SmtpNotifier(const SmtpServer& server, const MailOptions& mail, const base::Clock& clock)
      : server_(server), mail_(mail), clock_(clock) {}

  ports::DeliveryResult Deliver(const ports::Contact& contact,
                                const ports::Announcement& announcement) override;

 private:
  const SmtpServer server_;
  const MailOptions mail_;
  const base::Clock& clock_;
};

}  // namespace accordion::notify
