#!/usr/bin/env bats
# shellcheck shell=bats
# Many machines with one git remote, each of which pushes what it has changed at times of its own.
#
#     FLEET=200 FLEET_PUSHES=3

load ../EndToEnd/helper
load part

@test "200 machines that push to one remote within minutes settle, and no push needs a person" {
  once 2
  begin
  python3 "$BATS_TEST_DIRNAME/fleet.py" "$DEV_INFRA_PREFIX" "$BATS_TEST_TMPDIR/fleet" "$(seed)" "${FLEET:-200}" "${FLEET_PUSHES:-3}" \
    >"$BATS_TEST_TMPDIR/said" || {
    cat "$BATS_TEST_TMPDIR/said"
    return 1
  }
  sed 's/^/# /' "$BATS_TEST_TMPDIR/said" >&3
}
