#!/bin/bash
# Installs the packages that are missing. Quick, and needs no rights, when none is.
set -euo pipefail
# shellcheck source=cmake/dev/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

mapfile -t missing < <(missing_packages)
((${#missing[@]} > 0)) || exit 0

if [[ $(id -u) != 0 ]]; then
  echo "./dev setup: these packages are missing, and only root can install them:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  echo "Run as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

say "installing ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A server that its package starts (or not, in a container) is never used: tests start their own.
options=(-y -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
apt-get update "${options[@]}"
apt-get install "${options[@]}" --no-install-recommends "${missing[@]}"
