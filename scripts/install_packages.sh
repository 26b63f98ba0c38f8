#!/bin/sh
# install_packages.sh PACKAGE...: apt-get as root, without questions. Services that a package brings
# are not started: run.sh and the tests start their own.
set -eu

policy=/usr/sbin/policy-rc.d
made_policy=
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made_policy=yes
fi
trap '[ -z "$made_policy" ] || rm -f "$policy"' EXIT

# Otherwise the package makes a cluster of its own, which takes the port from the next boot on.
clusters=/etc/postgresql-common/createcluster.conf
if [ ! -e "$clusters" ]; then
    mkdir -p "${clusters%/*}"
    echo 'create_main_cluster = false' >"$clusters"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -q >&2
apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@" >&2
