#include "tests/sim/request_checker.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

// Whether the transaction changed what users see.
bool HasEffect(const testing::MemoryState& state) {
  bool effect = false;
  const auto note = [&](const auto&, const auto*, const auto*) { effect = true; };
  state.groups.ForEachChange(note);
  state.configurations.ForEachChange(note);
  state.policies.ForEachChange(note);
  state.tasks.ForEachChange(note);
  state.members.ForEachChange(note);
  state.notifications.ForEachChange(note);
  return effect;
}

}  // namespace

void RequestChecker::OnCommit(const CommitNotice& notice) {
  if (!notice.actor.is_request) return;
  notice.state.client_tokens.ForEachChange(
      [&](const auto& key, const auto*, const testing::MemoryClientTokenRow* after) {
        if (after != nullptr) {
          tokens_[absl::StrCat(key.first.value(), "/", key.second)] = after->record.answer;
        }
      });
  if (HasEffect(notice.state)) ++by_id_[notice.actor.request].effects;
}

void RequestChecker::Answered(const ApiRequest& request, const ApiAnswer& answer, int attempt,
                              absl::Time at) {
  RequestTruth& truth = by_id_[request.request_id];
  truth.may_repeat = request.action == "DeleteScalingGroup";
  const bool once = truth.effects <= 1 || truth.may_repeat;
  verdict_.Expect(21, attempt > 1 && truth.effects > 0, once, at, [&] {
    return absl::StrCat(request.action, " ", request.client_token, " had ", truth.effects,
                        " effects");
  });
  if (answer.ok()) {
    const auto kept =
        tokens_.find(absl::StrCat(request.account.value(), "/", request.client_token));
    verdict_.Expect(15, true, kept != tokens_.end(), at, [&] {
      return absl::StrCat(request.action, " ", request.client_token,
                          " was acknowledged and is not there");
    });
    const bool same = !truth.answered || truth.answer == answer.bytes;
    verdict_.Expect(21, truth.answered, same, at, [&] {
      return absl::StrCat(request.action, " ", request.client_token, " got two answers");
    });
    truth.answered = true;
    truth.answer = answer.bytes;
  } else if (answer.http < 500) {
    verdict_.Expect(15, true, truth.effects == 0 || truth.may_repeat, at, [&] {
      return absl::StrCat(request.action, " ", request.client_token, " was refused with ",
                          answer.reason, " and has an effect");
    });
  }
}

void RequestChecker::Keeps(const std::string& group, absl::Time at) {
  int64_t id = 0;
  if (!absl::SimpleAtoi(group, &id)) return;
  verdict_.Expect(15, true, truth_.Group(id).row.has_value(), at,
                  [&] { return absl::StrCat("group ", group, " was acknowledged and is gone"); });
}

void RequestChecker::OnCall(const cloudsim::CallRecord& record) {
  if (record.call.service == "admin" || record.phase != cloudsim::CallPhase::kExecuted) return;
  for (const cloudsim::CallEffect& effect : record.effects) {
    const domain::Member* member = truth_.MemberOf(effect.instance_id);
    const InstanceTruth* one = truth_.Instance(effect.instance_id);
    const bool own = (member == nullptr || member->account_id.value() == record.call.account_id) &&
                     (one == nullptr || one->group == 0 ||
                      truth_.Group(one->group).account == record.call.account_id);
    verdict_.Expect(23, true, own, record.executed_at, [&] {
      return absl::StrCat(record.call.action, " of account ", record.call.account_id, " reached ",
                          effect.instance_id, " of another one");
    });
  }
}

void RequestChecker::AtRest(absl::Time now) {
  for (const auto& [id, request] : by_id_) {
    verdict_.Expect(21, request.effects > 0, request.effects <= 1 || request.may_repeat, now,
                    [&, key = id] { return absl::StrCat(key, " had several effects"); });
  }
}

}  // namespace accordion::sim
