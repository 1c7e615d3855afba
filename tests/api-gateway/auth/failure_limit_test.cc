#include "api-gateway/auth/failure_limit.h"

#include <string>

#include "api-gateway/auth/signing_keys.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/gateway_fixture.h"

namespace accordion::gateway {
namespace {

const base::sigv4::Parameters kDescribe = {{"Action", "DescribeScalingGroup"},
                                           {"Version", "2016-03-04"}};

TEST(FailureLimit, HidesReasonsByKeyAndTurnsAnAddressAway) {
  testing::FakeClock clock;
  FailureLimit limit({{.per_second = 1, .burst = 2}, {.per_second = 1, .burst = 3}}, 10);
  EXPECT_EQ(limit.Charge("ip", "a", clock.Now()), absl::ZeroDuration());
  EXPECT_EQ(limit.Charge("ip", "a", clock.Now()), absl::ZeroDuration());
  EXPECT_EQ(limit.Charge("ip", "b", clock.Now()), absl::ZeroDuration());
  EXPECT_EQ(limit.Charge("ip", "a", clock.Now()), absl::Seconds(1));
  EXPECT_EQ(limit.Charge("other", "a", clock.Now()), absl::ZeroDuration());
  EXPECT_EQ(limit.Wait("ip", clock.Now()), absl::Seconds(1));
  EXPECT_EQ(limit.Wait("other", clock.Now()), absl::ZeroDuration());
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(limit.Wait("ip", clock.Now()), absl::ZeroDuration());
}

// Builds a fixture whose authenticator counts by `rates`.
struct LimitedFixture : HandlerFixture {
  explicit LimitedFixture(FailureLimit::Rates rates) : limit(rates, 100) {
    std::vector<std::unique_ptr<const SignatureScheme>> schemes;
    schemes.push_back(MakeHeaderSignature({{kTestRegion}, "kec", absl::Minutes(15)},
                                          std::make_shared<SigningKeys>(100)));
    limited = std::make_unique<Authenticator>(std::move(schemes), &credentials, &limit, &clock,
                                              base::SecretString("decoy"));
    limited_handler = std::make_unique<ApiHandler>(
        ApiHandler::Parts{*routes, *limited, throttle, engine, metrics, clock, rng},
        ApiHandler::Settings{absl::UTCTimeZone(), {}});
  }

  base::HttpResponse Send(const base::HttpRequest& request) {
    base::HttpResponse answer;
    limited_handler->Handle(request, [&](base::HttpResponse got) { answer = std::move(got); });
    return answer;
  }

  base::HttpRequest Forged() {
    base::HttpRequest request = SignedGet(kDescribe);
    request.headers.Set("Accept", "application/json;q=1");
    return request;
  }

  FailureLimit limit;
  std::unique_ptr<Authenticator> limited;
  std::unique_ptr<ApiHandler> limited_handler;
};

TEST(FailureLimit, LetsARightSignaturePassAlthoughItsKeyIsUnderAttack) {
  LimitedFixture fixture({{.per_second = 1, .burst = 2}, {.per_second = 0, .burst = 1}});
  EXPECT_EQ(fixture.Send(fixture.Forged()).status, 403);
  EXPECT_EQ(fixture.Send(fixture.Forged()).status, 403);
  const base::HttpResponse refused = fixture.Send(fixture.Forged());
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.headers.Find("Retry-After"), "1");
  EXPECT_EQ(fixture.Send(SignedGet(kDescribe)).status, 200);
}

TEST(FailureLimit, TurnsAFloodAwayBeforeItIsLookedUp) {
  LimitedFixture fixture({{.per_second = 0, .burst = 1}, {.per_second = 1, .burst = 2}});
  EXPECT_EQ(fixture.Send(fixture.Forged()).status, 403);
  EXPECT_EQ(fixture.Send(fixture.Forged()).status, 403);
  const int asked = fixture.credentials.asked;
  EXPECT_EQ(fixture.Send(fixture.Forged()).status, 409);
  EXPECT_EQ(fixture.Send(SignedGet(kDescribe)).status, 409);
  EXPECT_EQ(fixture.credentials.asked, asked);
  fixture.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(fixture.Send(SignedGet(kDescribe)).status, 200);
}

TEST(SigningKeys, AreThoseOfTheSecretTheyAreAskedFor) {
  SigningKeys keys(2);
  const base::sigv4::CredentialScope scope = {"k", "20261124", "r", "kec", "aws4_request"};
  const auto expected = [&](const char* secret, const char* date) {
    return base::sigv4::DeriveKey(base::SecretString(secret), date, "r", "kec");
  };
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(keys.Derive(base::SecretString("one"), scope) == expected("one", "20261124"));
    // The same key id with a rotated secret.
    EXPECT_TRUE(keys.Derive(base::SecretString("two"), scope) == expected("two", "20261124"));
    EXPECT_EQ(keys.size(), 2u);
  }
  base::sigv4::CredentialScope tomorrow = scope;
  tomorrow.date = "20261125";
  EXPECT_TRUE(keys.Derive(base::SecretString("one"), tomorrow) == expected("one", "20261125"));
  EXPECT_EQ(keys.size(), 1u) << "bounded: what was there is dropped";
}

}  // namespace
}  // namespace accordion::gateway
