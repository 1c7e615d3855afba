#include "tests/api-gateway/document_tree.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"

namespace accordion::gateway {
namespace {

TreeNode FromJson(const std::string& name, const nlohmann::ordered_json& value) {
  TreeNode node{name, "", {}};
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) node.children.push_back(FromJson(key, member));
  } else if (value.is_array()) {
    for (const auto& element : value) node.children.push_back(FromJson("item", element));
  } else {
    node.text = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return node;
}

// The elements-only subset of XML that an answer is: no attributes, no comments, no declarations.
class XmlReader {
 public:
  explicit XmlReader(const std::string& text) : text_(text) {}

  TreeNode Element() {
    TreeNode node;
    EXPECT_EQ(Next(), '<');
    node.name = Until('>');
    while (at_ < text_.size()) {
      if (text_.compare(at_, 2, "</") == 0) {
        at_ += 2;
        EXPECT_EQ(Until('>'), node.name);
        return node;
      }
      if (text_[at_] == '<') {
        node.children.push_back(Element());
      } else {
        const std::size_t end = text_.find('<', at_);
        node.text += absl::StrReplaceAll(text_.substr(at_, end - at_), {{"&lt;", "<"},
                                                                        {"&gt;", ">"},
                                                                        {"&quot;", "\""},
                                                                        {"&apos;", "'"},
                                                                        {"&#13;", "\r"},
                                                                        {"&amp;", "&"}});
        at_ = end;
      }
    }
    ADD_FAILURE() << "open element " << node.name;
    return node;
  }

  bool AtEnd() const { return at_ == text_.size(); }

 private:
  char Next() { return at_ < text_.size() ? text_[at_++] : '\0'; }
  std::string Until(char end) {
    const std::size_t from = at_;
    at_ = text_.find(end, from);
    EXPECT_NE(at_, std::string::npos);
    return text_.substr(from, at_++ - from);
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<TreeNode> ReadJsonAnswer(const std::string& text, std::string* request_id) {
  const auto document = nlohmann::ordered_json::parse(text, nullptr, false);
  EXPECT_TRUE(document.is_object()) << text;
  TreeNode root = FromJson("", document);
  EXPECT_EQ(root.children.at(0).name, "RequestId");
  *request_id = root.children.at(0).text;
  root.children.erase(root.children.begin());
  return std::move(root.children);
}

std::vector<TreeNode> ReadXmlAnswer(const std::string& text, const std::string& root,
                                    std::string* request_id) {
  XmlReader reader(text);
  TreeNode document = reader.Element();
  EXPECT_TRUE(reader.AtEnd()) << text;
  EXPECT_EQ(document.name, root);
  const TreeNode& metadata = document.children.at(0);
  EXPECT_EQ(metadata.name, "ResponseMetadata");
  *request_id = metadata.children.at(0).text;
  document.children.erase(document.children.begin());
  return std::move(document.children);
}

}  // namespace accordion::gateway
