#include "base/http_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/http_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace accordion::base {
namespace {

using ::accordion::testing::StatusIs;

std::unique_ptr<HttpServer> Serve(HttpHandler handler) {
  auto server = HttpServer::Start({}, std::move(handler));
  EXPECT_OK(server);
  return *std::move(server);
}

std::string Url(const HttpServer& server, absl::string_view target = "/") {
  return absl::StrCat("http://127.0.0.1:", server.Port(), target);
}

// Accepts one connection, reads what comes and closes without an answer.
class RudeServer {
 public:
  RudeServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      const int connection = accept(listener_, nullptr, nullptr);
      char bytes[4096];
      (void)!read(connection, bytes, sizeof(bytes));
      close(connection);
    });
  }
  ~RudeServer() {
    thread_.join();
    close(listener_);
  }
  int port() const { return port_; }

 private:
  const int listener_;
  int port_ = 0;
  std::thread thread_;
};

TEST(HttpClient, SendsTheRequestAndGivesTheAnswer) {
  const auto server = Serve([](const HttpRequest& request, const Responder& respond) {
    respond(
        {.status = 404,
         .headers = {{"X-Count", absl::StrCat(request.headers.Count("X-Mine"))},
                     {"X-Type", std::string(request.headers.Find("Content-Type").value_or("none"))},
                     {"X-Expect", absl::StrCat(request.headers.Count("Expect"))}},
         .body = absl::StrCat(request.method, " ", request.target, " ", request.body)});
  });
  HttpClient client;
  const HttpResult result = client.Call({.method = "POST",
                                         .url = Url(*server, "/p?a=b"),
                                         .headers = {{"X-Mine", "1"}, {"X-Mine", ""}},
                                         .body = "hello"});
  EXPECT_EQ(result.delivery, Delivery::kAnswered);
  EXPECT_OK(result.status);
  EXPECT_EQ(result.response.status, 404);
  EXPECT_EQ(result.response.body, "POST /p?a=b hello");
  EXPECT_EQ(result.response.headers.Find("x-count"), "2");
  EXPECT_EQ(result.response.headers.Find("x-type"), "none");
  EXPECT_EQ(result.response.headers.Find("x-expect"), "0");
}

TEST(HttpClient, AMethodOfOneCallDoesNotStickToTheNext) {
  const auto server = Serve([](const HttpRequest& request, const Responder& respond) {
    respond({.body = absl::StrCat(request.method, request.body)});
  });
  HttpClient client;
  EXPECT_EQ(client.Call({.method = "POST", .url = Url(*server), .body = "1"}).response.body,
            "POST1");
  EXPECT_EQ(client.Call({.url = Url(*server)}).response.body, "GET");
  EXPECT_EQ(client.Call({.method = "POST", .url = Url(*server)}).response.body, "POST");
}

TEST(HttpClient, ARefusedConnectionMeansThatNothingWasSent) {
  int port = 0;
  {
    const auto server = Serve([](const HttpRequest&, const Responder& respond) { respond({}); });
    port = server->Port();
  }
  HttpClient client;
  const HttpResult result = client.Call({.url = absl::StrCat("http://127.0.0.1:", port)});
  EXPECT_EQ(result.delivery, Delivery::kNotSent);
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kUnavailable));
}

TEST(HttpClient, ANameThatIsNotAUrlIsAnInvalidArgument) {
  HttpClient client;
  const HttpResult result = client.Call({.url = "http://"});
  EXPECT_EQ(result.delivery, Delivery::kNotSent);
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(HttpClient, OtherProtocolsAreRefused) {
  HttpClient client;
  const HttpResult result = client.Call({.url = "file:///etc/hostname"});
  EXPECT_EQ(result.delivery, Delivery::kNotSent);
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(HttpClient, ATimeOutAfterSendingLeavesTheOutcomeOpen) {
  Responder kept;
  const auto server =
      Serve([&kept](const HttpRequest&, Responder respond) { kept = std::move(respond); });
  HttpClient client;
  const HttpResult result = client.Call({.url = Url(*server), .timeout = absl::Milliseconds(200)});
  EXPECT_EQ(result.delivery, Delivery::kUnknown);
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(HttpClient, AConnectionThatEndsWithoutAnAnswerLeavesTheOutcomeOpen) {
  RudeServer server;
  HttpClient client;
  const HttpResult result =
      client.Call({.method = "POST", .url = absl::StrCat("http://127.0.0.1:", server.port())});
  EXPECT_EQ(result.delivery, Delivery::kUnknown);
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kUnavailable));
}

TEST(HttpClient, StopsAtTheLimitOfTheResponse) {
  const auto server = Serve([](const HttpRequest&, const Responder& respond) {
    respond({.body = std::string(101, 'x')});
  });
  HttpClient client;
  EXPECT_OK(client.Call({.url = Url(*server), .max_response_bytes = 101}).status);
  const HttpResult result = client.Call({.url = Url(*server), .max_response_bytes = 100});
  EXPECT_EQ(result.delivery, Delivery::kUnknown);
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(result.response.body, "");
}

TEST(HttpClient, DoesNotFollowRedirects) {
  std::atomic<int> requests = 0;
  const auto server = Serve([&requests](const HttpRequest&, const Responder& respond) {
    ++requests;
    respond({.status = 302, .headers = {{"Location", "/elsewhere"}}});
  });
  HttpClient client;
  EXPECT_EQ(client.Call({.url = Url(*server)}).response.status, 302);
  EXPECT_EQ(requests, 1);
}

TEST(HttpClient, IsSharedByThreads) {
  const auto server = Serve([](const HttpRequest& request, const Responder& respond) {
    respond({.body = request.query});
  });
  HttpClient client({.max_kept_handles = 2});
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int call = 0; call < 20; ++call) {
        const std::string query = absl::StrCat(thread, ".", call);
        EXPECT_EQ(client.Call({.url = Url(*server, "/?" + query), .may_repeat = call % 2 == 0})
                      .response.body,
                  query);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace accordion::base
