#include "tests/cloudsim/admin/admin_views.h"

#include <utility>

namespace accordion::cloudsim {
namespace {

Json ShowTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

Json ShowTags(const std::vector<Tag>& tags) {
  Json object = Json::Object();
  for (const Tag& tag : tags) object.Set(tag.key, tag.value);
  return object;
}

Json ShowEffect(const CallEffect& effect) {
  Json json = Json::Object({{"ok", effect.ok}});
  const auto set = [&](absl::string_view name, const std::string& value) {
    if (!value.empty()) json.Set(name, value);
  };
  set("instance_id", effect.instance_id);
  set("instance_name", effect.instance_name);
  set("instance_type", effect.instance_type);
  set("subnet_id", effect.subnet_id);
  set("zone", effect.zone);
  set("listener_id", effect.listener_id);
  set("register_id", effect.register_id);
  set("allocation_id", effect.allocation_id);
  set("message", effect.message);
  if (effect.port != 0) json.Set("port", effect.port);
  if (!effect.tags.empty()) json.Set("tags", ShowTags(effect.tags));
  return json;
}

// Most calls have one effect; its members stand at the top, too.
Json ShowCall(const CallRecord& record) {
  const bool executed = record.phase == CallPhase::kExecuted;
  Json json = Json::Object({{"seq", static_cast<int64_t>(record.sequence)},
                            {"outcome", CallPhaseName(record.phase)},
                            {"error", executed ? "" : record.outcome},
                            {"message", record.message},
                            {"request_id", record.call.request_id},
                            {"account_id", record.call.account_id},
                            {"service", record.call.service},
                            {"action", record.call.action},
                            {"digest", record.call.digest},
                            {"time", ShowTime(record.call.arrived_at)},
                            {"time_us", absl::ToUnixMicros(record.call.arrived_at)},
                            {"executed_us", absl::ToUnixMicros(record.executed_at)}});
  Json effects = Json::Array();
  for (const CallEffect& effect : record.effects) effects.Push(ShowEffect(effect));
  if (record.effects.size() == 1) {
    for (const auto& [name, value] : effects.items()[0].members()) {
      if (json.Find(name) == nullptr) json.Set(name, value);
    }
  }
  json.Set("effects", std::move(effects));
  return json;
}

Json ShowAddress(const Address& address) {
  return Json::Object({{"allocation_id", address.allocation_id},
                       {"account_id", address.account_id},
                       {"project_id", address.terms.project_id},
                       {"public_ip", address.public_ip},
                       {"band_width", address.terms.band_width},
                       {"line_id", address.terms.line_id},
                       {"charge_type", address.terms.charge_type},
                       {"instance_id", address.user ? address.user->instance_id : ""}});
}

Json ShowListener(Region& region, const Listener& listener, absl::Time now) {
  Json servers = Json::Array();
  for (const RealServerView& view : region.RealServersOf(listener, now)) {
    servers.Push(Json::Object({{"register_id", view.server.register_id},
                               {"instance_id", view.server.instance_id},
                               {"ip", view.server.ip},
                               {"port", view.server.port},
                               {"weight", view.server.weight},
                               {"healthy", view.healthy}}));
  }
  return Json::Object({{"id", listener.spec.id},
                       {"load_balancer_id", listener.load_balancer_id},
                       {"account_id", listener.account_id},
                       {"offered_rps", region.OfferedRps(listener.spec.id, now)},
                       {"real_servers", std::move(servers)}});
}

}  // namespace

Json ShowInstance(const Instance& instance) {
  return Json::Object({{"id", instance.id},
                       {"name", instance.name},
                       {"account_id", instance.account_id},
                       {"project_id", instance.project_id},
                       {"state", InstanceStateName(instance.state)},
                       {"instance_type", instance.type},
                       {"zone", instance.zone},
                       {"subnet_id", instance.subnet_id},
                       {"private_ip", instance.private_ip},
                       {"created_at", ShowTime(instance.created_at)},
                       {"tags", ShowTags(instance.tags)}});
}

Json ShowState(Region& region, absl::string_view account_id, absl::Time now) {
  const std::map<std::string, double> rps = region.RpsByInstance(now);
  const auto is_wanted = [&](const std::string& owner) {
    return account_id.empty() || owner == account_id;
  };
  Json instances = Json::Array();
  for (const Instance* instance : region.fleet().List()) {
    if (!is_wanted(instance->account_id)) continue;
    Json json = ShowInstance(*instance);
    const auto it = rps.find(instance->id);
    const double served = it == rps.end() ? 0 : it->second;
    json.Set("rps", served);
    if (instance->state == InstanceState::kActive) {
      json.Set("cpu_percent", region.UsageOf(*instance, served).cpu_percent);
    }
    instances.Push(std::move(json));
  }
  Json subnets = Json::Array();
  for (const Subnet* subnet : region.subnets().ListAll()) {
    if (!is_wanted(subnet->account_id)) continue;
    subnets.Push(Json::Object({{"id", subnet->spec.id},
                               {"account_id", subnet->account_id},
                               {"vpc_id", subnet->spec.vpc_id},
                               {"zone", subnet->spec.zone},
                               {"capacity", subnet->capacity},
                               {"available", subnet->available()}}));
  }
  Json listeners = Json::Array();
  for (const Listener* listener : region.load_balancers().ListListeners()) {
    if (is_wanted(listener->account_id)) listeners.Push(ShowListener(region, *listener, now));
  }
  Json addresses = Json::Array();
  for (const Address* address : region.addresses().List()) {
    if (is_wanted(address->account_id)) addresses.Push(ShowAddress(*address));
  }
  Json disks = Json::Array();
  for (const DataDisk& disk : region.surviving_disks()) disks.Push(disk.id);
  Json stock = Json::Array();
  for (const auto& [key, left] : region.stock().counts()) {
    stock.Push(Json::Object({{"type", key.first}, {"zone", key.second}, {"left", left}}));
  }
  return Json::Object({{"region", region.spec().name},
                       {"now", ShowTime(now)},
                       {"last_call", static_cast<int64_t>(region.call_log().last_sequence())},
                       {"instances", std::move(instances)},
                       {"subnets", std::move(subnets)},
                       {"listeners", std::move(listeners)},
                       {"addresses", std::move(addresses)},
                       {"surviving_disks", std::move(disks)},
                       {"stock", std::move(stock)}});
}

Json ShowCalls(const std::vector<CallRecord>& calls, uint64_t last_sequence) {
  Json list = Json::Array();
  for (const CallRecord& record : calls) list.Push(ShowCall(record));
  return Json::Object({{"last", static_cast<int64_t>(last_sequence)}, {"calls", std::move(list)}});
}

Json ShowSamples(const std::vector<PushedSample>& samples) {
  Json list = Json::Array();
  for (const PushedSample& pushed : samples) {
    list.Push(Json::Object({{"account_id", pushed.account_id},
                            {"metric", pushed.sample.metric},
                            {"resource_id", pushed.sample.id},
                            {"value", pushed.sample.value},
                            {"timestamp_ms", absl::ToUnixMillis(pushed.measured_at)},
                            {"accepted_at_us", absl::ToUnixMicros(pushed.accepted_at)}}));
  }
  return Json::Object({{"samples", std::move(list)}});
}

Json ShowHeld(const std::vector<HeldCall>& calls) {
  Json list = Json::Array();
  for (const HeldCall& call : calls) {
    list.Push(Json::Object({{"request_id", call.request_id},
                            {"account_id", call.account_id},
                            {"action", call.action},
                            {"stage", call.stage},
                            {"time_us", absl::ToUnixMicros(call.arrived_at)}}));
  }
  return Json::Object({{"held", std::move(list)}});
}

Json ShowFaults(const std::vector<FaultRule>& rules) {
  Json list = Json::Array();
  for (const FaultRule& rule : rules) {
    list.Push(Json::Object({{"action", rule.action},
                            {"account", rule.account_id},
                            {"mode", FaultModeName(rule.mode)},
                            {"count", rule.count},
                            {"status", rule.http_status},
                            {"code", rule.code},
                            {"message", rule.message},
                            {"ms", absl::ToInt64Milliseconds(rule.delay)}}));
  }
  return Json::Object({{"faults", std::move(list)}});
}

}  // namespace accordion::cloudsim
