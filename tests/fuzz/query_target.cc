// Queries and forms: the parse must agree with the plain one, the decoded message must keep every
// rule of its options, and neither may depend on the order of the parameters.
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/envelope.h"
#include "api-gateway/openapi/query_decoder.h"
#include "api-gateway/openapi/request_parameters.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/plain_form.h"
#include "tests/fuzz/request_checks.h"
#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

using ::google::protobuf::Message;

// That of the request, else one that depends on the input, so that a broken name still decodes.
const gateway::Route& RouteOf(const gateway::RequestParameters& parameters,
                              const std::string& query) {
  const std::string* action = parameters.Find(gateway::envelope::kAction);
  const gateway::Route* found = action == nullptr ? nullptr : Routes().Find(*action);
  if (found != nullptr) return *found;
  return Routes().routes()[query.size() % Routes().routes().size()];
}

// The message in a form to compare; empty: refused.
std::string Decode(const gateway::Route& route, const gateway::RequestParameters& parameters) {
  const std::unique_ptr<Message> request(route.request_prototype->New());
  const gateway::MaybeError error =
      gateway::DecodeRequest(*route.decode, parameters, absl::UTCTimeZone(), request.get());
  if (error) {
    Expect(error->reason == v1::MISSING_PARAMETER || error->reason == v1::INVALID_PARAMETER_VALUE ||
               error->reason == v1::INVALID_QUERY_PARAMETER,
           "a decoder's error is one of three", absl::StrCat(static_cast<int>(error->reason)));
    Expect(error->args.size() == 1 && !error->args[0].empty(), "it names a parameter");
    return "";
  }
  CheckDecoded(route.decode->root(), *request);
  return absl::StrCat("decoded ", request->SerializeAsString());
}

std::string FormOf(const PlainParameters& parameters) {
  std::string form;
  for (const auto& [name, value] : parameters) {
    absl::StrAppend(&form, PlainPercentEncode(name), "=", PlainPercentEncode(value), "&");
  }
  return form;
}

}  // namespace

void FuzzQuery(absl::string_view input) {
  const std::size_t line_end = input.find('\n');
  const std::string query(input.substr(0, line_end));
  const std::string form(line_end == absl::string_view::npos ? absl::string_view()
                                                             : input.substr(line_end + 1));
  const auto parameters = gateway::RequestParameters::Parse(query, form);
  auto plain = PlainRequestDecode(query, form);
  Expect(parameters.ok() == plain.has_value(), "both parsers take or refuse a request", input);
  if (!plain) return;
  Expect(parameters->all().size() == plain->size(), "both find as many parameters", input);
  for (std::size_t i = 0; i < plain->size(); ++i) {
    Expect(parameters->all()[i].name == (*plain)[i].first &&
               parameters->all()[i].value == (*plain)[i].second,
           "both find the same parameters", input);
  }
  Expect(parameters->canonical_query() == PlainCanonicalQuery(*PlainFormDecode(query)),
         "both canonical queries agree", input);

  const gateway::Route& route = RouteOf(*parameters, query);
  const std::string decoded = Decode(route, *parameters);
  std::reverse(plain->begin(), plain->end());
  const auto reversed = gateway::RequestParameters::Parse("", FormOf(*plain));
  Expect(reversed.ok(), "reversed parameters can be parsed", input);
  Expect(Decode(route, *reversed) == decoded, "the order of parameters means nothing", input);
}

}  // namespace accordion::fuzz
