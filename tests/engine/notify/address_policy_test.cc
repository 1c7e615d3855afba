#include "engine/notify/address_policy.h"

#include <gtest/gtest.h>

#include <string>

namespace accordion::notify {
namespace {

IpAddress A(const char* text) {
  const auto address = IpAddress::Parse(text);
  EXPECT_TRUE(address.has_value()) << text;
  return address.value_or(IpAddress::V4(0));
}

TEST(SpecialUse, KnowsEveryKindOfAddressThatIsNotPublic) {
  const char* refused[] = {
      "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
      "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.169.254",
      "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1",
      "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
      "240.0.0.1", "255.255.255.255",
      // IPv6
      "::", "::1", "fc00::1", "fdff::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1",
      "ff02::1", "2001::1", "2001:db8::1", "2002:a00:1::", "3fff::1", "100::1",
      // IPv4 in IPv6's clothes: mapped, compatible, NAT64
      "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254",
      "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"};
  for (const char* text : refused) EXPECT_NE(SpecialUse(A(text)), nullptr) << text;
  const char* fine[] = {"1.1.1.1",        "9.255.255.255", "11.0.0.0",    "100.63.255.255",
                        "100.128.0.0",    "126.1.1.1",     "128.0.0.1",   "169.253.255.255",
                        "172.15.255.255", "172.32.0.0",    "192.167.1.1", "192.169.0.1",
                        "198.17.255.255", "198.20.0.0",    "223.255.1.1", "::ffff:8.8.8.8",
                        "2400:cb00::1",   "2606:4700::1",  "2a00::1"};
  for (const char* text : fine) EXPECT_EQ(SpecialUse(A(text)), nullptr) << text;
}

TEST(IpAddress, IsParsedOnlyInItsUsualForms) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "0x7f.0.0.1", "2130706433", "0177.0.0.1",
                           "1.2.3.256", "[::1]", "::1%eth0", "1.2.3.4 "}) {
    EXPECT_FALSE(IpAddress::Parse(text).has_value()) << text;
  }
  EXPECT_EQ(A("::ffff:1.2.3.4"), A("1.2.3.4"));
  EXPECT_EQ(A("::ffff:1.2.3.4").Text(), "1.2.3.4");
  EXPECT_EQ(A("2001:0DB8::0001").Text(), "2001:db8::1");
}

TEST(IpNetwork, ContainsByItsPrefix) {
  const auto network = IpNetwork::Parse("10.1.0.0/15");
  ASSERT_TRUE(network.has_value());
  EXPECT_TRUE(network->Contains(A("10.0.255.255")));
  EXPECT_TRUE(network->Contains(A("::ffff:10.1.2.3")));
  EXPECT_FALSE(network->Contains(A("10.2.0.0")));
  EXPECT_TRUE(IpNetwork::Parse("0.0.0.0/0")->Contains(A("8.8.8.8")));
  EXPECT_FALSE(IpNetwork::Parse("0.0.0.0/0")->Contains(A("2a00::1")));
  EXPECT_TRUE(IpNetwork::Parse("127.0.0.1")->Contains(A("127.0.0.1")));
  for (const char* text : {"", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "::/129"}) {
    EXPECT_FALSE(IpNetwork::Parse(text).has_value()) << text;
  }
}

TEST(AddressPolicy, OneBadAddressSpoilsTheHost) {
  const AddressPolicy policy({});
  EXPECT_TRUE(policy.Check({A("8.8.8.8"), A("2606:4700::1")}).ok());
  const absl::Status refused = policy.Check({A("8.8.8.8"), A("10.0.0.1")});
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_NE(std::string(refused.message()).find("10.0.0.1 is private"), std::string::npos);
  EXPECT_FALSE(policy.Check({}).ok());
}

TEST(AddressPolicy, AllowsWhatTheOperatorNamesAndNoMore) {
  const AddressPolicy policy({*IpNetwork::Parse("127.0.0.0/8")});
  EXPECT_TRUE(policy.Check({A("127.0.0.1"), A("8.8.8.8")}).ok());
  EXPECT_FALSE(policy.Check({A("127.0.0.1"), A("::1")}).ok());
  EXPECT_FALSE(policy.IsAllowed(A("8.8.8.8")));
}

}  // namespace
}  // namespace accordion::notify
