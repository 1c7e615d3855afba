#!/usr/bin/env python3
"""Each tidy rule finds its bad example, and leaves the good one alone."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import tidy  # noqa: E402

HEADER = "// A thing.\n#pragma once\n"


def rules(files: dict[str, str]) -> list[str]:
    """`path:line:rule` of each finding in a tree of these files."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return [f"{f.path}:{f.line}:{f.rule}" for f in tidy.check_tree(pathlib.Path(root))]


class TidyTest(unittest.TestCase):
    def check(self, expected: list[str], path: str, text: str):
        self.assertEqual(rules({path: text}), [f"{path}:{finding}" for finding in expected], text)

    def test_names_are_banned_outside_their_home(self):
        for code in ("absl::Now();", "std::chrono::system_clock::now();", "std::this_thread::sleep_for(x);", "usleep(1);",
                     "std::random_device device;", "std::string_view view;", "memcmp(a, b, 3);", "using namespace std;",
                     "if (signature == given) {}", "time(nullptr);", "std::cout << 1;"):
            self.check(["1:banned"], "engine/control/a.cc", code + "\n")
        self.check([], "base/clock.cc", "absl::Now();\n")

    def test_names_are_free_in_comments_and_strings(self):
        self.check([], "engine/control/a.cc", '// absl::Now() is banned\n/* usleep(1)\n */ Log("sleep_for");\n')
        self.check([], "engine/control/a.cc", 'R"(memcmp)";\nconst int n = 1\'000;\nconst int m = 2\'000;\n')
        self.check([], "engine/control/a.cc", "absl::StrCat(time_zone); request_time(x); CRYPTO_memcmp(a, b, 3);\n")
        self.check([], "engine/control/a.cc", "if (signature == nullptr) {}\n")

    def test_a_string_does_not_hide_the_code_after_it(self):
        self.check(["1:banned"], "engine/control/a.cc", 'Log("a // b"); absl::Now();\n')
        self.check(["2:banned"], "engine/control/a.cc", "const char quote = '\"';\nabsl::Now();\n")

    def test_statements_on_tenants_tables_name_the_account(self):
        tables = {"persistence/migrations/0001_a.sql": "CREATE TABLE thing (\n  id bigint,\n  account_id text\n);\n"
                                                       "CREATE TABLE shared (\n  id bigint\n);\n"}
        def check(expected, statement):
            text = 'constexpr SqlText kByKey("WHERE account_id = $1 AND id = $2");\n' \
                   'constexpr SqlText kColumns("id, account_id");\n' + statement
            found = rules({**tables, "persistence/a.cc": text})
            self.assertEqual(found, [f"persistence/a.cc:{finding}" for finding in expected], statement)
        for bad in ('constexpr Statement kA("a", "SELECT account_id FROM thing WHERE id = $1");\n',
                    'constexpr Statement kA("a", SqlText("DELETE FROM thing ") + SqlText("WHERE id = $1; -- \'"));\n',
                    'constexpr Statement kA("a", SqlText("INSERT INTO thing (id) VALUES ($1)"));\n',
                    'constexpr Statement kA(\n    "a",\n    "UPDATE thing SET id = $1");\n',
                    '// account_id = $1\nconstexpr Statement kA("a", "SELECT FROM shared, thing");\n'):
            check([f"{4 if bad.startswith('//') else 3}:account"], bad)
        for good in ('constexpr Statement kA("a", SqlText("SELECT id FROM thing ") + kByKey);\n',
                     'constexpr Statement kA("a", "SELECT id FROM shared WHERE id = $1");\n',
                     'constexpr Statement kA("a", SqlText("INSERT INTO thing (") + kColumns + SqlText(") VALUES ($1, $2)"));\n',
                     '// tidy:allow(account) by shard\nconstexpr Statement kA("a", "SELECT id FROM thing");\n'):
            check([], good)

    def test_a_reason_lifts_a_rule(self):
        self.check([], "base/a.cc", "absl::Now();  // tidy:allow(banned) only here\n")
        self.check([], "base/a.cc", "// tidy:allow(banned) only here\nabsl::Now();\n")
        self.check(["1:banned"], "base/a.cc", "absl::Now();  // tidy:allow(banned)\n")
        self.check(["1:banned"], "base/a.cc", "absl::Now();  // tidy:allow(sql) another rule\n")

    def test_the_pure_rings_include_only_values(self):
        for include in ("<thread>", "<chrono>", "<sys/socket.h>", "<unistd.h>", '"absl/synchronization/mutex.h"',
                        '"absl/time/clock.h"', '"base/clock.h"', '"base/log.h"', '"engine/ports/store.h"',
                        '"persistence/store.h"', '"accordion/v1/group.pb.h"', "<pqxx/pqxx>"):
            self.check(["1:include"], "engine/domain/a.cc", f"#include {include}\n")
        for include in ("<vector>", "<optional>", '"absl/strings/str_cat.h"', '"absl/time/time.h"', '"absl/types/span.h"',
                        '"absl/container/flat_hash_map.h"', '"base/secret.h"', '"engine/domain/b.h"'):
            self.check([], "engine/domain/a.cc", f"#include {include}\n")
        self.check(["1:include"], "engine/domain/a.cc", '#include "engine/activity/step.h"\n')
        self.check([], "engine/activity/a.cc", '#include "engine/domain/b.h"\n')

    def test_arrows_point_inward(self):
        self.check(["1:include"], "engine/control/a.cc", '#include "persistence/store.h"\n')
        self.check(["1:include"], "engine/ports/a.cc", '#include "engine/control/a.h"\n')
        self.check(["1:include"], "api-gateway/a.cc", '#include "engine/domain/b.h"\n')
        self.check(["1:include"], "base/a.cc", '#include "engine/domain/b.h"\n')
        self.check([], "persistence/a.cc", '#include "engine/ports/store.h"\n')
        self.check([], "engine/daemon.cc", '#include "persistence/store.h"\n')
        self.check([], "tests/engine/a_test.cc", '#include "persistence/store.h"\n')

    def test_libraries_have_few_homes(self):
        for include, home in (("<boost/beast.hpp>", "base/http_server.cc"), ("<curl/curl.h>", "base/http_client.cc"),
                              ("<pqxx/pqxx>", "persistence/a.cc"), ("<grpcpp/grpcpp.h>", "engine/service/a.cc"),
                              ('"accordion/v1/a.pb.h"', "api-gateway/a.cc"),
                              ("<prometheus/registry.h>", "engine/observability/a.cc")):
            self.check([], home, f"#include {include}\n")
            self.check(["1:include"], "engine/control/a.cc", f"#include {include}\n")
        self.check(["1:include"], "tests/a.cc", "#include <regex>\n")

    def test_json_has_one_user_a_module(self):
        include = "#include <nlohmann/json.hpp>\n"
        self.assertEqual(rules({"api-gateway/a.cc": include, "persistence/a.cc": include}), [])
        self.assertEqual(rules({"api-gateway/a.cc": include, "api-gateway/b.cc": include}), ["api-gateway/b.cc:1:json"])
        self.check(["3:json"], "api-gateway/a.h", HEADER + include)

    def test_headers_say_what_they_are_for(self):
        self.check([], "base/a.h", HEADER)
        self.check(["1:header"], "base/a.h", "#pragma once\n")
        self.check(["1:header"], "base/a.h", "// A thing.\n")

    def test_switches_over_enums_have_no_default(self):
        switch = "switch (x) {{\n  case {label}:\n    break;\n  default:\n    break;\n}}\n"
        self.check(["4:default"], "base/a.cc", switch.format(label="State::kOpen"))
        self.check([], "base/a.cc", switch.format(label="'a'"))
        self.check([], "base/a.cc", switch.format(label="3"))
        self.check([], "base/a.cc", "Foo() = default;\n")

    def test_sql_is_not_built_from_strings(self):
        self.check(["1:sql"], "persistence/a.cc", 'tx.exec(absl::StrCat("SELECT * FROM g WHERE id = ", id));\n')
        self.check(["1:sql"], "persistence/a.cc", 'tx.exec("DELETE FROM g WHERE id = " + id);\n')
        self.check(["2:sql"], "persistence/a.cc", 'tx.exec(absl::StrCat(\n    "select * from g where id = ", id));\n')
        self.check([], "api-gateway/a.cc", 'return absl::StrCat("with ", code);\n')
        self.check([], "tests/support/a.cc", 'tx.exec("DELETE FROM g WHERE id = " + id);\n')
        self.check([], "persistence/a.cc", 'tx.exec_params("SELECT * FROM g WHERE id = $1", id);\n')

    def test_files_have_a_length(self):
        self.check([], "base/a.cc", "int x;\n" * 500)
        self.check(["501:length"], "base/a.cc", "int x;\n" * 501)
        self.check([], "tests/base/a_test.cc", "int x;\n" * 800)
        self.check(["801:length"], "tests/base/a_test.cc", "int x;\n" * 801)
        self.check(["501:length"], "tests/cloudsim/a.cc", "int x;\n" * 501)

    def test_nothing_is_left_for_later_and_no_machine_is_named(self):
        self.check(["1:text"], "docs/a.md", "TODO: write this\n")
        self.check(["1:text"], "cmake/dev/a.sh", "cd " + "/work" + "/main\n")
        self.check(["1:text"], "cmake/a.cmake", "set(x " + "/root" + "/.cache)\n")
        self.check(["1:text"], "docs/a.md", "from https://" + "pypi" + ".org/simple\n")
        self.check([], "docs/a.md", "a root/node and path/work/flow, todo lists\n")

    def test_build_output_is_passed_over(self):
        self.assertEqual(rules({"build/dev/a.cc": "absl::Now();\n", ".git/a": "TODO\n"}), [])


if __name__ == "__main__":
    unittest.main()
