// The corpora as plain tests: seeds, and the input of every finding that was fixed
// (`regression-*`).
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

std::vector<std::filesystem::path> CorpusOf(const Target& target) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder =
      std::filesystem::path(ACCORDION_FUZZ_CORPUS) / std::string(target.name);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Replay : public ::testing::TestWithParam<Target> {};

// A property that doesn't hold ends the process; the last path printed is the input.
TEST_P(Replay, EveryInputOfTheCorpusKeepsTheProperties) {
  const std::vector<std::filesystem::path> files = CorpusOf(GetParam());
  EXPECT_FALSE(files.empty());
  for (const std::filesystem::path& path : files) {
    SCOPED_TRACE(path);
    std::ifstream file(path, std::ios::binary);
    ASSERT_TRUE(file) << path;
    const std::string input{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::fprintf(stderr, "%s\n", path.filename().c_str());
    GetParam().run(input);
  }
}

TEST_P(Replay, TheEmptyInputKeepsTheProperties) { GetParam().run(""); }

// A target whose property can't fail would find nothing for ever.
TEST(Findings, EndTheProcess) {
  EXPECT_DEATH(Expect(2 == 3, "two is three"), "FINDING: not so: two is three");
}

INSTANTIATE_TEST_SUITE_P(Targets, Replay, ::testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace accordion::fuzz
