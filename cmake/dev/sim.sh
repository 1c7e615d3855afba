#!/bin/bash
# ./dev sim --seed N [--trace] | --seeds A..B|N [--jobs N] [--check-hash] [--hours H] [--calm]
#
# Builds the simulation and runs it (docs/simulation.md). --seeds N is 1..N, shared by --jobs
# processes (default 2); the last line is a summary for programs.
set -euo pipefail
# shellcheck source=cmake/dev/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

readonly preset=dev
cmake --preset "$preset" --log-level=WARNING >/dev/null
ninja -C "build/$preset" accordion-sim >/dev/null
exec "build/$preset/bin/accordion-sim" "$@"
