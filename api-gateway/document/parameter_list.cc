#include "api-gateway/document/parameter_list.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

constexpr absl::string_view kIndices[] = {"N", "M", "L"};  // by depth of lists

class Lister {
 public:
  void List(const MessagePlan& message, const std::string& prefix) {
    for (const FieldPlan& field : message.fields) {
      const bool repeated = field.field->is_repeated();
      if (field.message == nullptr || field.is_json) {
        Add(field, prefix);
        continue;
      }
      const std::string parent =
          absl::StrCat(prefix, field.name, repeated ? absl::StrCat(".", kIndices[depth_]) : "");
      depth_ += repeated ? 1 : 0;
      List(*field.message, absl::StrCat(parent, "."));
      depth_ -= repeated ? 1 : 0;
    }
  }

  std::vector<ParameterRow> rows;

 private:
  void Add(const FieldPlan& field, const std::string& prefix) {
    ParameterRow row;
    const std::string index =
        field.field->is_repeated() && field.param->list() != openapi::v1::COMMA
            ? absl::StrCat(".", kIndices[depth_])
            : "";
    row.name = absl::StrCat(prefix, field.name, index);
    row.parent = prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);
    row.required = field.param->required();
    row.field = &field;
    for (const std::string& alias : field.param->aliases()) {
      row.aliases.push_back(absl::StrContains(alias, '.') ? alias
                                                          : absl::StrCat(prefix, alias, index));
    }
    if (!index.empty() || absl::StrContains(prefix, ".N.")) {
      row.pattern = Pattern(absl::StrCat(prefix, field.name), field, !index.empty());
    }
    rows.push_back(std::move(row));
  }

  static std::string Pattern(const std::string& name, const FieldPlan& field, bool indexed) {
    std::string pattern = "^";
    for (absl::string_view segment : absl::StrSplit(name, '.')) {
      if (pattern.size() > 1) absl::StrAppend(&pattern, "\\.");
      const bool is_index = segment == kIndices[0] || segment == kIndices[1];
      absl::StrAppend(&pattern, is_index ? "[0-9]+" : segment);
    }
    if (indexed) {
      const bool optional = field.param->list() == openapi::v1::INDEXED_OR_COMMA;
      absl::StrAppend(&pattern, optional ? "(\\.[0-9]+)?" : "\\.[0-9]+");
    }
    return absl::StrCat(pattern, "$");
  }

  std::size_t depth_ = 0;
};

}  // namespace

std::vector<ParameterRow> ListParameters(const DecodePlan& plan) {
  Lister lister;
  lister.List(plan.root(), "");
  return std::move(lister.rows);
}

}  // namespace accordion::gateway
