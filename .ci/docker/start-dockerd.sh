#!/usr/bin/env bash
# Makes a Docker engine available on a Debian machine without systemd. Needs root and apt. Idempotent; says what it does.
#   DOCKERD_DIR    a folder for an engine of one's own: socket, data, pid file. Then: export DOCKER_HOST=unix://$DOCKERD_DIR/docker.sock
#                  Never beside another engine: both would use docker0 and the same iptables chains.
#   DOCKERD_LOG    its log (default /var/log/dockerd.log, or $DOCKERD_DIR/dockerd.log)
#   DOCKERD_EXTRA  more flags for dockerd
#   DOCKERD_WAIT   seconds until it must answer (default 60)
# stop-dockerd.sh ends it.
set -Eeuo pipefail
log() { echo "start-dockerd: $*" >&2; }
DIR=${DOCKERD_DIR:-}
WAIT=${DOCKERD_WAIT:-60}
if [ -n "$DIR" ]; then
  mkdir -p "$DIR"
  export DOCKER_HOST="unix://$DIR/docker.sock"
  LOG=${DOCKERD_LOG:-$DIR/dockerd.log}; PID=$DIR/dockerd.pid; EXECROOT=$DIR/exec
  ARGS=(-H "$DOCKER_HOST" --data-root "$DIR/data" --exec-root "$EXECROOT" --pidfile "$PID")
else
  LOG=${DOCKERD_LOG:-/var/log/dockerd.log}; PID=/var/run/docker.pid; EXECROOT=/var/run/docker
  ARGS=()
fi

version() { timeout 5 docker version --format '{{.Server.Version}}' 2>/dev/null; }
is() { tr '\0' ' ' < "/proc/$1/cmdline" 2>/dev/null | grep -q "$2"; }   # PID PATTERN

if v=$(version) && [ -n "$v" ]; then log "already running ($v)"; exit 0; fi
[ "$(id -u)" = 0 ] || { log "needs root"; exit 1; }

install_docker() {
  log "installing docker.io"
  for attempt in 1 2 3; do
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io iptables && return
    log "attempt $attempt failed"; sleep 3
  done
  return 1
}
if ! command -v dockerd >/dev/null || ! command -v containerd >/dev/null; then install_docker >&2; fi

# cgroups: nothing to do where v2 or v1 controllers are mounted; otherwise mount v2
if [ ! -e /sys/fs/cgroup/cgroup.controllers ] && [ ! -d /sys/fs/cgroup/memory ]; then
  log "mounting cgroup2"
  mkdir -p /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup || { log "no cgroups"; exit 1; }
fi

# a pid file left by a killed dockerd or a machine snapshot makes the next one refuse to start
if [ -f "$PID" ] && ! is "$(cat "$PID")" dockerd; then log "removing stale $PID"; rm -f "$PID"; fi
# dockerd killed with -9 leaves its containerd behind, and the next one then waits 15 s and gives up
CPID=$EXECROOT/containerd/containerd.pid
if [ -f "$CPID" ] && c=$(cat "$CPID") && is "$c" "containerd --config $EXECROOT/"; then
  log "stopping orphaned containerd $c"
  kill "$c"
  for _ in $(seq 50); do [ -d "/proc/$c" ] || break; sleep 0.1; done
  if [ -d "/proc/$c" ]; then kill -9 "$c"; fi
fi

launch() { # FLAG...
  log "dockerd ${ARGS[*]} $*"
  # setsid and nohup: it survives the shell that started it; fd 0-2 must not keep the caller's pipe open
  # shellcheck disable=SC2086  # DOCKERD_EXTRA is several words
  setsid nohup dockerd "${ARGS[@]}" "$@" ${DOCKERD_EXTRA:-} >>"$LOG" 2>&1 </dev/null &
  local p=$! end=$((SECONDS + WAIT))
  until v=$(version) && [ -n "$v" ]; do
    kill -0 "$p" 2>/dev/null || { log "dockerd exited; the end of its log:"; tail -5 "$LOG" >&2; return 1; }
    [ $SECONDS -lt $end ] || { log "not ready after $WAIT s"; kill "$p"; return 1; }
    sleep 0.1
  done
}

# a reaper's container, which another engine started, mounts this path and makes an empty folder of it where nothing is
if [ -d /var/run/docker.sock ]; then log "removing the empty folder /var/run/docker.sock"; rmdir /var/run/docker.sock; fi

mkdir -p "$(dirname "$LOG")"; touch "$LOG"
LINES_BEFORE=$(wc -l < "$LOG")
said() { tail -n +"$((LINES_BEFORE + 1))" "$LOG" | grep -qiE "$1"; }   # only what this run logged
DEVICE=$(ip -o route show default 2>/dev/null | awk '{ print $5; exit }')
MTU=$(cat "/sys/class/net/$DEVICE/mtu" 2>/dev/null || echo 1500)
COMMON=(--mtu "$MTU" --default-address-pool base=10.200.0.0/16,size=24 --log-opt max-size=20m --log-opt max-file=2)
if ! launch "${COMMON[@]}" --storage-driver=overlay2; then
  # fall back only for the reason that dockerd itself gave
  if said 'overlay.*(not supported|unsupported|invalid argument)|driver not supported'; then
    log "no overlay2 here: vfs"
    launch "${COMMON[@]}" --storage-driver=vfs || exit 1
  elif said iptables && [ "${DOCKERD_IPTABLES_LEGACY:-}" = 1 ]; then   # changes the machine's alternative: opt-in
    log "switching to iptables-legacy"
    update-alternatives --set iptables /usr/sbin/iptables-legacy
    launch "${COMMON[@]}" --storage-driver=overlay2 || exit 1
  else
    if said iptables; then log "iptables trouble: on a throw-away machine try DOCKERD_IPTABLES_LEGACY=1"; fi
    exit 1
  fi
fi
log "ready: Docker $v, log $LOG"
