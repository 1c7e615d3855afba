// Every row of the reference's common-error table: the request that provokes it, over a socket, and
// the literal answer, as JSON and as XML. And the order in which a request is checked.
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "accordion/v1/error_reason.pb.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/server_fixture.h"

namespace accordion::gateway {
namespace {

using Parameters = base::sigv4::Parameters;

const Parameters kDescribe = {{"Action", "DescribeScalingGroup"}, {"Version", "2016-03-04"}};
const Parameters kEnable = {
    {"Action", "EnableScalingGroup"}, {"Version", "2016-03-04"}, {"ScalingGroupId", "5"}};

Parameters With(Parameters parameters, const std::string& name, const std::string& value) {
  parameters.emplace_back(name, value);
  return parameters;
}

// A correctly signed request, of which `from` in the Authorization header then becomes `to`.
base::HttpRequest Edited(absl::string_view accept, const std::string& from, const std::string& to) {
  base::HttpRequest request = SignedGet(kDescribe, TestNow(), accept);
  const std::string authorization(*request.headers.Find("authorization"));
  EXPECT_TRUE(absl::StrContains(authorization, from)) << from;
  request.headers.Set("Authorization", absl::StrReplaceAll(authorization, {{from, to}}));
  return request;
}

base::HttpRequest Without(base::HttpRequest request, const std::string& header) {
  DropHeader(&request, header);
  return request;
}

base::HttpRequest WithHeader(base::HttpRequest request, const char* name, const char* value) {
  request.headers.Set(name, value);
  return request;
}

// Stands for the Authorization header as sent, in an expected message.
constexpr char kAuthorization[] = "{Authorization}";

struct Row {
  std::string name;
  std::string reference;          // the row of the table: its message
  std::vector<std::string> args;  // of the message
  std::function<base::HttpRequest(absl::string_view accept)> request;
  std::function<void(ServerFixture*)> prepare = {};
  std::function<void(Config*)> configure = {};
};

void MakeSubUser(ServerFixture* fixture, std::vector<std::string> allowed) {
  Principal& principal = fixture->credentials->keys[kTestKey].principal;
  principal.is_main_account = false;
  principal.user_name = "ops";
  principal.allowed_actions = std::move(allowed);
}

std::vector<Row> AuthenticationRows() {
  const auto now = [] { return TestNow(); };
  return {
      {"NoCredential",
       "Request is missing Authentication Token.",
       {},
       [](auto accept) { return PlainGet(kDescribe, accept); }},
      {"SignedHeaderAbsent",
       "%s not in Http Header.",
       {"x-absent"},
       [](auto accept) { return Edited(accept, "accept;", "accept;x-absent;"); }},
      {"HostNotSigned",
       "'Host' must be a 'SignedHeader' in the Authorization.",
       {},
       [](auto accept) { return Edited(accept, "accept;host;", "accept;"); }},
      {"Terminator",
       "Credential should be scoped with a valid terminator: 'aws4_request', not: %s.",
       {"aws5_request"},
       [](auto accept) { return Edited(accept, "aws4_request", "aws5_request"); }},
      {"Region",
       "Credential should be scoped to a valid region, not: %s.",
       {"mars-1"},
       [](auto accept) { return Edited(accept, kTestRegion, "mars-1"); }},
      {"Service",
       "Credential should be scoped to correct service: %s.",
       {"kec"},
       [](auto accept) { return Edited(accept, "/kec/", "/iam/"); }},
      {"Mismatch",
       "The request signature we calculated does not match the signature you provided.",
       {},
       [=](auto accept) {
         return Without(WithHeader(SignedGet(kDescribe, now(), accept), "Host", "other.test"), "");
       }},
      {"Expired",
       "Signature expired:%s.",
       {" 20261124T080624Z is now earlier than 20261124T080625Z (20261124T082125Z - 15m)"},
       [=](auto accept) { return SignedGet(kDescribe, now() - absl::Seconds(901), accept); }},
      {"ScopeDate",
       "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.",
       {},
       [](auto accept) { return Edited(accept, "/20261124/", "/20261123/"); }},
      {"UnknownKey",
       "The security token included in the request is invalid.",
       {},
       [](auto accept) { return Edited(accept, kTestKey, "AKLTnobody"); }},
      {"ExpiredToken",
       "The security token included in the request is invalid.",
       {},
       [=](auto accept) { return SignedGet(kDescribe, now(), accept); },
       [](ServerFixture* fixture) {
         fixture->credentials->keys[kTestKey].expires_at = TestNow();
         fixture->credentials->keys[kTestKey].security_token_sha256 =
             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";  // of ""
       }},
      {"DateForm",
       "Date must be in ISO-8601 'basic format'. Got '%s'. See "
       "http://en.wikipedia.org/wiki/ISO_8601 .",
       {"2026-11-24"},
       [=](auto accept) {
         return WithHeader(SignedGet(kDescribe, now(), accept), "X-Amz-Date", "2026-11-24");
       }},
      {"QueryPartMissing",
       "KSC query-string parameters must include %s. Re-examine the query-string parameters.",
       {"X-Amz-Algorithm, X-Amz-Credential, X-Amz-Date, X-Amz-SignedHeaders"},
       [](auto accept) { return PlainGet(With(kDescribe, "X-Amz-Signature", "0"), accept); }},
      {"Algorithm",
       "Unsupported ksc 'algorithm': %s.",
       {"AWS4-HMAC-SHA1"},
       [](auto accept) { return Edited(accept, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"); }},
      {"CredentialPart",
       "Authorization header requires 'Credential' parameter. Authorization=%s.",
       {kAuthorization},
       [](auto accept) { return Edited(accept, "Credential=", "Other="); }},
      {"CredentialElements",
       "Credential must have exactly 5 slash-delimited elements, e.g. "
       "accesskeyid/date/region/service/aws4_request, got: %s.",
       {absl::StrCat(kTestKey, "/20261124/", kTestRegion, "/kec")},
       [](auto accept) { return Edited(accept, "/aws4_request", ""); }},
      {"HeaderForm",
       "Authorization header format error.",
       {},
       [=](auto accept) {
         return WithHeader(SignedGet(kDescribe, now(), accept), "Authorization",
                           "AWS4-HMAC-SHA256 garbage");
       }},
      {"TwoCredentials",
       "Authorization header format error.",
       {},
       [=](auto accept) { return SignedGet(With(kDescribe, "Signature", "0"), now(), accept); }},
      {"NoDate",
       "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header, "
       "Authorization=%s",
       {kAuthorization},
       [=](auto accept) { return Without(SignedGet(kDescribe, now(), accept), "X-Amz-Date"); }},
      {"SignaturePart",
       "Authorization header requires 'Signature' parameter. Authorization=%s",
       {kAuthorization},
       [](auto accept) { return Edited(accept, "Signature=", "Other="); }},
      {"SignedHeadersPart",
       "Authorization header requires 'SignedHeaders' parameter. Authorization=%s",
       {kAuthorization},
       [](auto accept) { return Edited(accept, "SignedHeaders=", "Other="); }},
  };
}

std::vector<Row> ServiceRows() {
  const auto describe = [](auto accept) { return SignedGet(kDescribe, TestNow(), accept); };
  const auto refuse = [](v1::ErrorReason reason) {
    return [reason](ServerFixture* fixture) { fixture->engine->refusal = ApiError{reason, {}}; };
  };
  return {
      {"LostCall",
       "Exception %s",
       {"LostCall"},
       describe,
       [](ServerFixture* fixture) { fixture->engine->loses_calls = true; }},
      {"KeyStoreDown",
       "Auth Service is unavailable because of an unknown error, exception or failure",
       {},
       describe,
       [](ServerFixture* fixture) { fixture->credentials->is_down = true; }},
      {"SwitchedOff",
       "Request was rejected because it referenced an 'Inner Api' that does not have an internal "
       "service",
       {},
       describe,
       {},
       [](Config* config) { config->disabled_actions = {"DescribeScalingGroup"}; }},
      {"EngineGone",
       "OpenAPI or Service is unavailable because of an unknown error, exception or failure.",
       {},
       describe,
       refuse(v1::SERVICE_UNAVAILABLE)},
      {"DryRun",
       "Request would have succeeded, but DryRun flag is set",
       {},
       [](auto accept) { return SignedGet(With(kEnable, "DryRun", "true"), TestNow(), accept); },
       refuse(v1::DRY_RUN_OPERATION)},
      {"EngineSlow",
       "Internal Service is unavailable because of time out.",
       {},
       describe,
       refuse(v1::SERVICE_TIMEOUT)},
      {"SubUser",
       "User: %s is not authorized to perform: %s.",
       {"ops", "kec:DescribeScalingGroup"},
       describe,
       [](ServerFixture* fixture) { MakeSubUser(fixture, {"kec:Create*"}); }},
      {"Frozen",
       "User: %s is not authorized to perform: %s.",
       {"root", "kec:DescribeScalingGroup"},
       describe,
       [](ServerFixture* fixture) {
         fixture->credentials->keys[kTestKey].principal.is_frozen = true;
       }},
      {"MainAccountOnly",
       "User: %s is not authorized to perform: %s.",
       {"ops", "kec:ModifyScalingNotification"},
       [](auto accept) {
         return SignedGet({{"Action", "ModifyScalingNotification"}, {"Version", "2016-03-04"}},
                          TestNow(), accept);
       },
       [](ServerFixture* fixture) { MakeSubUser(fixture, {"*"}); }},
      {"UnknownAction",
       "Request was rejected because it referenced an 'Inner Api' that does not exist.",
       {},
       [](auto accept) {
         return SignedGet({{"Action", "Frobnicate"}, {"Version", "2016-03-04"}}, TestNow(), accept);
       }},
      {"TooFast",
       "Request was rejected because the request speed of this openAPI is beyond the current flow "
       "control limit.",
       {},
       describe,
       [=](ServerFixture* fixture) { fixture->Send(describe(kJson)); },
       [](Config* config) {
         config->throttle_rate = 0.5;
         config->throttle_burst = 1;
       }},
      {"OutOfRange",
       "An invalid or out-of-range value was supplied for the input parameter %s.",
       {"MaxResults"},
       [](auto accept) {
         return SignedGet(With(kDescribe, "MaxResults", "4"), TestNow(), accept);
       }},
      {"Method",
       "The method %s for is not valid for this web service.",
       {"PUT"},
       [=](auto accept) {
         base::HttpRequest request = describe(accept);
         request.method = "PUT";
         return request;
       }},
      {"Missing",
       "An value must be supplied for the input parameter %s.",
       {"ScalingGroupId"},
       [](auto accept) {
         return SignedGet({{"Action", "EnableScalingGroup"}, {"Version", "2016-03-04"}}, TestNow(),
                          accept);
       }},
      {"Malformed",
       "The query parameter %s is malformed or does not adhere to KSC standards.",
       {"Version"},
       [](auto accept) {
         return SignedGet({{"Action", "DescribeScalingGroup"}, {"Version", "2015-01-01"}},
                          TestNow(), accept);
       }},
  };
}

std::vector<Row> Rows() {
  std::vector<Row> rows = AuthenticationRows();
  for (Row& row : ServiceRows()) rows.push_back(std::move(row));
  return rows;
}

struct ReferenceRow {
  std::string code;
  std::string status;
};

// The reference's table, by message.
std::map<std::string, ReferenceRow> ReferenceTable() {
  std::map<std::string, ReferenceRow> table;
  const std::string text = ReadTestData("common_errors.tsv");
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    table[cells.at(1)] = {cells.at(0), cells.at(2)};
  }
  return table;
}

std::string Fill(std::string message, const std::vector<std::string>& args,
                 const base::HttpRequest& request) {
  for (const std::string& arg : args) {
    const std::string value =
        arg == kAuthorization ? std::string(*request.headers.Find("authorization")) : arg;
    const std::size_t at = message.find("%s");
    message = at == std::string::npos ? message : message.replace(at, 2, value);
  }
  return message;
}

// The body with the request id, which differs each time, taken out.
std::string WithoutId(const std::string& body, const std::string& before) {
  const std::size_t at = body.find(before);
  if (at == std::string::npos) return body;
  return body.substr(0, at + before.size()) + body.substr(at + before.size() + 36);
}

class ErrorTable : public ::testing::TestWithParam<Row> {};

TEST_P(ErrorTable, AnswersTheRowLiterallyInBothFormats) {
  const Row& row = GetParam();
  const std::map<std::string, ReferenceRow> table = ReferenceTable();
  ASSERT_EQ(table.count(row.reference), 1u) << "not in the reference: " << row.reference;
  const ReferenceRow& expected = table.at(row.reference);
  const std::string type = expected.status[0] == '5' ? "Receiver" : "Sender";

  ServerFixture fixture(row.configure);
  if (row.prepare) row.prepare(&fixture);
  const base::HttpRequest json_request = row.request(kJson);
  const std::string json = fixture.Send(json_request);
  EXPECT_EQ(absl::StrCat(StatusOf(json)), expected.status) << json;
  EXPECT_EQ(
      WithoutId(BodyOf(json), R"({"RequestId":")"),
      absl::StrCat(R"({"RequestId":"","Error":{"Type":")", type, R"(","Code":")", expected.code,
                   R"(","Message":")", Fill(row.reference, row.args, json_request), R"("}})"));
  EXPECT_TRUE(absl::StrContains(json, "Content-Type: application/json\r\n")) << json;

  const base::HttpRequest xml_request = row.request("*/*");
  const std::string xml = fixture.Send(xml_request);
  EXPECT_EQ(absl::StrCat(StatusOf(xml)), expected.status) << xml;
  EXPECT_EQ(WithoutId(BodyOf(xml), "<ErrorResponse><RequestId>"),
            absl::StrCat(
                "<ErrorResponse><RequestId></RequestId><Error><Type>", type, "</Type><Code>",
                expected.code, "</Code><Message>",
                absl::StrReplaceAll(Fill(row.reference, row.args, xml_request), {{"'", "&apos;"}}),
                "</Message></Error></ErrorResponse>"));
  EXPECT_TRUE(absl::StrContains(xml, "Content-Type: text/xml\r\n")) << xml;
}

INSTANTIATE_TEST_SUITE_P(Reference, ErrorTable, ::testing::ValuesIn(Rows()),
                         [](const auto& row) { return row.param.name; });

// HTTP/1.1 forbids it, so the server refuses it before it knows what the client accepts.
TEST(ErrorTableHost, IsMissedByEitherVersionOfHttp) {
  ServerFixture fixture;
  const std::string expected = R"({"RequestId":"","Error":{"Type":"Sender","Code":)"
                               R"("MissingAuthentication","Message":)"
                               R"("Request is missing 'Host' header."}})";
  const auto ask = [&](const std::string& rest) {
    return ServerFixture::Exchange(fixture.gateway->Port(),
                                   "GET /?Action=DescribeScalingGroup HTTP/1." + rest + "\r\n");
  };
  for (const char* rest : {"1\r\nConnection: close\r\n", "0\r\nAccept: application/json\r\n"}) {
    const std::string answer = ask(rest);
    EXPECT_EQ(StatusOf(answer), 403) << answer;
    EXPECT_EQ(WithoutId(BodyOf(answer), R"({"RequestId":")"), expected);
  }
  EXPECT_TRUE(absl::StrContains(ask("0\r\n"),
                                "<Code>MissingAuthentication</Code><Message>Request "
                                "is missing &apos;Host&apos; header.</Message>"));
}

TEST(ErrorTableCoverage, HasARequestForEveryRowOfTheReference) {
  std::map<std::string, ReferenceRow> table = ReferenceTable();
  EXPECT_EQ(table.size(), 33u);
  for (const Row& row : Rows()) table.erase(row.reference);
  table.erase("Request is missing 'Host' header.");  // ErrorTableHost
  for (const auto& [message, row] : table) ADD_FAILURE() << "nothing provokes: " << message;
}

TEST(ErrorTableThrottle, SaysWhenToComeAgainAndCoversReads) {
  ServerFixture fixture([](Config* config) {
    config->throttle_rate = 0.4;
    config->throttle_burst = 1;
  });
  const auto send = [&](const Parameters& parameters) {
    return fixture.Send(SignedGet(parameters, fixture.clock.Now()));
  };
  EXPECT_EQ(StatusOf(send(kDescribe)), 200);
  const std::string refused = send(kDescribe);
  EXPECT_EQ(StatusOf(refused), 409);
  EXPECT_TRUE(absl::StrContains(refused, "Retry-After: 3\r\n")) << refused;
  EXPECT_EQ(StatusOf(send(kEnable)), 200) << "another action has its own limit";
  fixture.clock.Advance(absl::Seconds(3));
  EXPECT_EQ(StatusOf(send(kDescribe)), 200);
}

// A request with every fault, of which one after the other is mended: each step shows the next.
TEST(OrderOfChecks, IsSyntaxAuthenticationAuthorizationThrottleActionParametersState) {
  ServerFixture fixture([](Config* config) {
    config->throttle_rate = 0.001;
    config->throttle_burst = 1;
  });
  fixture.engine->refusal = ApiError{v1::SCALING_GROUP_NOT_FOUND, {"5"}};
  const auto code_of = [&](const base::HttpRequest& request) {
    const std::string body = BodyOf(fixture.Send(request));
    const std::size_t at = body.find(R"("Code":")") + 8;
    return body.substr(at, body.find('"', at) - at);
  };
  Parameters parameters = {{"Action", "CreateScalingPolicy"},
                           {"Version", "1"},
                           {"ScalingGroupId", "5"},
                           {"Metric", "{"},
                           {"AdjustmentType", "None"},
                           {"X", "1"},
                           {"X", "2"}};
  MakeSubUser(&fixture, {});
  base::HttpRequest unsigned_request = PlainGet(parameters);
  unsigned_request.method = "PUT";
  EXPECT_EQ(code_of(unsigned_request), "InvalidMethod");
  unsigned_request.method = "GET";
  EXPECT_EQ(code_of(unsigned_request), "InvalidQueryParameter") << "X comes twice";
  parameters.pop_back();
  EXPECT_EQ(code_of(PlainGet(parameters)), "MissingAuthentication");
  EXPECT_EQ(code_of(SignedGet(parameters)), "AccessDenied");
  MakeSubUser(&fixture, {"kec:*"});
  EXPECT_EQ(code_of(SignedGet(parameters)), "InvalidQueryParameter") << "Version; takes the token";
  EXPECT_EQ(code_of(SignedGet(parameters)), "LimitExceeded") << "before the Version is looked at";
  fixture.clock.Advance(absl::Seconds(1000));
  const auto signed_now = [&] { return SignedGet(parameters, fixture.clock.Now()); };
  EXPECT_EQ(code_of(signed_now()), "InvalidQueryParameter");
  parameters[1].second = "2016-03-04";
  fixture.clock.Advance(absl::Seconds(1000));
  EXPECT_EQ(code_of(signed_now()), "MissingParameter") << "before the values";
  parameters.emplace_back("ScalingPolicyName", "p");
  parameters.emplace_back("AdjustmentValue", "1");
  parameters.emplace_back("CoolDown", "60");
  fixture.clock.Advance(absl::Seconds(1000));
  EXPECT_EQ(code_of(signed_now()), "InvalidParameterValue");
  parameters[3].second =
      R"({"dimensionName":"cpu_usage","comparisonOperator":"Greater","threshold":1,"function":"avg"})";
  parameters[4].second = "TotalCapacity";
  EXPECT_TRUE(fixture.engine->rpcs.empty());
  fixture.clock.Advance(absl::Seconds(1000));
  EXPECT_EQ(code_of(signed_now()), "ScalingGroupNotFound");
}

}  // namespace
}  // namespace accordion::gateway
