#!/bin/bash
# ./dev clean: removes build output; ccache keeps what it knows.
set -euo pipefail
# shellcheck source=cmake/dev/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

for state in build/*/test-postgres; do
  if [[ -d $state ]]; then cmake/dev/postgres.sh stop "$PWD/$state"; fi
done
rm -rf build
