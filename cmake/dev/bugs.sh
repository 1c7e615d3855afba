#!/bin/bash
# ./dev bugs [ID...]
#
# Builds preset bugs and runs the bug bank: every listed bug must be caught by a suite that was not
# written for it (docs/bug-bank.md). With ids, only those.
set -euo pipefail
# shellcheck source=cmake/dev/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

cmake --preset bugs --log-level=WARNING
exec tests/bug_bank/run build/bugs "$@"
