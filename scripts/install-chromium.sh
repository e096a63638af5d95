#!/usr/bin/env bash
# Prints the path of a Chromium that starts, for SOUK_CHROMIUM: one that is here, else Debian's, when we may install it.
# Without one it says so on stderr, prints nothing and exits 0: the tests of the dashboard in a browser are then skipped.
set -euo pipefail

found() {
  local name path
  for name in "${SOUK_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    # Ubuntu's package of that name is a stub that asks for snap: what cannot tell its version is none.
    path="$(command -v "${name:-/none}")" && "$path" --version > /dev/null 2>&1 && echo "$path" && return
  done
  return 1
}

as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi

if found; then exit; fi
if command -v apt-get > /dev/null && "${as_root[@]}" true 2> /dev/null; then
  echo "no Chromium here: installing Debian's" >&2
  {
    "${as_root[@]}" apt-get update -q &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium
  } >&2 || echo "apt-get could not install chromium" >&2
  if found; then exit; fi
fi
echo "NO CHROMIUM: the tests of the dashboard in a browser will be SKIPPED (SOUK_CHROMIUM names one)" >&2
