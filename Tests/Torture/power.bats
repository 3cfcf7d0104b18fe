#!/usr/bin/env bats
# shellcheck shell=bats
# Power cuts: what a command acknowledged by ending with 0 is there when the power is back, and nothing is damaged.
#
#     CUTS=30     on each file system

load ../EndToEnd/helper
load ../EndToEnd/support/disk
load part
load power

setup() {
  begin
  machine laptop
  build_shutdown
  RANDOM=$(($(seed) % 32768))
}

teardown() { drop_disk; }

# register_until CUT: registers one repository after another, noting those that were acknowledged, until the power is cut after
# CUT milliseconds.
register_until() {
  local number pid
  (
    for ((number = 0; number < 200; number++)); do
      HOME=$WORLD/laptop dev-infra register --quiet "$WORLD/laptop/src/$number" 2>/dev/null || exit 0
      printf '%s\n' "$number" >>"$BATS_TEST_TMPDIR/acknowledged"
    done
  ) 3>&- &
  pid=$!
  sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
  "$SHUTDOWN" "$WORLD/disk"
  wait "$pid" || true
  umount "$WORLD/disk"
  mount -o loop "$BATS_TEST_TMPDIR/image" "$WORLD/disk"
}

# cuts KIND: as many power cuts as asked for on that file system; sets ACKNOWLEDGED, LOST and DAMAGED.
cuts() {
  local round number names
  ACKNOWLEDGED=0 LOST=0 DAMAGED=0
  make_disk "$1"
  for ((number = 0; number < 200; number++)); do
    mkdir -p "laptop/src/$number/.git/refs" "laptop/src/$number/.git/objects"
    printf 'ref: refs/heads/main\n' >"laptop/src/$number/.git/HEAD"
    printf '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://example.org/%s.git\n' "$number" >"laptop/src/$number/.git/config"
  done
  export DEV_INFRA_DIR=$WORLD/disk/registry
  for ((round = 0; round < $(share "${CUTS:-30}"); round++)); do
    rm -rf "$WORLD/disk/registry" "$BATS_TEST_TMPDIR/acknowledged"
    HOME=$WORLD/laptop dev-infra init >/dev/null
    : >"$BATS_TEST_TMPDIR/acknowledged"
    # What was there before the first command is no matter here.
    if [ -z "${DEV_INFRA_TEST_NO_FSYNC:-}" ] || [ "$round" -gt 0 ]; then sync -f "$WORLD/disk"; fi
    register_until $((200 + RANDOM % 2000))
    names=$(git --git-dir="$DEV_INFRA_DIR" grep -h '"remote_url"' main -- projects 2>/dev/null | sed 's|.*/\([0-9]*\)\.git.*|\1|' || true)
    while read -r number; do
      ACKNOWLEDGED=$((ACKNOWLEDGED + 1))
      if ! grep -qx "$number" <<<"$names"; then LOST=$((LOST + 1)); fi
    done <"$BATS_TEST_TMPDIR/acknowledged"
    if ! HOME=$WORLD/laptop dev-infra verify >"$BATS_TEST_TMPDIR/verify" 2>&1 || [ -s "$BATS_TEST_TMPDIR/verify" ]; then
      DAMAGED=$((DAMAGED + 1))
      if [ -z "${DEV_INFRA_TEST_NO_FSYNC:-}" ]; then cat "$BATS_TEST_TMPDIR/verify" >&2; fi
    elif ! HOME=$WORLD/laptop dev-infra register --quiet "$WORLD/laptop/src/199" 2>"$BATS_TEST_TMPDIR/next"; then
      DAMAGED=$((DAMAGED + 1))
      cat "$BATS_TEST_TMPDIR/next" >&2
    fi
  done
  printf '# %s%s: %s power cuts, %s registers acknowledged, %s of them lost, %s registries damaged\n' "$1" \
    "${DEV_INFRA_TEST_NO_FSYNC:+ without fsync}" "$round" "$ACKNOWLEDGED" "$LOST" "$DAMAGED" >&3
}

unharmed() {
  cuts "$1"
  [ "$ACKNOWLEDGED" -ge 1 ]
  equal "$LOST lost, $DAMAGED damaged" '0 lost, 0 damaged'
}

# The control: were nothing lost here, the test above would prove nothing.
harmed() {
  export DEV_INFRA_TEST_NO_FSYNC=1
  cuts "$1"
  [ $((LOST + DAMAGED)) -ge 1 ]
}

@test "power cuts on ext4 lose no register that was acknowledged" { unharmed ext4; }

@test "power cuts on xfs lose no register that was acknowledged" { unharmed xfs; }

@test "control: without fsync power cuts on ext4 do lose registers" { harmed ext4; }

@test "control: without fsync power cuts on xfs do lose registers" { harmed xfs; }

# settled KIND: power cuts while one setting after another is made, by git's way of writing them and by libgit2's.
settled() {
  local round number pid last value failed=0
  make_disk "$1"
  export DEV_INFRA_DIR=$WORLD/disk/registry
  HOME=$WORLD/laptop dev-infra init --name laptop >/dev/null
  for ((round = 0; round < $(share "${CUTS:-30}"); round++)); do
    printf '0\n' >"$BATS_TEST_TMPDIR/acknowledged"
    (
      for ((number = 1; number < 1000; number++)); do
        HOME=$WORLD/laptop dev-infra config test.round$round "$number" 2>/dev/null || exit 0
        printf '%s\n' "$number" >>"$BATS_TEST_TMPDIR/acknowledged"
        mkdir -p "$WORLD/laptop/$round/$number"
        HOME=$WORLD/laptop dev-infra register --quiet --recursive "$WORLD/laptop/$round/$number" 2>/dev/null || exit 0
      done
    ) 3>&- &
    pid=$!
    sleep "$((RANDOM % 3)).$((RANDOM % 10))"
    "$SHUTDOWN" "$WORLD/disk"
    wait "$pid" || true
    umount "$WORLD/disk"
    mount -o loop "$BATS_TEST_TMPDIR/image" "$WORLD/disk"
    last=$(tail -n 1 "$BATS_TEST_TMPDIR/acknowledged")
    value=$(git config --file "$DEV_INFRA_DIR/config" "test.round$round" || echo 0)
    # The lock file of the writer that was cut off goes when the next one comes.
    if [ "$value" -lt "$last" ] || [ "$(git config --file "$DEV_INFRA_DIR/config" dev-infra.name)" != laptop ] ||
      ! HOME=$WORLD/laptop dev-infra config test.after "$round" || ! HOME=$WORLD/laptop dev-infra verify >/dev/null; then
      printf 'acknowledged %s, found %s; the settings:\n%s\n' "$last" "$value" "$(cat "$DEV_INFRA_DIR/config")" >&2
      failed=$((failed + 1))
    fi
  done
  printf '# %s: %s power cuts while settings were made, %s times they were lost\n' "$1" "$round" "$failed" >&3
  [ "$failed" -eq 0 ]
}

@test "no setting that was acknowledged is lost on ext4, nor any other" { settled ext4; }

@test "no setting that was acknowledged is lost on xfs, nor any other" { settled xfs; }
