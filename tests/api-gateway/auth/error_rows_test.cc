// The reference's error rows for signatures, one case a row: code, status and message.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "api-gateway/openapi/json_value.h"
#include "base/sigv4.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/gateway_fixture.h"

namespace accordion::gateway {
namespace {

const base::sigv4::Parameters kDescribe = {{"Action", "DescribeScalingGroup"},
                                           {"Version", "2016-03-04"}};

void Edit(base::HttpRequest* request, const std::string& from, const std::string& to) {
  const std::string authorization(*request->headers.Find("authorization"));
  const std::string edited = absl::StrReplaceAll(authorization, {{from, to}});
  ASSERT_NE(edited, authorization) << from;
  request->headers.Set("authorization", edited);
}

struct Row {
  std::string name;
  std::function<void(base::HttpRequest*)> spoil;
  int status;
  std::string code;
  std::string message;  // a part of it
};

class ErrorRow : public ::testing::TestWithParam<Row> {};

TEST_P(ErrorRow, AnswersCodeStatusAndMessage) {
  HandlerFixture fixture;
  base::HttpRequest request = SignedGet(kDescribe);
  GetParam().spoil(&request);
  const base::HttpResponse answer = fixture.Ask(request);
  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
  const absl::StatusOr<JsonValue> body = ParseJson(answer.body);
  ASSERT_TRUE(body.ok()) << answer.body;
  ASSERT_EQ(body->members.size(), 2u);
  EXPECT_EQ(body->members[0].name, "RequestId");
  const JsonValue& error = body->members[1].value;
  ASSERT_EQ(error.members.size(), 3u);
  EXPECT_EQ(error.members[0].value.text, GetParam().status < 500 ? "Sender" : "Receiver");
  EXPECT_EQ(error.members[1].value.text, GetParam().code);
  EXPECT_NE(error.members[2].value.text.find(GetParam().message), std::string::npos)
      << error.members[2].value.text;
  EXPECT_TRUE(fixture.engine.rpcs.empty());
}

const std::vector<Row>& Rows() {
  static const auto* const rows = new std::vector<Row>{
      {"NoHost", [](auto* r) { DropHeader(r, "Host"); }, 403, "MissingAuthentication",
       "Request is missing 'Host' header."},
      {"NoSignature", [](auto* r) { DropHeader(r, "Authorization"); }, 403, "MissingAuthentication",
       "Request is missing Authentication Token."},
      {"SignedHeaderAbsent", [](auto* r) { Edit(r, "accept;", "accept;x-absent;"); }, 403,
       "MissingAuthentication", "x-absent not in Http Header."},
      {"HostNotSigned", [](auto* r) { Edit(r, "accept;host;", "accept;"); }, 403,
       "SignatureDoesNotMatch", "'Host' must be a 'SignedHeader' in the Authorization."},
      {"Terminator", [](auto* r) { Edit(r, "aws4_request", "aws5_request"); }, 403,
       "SignatureDoesNotMatch", "valid terminator: 'aws4_request', not: aws5_request."},
      {"Region", [](auto* r) { Edit(r, kTestRegion, "mars-1"); }, 403, "SignatureDoesNotMatch",
       "scoped to a valid region, not: mars-1."},
      {"Service", [](auto* r) { Edit(r, "/kec/", "/iam/"); }, 403, "SignatureDoesNotMatch",
       "scoped to correct service: kec."},
      {"Mismatch", [](auto* r) { r->body = "x"; }, 403, "SignatureDoesNotMatch",
       "The request signature we calculated does not match the signature you provided."},
      {"Old", [](auto* r) { *r = SignedGet(kDescribe, TestNow() - absl::Seconds(901)); }, 403,
       "SignatureDoesNotMatch", "Signature expired: 20261124T080624Z is now earlier than "},
      {"FromTheFuture", [](auto* r) { *r = SignedGet(kDescribe, TestNow() + absl::Seconds(901)); },
       403, "SignatureDoesNotMatch", "Signature expired: 20261124T083626Z is still later than "},
      {"ScopeDate", [](auto* r) { Edit(r, "/20261124/", "/20261123/"); }, 403,
       "SignatureDoesNotMatch", "Date in Credential scope does not match YYYYMMDD"},
      {"UnknownKey", [](auto* r) { Edit(r, kTestKey, "AKLTnobody"); }, 403, "InvalidClientTokenId",
       "The security token included in the request is invalid."},
      {"DateForm", [](auto* r) { r->headers.Set("X-Amz-Date", "yesterday"); }, 400,
       "IncompleteSignature", "Date must be in ISO-8601 'basic format'. Got 'yesterday'."},
      {"NoDate", [](auto* r) { DropHeader(r, "X-Amz-Date"); }, 400, "IncompleteSignature",
       "requires existence of either a 'X-Amz-Date' or a 'Date' header"},
      {"Algorithm", [](auto* r) { Edit(r, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"); }, 400,
       "IncompleteSignature", "Unsupported ksc 'algorithm': AWS4-HMAC-SHA1."},
      {"BasicScheme", [](auto* r) { r->headers.Set("Authorization", "Basic dTpw"); }, 400,
       "IncompleteSignature", "Unsupported ksc 'algorithm': Basic."},
      {"NoCredential", [](auto* r) { Edit(r, "Credential=", "Other="); }, 400,
       "IncompleteSignature", "requires 'Credential' parameter. Authorization=AWS4-"},
      {"NoSignedHeaders", [](auto* r) { Edit(r, "SignedHeaders=", "Other="); }, 400,
       "IncompleteSignature", "requires 'SignedHeaders' parameter."},
      {"NoSignaturePart", [](auto* r) { Edit(r, "Signature=", "Other="); }, 400,
       "IncompleteSignature", "requires 'Signature' parameter."},
      {"FourElements", [](auto* r) { Edit(r, "/aws4_request", ""); }, 400, "IncompleteSignature",
       "Credential must have exactly 5 slash-delimited elements"},
      {"NoList", [](auto* r) { r->headers.Set("Authorization", "AWS4-HMAC-SHA256 garbage"); }, 400,
       "IncompleteSignature", "Authorization header format error."},
      {"TwoAuthorizations", [](auto* r) { r->headers.Add("Authorization", "Basic dTpw"); }, 400,
       "IncompleteSignature", "Authorization header format error."},
      {"HeaderAndQueryCredential",
       [](auto* r) {
         auto parameters = kDescribe;
         parameters.emplace_back("X-Amz-Signature", "0");
         *r = SignedGet(parameters);
       },
       400, "IncompleteSignature", "Authorization header format error."},
      {"UnsignedAmzHeader", [](auto* r) { r->headers.Add("X-Amz-Security-Token", "t"); }, 403,
       "SignatureDoesNotMatch", "does not match the signature you provided."},
      {"UnsignedActionHeader", [](auto* r) { r->headers.Add("X-Action", "DescribeScalingGroup"); },
       403, "SignatureDoesNotMatch", "does not match the signature you provided."},
      {"Method", [](auto* r) { r->method = "DELETE"; }, 400, "InvalidMethod",
       "The method DELETE for is not valid for this web service."},
      {"UnknownAction",
       [](auto* r) {
         *r = SignedGet({{"Action", "Frobnicate"}, {"Version", "2016-03-04"}});
       },
       404, "NoSuchEntity", "'Inner Api' that does not exist."},
      {"NoAction",
       [](auto* r) {
         *r = SignedGet({{"Version", "2016-03-04"}});
       },
       400, "MissingParameter", "input parameter Action."},
      {"NoVersion",
       [](auto* r) {
         *r = SignedGet({{"Action", "DescribeScalingGroup"}});
       },
       400, "MissingParameter", "input parameter Version."},
      {"WrongVersion",
       [](auto* r) {
         *r = SignedGet({{"Action", "DescribeScalingGroup"}, {"Version", "2"}});
       },
       400, "InvalidQueryParameter", "The query parameter Version is malformed"},
      {"PercentJunk", [](auto* r) { r->query += "&x=%zz"; }, 400, "InvalidQueryParameter",
       "The query parameter x is malformed"},
      {"NotUtf8", [](auto* r) { r->query += "&x=%c0%af"; }, 400, "InvalidQueryParameter",
       "The query parameter x is malformed"},
      {"Nul", [](auto* r) { r->query += "&x=%00"; }, 400, "InvalidQueryParameter",
       "The query parameter x is malformed"},
      {"ConflictingRepeat",
       [](auto* r) {
         auto parameters = kDescribe;
         parameters.emplace_back("Marker", "1");
         parameters.emplace_back("Marker", "2");
         *r = SignedGet(parameters);
       },
       400, "InvalidQueryParameter", "The query parameter Marker is malformed"},
      {"RequiredAbsent",
       [](auto* r) {
         *r = SignedGet({{"Action", "EnableScalingGroup"}, {"Version", "2016-03-04"}});
       },
       400, "MissingParameter",
       "An value must be supplied for the input parameter ScalingGroupId."},
      {"OutOfRange",
       [](auto* r) {
         auto parameters = kDescribe;
         parameters.emplace_back("MaxResults", "4");
         *r = SignedGet(parameters);
       },
       400, "InvalidParameterValue", "for the input parameter MaxResults."},
  };
  return *rows;
}

INSTANTIATE_TEST_SUITE_P(Reference, ErrorRow, ::testing::ValuesIn(Rows()),
                         [](const auto& row) { return row.param.name; });

TEST(SignatureWindow, HoldsAtItsEdges) {
  HandlerFixture fixture;
  for (const absl::Duration off : {absl::Seconds(-900), absl::Seconds(900)}) {
    EXPECT_EQ(fixture.Ask(SignedGet(kDescribe, TestNow() + off)).status, 200) << off;
  }
}

TEST(Credentials, AreAuthServiceUnavailableWhenTheirStoreIsDown) {
  HandlerFixture fixture;
  fixture.credentials.is_down = true;
  const base::HttpResponse answer = fixture.Ask(SignedGet(kDescribe));
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find("Auth Service is unavailable"), std::string::npos);
}

TEST(Credentials, OfATemporaryKeyNeedTheirTokenAndEnd) {
  HandlerFixture fixture;
  Credential& credential = fixture.credentials.keys[kTestKey];
  credential.security_token_sha256 = std::string(64, '0');
  EXPECT_EQ(fixture.Ask(SignedGet(kDescribe)).status, 403);
  // SHA-256 of the empty token, so that only the end decides below.
  credential.security_token_sha256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  EXPECT_EQ(fixture.Ask(SignedGet(kDescribe)).status, 200);
  credential.expires_at = TestNow();
  EXPECT_EQ(fixture.Ask(SignedGet(kDescribe)).status, 403);
}

TEST(DateHeader, OfRfc7231IsTakenWhereThereIsNoAmzDate) {
  HandlerFixture fixture;
  base::HttpRequest request = SignedGet(kDescribe);
  DropHeader(&request, "X-Amz-Date");
  request.headers.Add("Date", "Tue, 24 Nov 2026 08:21:25 GMT");
  // The signature now lacks a signed header; what matters is that the date itself is no error.
  const base::HttpResponse answer = fixture.Ask(request);
  EXPECT_NE(answer.body.find("x-amz-date not in Http Header"), std::string::npos) << answer.body;
}

TEST(Authorization, GivesSubUsersOnlyWhatTheirPatternsAllow) {
  HandlerFixture fixture;
  Principal& principal = fixture.credentials.keys[kTestKey].principal;
  principal.is_main_account = false;
  principal.user_name = "ops";
  EXPECT_NE(fixture.Ask(SignedGet(kDescribe))
                .body.find("User: ops is not authorized to perform: kec:DescribeScalingGroup."),
            std::string::npos);
  principal.allowed_actions = {"kec:Describe*"};
  EXPECT_EQ(fixture.Ask(SignedGet(kDescribe)).status, 200);
  EXPECT_EQ(fixture
                .Ask(SignedGet({{"Action", "DeleteScalingGroup"},
                                {"Version", "2016-03-04"},
                                {"ScalingGroupId", "1"}}))
                .status,
            403);
  principal.is_frozen = true;
  EXPECT_EQ(fixture.Ask(SignedGet(kDescribe)).status, 403);
}

TEST(Throttling, AnswersLimitExceededUntilTokensComeBack) {
  testing::FakeClock clock;
  Throttle throttle({.per_second = 1, .burst = 2}, 2);
  EXPECT_EQ(throttle.Take("a", clock.Now()), absl::ZeroDuration());
  EXPECT_EQ(throttle.Take("a", clock.Now()), absl::ZeroDuration());
  EXPECT_EQ(throttle.Take("a", clock.Now()), absl::Seconds(1));
  EXPECT_EQ(throttle.Take("b", clock.Now()), absl::ZeroDuration());
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(throttle.Wait("a", clock.Now()), absl::ZeroDuration());
  EXPECT_EQ(throttle.Take("a", clock.Now()), absl::ZeroDuration());
  EXPECT_EQ(throttle.Wait("a", clock.Now()), absl::Seconds(1));
  EXPECT_EQ(throttle.Take("a", clock.Now()), absl::Seconds(1));
}

}  // namespace
}  // namespace accordion::gateway
