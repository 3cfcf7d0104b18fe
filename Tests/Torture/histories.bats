#!/usr/bin/env bats
# shellcheck shell=bats
# Random histories of three machines for DURATION seconds, from SEED on.

load ../EndToEnd/helper
load part

@test "random histories of three machines converge, and no write is lost that nobody has overwritten" {
  begin
  python3 "$BATS_TEST_DIRNAME/histories.py" "$DEV_INFRA_PREFIX" "$BATS_TEST_TMPDIR/histories" "$(seed)" "$(share "${DURATION:-3600}")" \
    >"$BATS_TEST_TMPDIR/said" || {
    cat "$BATS_TEST_TMPDIR/said"
    return 1
  }
  sed 's/^/# /' "$BATS_TEST_TMPDIR/said" >&3
}
