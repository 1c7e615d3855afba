// How the public API spells a field, read from its descriptor: nothing types a parameter's name a
// second time.
#pragma once

#include <initializer_list>
#include <string>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace accordion::service {

// One field: the option's name, or the field's name in UpperCamelCase (`min_size` -> `MinSize`).
std::string FieldSpelling(const google::protobuf::FieldDescriptor& field);

// The parameter that a path of field numbers leads to, as the reference writes it: `MinSize`,
// `SubnetId.N`, `Slb.N.ListenerId`, `SystemDisk.DiskType`; keys of JSON
// text as the reference's samples spell them (`Metric.repeatTimes`). Elements are `N`, because the
// indices that a client used (from 0 or 1, with gaps) are not known here; a list that is one value
// with commas has none (`RepeatCycle`). Requires a path that exists.
std::string ParameterName(const google::protobuf::Descriptor& message,
                          std::initializer_list<int> path);

// The same for a request type:
// `ParameterName<v1::CreateScalingGroupRequest>({kMinSizeFieldNumber})`.
template <typename Request>
std::string ParameterName(std::initializer_list<int> path) {
  return ParameterName(*Request::descriptor(), path);
}

}  // namespace accordion::service
