#!/usr/bin/env bash
# Installs `docker compose` (version 2) for this user, unless it is there. Debian 12 has only version 1; the package of Debian 13
# holds one program that needs nothing but libc, so that is taken out of it, with apt's lists kept apart. Needs apt, not root.
set -Eeuo pipefail
PLUGINS=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins
log() { echo "install-compose: $*" >&2; }
if v=$(docker compose version --short 2>/dev/null); then log "already there ($v)"; exit 0; fi

WORK=$(mktemp -d "${TMPDIR:-/tmp}/install-compose.XXXX")
trap 'rm -rf "$WORK"' EXIT
mkdir -p "$WORK"/{lists,archives}/partial
site=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 2>/dev/null | awk '$2 == "bookworm" { print $1; exit }')
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] ${site:-http://deb.debian.org/debian} trixie main" > "$WORK/sources.list"
APT=(-qq -o Dir::Etc::SourceList="$WORK/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$WORK/lists"
  -o Dir::Cache::archives="$WORK/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Languages=none
  -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User= -o Acquire::Retries=3)
apt-get "${APT[@]}" update
(cd "$WORK" && apt-get "${APT[@]}" download docker-compose)
dpkg-deb -x "$WORK"/docker-compose_*.deb "$WORK/root"
install -D -m 755 "$(find "$WORK/root" -type f -name docker-compose -perm -u+x | head -1)" "$PLUGINS/docker-compose"
v=$(docker compose version --short)   # fails unless it runs
log "installed $v"
