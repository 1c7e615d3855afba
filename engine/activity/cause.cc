#include "engine/activity/cause.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/domain/limits.h"

namespace accordion::activity {
namespace {

// Enough digits to be compared with a recomputation, no more than a double has.
std::string Number(double value) { return absl::StrFormat("%.10g", value); }

std::string Periods(const std::vector<domain::PeriodVerdict>& periods, absl::TimeZone zone,
                    absl::string_view separator) {
  return absl::StrJoin(periods, separator,
                       [&](std::string* out, const domain::PeriodVerdict& period) {
                         absl::StrAppend(out, Number(period.value), "@",
                                         absl::FormatTime("%H:%M:%S", period.start, zone));
                       });
}

std::string By(Language language, const Actor& actor) {
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("（用户 ", actor.principal, "，密钥 ", actor.access_key_id, "）");
    case Language::kEnglish:
      break;
  }
  return absl::StrCat(" (user ", actor.principal, ", key ", actor.access_key_id, ")");
}

std::string LocalTime(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, zone);
}

const char* OutcomeWord(Language language, domain::OccurrenceOutcome outcome) {
  const bool chinese = language == Language::kChinese;
  switch (outcome) {
    case domain::OccurrenceOutcome::kFired:
      return chinese ? "已执行" : "done";
    case domain::OccurrenceOutcome::kFailed:
      return chinese ? "执行失败" : "failed";
    case domain::OccurrenceOutcome::kCoalesced:
      return chinese ? "已错过，由后来的代替" : "missed, what came later counts";
    case domain::OccurrenceOutcome::kExpired:
      return chinese ? "已错过，超过补偿时间" : "missed for too long";
    case domain::OccurrenceOutcome::kDisabled:
      break;
  }
  return chinese ? "已跳过，伸缩组未启用" : "skipped, the group was disabled";
}

const char* FailureName(Language language, FailureClass failure) {
  const bool chinese = language == Language::kChinese;
  switch (failure) {
    case FailureClass::kNone:
      return chinese ? "未知原因" : "unknown reason";
    case FailureClass::kStock:
      return chinese ? "库存不足" : "out of stock";
    case FailureClass::kNoAddress:
      return chinese ? "子网无可用地址" : "no free address in the subnet";
    case FailureClass::kQuota:
      return chinese ? "配额不足" : "quota exceeded";
    case FailureClass::kThrottled:
      return chinese ? "请求被限流" : "throttled";
    case FailureClass::kAuth:
      return chinese ? "云账号凭证被拒绝" : "cloud credential refused";
    case FailureClass::kPermanent:
      return chinese ? "云平台拒绝请求" : "refused by the cloud";
    case FailureClass::kTransient:
      return chinese ? "云平台暂时不可用" : "cloud temporarily unavailable";
    case FailureClass::kTimeout:
      return chinese ? "超时未就绪" : "not ready in time";
    case FailureClass::kUnresolved:
      break;
  }
  return chinese ? "结果未能确认" : "outcome could not be confirmed";
}

}  // namespace

std::string GroupCreatedCause(Language language) {
  switch (language) {
    case Language::kChinese:
      return "创建伸缩组触发";
    case Language::kEnglish:
      break;
  }
  return "Scaling group created";
}

std::string InstancesAttachedCause(Language language, const Actor& actor, int count,
                                   int desired_before, int desired_after) {
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("添加云服务器触发", By(language, actor), "：添加 ", count,
                          " 台；期望实例数 ", desired_before, " → ", desired_after);
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("Instances attached", By(language, actor), ": ", count,
                      " added; desired capacity ", desired_before, " -> ", desired_after);
}

std::string InstancesDetachedCause(Language language, const Actor& actor, int count,
                                   int desired_before, int desired_after) {
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("移除云服务器触发", By(language, actor), "：移除 ", count,
                          " 台；期望实例数 ", desired_before, " → ", desired_after);
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("Instances detached", By(language, actor), ": ", count,
                      " taken out; desired capacity ", desired_before, " -> ", desired_after);
}

std::string JoinedCauses(Language language, absl::Span<const std::string> causes) {
  return absl::StrJoin(causes, language == Language::kChinese ? "；" : "; ");
}

std::string LoadBalancersChangedCause(Language language) {
  switch (language) {
    case Language::kChinese:
      return "负载均衡变更";
    case Language::kEnglish:
      break;
  }
  return "Load balancers changed";
}

std::string RemovalContinuedCause(Language language) {
  switch (language) {
    case Language::kChinese:
      return "继续完成此前未结束的移除";
    case Language::kEnglish:
      break;
  }
  return "Goes on with a removal that had not ended";
}

std::string ReplacementCause(Language language, absl::Span<const domain::InstanceId> unhealthy,
                             int unhealthy_protected) {
  const bool chinese = language == Language::kChinese;
  const std::string ids = absl::StrJoin(
      unhealthy, chinese ? "、" : ", ",
      [](std::string* out, const domain::InstanceId& id) { absl::StrAppend(out, id.value()); });
  std::string text = chinese ? absl::StrCat("健康检查触发：替换不健康的 ", ids)
                             : absl::StrCat("Health check: unhealthy members replaced: ", ids);
  if (unhealthy_protected > 0) {
    absl::StrAppend(&text, chinese ? "；另有 " : "; ", unhealthy_protected,
                    chinese ? " 台不健康实例受移除保护，未替换"
                            : " more unhealthy ones are protected and kept");
  }
  return text;
}

std::string ReplacementHeldCause(Language language, const domain::HealthSituation& situation) {
  const int64_t minutes = absl::ToInt64Minutes(domain::kUnhealthyWindow);
  switch (language) {
    case Language::kChinese:
      return absl::StrCat(domain::kUnhealthySharePercent, "% 熔断：", minutes, " 分钟内 ",
                          situation.in_service, " 台中 ", situation.turned_together,
                          " 台转为不健康，已停止替换");
    case Language::kEnglish:
      break;
  }
  return absl::StrCat(domain::kUnhealthySharePercent, "% breaker: ", situation.turned_together,
                      " of ", situation.in_service, " members turned unhealthy within ", minutes,
                      " minutes; replacement is held");
}

std::string GroupModifiedCause(Language language, const Actor& actor, int desired_before,
                               int desired_after, bool moved_into_range) {
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("修改伸缩组触发", By(language, actor), "：期望实例数 ", desired_before,
                          " → ", desired_after,
                          moved_into_range ? "（调整至新的实例数范围内）" : "");
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("Scaling group modified", By(language, actor), ": desired capacity ",
                      desired_before, " -> ", desired_after,
                      moved_into_range ? " (moved into the new range of sizes)" : "");
}

std::string GroupDeletedCause(Language language, const Actor& actor) {
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("删除伸缩组触发", By(language, actor));
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("Scaling group deleted", By(language, actor));
}

std::string GroupEnabledCause(Language language, const Actor& actor) {
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("启用伸缩组触发", By(language, actor));
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("Scaling group enabled", By(language, actor));
}

std::string PolicyCause(Language language, const domain::Decision& decision, absl::TimeZone zone) {
  const domain::ScalingPolicy& policy = decision.firing.policy;
  const domain::MetricRule& rule = policy.rule;
  const std::string condition =
      absl::StrCat(ComparisonSign(rule.comparison), " ", Number(rule.threshold));
  const size_t count = decision.firing.periods.size();
  const std::string seconds = Number(absl::ToDoubleSeconds(rule.period));
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("伸缩策略\"", policy.name, "\"(", policy.id.value(), ")触发：",
                          DimensionName(rule.dimension), " ", StatisticName(rule.statistic),
                          " 在连续 ", count, " 个周期(", seconds, " 秒)内 ", condition, "：",
                          Periods(decision.firing.periods, zone, "、"), "；期望实例数 ",
                          decision.desired_before, " → ", decision.desired_after);
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("Scaling policy \"", policy.name, "\" (", policy.id.value(),
                      ") fired: ", DimensionName(rule.dimension), " ",
                      StatisticName(rule.statistic), " ", condition, " for ", count,
                      " consecutive periods (", seconds,
                      " s): ", Periods(decision.firing.periods, zone, ", "), "; desired capacity ",
                      decision.desired_before, " -> ", decision.desired_after);
}

std::string TaskCause(Language language, const domain::ScheduledTask& task, absl::Time due_at,
                      int desired_before, absl::TimeZone zone) {
  const domain::Readjust& sizes = task.readjust;
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("定时任务\"", task.name, "\"(", task.id.value(), ")触发：计划时间 ",
                          LocalTime(due_at, zone), "，实例数范围 ", sizes.min_size, "~",
                          sizes.max_size, "；期望实例数 ", desired_before, " → ",
                          sizes.expect_size);
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("Scheduled task \"", task.name, "\" (", task.id.value(), ") fired: due at ",
                      LocalTime(due_at, zone), ", sizes ", sizes.min_size, "~", sizes.max_size,
                      "; desired capacity ", desired_before, " -> ", sizes.expect_size);
}

std::string OccurrenceText(Language language, const domain::Occurrence& occurrence,
                           absl::string_view why, absl::TimeZone zone) {
  const bool chinese = language == Language::kChinese;
  const char* separator = chinese ? "：" : ": ";
  std::string text = absl::StrCat(LocalTime(occurrence.due_at, zone), separator,
                                  OutcomeWord(language, occurrence.outcome));
  if (!why.empty()) absl::StrAppend(&text, separator, why);
  return text;
}

std::string TaskFaultText(Language language, const domain::Readjust& readjust,
                          const domain::TaskFault& fault) {
  const bool chinese = language == Language::kChinese;
  if (fault.kind == domain::FaultKind::kAboveQuota) {
    return chinese
               ? absl::StrCat("最大实例数 ", readjust.max_size, " 超出配额 ", fault.limit)
               : absl::StrCat("max size ", readjust.max_size, " is above the quota ", fault.limit);
  }
  return chinese ? "实例数设置无效" : "the sizes do not fit together";
}

std::string FailureWords(Language language, int failed, absl::Span<const std::string> words) {
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("；失败 ", failed, " 台：", absl::StrJoin(words, "、"));
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("; ", failed, " failed: ", absl::StrJoin(words, ", "));
}

std::string SurvivingDisksWords(Language language, absl::Span<const Slot> slots) {
  const bool chinese = language == Language::kChinese;
  std::vector<std::string> words;
  for (const Slot& slot : slots) {
    if (slot.surviving_disks.empty()) continue;
    words.push_back(absl::StrCat(slot.instance_id.value(), chinese ? " 的 " : ": ",
                                 absl::StrJoin(slot.surviving_disks, chinese ? "、" : " ")));
  }
  if (words.empty()) return "";
  return chinese ? absl::StrCat("；未随实例删除的数据盘：", absl::StrJoin(words, "，"))
                 : absl::StrCat("; data disks that outlive their instance: ",
                                absl::StrJoin(words, ", "));
}

std::string FailureText(Language language, FailureClass failure, absl::string_view cloud_words) {
  if (cloud_words.empty()) return FailureName(language, failure);
  return absl::StrCat(FailureName(language, failure), " (", cloud_words, ")");
}

std::string CancelledText(Language language) {
  switch (language) {
    case Language::kChinese:
      return "执行前已取消";
    case Language::kEnglish:
      break;
  }
  return "cancelled before it began";
}

const char* DimensionName(domain::Dimension dimension) {
  switch (dimension) {
    case domain::Dimension::kCpuUsage:
      return "cpu_usage";
    case domain::Dimension::kMemUsage:
      return "mem_usage";
    case domain::Dimension::kNetOutTraffic:
      return "net_outtraffic";
    case domain::Dimension::kNetInTraffic:
      return "net_intraffic";
    case domain::Dimension::kListenerOutTraffic:
      return "listener_outtraffic";
    case domain::Dimension::kListenerInTraffic:
      break;
  }
  return "listener_intraffic";
}

const char* ComparisonSign(domain::Comparison comparison) {
  switch (comparison) {
    case domain::Comparison::kGreater:
      return ">";
    case domain::Comparison::kEqualOrGreater:
      return ">=";
    case domain::Comparison::kLess:
      return "<";
    case domain::Comparison::kEqualOrLess:
      return "<=";
    case domain::Comparison::kEqual:
      return "=";
    case domain::Comparison::kNotEqual:
      break;
  }
  return "!=";
}

const char* StatisticName(domain::Statistic statistic) {
  switch (statistic) {
    case domain::Statistic::kAvg:
      return "avg";
    case domain::Statistic::kMin:
      return "min";
    case domain::Statistic::kMax:
      break;
  }
  return "max";
}

}  // namespace accordion::activity
