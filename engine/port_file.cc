#include "engine/port_file.h"

#include <errno.h>
#include <stdio.h>

#include "absl/strings/str_cat.h"

namespace accordion {

absl::Status WritePortFile(const std::string& path, int port, int admin_port) {
  const std::string next = absl::StrCat(path, ".new");
  FILE* file = fopen(next.c_str(), "we");
  if (file == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", next));
  const bool written = fprintf(file, "{\"port\": %d, \"admin_port\": %d}\n", port, admin_port) > 0;
  if (fclose(file) == 0 && written && rename(next.c_str(), path.c_str()) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
}

}  // namespace accordion
