#!/usr/bin/env bash
# Builds the images that the container provider needs where no image registry can be reached: PostgreSQL, Redis and a
# Ryuk-compatible reaper from Debian's packages, Kafka from the jars that Maven fetches.
# usage: build-images.sh [postgres|redis|kafka|ryuk]...   (default: all of them)
# Needs a Docker engine (start-dockerd.sh), root for debootstrap, and apt. Idempotent: an image is built again only
# when its folder here has changed. How to use them: local-images.env
set -Eeuo pipefail
cd "$(dirname "$0")/images"
SUITE=${SUITE:-bookworm}
BASE=local/debian:$SUITE
CONTEXT_LABEL=brine.context
declare -A TAGS=([postgres]=postgres:15-local [redis]=redis:7-local [kafka]=local/kafka:8.1.0 [ryuk]=local/ryuk:0.14.0)
export DOCKER_BUILDKIT=0   # Debian's docker.io has no buildx: the legacy builder

log() { echo "build-images: $*" >&2; }
WORK=$(mktemp -d "${TMPDIR:-/tmp}/build-images.XXXX")
trap 'rm -rf "$WORK"' EXIT

# need COMMAND PACKAGE: installs the Debian package that has the command
need() {
  command -v "$1" >/dev/null && return
  log "installing $2"
  apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >&2
}

# where this machine's apt gets a suite from
apt_site() { apt-get indextargets --format '$(SITE) $(RELEASE)' 2>/dev/null | awk -v suite="$1" '$2 == suite { print $1; exit }'; }

slim_root() { # DIRECTORY MIRROR SECURITY_MIRROR: no documentation, locales, caches, service starts
  {
    printf 'deb %s %s main\ndeb %s %s-updates main\n' "$2" "$SUITE" "$2" "$SUITE"
    [ -z "$3" ] || printf 'deb %s %s-security main\n' "$3" "$SUITE"
  } > "$1/etc/apt/sources.list"
  printf 'path-exclude=/usr/share/%s/*\n' doc man locale info > "$1/etc/dpkg/dpkg.cfg.d/01-slim"
  printf '%s\n' 'Dir::Cache::pkgcache "";' 'Dir::Cache::srcpkgcache "";' 'Acquire::Languages "none";' \
    'APT::Install-Recommends "false";' 'Acquire::Retries "3";' > "$1/etc/apt/apt.conf.d/01-slim"
  printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"; chmod +x "$1/usr/sbin/policy-rc.d"
  rm -rf "$1"/usr/share/{doc,man,locale,info}/* "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*.log
  mkdir -p "$1"/usr/share/man/man{1..8}   # openjdk's update-alternatives fails without them
}

base() {
  docker image inspect "$BASE" >/dev/null 2>&1 && return
  need debootstrap debootstrap
  local mirror security root=$WORK/root
  mirror=${MIRROR:-$(apt_site "$SUITE")}; security=${SECURITY:-$(apt_site "$SUITE-security")}
  [ -n "$mirror" ] || { log "apt knows no mirror for $SUITE: run apt-get update first"; return 1; }
  log "building $BASE with debootstrap"
  debootstrap --variant=minbase "$SUITE" "$root" "$mirror" >"$WORK/debootstrap.log" 2>&1 \
    || { tail -20 "$WORK/debootstrap.log" >&2; return 1; }
  slim_root "$root" "$mirror" "$security"
  tar -C "$root" --numeric-owner -c . | docker import -c 'CMD ["bash"]' - "$BASE" >/dev/null
  rm -rf "$root"
}

# what the jars are fetched into; they are many, so they stay out of the repository
kafka_jars() { # DIRECTORY
  local out
  need mvn maven
  log "fetching Kafka's jars with Maven"
  out=$(mvn -q -B -f kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$1" 2>&1) \
    || { tail -40 <<<"$out" >&2; return 1; }
}

image() { # NAME
  local tag=${TAGS[$1]} context=$WORK/$1 hash begin=$SECONDS out
  hash=$(cd "$1" && find . -type f -exec sha256sum {} + | sort | sha256sum | cut -c1-16)
  if [ "$(docker image inspect -f "{{index .Config.Labels \"$CONTEXT_LABEL\"}}" "$tag" 2>/dev/null)" = "$hash" ]; then
    log "$tag is up to date"; return
  fi
  base
  cp -R "$1" "$context"
  [ "$1" != kafka ] || kafka_jars "$context/libs"
  log "building $tag"
  out=$(docker build --label "$CONTEXT_LABEL=$hash" -t "$tag" "$context" 2>&1) || { tail -40 <<<"$out" >&2; return 1; }
  log "built $tag in $((SECONDS - begin)) s"
}

[ $# -gt 0 ] || set -- postgres redis ryuk kafka
for name in "$@"; do
  [ -n "${TAGS[$name]:-}" ] || { log "unknown image \"$name\"; known: ${!TAGS[*]}"; exit 2; }
  image "$name"
done
