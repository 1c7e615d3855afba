#include "engine/service/json_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace accordion::service {
namespace {

std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppend(&quoted, absl::StrFormat("\\u%04x", static_cast<unsigned char>(c)));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace

std::string DataDisksJson(absl::Span<const domain::DataDisk> disks) {
  std::vector<std::string> elements;
  for (const domain::DataDisk& disk : disks) {
    elements.push_back(absl::StrCat(
        "{\"deleteWithInstance\":", disk.delete_with_instance ? "true" : "false",
        ",\"size\":", disk.size_gb,
        disk.snapshot_id.empty() ? "" : absl::StrCat(",\"snapshotId\":", Quoted(disk.snapshot_id)),
        ",\"type\":", Quoted(disk.type), "}"));
  }
  return absl::StrCat("[", absl::StrJoin(elements, ","), "]");
}

std::string StringsJson(absl::Span<const std::string> strings) {
  return absl::StrCat("[",
                      absl::StrJoin(strings, ",",
                                    [](std::string* out, const std::string& text) {
                                      absl::StrAppend(out, Quoted(text));
                                    }),
                      "]");
}

}  // namespace accordion::service
