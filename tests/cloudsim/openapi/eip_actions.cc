// Service eip: elastic IPs, those bought with launches among them.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/cloudsim/openapi/actions.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {
namespace {

Json Show(const Address& address) {
  Json json = Json::Object({{"AllocationId", address.allocation_id},
                            {"PublicIp", address.public_ip},
                            {"ProjectId", address.terms.project_id},
                            {"LineId", address.terms.line_id},
                            {"BandWidth", address.terms.band_width},
                            {"ChargeType", address.terms.charge_type},
                            {"State", address.user.has_value() ? "associate" : "disassociate"},
                            {"CreateTime", absl::FormatTime("%Y-%m-%d %H:%M:%S", address.created_at,
                                                            absl::UTCTimeZone())}});
  if (address.user.has_value()) {
    json.Set("InstanceType", "Ipfwd");
    json.Set("InstanceId", address.user->instance_id);
    json.Set("NetworkInterfaceId", address.user->network_interface_id);
  }
  return json;
}

// Like DescribeInstances, it shows project 0 unless others are named.
absl::StatusOr<Json> DescribeAddresses(Region& region, const ApiRequest& request, absl::Time now) {
  region.Advance(now);
  const std::vector<std::string> ids = request.parameters.List("AllocationId");
  ASSIGN_OR_RETURN(std::vector<int64_t> projects, request.parameters.IntList("ProjectId"));
  if (projects.empty()) projects = {0};
  ASSIGN_OR_RETURN(const std::vector<Filter> filters, request.parameters.Filters());
  ASSIGN_OR_RETURN(const Page page, ReadPage(request.parameters));
  std::vector<Json> rows;
  for (const Address* address : region.addresses().List()) {
    if (address->account_id != request.call.account_id) continue;
    if (std::find(projects.begin(), projects.end(), address->terms.project_id) == projects.end())
      continue;
    const AddressUser user = address->user.value_or(AddressUser());
    ASSIGN_OR_RETURN(
        const bool passes,
        PassesFilters(filters, {{"network-interface-id", user.network_interface_id},
                                {"instance-type", address->user.has_value() ? "Ipfwd" : ""},
                                {"line-id", address->terms.line_id},
                                {"band-width-share-id", address->terms.band_width_share_id},
                                {"public-ip", address->public_ip}}));
    if (passes && IsWanted(ids, address->allocation_id)) rows.push_back(Show(*address));
  }
  Json answer = Json::Object();
  WritePage(page, std::move(rows), "AddressesSet", answer);
  return answer;
}

absl::StatusOr<AddressTerms> ReadTerms(const Parameters& p) {
  AddressTerms terms;
  ASSIGN_OR_RETURN(terms.line_id, p.Required("LineId"));
  ASSIGN_OR_RETURN(const int64_t width, p.RequiredInt("BandWidth"));
  if (width < 1) return InvalidParameterError("BandWidth", "less than 1");
  terms.band_width = static_cast<int>(width);
  ASSIGN_OR_RETURN(terms.charge_type, p.Required("ChargeType"));
  ASSIGN_OR_RETURN(terms.project_id, p.Int("ProjectId", 0));
  return terms;
}

absl::StatusOr<Json> AllocateAddress(Region& region, const ApiRequest& request, absl::Time now) {
  const absl::StatusOr<AddressTerms> terms = ReadTerms(request.parameters);
  if (!terms.ok()) {
    region.call_log().Refuse(request.call, now, terms.status());
    return terms.status();
  }
  ASSIGN_OR_RETURN(const Address* address, region.AllocateAddress(request.call, *terms, now));
  return Json::Object({{"AllocationId", address->allocation_id}, {"PublicIp", address->public_ip}});
}

absl::StatusOr<Json> AssociateAddress(Region& region, const ApiRequest& request, absl::Time now) {
  const Parameters& p = request.parameters;
  RETURN_IF_ERROR(region.AssociateAddress(request.call, p.Find("AllocationId").value_or(""),
                                          p.Find("InstanceId").value_or(""), now));
  return Json::Object({{"Return", true}});
}

absl::StatusOr<Json> DisassociateAddress(Region& region, const ApiRequest& request,
                                         absl::Time now) {
  RETURN_IF_ERROR(region.DisassociateAddress(
      request.call, request.parameters.Find("AllocationId").value_or(""), now));
  return Json::Object({{"Return", true}});
}

absl::StatusOr<Json> ReleaseAddress(Region& region, const ApiRequest& request, absl::Time now) {
  RETURN_IF_ERROR(region.ReleaseAddress(request.call,
                                        request.parameters.Find("AllocationId").value_or(""), now));
  return Json::Object({{"Return", true}});
}

constexpr Action kActions[] = {
    {"DescribeAddresses", false, DescribeAddresses},
    {"AllocateAddress", true, AllocateAddress},
    {"AssociateAddress", true, AssociateAddress},
    {"DisassociateAddress", true, DisassociateAddress},
    {"ReleaseAddress", true, ReleaseAddress},
};

}  // namespace

absl::Span<const Action> EipActions() { return kActions; }

}  // namespace accordion::cloudsim
