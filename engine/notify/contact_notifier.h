// The daemon's notifier: webhooks and e-mail, by the contact's kind.
#pragma once

#include "base/clock.h"
#include "engine/notify/smtp_notifier.h"
#include "engine/notify/webhook_notifier.h"
#include "engine/ports/notifier.h"

namespace accordion::notify {

struct NotifyOptions {
  WebhookOptions webhook;
  SmtpServer smtp;
  MailOptions mail;
};

// Thread-safe.
class ContactNotifier final : public ports::Notifier {
 public:
  ContactNotifier(const NotifyOptions& options, const base::Clock& clock)
      : webhooks_(options.webhook, clock, SystemResolve()),
        mail_(options.smtp, options.mail, clock) {}

  ports::DeliveryResult Deliver(const ports::Contact& contact,
                                const ports::Announcement& announcement) override;

 private:
  WebhookNotifier webhooks_;
  SmtpNotifier mail_;
};

}  // namespace accordion::notify
