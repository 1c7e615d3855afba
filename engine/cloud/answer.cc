#include "engine/cloud/answer.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"

namespace accordion::cloud {

absl::Status ParseAnswer(absl::string_view body, google::protobuf::Message& answer) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(body.data(), body.size()), &answer, options);
  if (parsed.ok()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the cloud's answer does not parse as ", answer.GetTypeName()));
}

}  // namespace accordion::cloud
