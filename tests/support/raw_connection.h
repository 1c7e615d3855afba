// A TCP connection to this machine that sends and receives plain bytes, to show a server what no
// decent HTTP client would send.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace accordion::testing {

// Reads give up after 10 s without a byte.
class RawConnection {
 public:
  explicit RawConnection(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval timeout = {.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(static_cast<uint16_t>(port));
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&peer), sizeof(peer)), 0);
  }
  ~RawConnection() { close(socket_); }

  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // False: the peer has closed.
  bool Send(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // Until `end` has been received; what came after it waits for the next call. What came so far if
  // the peer closes or falls silent.
  std::string ReceiveUntil(absl::string_view end) {
    while (received_.find(std::string(end)) == std::string::npos && ReceiveSome()) {
    }
    const size_t found = received_.find(std::string(end));
    const size_t size = found == std::string::npos ? received_.size() : found + end.size();
    std::string result = received_.substr(0, size);
    received_.erase(0, size);
    return result;
  }

  // Until the peer closes.
  std::string ReceiveAll() {
    while (ReceiveSome()) {
    }
    return std::move(received_);
  }

 private:
  bool ReceiveSome() {
    char bytes[4096];
    const ssize_t size = recv(socket_, bytes, sizeof(bytes), 0);
    if (size <= 0) return false;
    received_.append(bytes, static_cast<size_t>(size));
    return true;
  }

  const int socket_;
  std::string received_;
};

}  // namespace accordion::testing
