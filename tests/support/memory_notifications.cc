// Notifications, contacts and the outbox of the in-memory store.
#include <algorithm>
#include <map>
#include <utility>

#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

namespace {

using ports::DeliveryState;

bool Holds(absl::Span<const int> shards, const domain::GroupId& id) {
  return std::find(shards.begin(), shards.end(), ports::ShardOf(id)) != shards.end();
}

// Marks the event as done once no delivery of it is open.
void CloseEvent(MemoryState& state, int64_t seq) {
  const MemoryOutboxRow* row = state.outbox.Find(seq);
  for (const auto& [key, delivery] : state.deliveries.rows()) {
    if (delivery.seq == seq && delivery.delivery.state == DeliveryState::kOpen) return;
  }
  MemoryOutboxRow done = *row;
  done.done_at = state.now;
  state.outbox.Put(seq, std::move(done));
}

}  // namespace

absl::StatusOr<std::optional<domain::ScalingNotification>> MemoryNotifications::Find(
    const ports::GroupKey& group) {
  const domain::ScalingNotification* row = state_.notifications.Find(group.group_id);
  using Found = std::optional<domain::ScalingNotification>;
  return row == nullptr || row->account_id != group.account_id ? Found() : Found(*row);
}

absl::Status MemoryNotifications::Put(const domain::ScalingNotification& notification) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireGroup({notification.account_id, notification.group_id}));
  domain::ScalingNotification row = notification;
  if (const auto* old = state_.notifications.Find(notification.group_id); old != nullptr) {
    if (old->id != notification.id) return absl::AlreadyExistsError("scaling notification");
    row.create_time = old->create_time;
  }
  state_.notifications.Put(row.group_id, std::move(row));
  return absl::OkStatus();
}

absl::Status MemoryContacts::Put(const ports::Contact& contact) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(contact.account_id));
  state_.contacts.Put({contact.account_id, contact.id}, contact);
  if (!contact.enabled) DropDeliveries(contact.account_id, contact.id);
  return absl::OkStatus();
}

absl::StatusOr<ports::Contact> MemoryContacts::Get(const domain::AccountId& account,
                                                   absl::string_view id) {
  const ports::Contact* row = state_.contacts.Find({account, std::string(id)});
  if (row == nullptr) return absl::NotFoundError("contact");
  return *row;
}

absl::StatusOr<std::vector<ports::Contact>> MemoryContacts::List(const domain::AccountId& account) {
  std::vector<ports::Contact> contacts;
  for (const auto& [key, row] : state_.contacts.rows()) {
    if (key.first == account) contacts.push_back(row);
  }
  return contacts;
}

absl::Status MemoryContacts::Delete(const domain::AccountId& account, absl::string_view id) {
  RETURN_IF_ERROR(state_.RequireWritable());
  if (!state_.contacts.Erase({account, std::string(id)})) return absl::NotFoundError("contact");
  DropDeliveries(account, id);
  return absl::OkStatus();
}

void MemoryContacts::DropDeliveries(const domain::AccountId& account, absl::string_view id) {
  const std::map rows = state_.deliveries.rows();
  for (const auto& [key, row] : rows) {
    if (row.group.account_id != account || row.delivery.contact_id != id ||
        row.delivery.state != DeliveryState::kOpen) {
      continue;
    }
    MemoryDeliveryRow dropped = row;
    dropped.delivery.state = DeliveryState::kDropped;
    state_.deliveries.Put(key, std::move(dropped));
    CloseEvent(state_, row.seq);
  }
}

absl::StatusOr<std::vector<int>> MemoryOutbox::SubscribedTypes(const ports::GroupKey& group) {
  const domain::ScalingNotification* row = state_.notifications.Find(group.group_id);
  if (row == nullptr || state_.FindGroup(group) == nullptr) return std::vector<int>();
  return row->types;
}

absl::Status MemoryOutbox::Add(const ports::OutboxEvent& event) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(event.group.account_id));
  for (const auto& [seq, row] : state_.outbox.rows()) {
    if (row.event.activity_id == event.activity_id || row.event.event_id == event.event_id) {
      return absl::AlreadyExistsError("outbox event");
    }
  }
  state_.outbox.Put(++state_.last_outbox_seq, {.event = event});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ports::OutboxEvent>> MemoryOutbox::Pending(int limit) {
  std::vector<ports::OutboxEvent> events;
  for (const auto& [seq, row] : state_.outbox.rows()) {
    if (events.size() == static_cast<size_t>(limit)) break;
    if (!row.done_at.has_value()) events.push_back(row.event);
  }
  return events;
}

absl::StatusOr<int> MemoryOutbox::FanOut(absl::Span<const int> shards, int limit) {
  RETURN_IF_ERROR(state_.RequireWritable());
  const std::map rows = state_.outbox.rows();
  int events = 0;
  for (const auto& [seq, row] : rows) {
    if (row.fanned_out || !Holds(shards, row.event.group.group_id)) continue;
    if (events == limit) break;
    ++events;
    MemoryOutboxRow fanned_out = row;
    fanned_out.fanned_out = true;
    state_.outbox.Put(seq, std::move(fanned_out));
    for (const auto& [key, contact] : state_.contacts.rows()) {
      if (!contact.enabled || contact.account_id != row.event.group.account_id) continue;
      state_.deliveries.Put(
          {row.event.event_id, contact.id},
          {.seq = seq,
           .group = row.event.group,
           .delivery = {
               .event_id = row.event.event_id, .contact_id = contact.id, .next_at = state_.now}});
    }
    CloseEvent(state_, seq);
  }
  return events;
}

bool MemoryOutbox::MayClaim(const MemoryDeliveryRow& row,
                            const ports::ClaimOptions& options) const {
  if (row.delivery.state != DeliveryState::kOpen || row.delivery.next_at > state_.now ||
      !Holds(options.shards, row.group.group_id)) {
    return false;
  }
  for (const auto& [key, other] : state_.deliveries.rows()) {
    if (other.delivery.state == DeliveryState::kOpen && other.group == row.group &&
        other.delivery.contact_id == row.delivery.contact_id && other.seq < row.seq) {
      return false;
    }
  }
  return true;
}

absl::StatusOr<std::vector<ports::ClaimedDelivery>> MemoryOutbox::Claim(
    const ports::ClaimOptions& options) {
  RETURN_IF_ERROR(state_.RequireWritable());
  std::vector<MemoryDeliveryRow> due;
  for (const auto& [key, row] : state_.deliveries.rows()) {
    if (MayClaim(row, options)) due.push_back(row);
  }
  std::sort(due.begin(), due.end(), [](const auto& a, const auto& b) {
    return std::tie(a.delivery.next_at, a.seq) < std::tie(b.delivery.next_at, b.seq);
  });
  std::vector<ports::ClaimedDelivery> claims;
  std::map<std::string, int> by_endpoint;
  for (MemoryDeliveryRow& row : due) {
    if (claims.size() == static_cast<size_t>(options.limit)) break;
    const ports::Contact* contact =
        state_.contacts.Find({row.group.account_id, row.delivery.contact_id});
    const std::string endpoint = ports::EndpointOf(*contact);
    const auto& not_endpoints = options.not_endpoints;
    if (std::count(not_endpoints.begin(), not_endpoints.end(), endpoint) > 0 ||
        ++by_endpoint[endpoint] > options.per_endpoint) {
      continue;
    }
    ++row.delivery.attempts;
    row.delivery.next_at = state_.now + options.claim;
    claims.push_back({.event = state_.outbox.Find(row.seq)->event,
                      .contact = *contact,
                      .attempt = row.delivery.attempts});
    state_.deliveries.Put({row.delivery.event_id, row.delivery.contact_id}, row);
  }
  return claims;
}

absl::StatusOr<MemoryDeliveryRow> MemoryOutbox::Claimed(
    const ports::ClaimedDelivery& claimed) const {
  const MemoryDeliveryRow* row =
      state_.deliveries.Find({claimed.event.event_id, claimed.contact.id});
  if (row == nullptr || row->delivery.state != DeliveryState::kOpen ||
      row->delivery.attempts != claimed.attempt) {
    return absl::FailedPreconditionError("claim");
  }
  return *row;
}

absl::Status MemoryOutbox::Retry(const ports::ClaimedDelivery& claimed, absl::Time next_at,
                                 absl::string_view error) {
  RETURN_IF_ERROR(state_.RequireWritable());
  ASSIGN_OR_RETURN(MemoryDeliveryRow row, Claimed(claimed));
  row.delivery.next_at = next_at;
  row.delivery.last_error = std::string(error);
  state_.deliveries.Put({claimed.event.event_id, claimed.contact.id}, std::move(row));
  return absl::OkStatus();
}

absl::Status MemoryOutbox::End(const ports::ClaimedDelivery& claimed, DeliveryState end,
                               absl::string_view error) {
  RETURN_IF_ERROR(state_.RequireWritable());
  ASSIGN_OR_RETURN(MemoryDeliveryRow row, Claimed(claimed));
  const int64_t seq = row.seq;
  row.delivery.state = end;
  row.delivery.last_error = std::string(error);
  state_.deliveries.Put({claimed.event.event_id, claimed.contact.id}, std::move(row));
  CloseEvent(state_, seq);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ports::Delivery>> MemoryOutbox::Deliveries(absl::string_view event_id) {
  std::vector<ports::Delivery> deliveries;
  for (const auto& [key, row] : state_.deliveries.rows()) {
    if (key.first == event_id) deliveries.push_back(row.delivery);
  }
  return deliveries;
}

absl::StatusOr<int> MemoryOutbox::Prune(absl::Time before, int limit) {
  RETURN_IF_ERROR(state_.RequireWritable());
  std::vector<int64_t> old;
  for (const auto& [seq, row] : state_.outbox.rows()) {
    if (row.done_at.has_value() && *row.done_at < before &&
        old.size() < static_cast<size_t>(limit)) {
      old.push_back(seq);
    }
  }
  for (const int64_t seq : old) {
    state_.deliveries.EraseIf([&](const auto&, const auto& row) { return row.seq == seq; });
    state_.outbox.Erase(seq);
  }
  return static_cast<int>(old.size());
}

}  // namespace accordion::testing
