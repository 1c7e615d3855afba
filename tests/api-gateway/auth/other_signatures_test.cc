// The signature in the query string and the simplified one: what is refused, and with which row.
// The accepted ones are among the dialects.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "accordion/v1/request_context.pb.h"
#include "api-gateway/auth/sigv4_rules.h"
#include "api-gateway/auth/simplified_signature.h"
#include "base/encoding.h"
#include "base/hash.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/gateway_fixture.h"

namespace accordion::gateway {
namespace {

using base::sigv4::Parameters;

Parameters Common() { return {{"Action", "DescribeScalingGroup"}, {"Version", "2016-03-04"}}; }

base::HttpRequest QuerySigned() { return ParseHttp(ReadTestData("dialects/query_get.http")); }

Parameters SimplifiedParameters() {
  Parameters parameters = Common();
  for (const auto& [name, value] : {std::pair("Accesskey", kTestKey),
                                    {"Service", "kec"},
                                    {"Timestamp", "2026-11-24T08:21:25Z"},
                                    {"SignatureVersion", "1.0"},
                                    {"SignatureMethod", "HMAC-SHA256"}}) {
    parameters.emplace_back(name, value);
  }
  return parameters;
}

void SetValue(Parameters* parameters, const std::string& name, const std::string& value) {
  for (auto& parameter : *parameters) {
    if (parameter.first == name) parameter.second = value;
  }
}

base::HttpRequest SimplifiedGet(Parameters parameters) {
  const std::string signature = SimplifiedSignature(parameters, base::SecretString(kTestSecret));
  parameters.emplace_back("Signature", signature);
  return PlainGet(parameters);
}

TEST(SimplifiedSignature, GivesTheVendorsVectors) {
  const Parameters common = {{"Service", "iam"},
                             {"Action", "CreateUser"},
                             {"Version", "2015-11-01"},
                             {"Timestamp", "2021-08-12T02:47:36Z"},
                             {"SignatureMethod", "HMAC-SHA256"},
                             {"UserName", "Ttest"},
                             {"RealName", "周四测试"},
                             {"Remark", "~ce shi*%#|+"}};
  const auto with = [&](const Parameters& more) {
    Parameters all = common;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  // The Node SDK's unit test.
  EXPECT_EQ(SimplifiedSignature(with({{"Accesskey", "AKKKKKK"},
                                      {"SignatureVersion", "1"},
                                      {"Boolean", "true"},
                                      {"Email", "zsce@aa.com"},
                                      {"Array[0]", "1"},
                                      {"Array[1]", "2"},
                                      {"Array[2]", "3"},
                                      {"SimpleFilter.1", "1"},
                                      {"SimpleFilter.2", "2"},
                                      {"DeepFilter.1.a", "1"},
                                      {"DeepFilter.1.b", "2"},
                                      {"DeepFilter.2.a", "2"},
                                      {"DeepFilter.2.b", "3"}}),
                                base::SecretString("SKKKKK==")),
            "f99dc36bc6cd84dbb3148a402df6fc1ad9891a26dca42315b831551f5ae92620");
  // The vendor's page on the signature.
  EXPECT_EQ(SimplifiedSignature(with({{"Accesskey", "AKLTXQVF0pOmS6aahIrD5r0B3Q"},
                                      {"SignatureVersion", "1.0"},
                                      {"Email", "zsce@kkingsoft.com"},
                                      {"Signature", "left out"}}),
                                base::SecretString("OMovU5PTLh6y9E9Ioe3K411jt99VqyQSBXgAcDYlo49R3lv"
                                                   "UIzb6e/efZCFDmtFlzw==")),
            "fc9088ab845949dac4040be9b7ce7859068b5c21d4c400fec8ee0cefb777f659");
}

struct Row {
  std::string name;
  std::function<base::HttpRequest()> request;
  int status;
  std::string message;
};

// A simplified request whose parameter `name` is `value` when it is signed.
std::function<base::HttpRequest()> SimplifiedWith(const std::string& name,
                                                  const std::string& value) {
  return [=] {
    Parameters parameters = SimplifiedParameters();
    SetValue(&parameters, name, value);
    return SimplifiedGet(parameters);
  };
}

std::function<base::HttpRequest()> QueryWith(const std::string& from, const std::string& to) {
  return [=] {
    base::HttpRequest request = QuerySigned();
    EXPECT_TRUE(absl::StrContains(request.query, from)) << from;
    request.query = absl::StrReplaceAll(request.query, {{from, to}});
    return request;
  };
}

class RefusedSignature : public ::testing::TestWithParam<Row> {};

TEST_P(RefusedSignature, AnswersItsRow) {
  HandlerFixture fixture;
  const base::HttpResponse answer = fixture.Ask(GetParam().request());
  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
  EXPECT_TRUE(absl::StrContains(answer.body, GetParam().message)) << answer.body;
  EXPECT_TRUE(fixture.engine.rpcs.empty());
}

const Row kRows[] = {
    {"QueryWithoutAlgorithm", QueryWith("X-Amz-Algorithm", "Algorithm"), 400,
     "KSC query-string parameters must include X-Amz-Algorithm."},
    {"QueryWithoutCredential", QueryWith("X-Amz-Credential", "Credential"), 400,
     "must include X-Amz-Credential."},
    {"QueryWithoutDate", QueryWith("X-Amz-Date", "Other"), 400, "must include X-Amz-Date."},
    {"QueryWithoutSignedHeaders", QueryWith("X-Amz-SignedHeaders", "SignedHeaders"), 400,
     "must include X-Amz-SignedHeaders."},
    {"QueryWithoutSignature", QueryWith("X-Amz-Signature", "Other"), 400,
     "must include X-Amz-Signature."},
    {"QueryOfAnotherAlgorithm", QueryWith("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), 400,
     "Unsupported ksc 'algorithm': AWS4-HMAC-SHA1."},
    {"QueryCredential", QueryWith("%2Faws4_request", ""), 400,
     "Credential must have exactly 5 slash-delimited elements"},
    {"QueryTerminator", QueryWith("aws4_request", "aws5_request"), 403, "not: aws5_request."},
    {"QueryRegion", QueryWith("cn-beijing-6%2F", "mars-1%2F"), 403, "not: mars-1."},
    {"QueryService", QueryWith("%2Fkec%2F", "%2Fiam%2F"), 403, "correct service: kec."},
    {"QueryDateForm", QueryWith("20261124T082125Z", "today"), 400, "Got 'today'."},
    {"QueryScopeDate", QueryWith("%2F20261124%2F", "%2F20261123%2F"), 403,
     "Date in Credential scope does not match"},
    {"QueryTooOld", QueryWith("20261124T082125Z", "20261124T080624Z"), 403, "Signature expired: "},
    {"QueryHostNotSigned", QueryWith("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=accept"), 403,
     "'Host' must be a 'SignedHeader'"},
    {"QueryHeaderAbsent", QueryWith("SignedHeaders=host", "SignedHeaders=host%3Bx-absent"), 403,
     "x-absent not in Http Header."},
    {"QueryUnknownKey", QueryWith(kTestKey, "AKLTnobody"), 403, "The security token included"},
    {"QueryAndHeader",
     [] {
       base::HttpRequest request = QuerySigned();
       request.headers.Add("Authorization", "AWS4-HMAC-SHA256 x=y");
       return request;
     },
     400, "Authorization header format error."},
    {"QueryAndSimplified", QueryWith("&X-Amz-Expires=3600", "&Signature=00"), 400,
     "Authorization header format error."},
    {"CredentialInTheFormOnly",
     [] {
       base::HttpRequest request = PlainGet({});
       request.method = "POST";
       request.body = base::FormEncode(QuerySigned().query.empty() ? Parameters() : Common()) +
                      "&X-Amz-Signature=0";
       return request;
     },
     403, "Request is missing Authentication Token."},
    {"SimplifiedWithoutAccesskey", SimplifiedWith("Accesskey", ""), 403,
     "Request is missing Authentication Token."},
    {"SimplifiedWithoutSignature", [] { return PlainGet(SimplifiedParameters()); }, 403,
     "Request is missing Authentication Token."},
    {"SimplifiedMethod", SimplifiedWith("SignatureMethod", "HMAC-SHA1"), 400,
     "Unsupported ksc 'algorithm': HMAC-SHA1."},
    {"SimplifiedVersion", SimplifiedWith("SignatureVersion", "2.0"), 400,
     "Unsupported ksc 'algorithm': 2.0."},
    {"SimplifiedWithoutTimestamp", SimplifiedWith("Timestamp", ""), 400, "must include Timestamp."},
    {"SimplifiedTimestampForm", SimplifiedWith("Timestamp", "now"), 400, "Got 'now'."},
    {"SimplifiedTimestampNever", SimplifiedWith("Timestamp", "infinite-future"), 400,
     "Got 'infinite-future'."},
    {"SimplifiedTooOld", SimplifiedWith("Timestamp", "2026-11-24T08:06:24Z"), 403,
     "Signature expired: 2026-11-24T08:06:24Z is now earlier than "},
    {"SimplifiedService", SimplifiedWith("Service", "iam"), 403, "correct service: kec."},
    {"SimplifiedUnknownKey", SimplifiedWith("Accesskey", "AKLTnobody"), 403,
     "The security token included"},
    {"SimplifiedRegion",
     [] {
       Parameters parameters = SimplifiedParameters();
       parameters.emplace_back("Region", "mars-1");
       return SimplifiedGet(parameters);
     },
     403, "valid region, not: mars-1."},
    {"SimplifiedWithAnActionThatOnlyAHeaderNames",
     [] {
       Parameters parameters = SimplifiedParameters();
       SetValue(&parameters, "Action", "");
       base::HttpRequest request = SimplifiedGet(parameters);
       request.headers.Add("X-Action", "DescribeScalingGroup");
       return request;
     },
     403, "The request signature we calculated does not match"},
};

INSTANTIATE_TEST_SUITE_P(Other, RefusedSignature, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(SimplifiedSignature, IsTakenWithVersionOneAndWithoutARegionOrWithARepeatedParameter) {
  HandlerFixture fixture;
  Parameters parameters = SimplifiedParameters();
  SetValue(&parameters, "SignatureVersion", "1");
  EXPECT_EQ(fixture.Ask(SimplifiedGet(parameters)).status, 200);
  parameters.emplace_back("ScalingGroupId.1", "5");
  parameters.emplace_back("ScalingGroupId.1", "5");
  EXPECT_EQ(fixture.Ask(SimplifiedGet(parameters)).status, 200);
}

TEST(SessionToken, IsReadWhereverAClientPutsIt) {
  HandlerFixture fixture;
  fixture.credentials.keys[kTestKey].security_token_sha256 = base::Sha256Hex("token");
  fixture.credentials.keys[kTestKey].expires_at = TestNow() + absl::Seconds(1);
  Parameters parameters = SimplifiedParameters();
  EXPECT_EQ(fixture.Ask(SimplifiedGet(parameters)).status, 403);
  parameters.emplace_back("SecurityToken", "token");
  EXPECT_EQ(fixture.Ask(SimplifiedGet(parameters)).status, 200);
  // The header form, signed with the token as a parameter and as a header.
  Parameters common = Common();
  common.emplace_back("SecurityToken", "token");
  EXPECT_EQ(fixture.Ask(SignedGet(common)).status, 200);
  base::HttpRequest request = PlainGet(Common());
  const base::HttpHeaders signature = base::sigv4::Sign(
      {"GET", "/", Common(), request.headers, ""},
      {kTestKey, base::SecretString(kTestSecret), kTestRegion, "kec", "token"}, TestNow());
  for (const auto& [name, value] : signature.fields()) request.headers.Add(name, value);
  EXPECT_EQ(fixture.Ask(request).status, 200);
  fixture.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(fixture.Ask(request).status, 403);
}

TEST(DateHeader, IsAPointInTime) {
  for (const char* date : {"infinite-future", "infinite-past", "Tue, 24 Nov 99999 08:21:25 GMT",
                           "Tue Nov 24 08:21:25 -5"}) {
    EXPECT_FALSE(ParseDateHeader(date).has_value()) << date;
  }
}

TEST(DateHeader, IsTakenInItsFormsWhereThereIsNoAmzDate) {
  for (const char* date :
       {"20261124T082125Z", "20261124T082125+00:00", "Tue, 24 Nov 2026 08:21:25 GMT",
        "Tuesday, 24-Nov-26 08:21:25 GMT", "Tue Nov 24 08:21:25 2026"}) {
    HandlerFixture fixture;
    base::HttpRequest request = PlainGet(Common());
    request.headers.Add("Date", date);
    const std::string text = absl::StrContains(date, 'T') && date[0] == '2'
                                 ? std::string(date)
                                 : base::sigv4::FormatAmzDate(TestNow());
    const base::sigv4::CredentialScope scope = {kTestKey, "20261124", kTestRegion, "kec",
                                                "aws4_request"};
    const std::vector<std::string> signed_headers = {"date", "host"};
    const std::string canonical = base::sigv4::CanonicalRequest(
        {"GET", "/", Common(), request.headers, signed_headers, base::Sha256Hex("")});
    const base::SecretString key =
        base::sigv4::DeriveKey(base::SecretString(kTestSecret), "20261124", kTestRegion, "kec");
    request.headers.Add(
        "Authorization",
        absl::StrCat(
            "AWS4-HMAC-SHA256 Credential=", kTestKey, "/20261124/", kTestRegion,
            "/kec/aws4_request, SignedHeaders=date;host, Signature=",
            base::sigv4::Signature(key, base::sigv4::StringToSign(text, scope, canonical))));
    EXPECT_EQ(fixture.Ask(request).status, 200) << date;
  }
}

}  // namespace
}  // namespace accordion::gateway
