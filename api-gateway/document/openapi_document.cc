#include "api-gateway/document/openapi_document.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "api-gateway/document/error_list.h"
#include "api-gateway/document/indented_json.h"
#include "api-gateway/document/openapi_schemas.h"
#include "api-gateway/envelope.h"
#include "api-gateway/openapi/json_sink.h"
#include "api-gateway/openapi/response_encoder.h"

namespace accordion::gateway {
namespace {

constexpr char kSampleRequestId[] = "68093a99-2f63-4f39-8f70-3047ab8ecb5b";
constexpr char kFormMediaType[] = "application/x-www-form-urlencoded";
constexpr int kDryRunStatus = 412;
constexpr int kLimitStatus = 409;

std::string ErrorResponseName(int http) { return absl::StrCat("Error", http); }

void WriteReference(absl::string_view name, absl::string_view section, absl::string_view target,
                    JsonSink* sink) {
  sink->StartObject(name);
  sink->Text("$ref", absl::StrCat("#/components/", section, "/", target));
  sink->EndObject();
}

// Statuses and the codes that come with each.
std::map<int, std::vector<std::string>> CodesByStatus() {
  std::map<int, std::vector<std::string>> codes;
  for (const ErrorEntry& entry : AllErrors()) {
    std::vector<std::string>& of_status = codes[entry.http];
    if (std::find(of_status.begin(), of_status.end(), entry.code) == of_status.end()) {
      of_status.push_back(entry.code);
    }
  }
  return codes;
}

class Writer {
 public:
  Writer(const ApiDescription& api, JsonSink* sink) : api_(api), sink_(*sink) {}

  void WriteDocument() {
    sink_.StartObject();
    sink_.Text("openapi", "3.1.0");
    sink_.StartObject("info");
    sink_.Text("title", kApiTitle);
    sink_.Text("version", envelope::kApiVersion);
    sink_.Text(
        "description",
        "Every action is the path / with the parameter Action. GET takes its parameters from "
        "the query, POST from a form body. Lists are Name.N with any indices.");
    sink_.EndObject();
    sink_.StartList("servers");
    sink_.StartItem();
    sink_.Text("url", "/");
    sink_.EndItem();
    sink_.EndList("servers");
    WriteSecurity();
    sink_.StartObject("paths");
    for (const Route& route : api_.routes.routes()) WritePath(route);
    sink_.EndObject();
    WriteComponents();
    WriteCatalogue();
    sink_.EndObject();
  }

 private:
  void WriteSecurity() {
    sink_.StartList("security");
    for (const char* scheme : {"header", "query", "simplified"}) {
      sink_.StartItem();
      sink_.StartList(scheme);
      sink_.EndList(scheme);
      sink_.EndItem();
    }
    sink_.EndList("security");
  }

  void WritePath(const Route& route) {
    sink_.StartObject(absl::StrCat("/#", envelope::kAction, "=", route.action));
    sink_.Bare("x-writes", route.writes ? "true" : "false");
    sink_.Bare("x-main-account-only", route.main_account_only ? "true" : "false");
    sink_.StartList("x-errors");
    for (const ErrorEntry& entry : ErrorsOf(route)) sink_.TextItem(entry.code);
    sink_.EndList("x-errors");
    const std::string schema = SchemaReference(RequestSchemaName(route));
    sink_.StartObject("get");
    WriteOperationHead(route, "");
    sink_.StartList("parameters");
    sink_.StartItem();
    sink_.Text("name", "parameters");
    sink_.Text("in", "query");
    sink_.Text("style", "form");
    sink_.Bare("explode", "true");
    sink_.Bare("required", "true");
    WriteSchema(schema);
    sink_.EndItem();
    sink_.EndList("parameters");
    WriteResponses(route);
    sink_.EndObject();
    sink_.StartObject("post");
    WriteOperationHead(route, "ByForm");
    sink_.StartObject("requestBody");
    sink_.Bare("required", "true");
    sink_.StartObject("content");
    sink_.StartObject(kFormMediaType);
    WriteSchema(schema);
    WriteSampleRequest(route);
    sink_.EndObject();
    sink_.EndObject();
    sink_.EndObject();
    WriteResponses(route);
    sink_.EndObject();
    sink_.EndObject();
  }

  void WriteOperationHead(const Route& route, absl::string_view suffix) {
    sink_.Text("operationId", absl::StrCat(route.action, suffix));
    sink_.Text("summary", TitleOf(route));
  }

  void WriteSchema(absl::string_view reference) {
    sink_.StartObject("schema");
    sink_.Text("$ref", reference);
    sink_.EndObject();
  }

  void WriteSampleRequest(const Route& route) {
    sink_.StartObject("example");
    for (const auto& [name, value] : Samples::Request(route)) sink_.Text(name, value);
    sink_.EndObject();
  }

  void WriteResponses(const Route& route) {
    sink_.StartObject("responses");
    WriteReference("200", "responses", route.action, &sink_);
    for (const auto& [http, codes] : CodesByStatus()) {
      if (http == kDryRunStatus && !route.writes) continue;
      WriteReference(absl::StrCat(http), "responses", ErrorResponseName(http), &sink_);
    }
    sink_.EndObject();
  }

  void WriteComponents() {
    sink_.StartObject("components");
    sink_.StartObject("securitySchemes");
    WriteKeyScheme("header", "header", "Authorization",
                   "AWS signature version 4, service kec, in the Authorization header.");
    WriteKeyScheme("query", "query", envelope::kQuerySignature,
                   "AWS signature version 4 in the query: X-Amz-Algorithm, X-Amz-Credential, "
                   "X-Amz-Date, X-Amz-SignedHeaders, X-Amz-Signature.");
    WriteKeyScheme(
        "simplified", "query", envelope::kSimplifiedSignature,
        "HMAC-SHA256 of all parameters: Accesskey, Service, Timestamp, SignatureVersion, "
        "SignatureMethod, Signature.");
    sink_.EndObject();
    sink_.StartObject("responses");
    for (const Route& route : api_.routes.routes()) WriteAnswer(route);
    for (const auto& [http, codes] : CodesByStatus()) WriteErrorResponse(http, codes);
    sink_.EndObject();
    sink_.StartObject("schemas");
    WriteSchemas(api_.routes, &sink_);
    sink_.EndObject();
    sink_.EndObject();
  }

  void WriteKeyScheme(absl::string_view scheme, absl::string_view place, absl::string_view name,
                      absl::string_view description) {
    sink_.StartObject(scheme);
    sink_.Text("type", "apiKey");
    sink_.Text("in", place);
    sink_.Text("name", name);
    sink_.Text("description", description);
    sink_.EndObject();
  }

  void WriteAnswer(const Route& route) {
    const std::unique_ptr<google::protobuf::Message> sample = api_.samples.Answer(route);
    const auto encode = [&](AnswerFormat format) {
      return EncodeAnswer(*route.answer, *sample, route.action, kSampleRequestId, api_.zone, format)
          .body;
    };
    sink_.StartObject(route.action);
    sink_.Text("description", "Done.");
    sink_.StartObject("content");
    sink_.StartObject(envelope::kJsonMediaType);
    WriteSchema(SchemaReference(AnswerSchemaName(route)));
    sink_.Bare("example", encode(AnswerFormat::kJson));
    sink_.EndObject();
    sink_.StartObject(envelope::kXmlMediaType);
    sink_.Text("example", encode(AnswerFormat::kXml));
    sink_.EndObject();
    sink_.EndObject();
    sink_.EndObject();
  }

  void WriteErrorResponse(int http, const std::vector<std::string>& codes) {
    sink_.StartObject(ErrorResponseName(http));
    sink_.Text("description", absl::StrJoin(codes, ", "));
    if (http == kLimitStatus) WriteRetryAfter();
    sink_.StartObject("content");
    for (const char* media_type : {envelope::kJsonMediaType, envelope::kXmlMediaType}) {
      sink_.StartObject(media_type);
      WriteSchema(SchemaReference(kErrorSchema));
      sink_.EndObject();
    }
    sink_.EndObject();
    sink_.EndObject();
  }

  void WriteRetryAfter() {
    sink_.StartObject("headers");
    sink_.StartObject(envelope::kRetryAfterHeader);
    sink_.Text("description", "With LimitExceeded: seconds until the next request may pass.");
    sink_.StartObject("schema");
    sink_.Text("type", "integer");
    sink_.EndObject();
    sink_.EndObject();
    sink_.EndObject();
  }

  void WriteCatalogue() {
    sink_.StartList("x-error-catalogue");
    for (const ErrorEntry& entry : AllErrors()) {
      sink_.StartItem();
      sink_.Text("code", entry.code);
      sink_.Bare("http", absl::StrCat(entry.http));
      sink_.Text("message", entry.message);
      sink_.Text("when", entry.when);
      sink_.EndItem();
    }
    sink_.EndList("x-error-catalogue");
  }

  const ApiDescription& api_;
  JsonSink& sink_;
};

}  // namespace

std::string OpenApiDocument(const ApiDescription& api) {
  std::string compact;
  JsonSink sink(&compact);
  Writer(api, &sink).WriteDocument();
  return IndentedJson(compact);
}

}  // namespace accordion::gateway
