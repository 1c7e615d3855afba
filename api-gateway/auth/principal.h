// Who a request is from, as the key store knows the access key that signed it.
#pragma once

#include <string>
#include <vector>

namespace accordion::gateway {

struct Principal {
  std::string account_id;
  std::string user_name;  // of a sub-user; the main account's own name otherwise
  std::string access_key_id;
  bool is_main_account = false;
  bool is_frozen = false;  // the account may do nothing (arrears, abuse)
  // What a sub-user may do: `service:Action`, with a '*' at the end standing for any rest.
  std::vector<std::string> allowed_actions;
};

}  // namespace accordion::gateway
