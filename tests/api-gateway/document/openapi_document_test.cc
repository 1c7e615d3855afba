// The OpenAPI document: whole in itself, true to the gateway, and as reviewed.
#include "api-gateway/document/openapi_document.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "api-gateway/document/document_pages.h"
#include "api-gateway/document/parameter_list.h"
#include "api-gateway/gateway.h"
#include "api-gateway/openapi/query_decoder.h"
#include "base/encoding.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/gateway_fixture.h"
#include "tests/api-gateway/server_fixture.h"

namespace accordion::gateway {
namespace {

using Json = nlohmann::ordered_json;

std::unique_ptr<const RouteTable> Routes(const std::string& return_set = "object") {
  Config config;
  config.scheduled_task_return_set = return_set;
  auto routes = BuildRoutes(config);
  EXPECT_TRUE(routes.ok()) << routes.status();
  return *std::move(routes);
}

absl::TimeZone Shanghai() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  return zone;
}

const std::string& Text() {
  static const auto* const text = new std::string(PublishedOpenApi(*Routes(), Shanghai()));
  return *text;
}

Json Document() { return Json::parse(Text()); }

// Every object in `value`, with where it stands.
void Visit(const Json& value, const std::string& path,
           const std::function<void(const Json&, const std::string&)>& see) {
  if (value.is_object()) see(value, path);
  if (!value.is_structured()) return;
  for (const auto& [key, inner] : value.items()) Visit(inner, absl::StrCat(path, "/", key), see);
}

TEST(OpenApiDocument, IsTheGoldenFile) {
  EXPECT_TRUE(Text() == ReadTestData("openapi.golden.json"))
      << "The API has changed. Look at the difference and keep it with\n"
         "  accordion-gateway --print-openapi > tests/api-gateway/testdata/openapi.golden.json";
}

TEST(OpenApiDocument, ResolvesEveryReference) {
  const Json document = Document();
  int references = 0;
  Visit(document, "", [&](const Json& object, const std::string& path) {
    if (!object.contains("$ref") || !object["$ref"].is_string()) return;
    const std::string reference = object["$ref"];
    ASSERT_TRUE(absl::StartsWith(reference, "#/")) << path;
    EXPECT_TRUE(document.contains(Json::json_pointer(reference.substr(1))))
        << path << ": " << reference;
    ++references;
  });
  EXPECT_GT(references, 400);
}

TEST(OpenApiDocument, GivesEveryOperationAnIdItsParametersAndTheErrorEnvelope) {
  const Json document = Document();
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_EQ(document["paths"].size(), 27u);
  std::set<std::string> ids;
  for (const auto& [path, item] : document["paths"].items()) {
    EXPECT_TRUE(absl::StartsWith(path, "/#Action=")) << path;
    for (const char* method : {"get", "post"}) {
      const Json& operation = item.at(method);
      EXPECT_TRUE(ids.insert(operation.at("operationId")).second) << path;
      EXPECT_EQ(operation.contains("parameters"), method == std::string("get"));
      EXPECT_EQ(operation.contains("requestBody"), method == std::string("post"));
      for (const char* status : {"200", "400", "403", "404", "409", "500"}) {
        ASSERT_TRUE(operation.at("responses").contains(status)) << path << status;
      }
      EXPECT_EQ(operation["responses"].contains("412"), item.at("x-writes").get<bool>()) << path;
      for (const auto& [status, response] : operation["responses"].items()) {
        if (status == "200") continue;
        const std::string target = response.at("$ref");
        const Json& shared = document.at(Json::json_pointer(target.substr(1)));
        for (const char* type : {"application/json", "text/xml"}) {
          EXPECT_EQ(shared.at("content").at(type).at("schema").at("$ref"),
                    "#/components/schemas/ErrorAnswer");
        }
      }
    }
  }
}

TEST(OpenApiDocument, GivesEveryObjectSchemaItsPropertiesAndRequiresOnlyThose) {
  const Json document = Document();
  for (const auto& [name, schema] : document["components"]["schemas"].items()) {
    ASSERT_EQ(schema.at("type"), "object") << name;
    for (const Json& required : schema.at("required")) {
      EXPECT_TRUE(schema.at("properties").contains(required.get<std::string>()))
          << name << ": " << required;
    }
  }
}

TEST(OpenApiDocument, NamesEveryParameterThatTheDecoderKnows) {
  const auto routes = Routes();
  const Json document = Document();
  for (const Route& route : routes->routes()) {
    const Json& schema =
        document["components"]["schemas"].at(std::string(route.method->input_type()->name()));
    for (const ParameterRow& row : ListParameters(*route.decode)) {
      const bool found = row.pattern.empty() ? schema["properties"].contains(row.name)
                                             : schema["patternProperties"].contains(row.pattern);
      EXPECT_TRUE(found) << route.action << ": " << row.name;
      // The decoder takes the name, with numbers for its letters.
      const std::string pattern = absl::StrReplaceAll(row.name, {{".N", ".#"}, {".M", ".#"}});
      EXPECT_NE(route.decode->Find(pattern), nullptr) << route.action << ": " << pattern;
      for (const std::string& alias : row.aliases) {
        const std::string other = absl::StrReplaceAll(alias, {{".N", ".#"}, {".M", ".#"}});
        if (!absl::StrContains(row.name, ".N") || absl::StrContains(alias, ".N")) {
          EXPECT_NE(route.decode->Find(other), nullptr) << route.action << ": " << other;
        }
      }
    }
  }
}

TEST(Samples, AreRequestsThatTheDecoderTakes) {
  const auto routes = Routes();
  for (const Route& route : routes->routes()) {
    const auto parameters = RequestParameters::Parse(base::FormEncode(Samples::Request(route)), "");
    ASSERT_TRUE(parameters.ok());
    std::unique_ptr<google::protobuf::Message> request(route.request_prototype->New());
    const MaybeError error = DecodeRequest(*route.decode, *parameters, Shanghai(), request.get());
    EXPECT_FALSE(error) << route.action << ": " << (error ? error->args.at(0) : "");
  }
}

TEST(CompatReturnSet, AsNumberIsTheReferencesSampleAndNothingElseChanges) {
  const auto routes = Routes("number");
  const Route* create = routes->Find("CreateScheduledTask");
  const Samples samples(*routes);
  const auto encode = [&](const Route& route, AnswerFormat format) {
    return EncodeAnswer(*route.answer, *samples.Answer(route), route.action, "1", Shanghai(),
                        format)
        .body;
  };
  EXPECT_EQ(encode(*create, AnswerFormat::kJson),
            R"({"RequestId":"1","ReturnSet":537276906367950848})");
  EXPECT_TRUE(absl::StrContains(encode(*create, AnswerFormat::kXml),
                                "<ReturnSet>537276906367950848</ReturnSet>"));
  EXPECT_TRUE(absl::StrContains(encode(*routes->Find("DeleteScheduledTask"), AnswerFormat::kJson),
                                R"("ReturnSet":{"ScalingScheduleTaskId":)"));
  Config config;
  config.scheduled_task_return_set = "maybe";
  EXPECT_EQ(BuildRoutes(config).status().message(),
            "compat.scheduled_task_return_set: neither object nor number");
}

// Whether `html` closes what it opens, in order. The pages hold no scripts and no comments.
bool IsWellFormed(const std::string& html) {
  std::vector<std::string> open;
  std::size_t at = html.find("<html");
  while ((at = html.find('<', at)) != std::string::npos) {
    const std::size_t end = html.find('>', at);
    const std::string tag = html.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find(' '));
    at = end;
    if (name == "meta" || name == "br") continue;
    if (name[0] != '/') {
      open.push_back(name);
    } else if (open.empty() || open.back() != name.substr(1)) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty();
}

TEST(DocumentPages, AreServedUnsignedAndHoldNothingFromElsewhere) {
  ServerFixture fixture;
  const int port = fixture.gateway->Port();
  const std::string openapi = fixture.Get(port, "/openapi.json");
  EXPECT_EQ(StatusOf(openapi), 200);
  EXPECT_EQ(BodyOf(openapi), Text());
  const std::string index = fixture.Get(port, "/docs");
  EXPECT_EQ(StatusOf(index), 200);
  EXPECT_TRUE(absl::StrContains(index, "Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_EQ(BodyOf(fixture.Get(port, "/docs/")), BodyOf(index));
  int pages = 0;
  const auto routes = Routes();
  for (const Route& route : routes->routes()) {
    EXPECT_TRUE(absl::StrContains(index, absl::StrCat("href=\"/docs/", route.action, "\"")));
    const std::string page = BodyOf(fixture.Get(port, "/docs/" + route.action));
    EXPECT_TRUE(IsWellFormed(page)) << route.action;
    EXPECT_FALSE(absl::StrContains(page, "src=")) << route.action;
    EXPECT_TRUE(absl::StrContains(page, "prefers-color-scheme: dark"));
    for (const ParameterRow& row : ListParameters(*route.decode)) {
      EXPECT_TRUE(absl::StrContains(page, "<code>" + row.name + "</code>")) << row.name;
    }
    ++pages;
  }
  EXPECT_EQ(pages, 27);
  EXPECT_TRUE(IsWellFormed(BodyOf(index)));
  EXPECT_EQ(StatusOf(fixture.Get(port, "/docs/Frobnicate")), 403);
  EXPECT_TRUE(fixture.engine->rpcs.empty());
}

TEST(DocumentPages, CanBeSwitchedOff) {
  ServerFixture fixture([](Config* config) { config->serve_documents = false; });
  for (const char* path : {"/openapi.json", "/docs", "/docs/", "/docs/CreateScalingGroup"}) {
    EXPECT_EQ(StatusOf(fixture.Get(fixture.gateway->Port(), path)), 403) << path;
  }
}

}  // namespace
}  // namespace accordion::gateway
