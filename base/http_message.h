// HTTP requests and responses as plain values, free of any HTTP library's types; shared by the
// server, the client and the request signer.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace accordion::base {

// Header fields in the order received, repeats included; names compare without regard to case.
class HttpHeaders {
 public:
  using Field = std::pair<std::string, std::string>;

  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<Field> fields) : fields_(fields) {}

  void Add(absl::string_view name, absl::string_view value);
  // Replaces all fields of that name by one.
  void Set(absl::string_view name, absl::string_view value);

  // The first field of that name. The view lives until the headers change.
  std::optional<absl::string_view> Find(absl::string_view name) const;
  // How many fields have that name; more than 1 is an attack or a fault for most headers.
  int Count(absl::string_view name) const;
  // All values of that name, in order.
  std::vector<absl::string_view> FindAll(absl::string_view name) const;

  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct HttpRequest {
  std::string method;
  std::string target;  // as received: path, and query if there is one
  std::string path;    // the part of target before the first '?', not decoded
  std::string query;   // the part after it, not decoded
  HttpHeaders headers;
  std::string body;
  std::string remote_address;  // of the peer, without port; a proxy's if there is one
};

struct HttpResponse {
  int status = 200;
  // Content-Length, Connection and Date are the server's business; don't set them.
  HttpHeaders headers;
  std::string body;
};

}  // namespace accordion::base
