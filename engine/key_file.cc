#include "engine/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "base/random.h"

namespace accordion {

absl::Status CreateKeyFile(const std::string& path) {
  std::array<uint64_t, 4> key;
  base::SystemRng rng;
  for (uint64_t& word : key) word = rng.Next();

  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  const bool written =
      write(file, key.data(), sizeof(key)) == static_cast<ssize_t>(sizeof(key)) && fsync(file) == 0;
  const int error = errno;
  if (close(file) == 0 && written) return absl::OkStatus();
  unlink(path.c_str());
  return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", path));
}

}  // namespace accordion
