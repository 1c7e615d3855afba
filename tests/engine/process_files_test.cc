// What the engine writes beside the database: its key, its port file; and how it reads addresses.
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>

#include "engine/host_port.h"
#include "engine/key_file.h"
#include "engine/port_file.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_path.h"

namespace accordion {
namespace {

using ::accordion::testing::StatusIs;

std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string FreshPath(const std::string& name) {
  const std::string path = testing::TempPath(name);
  ::remove(path.c_str());
  return path;
}

TEST(KeyFile, HoldsThirtyTwoBytesThatOnlyItsOwnerReads) {
  const std::string path = FreshPath("key_file_test.key");
  ASSERT_OK(CreateKeyFile(path));
  EXPECT_EQ(ContentOf(path).size(), 32u);
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

TEST(KeyFile, IsNeverReplaced) {
  const std::string path = FreshPath("key_file_test.key");
  ASSERT_OK(CreateKeyFile(path));
  const std::string key = ContentOf(path);
  EXPECT_THAT(CreateKeyFile(path), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(ContentOf(path), key);
}

TEST(PortFile, IsOneJsonObject) {
  const std::string path = FreshPath("port_file_test.ports");
  ASSERT_OK(WritePortFile(path, 7070, 7071));
  EXPECT_EQ(ContentOf(path), "{\"port\": 7070, \"admin_port\": 7071}\n");
}

TEST(PortFile, ADirectoryThatIsNotThereIsAnError) {
  EXPECT_FALSE(WritePortFile(FreshPath("none") + "/ports", 1, 2).ok());
}

TEST(HostPort, IsSplitAtTheLastColon) {
  ASSERT_OK_AND_ASSIGN(const HostPort plain, ParseHostPort("127.0.0.1:0"));
  EXPECT_EQ(plain.host, "127.0.0.1");
  EXPECT_EQ(plain.port, 0);
  ASSERT_OK_AND_ASSIGN(const HostPort six, ParseHostPort("[::1]:7071"));
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.port, 7071);
}

TEST(HostPort, OtherTextsAreRefused) {
  for (const char* text : {"", "host", ":80", "host:", "host:x", "host:-1", "host:65536"}) {
    EXPECT_THAT(ParseHostPort(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace accordion
