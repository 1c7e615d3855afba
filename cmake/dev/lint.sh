#!/bin/bash
# ./dev lint [--all|FILE...]
# The tidy rules over the whole tree, shellcheck over all scripts, and clang-tidy over the sources
# that differ from the last commit (or all, about 10 minutes, or the given ones).
set -euo pipefail
# shellcheck source=cmake/dev/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cmake/dev/setup.sh

failed=0

say "tidy rules"
tests/tidy/tidy.py || failed=1

say "shellcheck"
{ git ls-files '*.sh'; echo dev; echo .ci/run; } | xargs shellcheck -x || failed=1

case ${1:-} in
  --all) mapfile -t sources < <(git ls-files '*.cc') ;;
  '') mapfile -t sources < <(git diff --name-only --diff-filter=d HEAD -- '*.cc') ;;
  *) sources=("$@") ;;
esac
if ((${#sources[@]} > 0)); then
  say "clang-tidy on ${#sources[@]} files"
  cmake --preset dev --log-level=WARNING
  cmake --build --preset dev --target accordion_proto  # its headers
  printf '%s\0' "${sources[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy -p build/dev --quiet || failed=1
fi
exit "$failed"
