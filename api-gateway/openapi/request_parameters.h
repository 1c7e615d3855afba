// The parameters of one request: parsed once, signed and dispatched from the same parse.
//
// A second parser between signature check and dispatch is how signed APIs get broken
// (reliability.md E4), so nothing behind this class ever sees the raw query or the raw body again.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "api-gateway/openapi/api_error.h"
#include "base/sigv4.h"

namespace accordion::gateway {

struct Parameter {
  std::string name;   // decoded, UTF-8, not empty
  std::string value;  // decoded, UTF-8, without NUL
};

class RequestParameters {
 public:
  // `query`: the text behind '?'. `form`: the body of a POST, empty for a GET. Both are
  // form-decoded: '+' is a blank, %XX a byte. InvalidQueryParameter for junk behind '%', text that
  // is not UTF-8, NUL, an empty name, and a name that comes twice (in whichever part) with
  // different values.
  static OrError<RequestParameters> Parse(absl::string_view query, absl::string_view form);

  // Each name once, in the order of its first appearance, query before body.
  const std::vector<Parameter>& all() const { return all_; }

  // Null where absent.
  const std::string* Find(absl::string_view name) const;

  // Whether any parameter's name begins with `prefix`.
  bool HasPrefix(absl::string_view prefix) const;

  // The query's own parameters as received, repeats included: what a signature covers.
  const base::sigv4::Parameters& query() const { return query_; }
  const std::string& canonical_query() const { return canonical_query_; }

 private:
  RequestParameters() = default;

  std::vector<Parameter> all_;
  base::sigv4::Parameters query_;
  std::string canonical_query_;
};

}  // namespace accordion::gateway
