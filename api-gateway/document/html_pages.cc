#include "api-gateway/document/html_pages.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "api-gateway/document/error_list.h"
#include "api-gateway/document/html_text.h"
#include "api-gateway/document/indented_json.h"
#include "api-gateway/document/parameter_list.h"
#include "api-gateway/envelope.h"
#include "api-gateway/limits.h"
#include "api-gateway/openapi/field_name.h"
#include "api-gateway/openapi/response_encoder.h"
#include "base/encoding.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::FieldDescriptor;
using Rows = std::vector<std::vector<std::string>>;

constexpr char kSampleRequestId[] = "68093a99-2f63-4f39-8f70-3047ab8ecb5b";

// A list of rows may be a string or a JSON text; what a reader calls the type of one value.
std::string TypeOf(const FieldPlan& field) {
  const openapi::v1::Parameter& param = *field.param;
  if (field.is_json) return "JSON object";
  if (param.format() == openapi::v1::LOCAL_TIME) return "time";
  if (param.format() == openapi::v1::BASE64) return "base64";
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "integer";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "number";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "boolean";
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "string";
}

std::string Codes(const std::vector<std::string>& words) {
  return absl::StrJoin(words, ", ", [](std::string* out, const std::string& word) {
    absl::StrAppend(out, HtmlCode(word));
  });
}

std::string Range(const openapi::v1::IntRange& range) {
  constexpr std::int64_t kNoBound = 2147483647;  // what the type bounds anyway
  if (range.max() == kNoBound) return absl::StrCat("at least ", range.min());
  return absl::StrCat(range.min(), " to ", range.max());
}

// What a value must be beyond its type, its default, and other ways to give it.
std::string RulesOf(const FieldPlan& field, const std::vector<std::string>& aliases) {
  const openapi::v1::Parameter& param = *field.param;
  std::vector<std::string> rules;
  if (param.words_size() > 0) {
    rules.push_back(absl::StrCat("one of ", Codes({param.words().begin(), param.words().end()})));
  }
  if (param.has_range()) rules.push_back(Range(param.range()));
  if (param.max_length() > 0) {
    rules.push_back(absl::StrCat("at most ", param.max_length(), " characters"));
  }
  if (param.max_bytes() > 0) {
    rules.push_back(absl::StrCat("at most ", param.max_bytes(), " bytes when decoded"));
  }
  if (param.max_elements() > 0) {
    rules.push_back(absl::StrCat("at most ", param.max_elements(), " elements"));
  }
  if (param.list() == openapi::v1::COMMA || param.list() == openapi::v1::INDEXED_OR_COMMA) {
    rules.emplace_back("commas separate several values");
  }
  if (!param.default_value().empty()) {
    rules.push_back(absl::StrCat("default ", HtmlCode(param.default_value())));
  }
  if (param.needs_size() > 0) {
    rules.push_back(absl::StrCat("needs ", Codes({param.needs().begin(), param.needs().end()})));
  }
  if (!aliases.empty()) rules.push_back(absl::StrCat("also as ", Codes(aliases)));
  return absl::StrJoin(rules, "<br>");
}

std::string RequiredWord(const ParameterRow& row) {
  if (!row.required) return "";
  return row.parent.empty() ? "yes" : absl::StrCat("with ", HtmlCode(row.parent));
}

std::string ParameterTable(const Route& route) {
  Rows rows;
  for (const ParameterRow& row : ListParameters(*route.decode)) {
    rows.push_back({HtmlCode(row.name), TypeOf(*row.field), RequiredWord(row),
                    HtmlEscape(row.field->param->help()), RulesOf(*row.field, row.aliases)});
    if (!row.field->is_json) continue;
    for (const FieldPlan& key : row.field->message->fields) {
      rows.push_back({absl::StrCat(HtmlCode(row.name), " key ", HtmlCode(LowerFirst(key.name))),
                      TypeOf(key), key.param->required() ? "yes" : "",
                      HtmlEscape(key.param->help()), RulesOf(key, {})});
    }
  }
  if (route.writes) {
    rows.push_back({HtmlCode(envelope::kDryRun), "boolean", "",
                    "Every check is made, nothing is written, the answer is 412.", ""});
    rows.push_back({HtmlCode(envelope::kClientToken), "string", "",
                    "Repeats with the same token and parameters have one effect.",
                    absl::StrCat("at most ", limits::kMaxClientTokenBytes, " printable ASCII")});
  }
  return HtmlTable({"Parameter", "Type", "Required", "Meaning", "Rules"}, rows);
}

void AddAnswerRows(const AnswerMessagePlan& plan, const std::string& prefix, Rows* rows) {
  for (const AnswerField& field : plan.fields) {
    const auto& option = field.field->options().GetExtension(openapi::v1::answer);
    const std::string name = absl::StrCat(prefix, field.name, field.is_list ? "[]" : "");
    rows->push_back({HtmlCode(name), HtmlEscape(option.help()),
                     field.omit_empty ? "left out where there is none" : ""});
    if (field.kind == AnswerField::Kind::kMessage) {
      AddAnswerRows(*field.message, absl::StrCat(name, "."), rows);
    }
  }
}

std::string ErrorTable(const std::vector<ErrorEntry>& entries) {
  Rows rows;
  for (const ErrorEntry& entry : entries) {
    rows.push_back({HtmlCode(entry.code), absl::StrCat(entry.http), HtmlEscape(entry.message),
                    HtmlEscape(entry.when)});
  }
  return HtmlTable({"Code", "HTTP", "Message", "When"}, rows);
}

std::string SampleRequest(const ApiDescription& api, const Route& route) {
  std::string command = absl::StrCat(
      "curl --aws-sigv4 \"aws:amz:", api.regions.empty() ? "REGION" : api.regions.front(), ":",
      envelope::kService,
      "\" --user \"$ACCESS_KEY:$SECRET_KEY\" \\\n  -H \"Accept: ", envelope::kJsonMediaType,
      "\" \"https://HOST/\"");
  for (const auto& [name, value] : Samples::Request(route)) {
    absl::StrAppend(&command, " \\\n  -d '", name, "=", base::PercentEncode(value), "'");
  }
  return command;
}

std::string SampleAnswers(const ApiDescription& api, const Route& route) {
  const auto sample = api.samples.Answer(route);
  const auto encode = [&](AnswerFormat format) {
    return EncodeAnswer(*route.answer, *sample, route.action, kSampleRequestId, api.zone, format)
        .body;
  };
  return absl::StrCat(
      HtmlCodeBlock(IndentedJson(encode(AnswerFormat::kJson))),
      "<p class=\"soft\">As XML, where <code>Accept</code> does not name JSON:</p>",
      HtmlCodeBlock(absl::StrReplaceAll(encode(AnswerFormat::kXml), {{"><", ">\n<"}})));
}

}  // namespace

std::string IndexPage(const ApiDescription& api, const PageLinks& links) {
  Rows rows;
  for (const Route& route : api.routes.routes()) {
    rows.push_back({absl::StrCat("<a href=\"", HtmlEscape(links.ToAction(route.action)), "\">",
                                 HtmlEscape(route.action), "</a>"),
                    HtmlEscape(TitleOf(route)), route.writes ? "writes" : "reads"});
  }
  return HtmlPage(
      kApiTitle,
      absl::StrCat(
          "<h1>", HtmlEscape(kApiTitle), "</h1>\n<p>Version ", envelope::kApiVersion,
          ". Send <code>GET /</code> with the parameters in the query, or <code>POST /</code> with "
          "a form body, signed with an access key. Lists are <code>Name.N</code> with any indices; "
          "times are <code>YYYY-MM-DD hh:mm:ss</code> in the time zone of the region.</p>\n",
          HtmlTable({"Action", "What it does", "Kind"}, rows),
          "<h2>Errors that every action may answer</h2>\n", ErrorTable(CommonErrors())));
}

std::string ActionPage(const ApiDescription& api, const Route& route, const PageLinks& links) {
  Rows answer = {
      {HtmlCode(envelope::kRequestId), "Id of the request, for questions about it.", ""}};
  AddAnswerRows(route.answer->root(), "", &answer);
  const auto& aliases = route.method->options().GetExtension(openapi::v1::action).aliases();
  std::string html =
      absl::StrCat("<p><a href=\"", HtmlEscape(links.index), "\">All actions</a></p>", "\n<h1>",
                   HtmlEscape(route.action), "</h1>\n<p>", HtmlEscape(TitleOf(route)), ".");
  if (!aliases.empty()) {
    absl::StrAppend(&html, " Also called ", Codes({aliases.begin(), aliases.end()}), ".");
  }
  if (route.main_account_only) absl::StrAppend(&html, " For the main account only.");
  absl::StrAppend(&html, "</p>\n<h2>Parameters</h2>\n", ParameterTable(route), "<h2>Answer</h2>\n",
                  HtmlTable({"Field", "Meaning", ""}, answer), "<h2>Sample</h2>\n",
                  HtmlCodeBlock(SampleRequest(api, route)), SampleAnswers(api, route),
                  "<h2>Errors</h2>\n");
  const std::vector<ErrorEntry> errors = ErrorsOf(route);
  if (!errors.empty()) absl::StrAppend(&html, ErrorTable(errors));
  absl::StrAppend(&html, "<p>And those that <a href=\"", HtmlEscape(links.index),
                  "\">every action may answer</a>.</p>\n");
  return HtmlPage(absl::StrCat(route.action, " - ", kApiTitle), html);
}

}  // namespace accordion::gateway
