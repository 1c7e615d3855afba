// The API document for people: an index and one page an action, each a whole HTML file without
// anything from elsewhere.
#pragma once

#include <string>

#include "api-gateway/document/api_description.h"

namespace accordion::gateway {

// How pages find each other: served and on disk they have different addresses.
struct PageLinks {
  std::string index;   // address of the index
  std::string prefix;  // an action's page is prefix + action + suffix
  std::string suffix;

  std::string ToAction(const std::string& action) const { return prefix + action + suffix; }
};

std::string IndexPage(const ApiDescription& api, const PageLinks& links);
std::string ActionPage(const ApiDescription& api, const Route& route, const PageLinks& links);

}  // namespace accordion::gateway
