#include "base/http_server.h"

#include <atomic>
#include <stdexcept>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/eventually.h"
#include "tests/support/raw_connection.h"
#include "tests/support/status_matchers.h"

namespace accordion::base {
namespace {

using ::accordion::testing::Eventually;
using ::accordion::testing::RawConnection;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::unique_ptr<HttpServer> Serve(HttpHandler handler, HttpServerOptions options = {}) {
  auto server = HttpServer::Start(std::move(options), std::move(handler));
  EXPECT_OK(server);
  return *std::move(server);
}

// Answers with what it received.
void Echo(HttpRequest request, const Responder& respond) {
  respond({.status = 200,
           .headers = {{"Content-Type", "text/plain"}},
           .body = absl::StrCat(request.method, "|", request.path, "|", request.query, "|",
                                request.body, "|", request.remote_address)});
}

std::string Exchange(const HttpServer& server, absl::string_view bytes) {
  RawConnection connection(server.Port());
  connection.Send(bytes);
  return connection.ReceiveAll();
}

constexpr absl::string_view kClose = "Host: h\r\nConnection: close\r\n";

TEST(HttpServer, HandsOverTheRequestAndSendsTheAnswer) {
  const auto server = Serve(Echo);
  const std::string answer = Exchange(
      *server,
      absl::StrCat("POST /a%20b?c=%2F HTTP/1.1\r\n", kClose, "Content-Length: 4\r\n\r\nbody"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_THAT(answer, HasSubstr("Date: "));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nPOST|/a%20b|c=%2F|body|127.0.0.1"));
}

TEST(HttpServer, KeepsTheConnectionAndTakesPipelinedRequests) {
  const auto server = Serve(Echo);
  RawConnection connection(server->Port());
  connection.Send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(connection.ReceiveUntil("127.0.0.1"), HasSubstr("GET|/1|"));
  EXPECT_THAT(connection.ReceiveUntil("127.0.0.1"), HasSubstr("GET|/2|"));
  connection.Send("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(connection.ReceiveUntil("127.0.0.1"), HasSubstr("GET|/3|"));
}

TEST(HttpServer, TakesAChunkedBodyButNoTrailersAsHeaders) {
  const auto server = Serve([](HttpRequest request, const Responder& respond) {
    respond({.body = absl::StrCat(request.body, "|", request.headers.Count("X-Late"))});
  });
  EXPECT_THAT(Exchange(*server, absl::StrCat("POST / HTTP/1.1\r\n", kClose,
                                             "Transfer-Encoding: chunked\r\n\r\n"
                                             "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: 1\r\n\r\n")),
              EndsWith("\r\n\r\nabcde|0"));
}

TEST(HttpServer, AnswersFromAnotherThreadAfterTheHandlerReturned) {
  std::thread worker;
  const auto server = Serve([&worker](HttpRequest request, Responder respond) {
    worker = std::thread([respond = std::move(respond), path = std::move(request.path)] {
      respond({.body = path});
    });
  });
  EXPECT_THAT(Exchange(*server, absl::StrCat("GET /late HTTP/1.1\r\n", kClose, "\r\n")),
              EndsWith("/late"));
  worker.join();
}

TEST(HttpServer, SendsContinueToAClientThatWaitsForIt) {
  const auto server = Serve(Echo);
  RawConnection connection(server->Port());
  connection.Send(absl::StrCat("POST / HTTP/1.1\r\n", kClose,
                               "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(connection.ReceiveUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.Send("ok");
  EXPECT_THAT(connection.ReceiveAll(), EndsWith("POST|/||ok|127.0.0.1"));
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  const auto server = Serve(Echo);
  const std::string answer = Exchange(*server, absl::StrCat("HEAD / HTTP/1.1\r\n", kClose, "\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 18\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, ClosesAfterAnHttp10Request) {
  const auto server = Serve(Echo);
  EXPECT_THAT(Exchange(*server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
              HasSubstr("Connection: close\r\n"));
}

// Requests about whose end two parties could disagree, and other malformed ones.
TEST(HttpServer, RefusesAmbiguousAndMalformedMessages) {
  std::atomic<int> handled = 0;
  const auto server = Serve([&handled](HttpRequest request, const Responder& respond) {
    ++handled;
    Echo(std::move(request), respond);
  });
  const absl::string_view cases[] = {
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: "
      "5\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\na",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1x\r\n\r\na",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\na\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX-Folded: a\r\n b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX-Folded: a\r\n\tb\r\n\r\n",
      "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
      "GET / HTTP/1.1\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n: no name\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "G@T / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\r\n\r\n",
      "\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\na",
      "\x16\x03\x01\x02 (a TLS hello)\r\n\r\n",
  };
  for (const absl::string_view request : cases) {
    const std::string answer = Exchange(*server, request);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << request;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << request;
  }
  EXPECT_EQ(handled, 0);
}

struct LimitCase {
  absl::string_view name;
  std::string request;
  int status;
};

TEST(HttpServer, HasALimitForEachPartOfARequest) {
  const auto server =
      Serve(Echo, {.max_header_bytes = 200,
                   .max_target_bytes = 50,
                   .max_body_bytes = 10,
                   .max_body_bytes_by_prefix = {{"/big", 20}, {"/big/bigger", 30}}});
  const auto post = [](absl::string_view path, size_t size) {
    return absl::StrCat("POST ", path, " HTTP/1.1\r\n", kClose, "Content-Length: ", size,
                        "\r\n\r\n", std::string(size, 'x'));
  };
  const LimitCase cases[] = {
      {"body at the limit", post("/", 10), 200},
      {"body beyond it", post("/", 11), 413},
      {"body of a prefix", post("/big", 20), 200},
      {"body beyond that", post("/big", 21), 413},
      {"body of a longer prefix", post("/big/bigger", 30), 200},
      {"chunked body beyond the limit",
       absl::StrCat("POST / HTTP/1.1\r\n", kClose, "Transfer-Encoding: chunked\r\n\r\nb\r\n",
                    std::string(11, 'x'), "\r\n0\r\n\r\n"),
       413},
      {"target beyond the limit",
       absl::StrCat("GET /", std::string(50, 'x'), " HTTP/1.1\r\n", kClose, "\r\n"), 414},
      {"target without an end", absl::StrCat("GET /", std::string(50, 'x')), 414},
      {"header beyond the limit",
       absl::StrCat("GET / HTTP/1.1\r\n", kClose, "X: ", std::string(200, 'x'), "\r\n\r\n"), 431},
      {"header without an end",
       absl::StrCat("GET / HTTP/1.1\r\n", kClose, "X: ", std::string(200, 'x')), 431},
  };
  for (const LimitCase& test : cases) {
    EXPECT_THAT(Exchange(*server, test.request),
                StartsWith(absl::StrCat("HTTP/1.1 ", test.status, " ")))
        << test.name;
  }
}

TEST(HttpServer, AClientThatSendsAnOversizedBodyStillGetsTheAnswer) {
  const auto server = Serve(Echo);
  const std::string body(200 * 1024, 'x');
  EXPECT_THAT(Exchange(*server, absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ",
                                             body.size(), "\r\n\r\n", body)),
              StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, RefusalsHaveTheOwnersForm) {
  const auto server =
      Serve(Echo, {.error_shaper = [](HttpRejection rejection, int status) -> HttpResponse {
              EXPECT_EQ(rejection, HttpRejection::kMalformed);
              return {.status = status, .headers = {{"X-Shaped", "yes"}}, .body = "{\"Error\":1}"};
            }});
  const std::string answer = Exchange(*server, "nonsense\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("X-Shaped: yes\r\n"));
  EXPECT_THAT(answer, EndsWith("{\"Error\":1}"));
}

TEST(HttpServer, AHandlerThatFailsAnswers500) {
  const auto server = Serve([](const HttpRequest& request, const Responder&) {
    if (request.path == "/throw") throw std::runtime_error("broken");
    if (request.path == "/odd") throw 1;
  });
  for (const absl::string_view path : {"/throw", "/odd", "/drop"}) {
    EXPECT_THAT(Exchange(*server, absl::StrCat("GET ", path, " HTTP/1.1\r\n", kClose, "\r\n")),
                StartsWith("HTTP/1.1 500 "))
        << path;
  }
}

TEST(HttpServer, AHeaderWithALineBreakIsNotSent) {
  const auto server = Serve([](const HttpRequest&, const Responder& respond) {
    respond({.headers = {{"X", "a\r\nSet-Cookie: evil"}}, .body = "x"});
  });
  const std::string answer = Exchange(*server, absl::StrCat("GET / HTTP/1.1\r\n", kClose, "\r\n"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("evil")));
}

TEST(HttpServer, OnlyTheFirstAnswerCounts) {
  const auto server = Serve([](const HttpRequest&, const Responder& respond) {
    respond({.body = "first"});
    respond({.body = "second"});
  });
  EXPECT_THAT(Exchange(*server, absl::StrCat("GET / HTTP/1.1\r\n", kClose, "\r\n")),
              EndsWith("\r\n\r\nfirst"));
}

TEST(HttpServer, ClosesConnectionsThatDawdle) {
  const auto server = Serve(Echo, {.header_timeout = absl::Milliseconds(50),
                                   .body_timeout = absl::Milliseconds(50),
                                   .idle_timeout = absl::Milliseconds(50)});
  EXPECT_EQ(Exchange(*server, ""), "");
  EXPECT_EQ(Exchange(*server, "GET / HT"), "");
  EXPECT_EQ(Exchange(*server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"), "");
}

TEST(HttpServer, ClosesAfterTheLastRequestThatAConnectionMayMake) {
  const auto server = Serve(Echo, {.max_requests_per_connection = 2});
  RawConnection connection(server->Port());
  connection.Send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(connection.ReceiveUntil("127.0.0.1"), Not(HasSubstr("Connection: close")));
  connection.Send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(connection.ReceiveAll(), HasSubstr("Connection: close"));
}

TEST(HttpServer, ClosesConnectionsBeyondTheLimitOfAnAddress) {
  const auto server = Serve(Echo, {.max_connections_per_address = 1});
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  {
    RawConnection first(server->Port());
    first.Send(request);
    EXPECT_THAT(first.ReceiveUntil("127.0.0.1"), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(Exchange(*server, request), "");
  }
  // The place is free again once the server has seen the first one leave.
  EXPECT_TRUE(Eventually([&] {
    RawConnection next(server->Port());
    next.Send(request);
    return absl::StartsWith(next.ReceiveUntil("127.0.0.1"), "HTTP/1.1 200");
  }));
}

TEST(HttpServer, StopLetsARequestFinish) {
  absl::Notification entered;
  Responder pending;
  const auto server = Serve([&](const HttpRequest&, Responder respond) {
    pending = std::move(respond);
    entered.Notify();
  });
  RawConnection connection(server->Port());
  connection.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  entered.WaitForNotification();
  std::thread stopper([&] { server->Stop(absl::Seconds(10)); });
  pending({.body = "done"});
  EXPECT_THAT(connection.ReceiveUntil("done"), EndsWith("done"));
  stopper.join();
}

TEST(HttpServer, StopDoesNotWaitForeverAndLateAnswersAreHarmless) {
  absl::Notification entered;
  Responder pending;
  auto server = Serve([&](const HttpRequest&, Responder respond) {
    pending = std::move(respond);
    entered.Notify();
  });
  RawConnection connection(server->Port());
  connection.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  entered.WaitForNotification();
  server->Stop(absl::Milliseconds(20));
  server.reset();
  EXPECT_EQ(connection.ReceiveAll(), "");
  pending({.body = "too late"});
}

TEST(HttpServer, StopClosesIdleConnectionsAtOnce) {
  const auto server = Serve(Echo);
  RawConnection connection(server->Port());
  connection.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(connection.ReceiveUntil("127.0.0.1"), StartsWith("HTTP/1.1 200"));
  server->Stop(absl::Minutes(10));
  EXPECT_EQ(connection.ReceiveAll(), "");
}

TEST(HttpServer, SaysWhyItCannotListen) {
  const auto server = Serve(Echo);
  EXPECT_THAT(HttpServer::Start({.port = server->Port()}, Echo),
              testing::StatusIs(absl::StatusCode::kUnavailable, HasSubstr("cannot listen")));
  EXPECT_THAT(HttpServer::Start({.address = "nowhere"}, Echo),
              testing::StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace accordion::base
