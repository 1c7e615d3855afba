// One recorded request for each client dialect is accepted, and with any byte of what it signs
// changed, refused.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/gateway_fixture.h"

namespace accordion::gateway {
namespace {

class Dialect : public ::testing::TestWithParam<const char*> {
 protected:
  base::HttpRequest Recorded() const {
    return ParseHttp(ReadTestData(std::string("dialects/") + GetParam() + ".http"));
  }

  // The headers whose every byte counts: those signed (the simplified signature covers none), and
  // the Authorization itself.
  static bool Counts(const base::HttpRequest& request, const std::string& name) {
    const std::string text(request.headers.Find("authorization").value_or(request.query));
    const std::size_t at = text.find("SignedHeaders=");
    if (at == std::string::npos) return false;
    const std::string list = absl::StrReplaceAll(text.substr(at + 14), {{"%3B", ";"}, {"&", ","}});
    const std::vector<std::string> names = absl::StrSplit(list.substr(0, list.find(',')), ';');
    const std::string lower = absl::AsciiStrToLower(name);
    return lower == "authorization" || std::find(names.begin(), names.end(), lower) != names.end();
  }

  void ExpectRefused(const base::HttpRequest& request, const std::string& where) {
    const base::HttpResponse answer = fixture_.Ask(request);
    EXPECT_TRUE(answer.status == 403 || answer.status == 400) << where << ": " << answer.status;
    EXPECT_TRUE(fixture_.engine.rpcs.empty()) << where << " reached the engine";
    fixture_.engine.rpcs.clear();
  }

  HandlerFixture fixture_;
};

TEST_P(Dialect, IsAccepted) {
  const base::HttpResponse answer = fixture_.Ask(Recorded());
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(fixture_.engine.rpcs.size(), 1u);
}

TEST_P(Dialect, IsRefusedWithAnyByteOfQueryOrBodyFlipped) {
  for (int mask : {0x01, 0x02, 0x80}) {
    for (std::size_t i = 0; i < Recorded().query.size(); ++i) {
      base::HttpRequest request = Recorded();
      request.query[i] = static_cast<char>(request.query[i] ^ mask);
      ExpectRefused(request, "query byte " + std::to_string(i));
    }
    for (std::size_t i = 0; i < Recorded().body.size(); ++i) {
      base::HttpRequest request = Recorded();
      request.body[i] = static_cast<char>(request.body[i] ^ mask);
      ExpectRefused(request, "body byte " + std::to_string(i));
    }
  }
}

TEST_P(Dialect, IsRefusedWithAnyByteOfAuthorizationOrSignedHeadersFlipped) {
  const base::HttpRequest recorded = Recorded();
  const auto& fields = recorded.headers.fields();
  for (std::size_t changed = 0; changed < fields.size(); ++changed) {
    if (!Counts(recorded, fields[changed].first)) continue;
    const std::size_t name_size = fields[changed].first.size();
    for (std::size_t i = 0; i < name_size + fields[changed].second.size(); ++i) {
      base::HttpRequest request = recorded;
      request.headers = base::HttpHeaders();
      for (std::size_t f = 0; f < fields.size(); ++f) {
        auto [name, value] = fields[f];
        if (f == changed) {
          char& byte = i < name_size ? name[i] : value[i - name_size];
          byte = static_cast<char>(byte ^ 0x01);
        }
        request.headers.Add(name, value);
      }
      ExpectRefused(request, fields[changed].first + " byte " + std::to_string(i));
    }
  }
}

// Those that sign method and path.
class SigV4Dialect : public Dialect {};

TEST_P(SigV4Dialect, IsRefusedWithAnotherMethodOrPath) {
  base::HttpRequest request = Recorded();
  request.method = request.method == "GET" ? "POST" : "GET";
  ExpectRefused(request, "method");
  request = Recorded();
  request.path = "/x";
  ExpectRefused(request, "path");
}

std::string NameOf(const ::testing::TestParamInfo<const char*>& row) { return row.param; }

INSTANTIATE_TEST_SUITE_P(SigV4, Dialect,
                         ::testing::Values("kscore_get", "kscore_post", "sdkpy_get", "sdkpy_post",
                                           "sdk_go_get", "sdk_go_post", "ksc_go_get", "ksc_go_post",
                                           "sdk_node_get", "curl_unsorted_get", "curl_post",
                                           "ca_get", "query_get", "query_post",
                                           "query_date_header_get"),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Simplified, Dialect,
                         ::testing::Values("simplified_get", "simplified_post"), NameOf);
INSTANTIATE_TEST_SUITE_P(All, SigV4Dialect,
                         ::testing::Values("kscore_get", "kscore_post", "sdkpy_get", "sdkpy_post",
                                           "sdk_go_get", "sdk_go_post", "ksc_go_get", "ksc_go_post",
                                           "sdk_node_get", "curl_unsorted_get", "curl_post",
                                           "ca_get", "query_get", "query_post",
                                           "query_date_header_get"),
                         NameOf);

}  // namespace
}  // namespace accordion::gateway
