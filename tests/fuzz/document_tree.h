// JSON and XML text as one kind of tree, so that the two writers can be compared.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace accordion::fuzz {

struct TreeMember;

struct TreeNode {
  std::string text;  // of a leaf; a number as it is spelled
  // Of an object by name, of a list by the empty name. A leaf, an empty list and an empty object
  // are not told apart: XML doesn't either.
  std::vector<TreeMember> children;

  bool operator==(const TreeNode& other) const;
};

struct TreeMember {
  std::string name;
  TreeNode node;

  friend bool operator==(const TreeMember&, const TreeMember&) = default;
};

inline bool TreeNode::operator==(const TreeNode& other) const {
  return text == other.text && children == other.children;
}

// By the plain reader, for the numbers' spelling, if nlohmann's accepts the text. nullopt: not
// well-formed, or a name twice in an object. Characters that XML can't hold stand as U+FFFD.
std::optional<TreeNode> ReadJsonTree(const std::string& text);
// By expat. `<item>` is an element of a list. Text between elements, or a namespace, is a fault.
std::optional<TreeNode> ReadXmlTree(const std::string& text, std::string* root_name);

}  // namespace accordion::fuzz
