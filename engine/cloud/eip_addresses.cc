#include "engine/cloud/eip_addresses.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cloud/v1/answers.pb.h"
#include "engine/cloud/answer.h"
#include "engine/ports/compute_cloud.h"

namespace accordion::cloud {
namespace {

constexpr int kPageSize = 100;   // MaxResults of DescribeAddresses
constexpr int kMaxPages = 1000;  // a list that never ends is a broken answer

}  // namespace

EipAddresses::EipAddresses(OpenApiClient& client, const base::Clock& clock)
    : client_(client), clock_(clock) {}

absl::StatusOr<std::vector<activity::ObservedAddress>> EipAddresses::Describe(
    const domain::AccountId& account, int64_t project_id, const base::sigv4::Parameters& filter) {
  std::vector<activity::ObservedAddress> found;
  std::string token;
  for (int page = 0; page < kMaxPages; ++page) {
    base::sigv4::Parameters parameters = filter;
    parameters.emplace_back("ProjectId.1", absl::StrCat(project_id));
    parameters.emplace_back("MaxResults", absl::StrCat(kPageSize));
    if (!token.empty()) parameters.emplace_back("NextToken", token);
    ASSIGN_OR_RETURN(
        const std::string body,
        client_.Read(account, Service::kEip, "DescribeAddresses", std::move(parameters)));
    ::cloud::v1::DescribeAddressesAnswer answer;
    RETURN_IF_ERROR(ParseAnswer(body, answer));
    for (const ::cloud::v1::Address& address : answer.addresses()) {
      // Whatever isn't surely free counts as in use.
      found.push_back({.allocation_id = address.allocation_id(),
                       .associated = address.state() != "disassociate",
                       .instance_id = domain::InstanceId(address.instance_id())});
    }
    token = answer.next_token();
    if (token.empty()) return found;
  }
  return absl::DataLossError("the cloud's list does not end");
}

absl::StatusOr<std::vector<activity::ObservedAddress>> EipAddresses::AddressesOf(
    const domain::AccountId& account, const activity::ListAddresses& look) {
  // There is no filter by instance.
  base::sigv4::Parameters filter;
  if (!look.network_interface_id.empty()) {
    filter = {{"Filter.1.Name", "network-interface-id"},
              {"Filter.1.Value.1", look.network_interface_id}};
  }
  ASSIGN_OR_RETURN(std::vector<activity::ObservedAddress> found,
                   Describe(account, look.project_id, filter));
  std::erase_if(found, [&](const activity::ObservedAddress& address) {
    return !address.associated || address.instance_id != look.instance_id;
  });
  return found;
}

absl::StatusOr<std::optional<activity::ObservedAddress>> EipAddresses::ReadAddress(
    const domain::AccountId& account, const activity::ReadAddress& read) {
  const absl::StatusOr<std::vector<activity::ObservedAddress>> found =
      Describe(account, read.project_id, {{"AllocationId.1", read.allocation_id}});
  if (absl::IsNotFound(found.status())) return std::nullopt;
  RETURN_IF_ERROR(found.status());
  for (const activity::ObservedAddress& address : *found) {
    if (address.allocation_id == read.allocation_id) return address;
  }
  return std::nullopt;
}

absl::Status EipAddresses::ReleaseAddress(const domain::AccountId& account,
                                          absl::string_view allocation_id) {
  const OpenApiReply reply =
      client_.Call(account, {.service = Service::kEip,
                             .action = "ReleaseAddress",
                             .parameters = {{"AllocationId", std::string(allocation_id)}},
                             .signed_at = clock_.Now(),
                             .may_repeat = true});
  if (reply.NotFound()) return absl::OkStatus();
  RETURN_IF_ERROR(reply.ToStatus());
  ::cloud::v1::ReleaseAddressAnswer answer;
  RETURN_IF_ERROR(ParseAnswer(reply.body, answer));
  if (!answer.succeeded())
    return ports::CloudError(activity::FailureClass::kTransient, "Return is false");
  return absl::OkStatus();
}

}  // namespace accordion::cloud
