// ports::ComputeCloud over the cloud's KEC OpenAPI.
#pragma once

#include "engine/cloud/address_terms.h"
#include "engine/cloud/openapi_client.h"
#include "engine/ports/compute_cloud.h"

namespace accordion::cloud {

// Tags of every launch: its marker and its group.
inline constexpr char kIntentTag[] = "as.intent";
inline constexpr char kGroupTag[] = "as.group";

struct KecOptions {
  bool force_delete =
      true;  // else terminated instances may wait in the recycle bin (semantics.md §13)
  AddressTerms address_terms;
};

// Thread-safe.
class KecCompute final : public ports::ComputeCloud {
 public:
  KecCompute(OpenApiClient& client, const base::Clock& clock, KecOptions options);

  activity::Event Launch(const domain::AccountId& account, const ports::LaunchCall& call) override;
  absl::StatusOr<std::vector<activity::ObservedInstance>> FindByMarker(
      const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
      const domain::IntentId& marker) override;
  absl::StatusOr<std::vector<activity::ObservedInstance>> ReadInstances(
      const domain::AccountId& account, int64_t project_id,
      absl::Span<const domain::InstanceId> ids) override;
  absl::StatusOr<std::vector<activity::ObservedInstance>> ListInstances(
      const domain::AccountId& account, absl::Span<const int64_t> projects) override;
  absl::Status Terminate(const domain::AccountId& account, const domain::InstanceId& id) override;

 private:
  absl::StatusOr<std::vector<activity::ObservedInstance>> Describe(
      const domain::AccountId& account, absl::Span<const int64_t> projects,
      const base::sigv4::Parameters& filter);
  // Adds those of `ids` that a read has, at most as many as one call may name.
  absl::Status ReadSome(const domain::AccountId& account, int64_t project_id,
                        absl::Span<const domain::InstanceId> ids,
                        std::vector<activity::ObservedInstance>& found);

  OpenApiClient& client_;
  const base::Clock& clock_;
  const KecOptions options_;
};

// The parameters of one RunInstances of exactly one instance. Exposed for tests.
base::sigv4::Parameters RunInstancesParameters(const ports::LaunchCall& call,
                                               const AddressTerms& terms);

}  // namespace accordion::cloud
