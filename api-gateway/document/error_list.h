// The error catalogue as a reader wants it.
#pragma once

#include <string>
#include <vector>

#include "api-gateway/openapi/route_table.h"

namespace accordion::gateway {

struct ErrorEntry {
  std::string code;
  int http = 0;
  std::string message;  // template, %s for each argument
  std::string when;
};

// All rows, in the order of the catalogue.
std::vector<ErrorEntry> AllErrors();

// Those that every action may answer: the reference's common errors.
std::vector<ErrorEntry> CommonErrors();

// What an action may answer besides: its addressed resource is not there, and, where it writes,
// conflicts with the state of what it changes.
std::vector<ErrorEntry> ErrorsOf(const Route& route);

}  // namespace accordion::gateway
