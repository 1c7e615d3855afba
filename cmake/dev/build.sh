#!/bin/bash
# ./dev build [PRESET [TARGET...]]
# ACCORDION_WERROR=ON in the environment makes warnings errors, as CI does.
set -euo pipefail
# shellcheck source=cmake/dev/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

preset=${1:-dev}
shift || true
cmake/dev/setup.sh

say "building preset $preset"
started=$SECONDS
cmake --preset "$preset" --log-level=WARNING -DACCORDION_WERROR="${ACCORDION_WERROR:-OFF}"
targets=()
if (($# > 0)); then targets=(--target "$@"); fi
cmake --build --preset "$preset" "${targets[@]}"
echo "built $preset in $((SECONDS - started)) s"
