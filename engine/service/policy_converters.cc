#include "engine/service/policy_converters.h"

#include <cmath>
#include <string>

#include "accordion/v1/scaling_policy.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/domain/limits.h"
#include "engine/service/parameter_name.h"
#include "engine/service/resource_id.h"
#include "engine/service/timestamps.h"
#include "engine/service/words.h"

namespace accordion::service {
namespace {

template <typename Request>
std::string MetricKey(int field) {
  return ParameterName<Request>({Request::kMetricFieldNumber, field});
}

template <typename Request>
absl::StatusOr<domain::MetricRule> RuleOf(const v1::Metric& metric) {
  const auto dimension = ParseWord<domain::Dimension>(metric.dimension_name());
  if (!dimension) {
    return domain::InvalidParameterValue(MetricKey<Request>(v1::Metric::kDimensionNameFieldNumber));
  }
  const auto comparison = ParseWord<domain::Comparison>(metric.comparison_operator());
  if (!comparison) {
    return domain::InvalidParameterValue(
        MetricKey<Request>(v1::Metric::kComparisonOperatorFieldNumber));
  }
  const auto statistic = ParseWord<domain::Statistic>(metric.function());
  if (!statistic) {
    return domain::InvalidParameterValue(MetricKey<Request>(v1::Metric::kFunctionFieldNumber));
  }
  return domain::MetricRule{
      .dimension = *dimension,
      .comparison = *comparison,
      .statistic = *statistic,
      .threshold = static_cast<double>(metric.threshold()),
      .repeat_times =
          metric.has_repeat_times() ? metric.repeat_times() : domain::kDefaultRepeatTimes,
      .period = metric.has_period() ? absl::Seconds(metric.period()) : domain::kDefaultPeriod};
}

template <typename Request>
absl::Status ApplyCommon(const Request& request, domain::ScalingPolicy& policy) {
  if (!request.scaling_policy_name().empty()) policy.name = request.scaling_policy_name();
  if (request.has_metric()) {
    ASSIGN_OR_RETURN(policy.rule, RuleOf<Request>(request.metric()));
  }
  if (!request.adjustment_type().empty()) {
    const auto type = ParseWord<domain::AdjustmentType>(request.adjustment_type());
    if (!type) {
      return domain::InvalidParameterValue(
          ParameterName<Request>({Request::kAdjustmentTypeFieldNumber}));
    }
    policy.adjustment.type = *type;
  }
  if (request.has_adjustment_value()) policy.adjustment.value = request.adjustment_value();
  if (request.has_cool_down()) policy.cooldown = absl::Seconds(request.cool_down());
  return absl::OkStatus();
}

template <typename Request>
std::string NameOf(domain::PolicyField field) {
  using Field = domain::PolicyField;
  switch (field) {
    case Field::kDimension:
      return MetricKey<Request>(v1::Metric::kDimensionNameFieldNumber);
    case Field::kThreshold:
      return MetricKey<Request>(v1::Metric::kThresholdFieldNumber);
    case Field::kRepeatTimes:
      return MetricKey<Request>(v1::Metric::kRepeatTimesFieldNumber);
    case Field::kPeriod:
      return MetricKey<Request>(v1::Metric::kPeriodFieldNumber);
    case Field::kAdjustmentValue:
      return ParameterName<Request>({Request::kAdjustmentValueFieldNumber});
    case Field::kCoolDown:
      break;
  }
  return ParameterName<Request>({Request::kCoolDownFieldNumber});
}

}  // namespace

absl::Status Apply(const v1::CreateScalingPolicyRequest& request, domain::ScalingPolicy& policy) {
  return ApplyCommon(request, policy);
}

absl::Status Apply(const v1::ModifyScalingPolicyRequest& request, domain::ScalingPolicy& policy) {
  return ApplyCommon(request, policy);
}

template <typename Request>
absl::Status PolicyFaultStatus(domain::PolicyField field) {
  return domain::InvalidParameterValue(NameOf<Request>(field));
}
template absl::Status PolicyFaultStatus<v1::CreateScalingPolicyRequest>(domain::PolicyField field);
template absl::Status PolicyFaultStatus<v1::ModifyScalingPolicyRequest>(domain::PolicyField field);

void ToMessage(const domain::ScalingPolicy& policy, v1::ScalingPolicy* message) {
  message->set_scaling_group_id(FormatResourceId(policy.group_id.value()));
  message->set_scaling_policy_id(FormatResourceId(policy.id.value()));
  message->set_scaling_policy_name(policy.name);
  message->set_adjustment_type(WordOf(policy.adjustment.type));
  message->set_adjustment_value(policy.adjustment.value);
  v1::Metric* metric = message->mutable_metric();
  metric->set_dimension_name(WordOf(policy.rule.dimension));
  metric->set_comparison_operator(WordOf(policy.rule.comparison));
  metric->set_threshold(static_cast<int32_t>(std::lround(policy.rule.threshold)));
  metric->set_repeat_times(policy.rule.repeat_times);
  metric->set_period(static_cast<int32_t>(absl::ToInt64Seconds(policy.rule.period)));
  metric->set_function(WordOf(policy.rule.statistic));
  SetTimestamp(policy.create_time, message->mutable_create_time());
  message->set_cool_down(static_cast<int32_t>(absl::ToInt64Seconds(policy.cooldown)));
}

}  // namespace accordion::service
