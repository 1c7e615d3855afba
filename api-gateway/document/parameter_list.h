// The parameters of an action as a reader wants them: one row a wire name, in the order of the
// action's fields.
#pragma once

#include <string>
#include <vector>

#include "api-gateway/openapi/decode_plan.h"

namespace accordion::gateway {

struct ParameterRow {
  std::string name;       // `SubnetId.N`, `Slb.N.ServerPort.M`
  std::string pattern;    // regular expression of all names it may have; empty: `name` alone
  std::string parent;     // `Slb.N` of `Slb.N.Id`: the row matters where its parent is given
  bool required = false;  // where its parent is given
  std::vector<std::string> aliases;  // other accepted spellings, in the style of `name`
  const FieldPlan* field = nullptr;
};

std::vector<ParameterRow> ListParameters(const DecodePlan& plan);

}  // namespace accordion::gateway
