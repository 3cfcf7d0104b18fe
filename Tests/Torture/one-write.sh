#!/bin/sh
# Usage: one-write.sh FILE
#
# Starts the daemon of this registry, adds a project as a client of it, and ends it; FILE gets the status of the answer.
dev-infra daemon --listen 127.0.0.1:0 --log-level warning >"$1.log" 2>&1 &
daemon=$!
until url=$(sed -n 's/^listening on //p' "$1.log") && [ -n "$url" ]; do sleep 0.02; done
curl -sS -m 20 -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d '{"name": "new"}' "$url/projects" >"$1"
kill "$daemon"
wait "$daemon"
