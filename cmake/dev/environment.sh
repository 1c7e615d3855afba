# Sourced by the verbs. Runs them in the repository's root, whatever the caller's directory.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

# A heading on the terminal.
say() { printf '\n== %s\n' "$*"; }

# The packages of packages.txt that aren't installed, one a line.
missing_packages() {
  local wanted installed
  wanted=$(grep -Ev '^(#|$)' cmake/dev/packages.txt | sort)
  # shellcheck disable=SC2086  # a list of words
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^installed //p' | sort -u || true)
  comm -23 <(echo "$wanted") <(echo "$installed")
}
