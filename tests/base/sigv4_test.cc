// Vectors: AWS's published "aws-sig-v4-test-suite" and the worked example of its documentation.
#include "base/sigv4.h"

#include "absl/strings/str_cat.h"
#include "base/encoding.h"
#include "base/hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::base::sigv4 {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

const SecretString& ExampleSecret() {
  static const SecretString secret(std::string("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"));
  return secret;
}

SigningCredentials Example(absl::string_view service) {
  return {.access_key = "AKIDEXAMPLE",
          .secret_key = ExampleSecret(),
          .region = "us-east-1",
          .service = std::string(service)};
}

absl::Time ExampleTime() { return *ParseAmzDate("20150830T123600Z"); }

struct SuiteCase {
  absl::string_view name;
  absl::string_view method;
  absl::string_view path;
  Parameters query;
  HttpHeaders headers;
  absl::string_view body;
  absl::string_view signature;
};

TEST(Sign, MatchesThePublishedSuite) {
  const HttpHeaders host = {{"Host", "example.amazonaws.com"}};
  const SuiteCase cases[] = {
      {"get-vanilla",
       "GET",
       "/",
       {},
       host,
       "",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/",
       {{"Param2", "value2"}, {"Param1", "value1"}},
       host,
       "",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-utf8",
       "GET",
       "/\xe1\x88\xb4",
       {},
       host,
       "",
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-header-value-trim",
       "GET",
       "/",
       {},
       {{"Host", "example.amazonaws.com"},
        {"My-Header1", " value1"},
        {"My-Header2", " \"a   b   c\""}},
       "",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"get-header-key-duplicate",
       "GET",
       "/",
       {},
       {{"Host", "example.amazonaws.com"},
        {"My-Header1", "value2"},
        {"My-Header1", "value2"},
        {"My-Header1", "value1"}},
       "",
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"post-x-www-form-urlencoded",
       "POST",
       "/",
       {},
       {{"Content-Type", "application/x-www-form-urlencoded"}, {"Host", "example.amazonaws.com"}},
       "Param1=value1",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
  for (const SuiteCase& test : cases) {
    const HttpHeaders added = Sign({.method = test.method,
                                    .path = test.path,
                                    .query = test.query,
                                    .headers = test.headers,
                                    .body = test.body},
                                   Example("service"), ExampleTime());
    EXPECT_THAT(std::string(*added.Find("Authorization")),
                EndsWith(absl::StrCat("Signature=", test.signature)))
        << test.name;
  }
}

TEST(Sign, MatchesTheWorkedExampleStepByStep) {
  const HttpHeaders headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                               {"Host", "iam.amazonaws.com"},
                               {"X-Amz-Date", "20150830T123600Z"}};
  const std::string canonical =
      CanonicalRequest({.method = "GET",
                        .path = "/",
                        .query = {{"Version", "2010-05-08"}, {"Action", "ListUsers"}},
                        .headers = headers,
                        .signed_headers = {"content-type", "host", "x-amz-date"},
                        .payload_hash = Sha256Hex("")});
  EXPECT_EQ(Sha256Hex(canonical),
            "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");

  const SecretString key = DeriveKey(ExampleSecret(), "20150830", "us-east-1", "iam");
  EXPECT_EQ(HexEncode(key.Reveal()),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");

  const CredentialScope scope = *ParseCredential("AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request");
  EXPECT_EQ(Signature(key, StringToSign("20150830T123600Z", scope, canonical)),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(Sign, ASessionTokenIsSentAndSigned) {
  SigningCredentials credentials = Example("kec");
  credentials.session_token = "token";
  const HttpHeaders added = Sign(
      {.method = "GET", .path = "/", .query = {}, .headers = {{"Host", "kec.example"}}, .body = ""},
      credentials, ExampleTime());
  EXPECT_EQ(added.Find("X-Amz-Security-Token"), "token");
  EXPECT_THAT(std::string(*added.Find("Authorization")),
              HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
}

TEST(Sign, IsVerifiedByTheOtherHalf) {
  const Parameters query = {{"Action", "RunInstances"}, {"Name", "a b+c"}};
  HttpHeaders headers = {{"Host", "kec.example:8080"}};
  const HttpHeaders added =
      Sign({.method = "POST", .path = "", .query = query, .headers = headers, .body = "x=1"},
           Example("kec"), ExampleTime());
  for (const auto& [name, value] : added.fields()) headers.Add(name, value);

  Authorization authorization;
  ASSERT_EQ(ParseAuthorization(*headers.Find("authorization"), &authorization), ParseError::kNone);
  EXPECT_EQ(FirstMissingHeader(headers, authorization.signed_headers), std::nullopt);
  const CredentialScope& scope = authorization.credential;
  // What the server has decoded from the wire.
  const std::string canonical = CanonicalRequest({.method = "POST",
                                                  .path = "/",
                                                  .query = *FormDecode(FormEncode(query)),
                                                  .headers = headers,
                                                  .signed_headers = authorization.signed_headers,
                                                  .payload_hash = Sha256Hex("x=1")});
  const SecretString key = DeriveKey(ExampleSecret(), scope.date, scope.region, scope.service);
  EXPECT_EQ(authorization.signature,
            Signature(key, StringToSign(*headers.Find("x-amz-date"), scope, canonical)));
}

TEST(CanonicalRequest, WalksSignedHeadersAsGiven) {
  // One SDK names host twice and signs its line twice.
  const std::string canonical =
      CanonicalRequest({.method = "GET",
                        .path = "/",
                        .query = {},
                        .headers = {{"HOST", "kec.example"}, {"X-Amz-Date", "d"}},
                        .signed_headers = {"x-amz-date", "host", "host"},
                        .payload_hash = "hash"});
  EXPECT_EQ(canonical,
            "GET\n/\n\nx-amz-date:d\nhost:kec.example\nhost:kec.example\n\nx-amz-date;host;host\n"
            "hash");
}

TEST(CanonicalRequest, MakesEachRunOfWhiteSpaceOneBlank) {
  const std::string canonical = CanonicalRequest({.method = "GET",
                                                  .path = "/",
                                                  .query = {},
                                                  .headers = {{"Host", "\t a \tb\tc  d "}},
                                                  .signed_headers = {"host"},
                                                  .payload_hash = "hash"});
  EXPECT_EQ(canonical, "GET\n/\n\nhost:a b c d\n\nhost\nhash");
}

TEST(CanonicalQuery, EncodesAndSortsByNameThenValue) {
  EXPECT_EQ(CanonicalQuery({{"b", "2"}, {"a", "z"}, {"a", "B"}, {"A", "x y"}, {"e", ""}}),
            "A=x%20y&a=B&a=z&b=2&e=");
  // A blank that came as + is signed as %20.
  EXPECT_EQ(CanonicalQuery(*FormDecode("Name=a+b%2Bc")), "Name=a%20b%2Bc");
}

TEST(ParseAuthorization, TakesTheHeaderApart) {
  Authorization authorization;
  ASSERT_EQ(ParseAuthorization("AWS4-HMAC-SHA256 Credential=AK/20261124/cn-beijing-6/kec/"
                               "aws4_request,SignedHeaders=accept;Host;host, Signature=abc",
                               &authorization),
            ParseError::kNone);
  EXPECT_EQ(authorization.credential.access_key, "AK");
  EXPECT_EQ(authorization.credential.date, "20261124");
  EXPECT_EQ(authorization.credential.region, "cn-beijing-6");
  EXPECT_EQ(authorization.credential.service, "kec");
  EXPECT_EQ(authorization.credential.terminator, "aws4_request");
  EXPECT_THAT(authorization.signed_headers, ElementsAre("accept", "host", "host"));
  EXPECT_EQ(authorization.signature, "abc");
}

struct ParseCase {
  absl::string_view header;
  ParseError error;
};

TEST(ParseAuthorization, NamesWhatIsWrong) {
  const ParseCase cases[] = {
      {"", ParseError::kUnsupportedAlgorithm},
      {"Basic dXNlcjpwYXNz", ParseError::kUnsupportedAlgorithm},
      {"AWS4-HMAC-SHA256-X Credential=a/b/c/d/e", ParseError::kUnsupportedAlgorithm},
      {"AWS4-HMAC-SHA256", ParseError::kFormat},
      {"AWS4-HMAC-SHA256 nonsense", ParseError::kFormat},
      {"AWS4-HMAC-SHA256 Credential=a/b/c/d/e,,Signature=s", ParseError::kFormat},
      {"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=, Signature=s", ParseError::kFormat},
      {"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=a;;b, Signature=s",
       ParseError::kFormat},
      {"AWS4-HMAC-SHA256 Signature=s, SignedHeaders=a, Signature=t, Credential=a/b/c/d/e",
       ParseError::kFormat},
      {"AWS4-HMAC-SHA256 SignedHeaders=host, Signature=s", ParseError::kMissingCredential},
      {"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=s", ParseError::kMissingSignedHeaders},
      {"AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host", ParseError::kMissingSignature},
      {"AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=s",
       ParseError::kCredentialParts},
      {"AWS4-HMAC-SHA256 Credential=a/b/c/d/e/f, SignedHeaders=host, Signature=s",
       ParseError::kCredentialParts},
  };
  for (const ParseCase& test : cases) {
    Authorization authorization;
    EXPECT_EQ(ParseAuthorization(test.header, &authorization), test.error) << test.header;
  }
}

TEST(FirstMissingHeader, NamesIt) {
  EXPECT_EQ(FirstMissingHeader({{"Host", "h"}}, {"host", "x-amz-date"}), "x-amz-date");
}

TEST(ParseAmzDate, TakesUtcAndOffsets) {
  const absl::Time expected =
      absl::FromCivil(absl::CivilSecond(2026, 11, 24, 8, 21, 25), absl::UTCTimeZone());
  EXPECT_EQ(ParseAmzDate("20261124T082125Z"), expected);
  EXPECT_EQ(ParseAmzDate("20261124T082125+00:00"), expected);
  EXPECT_EQ(ParseAmzDate("20261124T162125+08:00"), expected);
  EXPECT_EQ(FormatAmzDate(expected), "20261124T082125Z");
}

TEST(ParseAmzDate, RefusesOtherForms) {
  for (const absl::string_view text :
       {"", "20261124T082125", "2026-11-24T08:21:25Z", "20261124T082125z", "20261124T082125+0000",
        "20261324T082125Z", "20261124T252125Z", "20261124T082125Z ", " 0261124T082125Z",
        "20261124T082125UTC"}) {
    EXPECT_EQ(ParseAmzDate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace accordion::base::sigv4
