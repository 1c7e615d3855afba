#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "accordion/v1/error_reason.pb.h"
#include "openapi/v1/options.pb.h"

namespace accordion::proto_test {
namespace {

using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

struct Row {
  std::string reason;
  openapi::v1::ErrorRow error;
};

std::vector<Row> Rows() {
  std::vector<Row> rows;
  const auto* reasons = v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    if (reasons->value(i)->number() == 0) continue;
    rows.push_back(
        {reasons->value(i)->name(), reasons->value(i)->options().GetExtension(openapi::v1::error)});
  }
  return rows;
}

TEST(ErrorCatalogue, HasACompleteRowForEachReason) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.reason);
    EXPECT_FALSE(row.error.code().empty());
    EXPECT_EQ(row.error.code().find_first_of(" .'%"), std::string::npos) << row.error.code();
    EXPECT_THAT(row.error.http(), AnyOf(400u, 403u, 404u, 409u, 412u, 500u));
    EXPECT_FALSE(row.error.message().empty());
    EXPECT_FALSE(row.error.when().empty());
  }
}

TEST(ErrorCatalogue, HasNoOtherDirectiveThanAString) {
  for (const Row& row : Rows()) {
    const std::string& message = row.error.message();
    for (std::size_t at = message.find('%'); at != std::string::npos;
         at = message.find('%', at + 1)) {
      EXPECT_EQ(message.substr(at, 2), "%s") << row.reason;
    }
  }
}

TEST(ErrorCatalogue, HasNoTwoReasonsOfOneCodeAndMessage) {
  absl::flat_hash_set<std::string> seen;
  for (const Row& row : Rows()) {
    EXPECT_TRUE(seen.insert(absl::StrCat(row.error.code(), "|", row.error.message())).second)
        << row.reason;
  }
}

// Clients take a 404, and any text with these words, for "the resource is gone" (semantics.md §2).
TEST(ErrorCatalogue, NeverMakesAConflictReadLikeGone) {
  for (const Row& row : Rows()) {
    if (row.error.http() != 409) continue;
    const std::string text =
        absl::AsciiStrToLower(absl::StrCat(row.error.code(), ": ", row.error.message()));
    for (const char* word :
         {"invalid", "notfound", "not found", "not_found", "not exist", "not associate"}) {
      EXPECT_THAT(text, Not(HasSubstr(word))) << row.reason;
    }
  }
}

TEST(ErrorCatalogue, SpellsAResourceThatIsGoneTheSameWayEverywhere) {
  int count = 0;
  for (const Row& row : Rows()) {
    if (!absl::EndsWith(row.reason, "_NOT_FOUND")) continue;
    ++count;
    EXPECT_EQ(row.error.http(), 404u) << row.reason;
    EXPECT_THAT(row.error.code(), EndsWith("NotFound"));
    EXPECT_THAT(row.error.message(), HasSubstr("%s"));
  }
  EXPECT_GE(count, 7);
}

struct ReferenceRow {
  uint32_t http;
  const char* code;
  const char* message;
};

// The reference's table of common errors, row by row; `IncompleteSignature` without the blank of
// its PDF.
constexpr ReferenceRow kReference[] = {
    {403, "MissingAuthentication", "Request is missing 'Host' header."},
    {403, "MissingAuthentication", "Request is missing Authentication Token."},
    {403, "MissingAuthentication", "%s not in Http Header."},
    {403, "SignatureDoesNotMatch", "'Host' must be a 'SignedHeader' in the Authorization."},
    {403, "SignatureDoesNotMatch",
     "Credential should be scoped with a valid terminator: 'aws4_request', not: %s."},
    {403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region, not: %s."},
    {403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: %s."},
    {403, "SignatureDoesNotMatch",
     "The request signature we calculated does not match the signature you provided."},
    {403, "SignatureDoesNotMatch", "Signature expired:%s."},
    {403, "SignatureDoesNotMatch",
     "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."},
    {403, "InvalidClientTokenId", "The security token included in the request is invalid."},
    {403, "AccessDenied", "User: %s is not authorized to perform: %s."},
    {400, "IncompleteSignature",
     "Date must be in ISO-8601 'basic format'. Got '%s'. See "
     "http://en.wikipedia.org/wiki/ISO_8601 ."},
    {400, "IncompleteSignature",
     "KSC query-string parameters must include %s. Re-examine the query-string parameters."},
    {400, "IncompleteSignature", "Unsupported ksc 'algorithm': %s."},
    {400, "IncompleteSignature",
     "Authorization header requires 'Credential' parameter. Authorization=%s."},
    {400, "IncompleteSignature",
     "Credential must have exactly 5 slash-delimited elements, e.g. "
     "accesskeyid/date/region/service/aws4_request, got: %s."},
    {400, "IncompleteSignature", "Authorization header format error."},
    {400, "IncompleteSignature",
     "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header, "
     "Authorization=%s"},
    {400, "IncompleteSignature",
     "Authorization header requires 'Signature' parameter. Authorization=%s"},
    {400, "IncompleteSignature",
     "Authorization header requires 'SignedHeaders' parameter. Authorization=%s"},
    {500, "ServiceUnavailable", "Exception %s"},
    {500, "ServiceUnavailable",
     "Auth Service is unavailable because of an unknown error, exception or failure"},
    {404, "ServiceUnavailable",
     "Request was rejected because it referenced an 'Inner Api' that does not have an internal "
     "service"},
    {500, "ServiceUnavailable",
     "OpenAPI or Service is unavailable because of an unknown error, exception or failure."},
    {412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set"},
    {404, "NoSuchEntity",
     "Request was rejected because it referenced an 'Inner Api' that does not exist."},
    {409, "LimitExceeded",
     "Request was rejected because the request speed of this openAPI is beyond the current flow "
     "control limit."},
    {400, "InvalidParameterValue",
     "An invalid or out-of-range value was supplied for the input parameter %s."},
    {400, "InvalidMethod", "The method %s for is not valid for this web service."},
    {400, "MissingParameter", "An value must be supplied for the input parameter %s."},
    {400, "InvalidQueryParameter",
     "The query parameter %s is malformed or does not adhere to KSC standards."},
};

TEST(ErrorCatalogue, HoldsTheReferencesTableLiterally) {
  const std::vector<Row> rows = Rows();
  for (const ReferenceRow& expected : kReference) {
    int matches = 0;
    for (const Row& row : rows) {
      if (row.error.code() == expected.code && row.error.message() == expected.message &&
          row.error.http() == expected.http) {
        ++matches;
      }
    }
    EXPECT_EQ(matches, 1) << expected.code << ": " << expected.message;
  }
}

}  // namespace
}  // namespace accordion::proto_test
