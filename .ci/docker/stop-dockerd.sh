#!/usr/bin/env bash
# Ends the engine that start-dockerd.sh has started (with the same DOCKERD_DIR), its containers included. Idempotent.
set -Eeuo pipefail
log() { echo "stop-dockerd: $*" >&2; }
PID=${DOCKERD_DIR:+$DOCKERD_DIR/dockerd.pid}; PID=${PID:-/var/run/docker.pid}
if ! [ -f "$PID" ] || ! p=$(cat "$PID") || ! tr '\0' ' ' < "/proc/$p/cmdline" 2>/dev/null | grep -q dockerd; then
  log "not running"; exit 0
fi
kill "$p"
for _ in $(seq 300); do [ -d "/proc/$p" ] || { log "stopped"; exit 0; }; sleep 0.1; done
log "dockerd (process $p) does not end"; exit 1
