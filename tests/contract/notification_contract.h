// The part of the contract suite on notifications: contacts, events, and short ways to deliver
// them.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/contract/store_contract.h"

namespace accordion::testing {

class NotificationContract : public StoreContract {
 protected:
  ports::Contact MakeContact(const std::string& id, const std::string& address) {
    return {.id = id,
            .account_id = own,
            .kind = ports::ContactKind::kWebhook,
            .address = address,
            .secret = base::SecretString("contact-secret-canary")};
  }
  ports::Contact AddContact(const std::string& id, const std::string& address = "https://a.test/") {
    ports::Contact contact = MakeContact(id, address);
    EXPECT_OK(Write([&](ports::Tx& tx) { return tx.contacts().Put(contact); }));
    return contact;
  }

  // A new event of the group, not fanned out; its id.
  std::string AddEvent(const domain::ScalingGroup& group) {
    const ports::OutboxEvent event{
        .event_id = absl::StrCat("11111111-2222-4333-8444-", 100000000000 + ++events_),
        .group = KeyOf(group),
        .activity_id = domain::ActivityId(NewId()),
        .notification_type = 2,
        .created_at = kLongAgo};
    EXPECT_OK(Write([&](ports::Tx& tx) { return tx.outbox().Add(event); }));
    return event.event_id;
  }
  int FanOut() {
    return Write([](ports::Tx& tx) { return tx.outbox().FanOut(AllShards(), 100); }).value_or(-1);
  }
  std::vector<ports::ClaimedDelivery> Claim(ports::ClaimOptions options = {}) {
    options.shards = AllShards();
    if (options.limit == 0) options.limit = 10;
    if (options.claim == absl::ZeroDuration()) options.claim = absl::Minutes(1);
    const auto claims = Write([&](ports::Tx& tx) { return tx.outbox().Claim(options); });
    EXPECT_OK(claims);
    return claims.value_or(std::vector<ports::ClaimedDelivery>());
  }
  static std::vector<std::string> EventsOf(const std::vector<ports::ClaimedDelivery>& claims) {
    std::vector<std::string> ids;
    for (const ports::ClaimedDelivery& claimed : claims) ids.push_back(claimed.event.event_id);
    return ids;
  }
  absl::Status End(const ports::ClaimedDelivery& claimed,
                   ports::DeliveryState state = ports::DeliveryState::kDelivered) {
    return Write([&](ports::Tx& tx) { return tx.outbox().End(claimed, state, "words"); });
  }
  std::vector<ports::Delivery> Deliveries(const std::string& event) {
    return Read([&](ports::Tx& tx) { return tx.outbox().Deliveries(event); }).value();
  }
  size_t Pending() {
    return Read([](ports::Tx& tx) { return tx.outbox().Pending(100); })->size();
  }

 private:
  int64_t events_ = 0;
};

}  // namespace accordion::testing
