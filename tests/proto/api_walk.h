// Walks the descriptors of the public API for the checks of this directory.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "openapi/v1/options.pb.h"

namespace accordion::proto_test {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// The rpcs of AutoScalingService, in the order of the file.
std::vector<const MethodDescriptor*> Actions();

// Every field of `message` and of the messages nested in it; not of a Timestamp, which is one
// value.
std::vector<const FieldDescriptor*> AllFields(const Descriptor* message);

bool IsTime(const FieldDescriptor& field);
bool IsMessage(const FieldDescriptor& field);  // a nested message, no time

const openapi::v1::Parameter& Param(const FieldDescriptor& field);
const openapi::v1::ResponseField& Answer(const FieldDescriptor& field);

// The name on the wire, without that of a parent: the option's or the UpperCamelCase of the
// field's.
std::string ParameterName(const FieldDescriptor& field);
std::string AnswerName(const FieldDescriptor& field);

// Every spelling that reaches the fields of `request`, '#' for an index: `Slb.#.ServerPort.#`.
// Spellings that only convenience accepts (a single value as a list of one, and the reverse) are
// left out. A name that two fields claim stands twice.
std::vector<std::string> Spellings(const Descriptor* request);

}  // namespace accordion::proto_test
