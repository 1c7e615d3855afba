#!/bin/bash
# ./dev fuzz [--seconds N] [--seed N] [TARGET...]
#
# Builds the fuzz targets (clang, libFuzzer, address and undefined-behaviour sanitizers) and runs each
# for N seconds (default 10), as many at once as there are processors. Prints for each target its
# executions, the edges that the committed corpus covers and those covered at the end, and the size of
# the corpus before and after. Fails on a finding, whose input is kept in build/fuzz/findings.
#
# New inputs are in build/fuzz/corpus/TARGET until the next run. One input by itself:
#   ACCORDION_FUZZ_TARGET=cron build/fuzz/bin/accordion-fuzz FILE
set -euo pipefail
# shellcheck source=cmake/dev/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

seconds=10
seed=0  # of libFuzzer; 0: another one each time
targets=()
while (($# > 0)); do
  case $1 in
    --seconds | --seed)
      [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "$1 needs a number" >&2; exit 2; }
      declare "${1#--}=$2"
      shift
      ;;
    -*)
      echo "usage: ./dev fuzz [--seconds N] [--seed N] [TARGET...]" >&2
      exit 2
      ;;
    *) targets+=("$1") ;;
  esac
  shift
done
readonly seeds=tests/fuzz/corpus out=build/fuzz
if ((${#targets[@]} == 0)); then mapfile -t targets < <(ls "$seeds"); fi
for target in "${targets[@]}"; do
  if [[ ! -d $seeds/$target ]]; then
    printf 'no target %s; there are:\n%s\n' "$target" "$(ls "$seeds")" >&2
    exit 2
  fi
done

cmake/dev/build.sh fuzz
mkdir -p "$out/findings"

# libFuzzer's own numbers are in its log; its status says whether it found something.
fuzz_one() {  # TARGET SECONDS SEED
  local target=$1 status=0
  rm -rf "$out/corpus/$target" "$out/findings/$target"-*
  mkdir -p "$out/corpus/$target"
  ACCORDION_FUZZ_TARGET=$target "$out/bin/accordion-fuzz" \
    -max_total_time="$2" -seed="$3" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
    -dict=tests/fuzz/requests.dict -print_final_stats=1 \
    -artifact_prefix="$out/findings/$target-" \
    "$out/corpus/$target" "$seeds/$target" >"$out/$target.log" 2>&1 || status=$?
  echo "$status" >"$out/$target.status"
}
export -f fuzz_one
export seeds out

say "fuzzing ${#targets[@]} targets for $seconds s each"
printf '%s\n' "${targets[@]}" |
  xargs -P "$(nproc)" -I{} bash -c 'fuzz_one "$@"' fuzz_one {} "$seconds" "$seed"

number() { sed -nE "s/$1/\\1/p" "$2" | tail -1; }  # PATTERN LOG

findings=0
printf '%-22s %11s %7s  %-14s %-14s %s\n' target executions exec/s 'edges' 'corpus' findings
for target in "${targets[@]}"; do
  log=$out/$target.log
  found=0
  if [[ $(<"$out/$target.status") != 0 ]]; then found=1; fi
  findings=$((findings + found))
  edges="$(number '.*INITED cov: ([0-9]+) .*' "$log")"
  end="$(number '^#[0-9]+.* cov: ([0-9]+) .*' "$log")"
  before=$(find "$seeds/$target" -type f | wc -l)
  grown=$(find "$out/corpus/$target" -type f | wc -l)
  printf '%-22s %11s %7s  %-14s %-14s %s\n' "$target" \
    "$(number '^stat::number_of_executed_units: +([0-9]+)' "$log")" \
    "$(number '^stat::average_exec_per_sec: +([0-9]+)' "$log")" \
    "${edges:-?} -> ${end:-?}" "$before -> $((before + grown))" "$found"
done
for target in "${targets[@]}"; do
  if [[ $(<"$out/$target.status") == 0 ]]; then continue; fi
  say "finding of $target"
  grep -aE -A2 'FINDING|ERROR: |runtime error|Test unit written' "$out/$target.log" | head -20
done
echo "${#targets[@]} targets, $findings findings"
((findings == 0))
