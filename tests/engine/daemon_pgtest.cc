#include "engine/daemon.h"

#include <sys/stat.h>

#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/http_client.h"
#include "base/http_server.h"
#include "engine/admin_apply.h"
#include "engine/key_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "persistence/database.h"
#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_path.h"
#include "tests/support/test_database.h"

namespace accordion {
namespace {

using ::accordion::testing::Eventually;
using ::accordion::testing::StatusIs;
using ::accordion::testing::TestDatabase;
using ::testing::HasSubstr;
using ::testing::Not;

bool NeverStop(absl::Duration) { return false; }

Config ConfigFor(const TestDatabase& database) {
  Config config;
  config.listen = "127.0.0.1:0";
  config.admin_listen = "127.0.0.1:0";
  config.postgres_dsn = database.dsn();
  config.key_file = database.options().key_file;
  config.cloud.api.endpoint = "http://127.0.0.1:1";
  return config;
}

int StatusOfPage(const Daemon& daemon, const std::string& page) {
  base::HttpClient client;
  const base::HttpResult result = client.Call(
      {.method = "GET", .url = absl::StrCat("http://127.0.0.1:", daemon.AdminPort(), page)});
  return result.response.status;
}

std::string WriteAccounts(const std::string& json) {
  const std::string path = testing::TempPath("daemon_pgtest.json");
  std::ofstream(path) << json;
  return path;
}

// A cloud that answers, if only to refuse.
std::unique_ptr<base::HttpServer> RefusingCloud() {
  auto server = base::HttpServer::Start(
      {.address = "127.0.0.1", .port = 0},
      [](const base::HttpRequest&, const base::Responder& respond) { respond({.status = 403}); });
  EXPECT_OK(server);
  return *std::move(server);
}

TEST(Daemon, ServesGetsReadyAndStops) {
  const TestDatabase database;
  const auto cloud = RefusingCloud();
  Config config = ConfigFor(database);
  config.cloud.api.endpoint = absl::StrCat("http://127.0.0.1:", cloud->Port());
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Start(config, NeverStop));
  EXPECT_TRUE(Eventually([&] { return StatusOfPage(*daemon, "/readyz") == 200; }));
  EXPECT_EQ(StatusOfPage(*daemon, "/livez"), 200);
  EXPECT_EQ(StatusOfPage(*daemon, "/metrics"), 200);
  daemon->Stop();
  daemon->Stop();
}

TEST(Daemon, IsNotReadyButServesWhileTheCloudDoesNotAnswer) {
  const TestDatabase database;
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Start(ConfigFor(database), NeverStop));
  EXPECT_TRUE(Eventually([&] {
    base::HttpClient client;
    return client.Call({.url = absl::StrCat("http://127.0.0.1:", daemon->AdminPort(), "/readyz")})
               .response.body == "the cloud's OpenAPI does not answer\n";
  }));
  EXPECT_EQ(StatusOfPage(*daemon, "/livez"), 200);
}

TEST(Daemon, AnOperatorsFileReachesTheStore) {
  const TestDatabase database;
  const Config config = ConfigFor(database);
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Start(config, NeverStop));
  const std::string engine = absl::StrCat("127.0.0.1:", daemon->Port());
  const std::string path = WriteAccounts(
      R"({"accounts": [{"account_id": "7001", "name": "demo",
          "access_keys": [{"access_key_id": "AK", "secret_key": "SK", "user": "root", "enabled": true}],
          "cloud_credential": {"access_key_id": "CAK", "secret_key": "CSK"},
          "quotas": {"max_size": 100}}]})");
  EXPECT_OK(ApplyAccounts(path, engine));
  EXPECT_OK(ApplyAccounts(path, engine));

  ASSERT_OK_AND_ASSIGN(const auto reader, persistence::OpenDatabase(database.options()));
  EXPECT_OK(reader->store().Read([](ports::Tx& tx) -> absl::Status {
    const domain::AccountId account("7001");
    EXPECT_EQ(tx.accounts().GetAccessKey("AK")->secret_key.Reveal(), "SK");
    EXPECT_EQ(tx.accounts().GetCloudCredential(account)->access_key_id, "CAK");
    EXPECT_EQ(tx.accounts().GetQuotas(account)->max_size, 100);
    return absl::OkStatus();
  }));
}

TEST(Daemon, AWrongAccountsFileSendsNothingAndTellsNoSecret) {
  for (
      const char* json :
      {"{", "[]", R"({"accounts": [{"name": "no id"}]})",
       R"({"accounts": [{"account_id": "1", "access_keys": [{"secret_key": "CANARY", "x": 1}]}]})"}) {
    const absl::Status applied = ApplyAccounts(WriteAccounts(json), "127.0.0.1:1");
    EXPECT_THAT(applied, StatusIs(absl::StatusCode::kInvalidArgument)) << json;
    EXPECT_THAT(std::string(applied.message()), Not(HasSubstr("CANARY")));
  }
}

TEST(Daemon, WaitsForPostgresWithBackoffUntilStopped) {
  const TestDatabase database;
  Config config = ConfigFor(database);
  config.postgres_dsn = "host=127.0.0.1 port=1 connect_timeout=2";
  std::vector<absl::Duration> pauses;
  const auto started = Daemon::Start(config, [&](absl::Duration pause) {
    pauses.push_back(pause);
    return pauses.size() == 3;
  });
  EXPECT_THAT(started, StatusIs(absl::StatusCode::kCancelled));
  ASSERT_EQ(pauses.size(), 3u);
  EXPECT_EQ(pauses[1], 2 * pauses[0]);
}

TEST(Daemon, ATakenAddressIsUnavailable) {
  const TestDatabase database;
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Start(ConfigFor(database), NeverStop));
  Config second = ConfigFor(database);
  second.listen = absl::StrCat("127.0.0.1:", daemon->Port());
  EXPECT_THAT(Daemon::Start(second, NeverStop), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(Daemon, AKeyFileThatOthersCanReadIsRefused) {
  const TestDatabase database;
  Config config = ConfigFor(database);
  config.key_file = ::testing::TempDir() + "daemon_pgtest_none.key";
  ::remove(config.key_file.c_str());
  EXPECT_FALSE(Daemon::Start(config, NeverStop).ok());
  ASSERT_OK(CreateKeyFile(config.key_file));
  chmod(config.key_file.c_str(), 0644);
  EXPECT_THAT(Daemon::Start(config, NeverStop), StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace accordion
