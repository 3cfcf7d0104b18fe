#!/usr/bin/env bats
# shellcheck shell=bats
# Random rounds of two machines and other clients on one work-prod service, from SEED on.
#
#     ROUNDS=200

load ../EndToEnd/helper
load part

@test "random rounds on a work-prod service settle, and no value is lost" {
  begin
  python3 "$SUPPORT/service_soak.py" "$DEV_INFRA_PREFIX" "$BATS_TEST_TMPDIR/soak" "$(seed)" "$(share "${ROUNDS:-200}")" \
    >"$BATS_TEST_TMPDIR/said" || {
    cat "$BATS_TEST_TMPDIR/said"
    return 1
  }
  sed 's/^/# /' "$BATS_TEST_TMPDIR/said" >&3
}
