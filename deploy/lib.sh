# What deploy/up and deploy/test share: installing, the npm part of the build, building. Sourced by bash, never run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Every program of the build is found here.
# shellcheck disable=SC2034  # Read by the scripts that source this.
programs=$root/build/default/bin
postgresql_bin=/usr/lib/postgresql/15/bin

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo -- "$@"
  fi
}

# The packages of packages.txt that are neither installed nor made unneeded by their command.
missing_packages() {
  local package command
  while read -r package command _; do
    [[ -z $package || $package == \#* ]] && continue
    [[ -n $command ]] && command -v "$command" >/dev/null && continue
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done <"$root/deploy/packages.txt"
}

# Installs what is missing. The packages' own redis and PostgreSQL must not start: anju runs instances of its own, and the
# machine's ports are not ours to take. policy-rc.d is how Debian lets one say so; one that is there already is left alone.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  say "installing ${#missing[@]} packages: ${missing[*]}"
  ((EUID == 0)) || command -v sudo >/dev/null || die "not root, and sudo is missing; install these packages first"
  # shellcheck disable=SC2016  # The inner shell expands these.
  as_root bash -c '
    set -euo pipefail
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
      trap "rm -f $policy" EXIT
      printf "#!/bin/sh\nexit 101\n" >"$policy"
      chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q -o DPkg::Lock::Timeout=300 update
    apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@"
  ' install "${missing[@]}"
}

# Brings node_modules to what the lock file says; npm ci refuses a lock that disagrees with package.json. The stamp holds
# both files' digests, because their times say nothing after a checkout.
install_npm() {
  local folder=$root/deploy/npm stamp digest
  stamp=$folder/node_modules/.anju-lock
  digest=$(cd "$folder" && sha256sum package.json package-lock.json)
  [[ -e $stamp && $(<"$stamp") == "$digest" ]] && return 0
  say "installing the npm packages of deploy/npm"
  (cd "$folder" && npm ci --no-audit --no-fund)
  printf '%s\n' "$digest" >"$stamp"
}

# Builds the named targets; all is all of them.
build() {
  # What one checkout has compiled serves another one.
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=true
  (cd "$root" && cmake --preset default && cmake --build --preset default --parallel "$(nproc)" --target "$@")
}

# Prints, one on a line, a port for each wanted number: that number where it can be bound on loopback, else a free one below
# those that outgoing connections are given, so that who is started again finds it free. They are all held until the last is
# found, so no two are the same.
free_ports() {
  python3 - "$@" <<'PYTHON'
import random
import socket
import sys

held = []
for wanted in map(int, sys.argv[1:]):
    for port in [wanted] * (wanted > 0) + random.sample(range(10_000, 32_000), 1000):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError:
            listener.close()
            continue
        held.append(listener)
        break
    print(held[-1].getsockname()[1])
PYTHON
}

# PostgreSQL refuses to run as root, so root runs it as the user that Debian's package makes.
postgresql_user() { if ((EUID == 0)); then printf 'postgres\n'; else id -un; fi; }

# In the root folder, because PostgreSQL's user may not be able to enter the one we are in.
as_postgresql() (
  cd /
  if ((EUID == 0)); then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
)

# Makes a cluster in the folder $1, whose superuser is anju, unless there is one. It listens on no network port, only on a socket
# in a folder that only its owner (and root) can enter, so it trusts who reaches it.
make_cluster() {
  local folder=$1
  [[ -e $folder/PG_VERSION ]] && return 0
  # Made beside and moved, so that a broken-off initdb is not taken for a cluster.
  rm -rf "$folder.new"
  as_postgresql "$postgresql_bin/initdb" --pgdata="$folder.new" --username=anju --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=reject --no-instructions
  as_postgresql mv "$folder.new" "$folder"
}
