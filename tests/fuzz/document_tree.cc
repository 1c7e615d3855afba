#include "tests/fuzz/document_tree.h"

#include <expat.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "tests/fuzz/plain_json.h"

namespace accordion::fuzz {
namespace {

constexpr int kMaxDepth = 64;  // of an answer
constexpr int kMaxValues = 1'000'000;
constexpr char kReplacement[] = "\xef\xbf\xbd";  // U+FFFD

// `text` as XML 1.0 can hold it (2.2 Characters).
std::string ForXml(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool noncharacter = text.compare(i, 3, "\xef\xbf\xbe") == 0 ||
                              text.compare(i, 3, "\xef\xbf\xbf") == 0;  // U+FFFE, U+FFFF
    if (noncharacter || (c < 0x20 && c != '\t' && c != '\n' && c != '\r')) {
      out += kReplacement;
      if (noncharacter) i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

TreeNode TreeOf(const PlainJson& json) {
  TreeNode node;
  node.text = json.kind == 'n' ? "null" : json.kind == 's' ? ForXml(json.text) : json.text;
  for (const PlainMember& member : json.members) {
    node.children.push_back({member.name, TreeOf(member.value)});
  }
  return node;
}

struct XmlReader {
  std::vector<TreeNode*> open;
  TreeNode root;
  std::string root_name;
  bool mixed = false;  // text beside elements
};

void Start(void* data, const XML_Char* name, const XML_Char** attributes) {
  auto& reader = *static_cast<XmlReader*>(data);
  if (attributes[0] != nullptr) reader.mixed = true;
  if (reader.open.empty()) {
    reader.root_name = name;
    reader.open.push_back(&reader.root);
    return;
  }
  TreeNode& parent = *reader.open.back();
  if (!parent.text.empty()) reader.mixed = true;
  const std::string key = name;
  // An address in a vector is good until its parent gets another child, which is after its end.
  parent.children.push_back({key == "item" ? "" : key, {}});
  reader.open.push_back(&parent.children.back().node);
}

void End(void* data, const XML_Char*) { static_cast<XmlReader*>(data)->open.pop_back(); }

void Text(void* data, const XML_Char* text, int size) {
  auto& reader = *static_cast<XmlReader*>(data);
  TreeNode& node = *reader.open.back();
  if (!node.children.empty()) reader.mixed = true;
  node.text.append(text, static_cast<std::size_t>(size));
}

}  // namespace

std::optional<TreeNode> ReadJsonTree(const std::string& text) {
  if (!nlohmann::json::accept(text)) return std::nullopt;
  const std::optional<PlainJson> json = ReadPlainJson(text, kMaxDepth, kMaxValues);
  if (!json) return std::nullopt;
  return TreeOf(*json);
}

std::optional<TreeNode> ReadXmlTree(const std::string& text, std::string* root_name) {
  XmlReader reader;
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate("UTF-8"), &XML_ParserFree);
  XML_SetUserData(parser.get(), &reader);
  XML_SetElementHandler(parser.get(), Start, End);
  XML_SetCharacterDataHandler(parser.get(), Text);
  if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), 1) != XML_STATUS_OK ||
      reader.mixed) {
    return std::nullopt;
  }
  *root_name = reader.root_name;
  return reader.root;
}

}  // namespace accordion::fuzz
