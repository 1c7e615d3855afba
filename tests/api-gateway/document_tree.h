// Answers read back by other code than wrote them, in one form for JSON and XML, so that the two
// can be compared.
#pragma once

#include <string>
#include <vector>

namespace accordion::gateway {

struct TreeNode {
  std::string name;
  std::string text;                // of a leaf
  std::vector<TreeNode> children;  // the elements of a list are named "item"

  bool operator==(const TreeNode& other) const = default;
};

// The document without the envelope: the fields behind RequestId, which goes to `*request_id`.
// Fails the test for what is not well-formed.
std::vector<TreeNode> ReadJsonAnswer(const std::string& text, std::string* request_id);
std::vector<TreeNode> ReadXmlAnswer(const std::string& text, const std::string& root,
                                    std::string* request_id);

}  // namespace accordion::gateway
