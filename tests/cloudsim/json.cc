#include "tests/cloudsim/json.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace accordion::cloudsim {
namespace {

using Library = nlohmann::ordered_json;

Json FromLibrary(const Library& value) {
  switch (value.type()) {
    case Library::value_t::boolean:
      return value.get<bool>();
    case Library::value_t::number_integer:
    case Library::value_t::number_unsigned:
      return value.get<int64_t>();
    case Library::value_t::number_float:
      return value.get<double>();
    case Library::value_t::string:
      return value.get<std::string>();
    case Library::value_t::array: {
      Json array = Json::Array();
      for (const Library& item : value) array.Push(FromLibrary(item));
      return array;
    }
    case Library::value_t::object: {
      Json object = Json::Object();
      for (const auto& [name, member] : value.items()) object.Set(name, FromLibrary(member));
      return object;
    }
    case Library::value_t::null:
    case Library::value_t::binary:
    case Library::value_t::discarded:
      return Json();
  }
  return Json();
}

Library ToLibrary(const Json& json) {
  if (const auto value = json.AsString()) return *value;
  if (const auto value = json.AsBool()) return *value;
  if (const auto value = json.AsInt()) return *value;
  if (const auto value = json.AsDouble()) return *value;
  if (json.is_array()) {
    Library array = Library::array();
    for (const Json& item : json.items()) array.push_back(ToLibrary(item));
    return array;
  }
  if (json.is_object()) {
    Library object = Library::object();
    for (const auto& [name, member] : json.members()) object[name] = ToLibrary(member);
    return object;
  }
  return nullptr;
}

template <typename T, typename Variant>
std::optional<T> Get(const Variant& value) {
  const T* held = std::get_if<T>(&value);
  return held == nullptr ? std::nullopt : std::optional<T>(*held);
}

}  // namespace

Json Json::Object(std::initializer_list<Member> members) {
  Json json;
  json.value_ = std::vector<Member>(members);
  return json;
}

Json Json::Array(std::vector<Json> items) {
  Json json;
  json.value_ = std::move(items);
  return json;
}

std::optional<bool> Json::AsBool() const { return Get<bool>(value_); }
std::optional<int64_t> Json::AsInt() const { return Get<int64_t>(value_); }
std::optional<std::string> Json::AsString() const { return Get<std::string>(value_); }

std::optional<double> Json::AsDouble() const {
  if (const auto whole = AsInt()) return static_cast<double>(*whole);
  return Get<double>(value_);
}

const std::vector<Json>& Json::items() const {
  static const std::vector<Json>* const kNone = new std::vector<Json>();
  const auto* items = std::get_if<std::vector<Json>>(&value_);
  return items == nullptr ? *kNone : *items;
}

const std::vector<Json::Member>& Json::members() const {
  static const std::vector<Member>* const kNone = new std::vector<Member>();
  const auto* members = std::get_if<std::vector<Member>>(&value_);
  return members == nullptr ? *kNone : *members;
}

const Json* Json::Find(absl::string_view name) const {
  for (const auto& [key, value] : members()) {
    if (key == name) return &value;
  }
  return nullptr;
}

void Json::Set(absl::string_view name, Json value) {
  auto& members = std::get<std::vector<Member>>(value_);
  for (auto& [key, old] : members) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  members.emplace_back(std::string(name), std::move(value));
}

void Json::Push(Json value) { std::get<std::vector<Json>>(value_).push_back(std::move(value)); }

std::string ToText(const Json& json) {
  return ToLibrary(json).dump(-1, ' ', false, Library::error_handler_t::replace);
}

absl::StatusOr<Json> ParseJson(absl::string_view text) {
  const Library parsed =
      Library::parse(text.begin(), text.end(), /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return absl::InvalidArgumentError("the text is no JSON document");
  return FromLibrary(parsed);
}

}  // namespace accordion::cloudsim
