// Samples for the API document, made from the descriptors: they change with the API by themselves.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "api-gateway/openapi/route_table.h"
#include "base/sigv4.h"

namespace accordion::gateway {

class Samples {
 public:
  // Learns the words of enumerations from the requests of `routes`, for the fields of answers that
  // have the same name.
  explicit Samples(const RouteTable& routes);

  // Action, Version and everything that is required: a request that the decoder accepts.
  static base::sigv4::Parameters Request(const Route& route);

  // Every field filled, each list with one element.
  std::unique_ptr<google::protobuf::Message> Answer(const Route& route) const;

 private:
  void Fill(const AnswerMessagePlan& plan, google::protobuf::Message* message) const;
  void FillField(const AnswerField& field, google::protobuf::Message* message) const;
  std::string Text(const std::string& name) const;

  std::map<std::string, std::string> first_words_;  // by name
};

}  // namespace accordion::gateway
