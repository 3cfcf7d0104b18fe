# shellcheck shell=bash
# Kills a command at one system call after another, and looks at what that leaves; for tests that have loaded helper.

# build_kill_at: compiles the tracer; sets KILL_AT. Skips the test where processes cannot be traced.
build_kill_at() {
  KILL_AT=$BATS_RUN_TMPDIR/kill-at
  if [ ! -x "$KILL_AT" ]; then
    [ "$(uname -s)" = Linux ] || skip 'the tracer is for Linux'
    cc -O1 -o "$KILL_AT" "${BASH_SOURCE[0]%/*}/kill-at.c"
  fi
  "$KILL_AT" all 0 true 3>/dev/null || skip 'processes may not be traced here'
}

# keep_world: what each round starts from.
keep_world() {
  rm -rf "$BATS_TEST_TMPDIR/kept"
  cp -a "$WORLD" "$BATS_TEST_TMPDIR/kept"
}

restore_world() {
  cd /
  rm -rf "$WORLD"
  cp -a "$BATS_TEST_TMPDIR/kept" "$WORLD"
  cd "$WORLD" || return
}

# calls_of MODE MACHINE COMMAND…: how many system calls a round that nothing kills has.
calls_of() {
  local mode=$1 machine=$2
  shift 2
  on "$machine" "$KILL_AT" "$mode" 0 "$@" 3>"$BATS_TEST_TMPDIR/calls" >/dev/null 2>&1
  cat "$BATS_TEST_TMPDIR/calls"
}

# sweep MODE FIRST STEP MACHINE CHECK COMMAND…: kills the command at the calls FIRST, FIRST+STEP… of a world that is restored for
# each, and runs CHECK after each; it sees the call in $CALL. Every call that fails is told of. Sets KILLED to how many rounds
# there were.
sweep() {
  local mode=$1 first=$2 step=$3 machine=$4 check=$5 total code failed=0
  shift 5
  KILLED=0
  restore_world
  total=$(calls_of "$mode" "$machine" "$@")
  # A little past the end: how processes are scheduled moves the number.
  for ((CALL = first; CALL <= total + step; CALL += step)); do
    restore_world
    code=0
    on "$machine" "$KILL_AT" "$mode" "$CALL" "$@" 3>/dev/null >"$BATS_TEST_TMPDIR/round.out" 2>"$BATS_TEST_TMPDIR/round.err" || code=$?
    # Where it was another process of the command that was killed, the rest may still be at work.
    [ "$code" -ne 125 ] || explain 'tracing failed'
    KILLED=$((KILLED + 1))
    # No `||` around it: the shell would not stop at its first failure then.
    (
      set -eu
      "$check"
    ) >"$BATS_TEST_TMPDIR/round.check" 2>&1 &
    if ! wait $!; then
      failed=$((failed + 1))
      printf 'killed (%s) at call %s of %s: %s\n' "$mode" "$CALL" "$total" "$*" >&2
      sed 's/^/  command: /' "$BATS_TEST_TMPDIR/round.err" >&2
      sed 's/^/  check: /' "$BATS_TEST_TMPDIR/round.check" >&2
      if [ -n "${KEEP_FAILED:-}" ]; then cp -a "$WORLD" "$KEEP_FAILED/$mode-$CALL"; fi
    fi
  done
  printf '# %s: killed at %s of %s system calls (%s), %s failed\n' "$*" "$KILLED" "$total" "$mode" "$failed" >&3
  [ "$failed" -eq 0 ]
}

# whole MACHINE: the registry's invariants and git's objects are as they should be.
whole() {
  local said
  said=$(on "$1" dev-infra-verify-registry 2>&1) || {
    printf 'verify: %s\n' "$said"
    return 1
  }
  said=$(registry_git "$1" fsck --full --strict --no-dangling 2>&1) || {
    printf 'git fsck: %s\n' "$said"
    return 1
  }
  equal "$said" '' 'git fsck'
}

# nothing_left MACHINE: no lock file, temporary file or reference of a fetch is left in the registry, and no half a registry
# beside it.
nothing_left() {
  equal "$(find "$WORLD/$1/.dev-infra" \( -name '*.lock' -o -name '.dev-infra-tmp-??????' \) ! -name dev-infra.lock)" '' 'left behind'
  equal "$(find "$WORLD/$1" -maxdepth 1 -name '.dev-infra.*')" '' 'left beside the registry'
  equal "$(registry_git "$1" for-each-ref --format='%(refname)' refs/dev-infra/incoming)" '' 'references of a fetch'
}

# goes_on COMMAND…: the next command succeeds.
goes_on() {
  local said
  said=$("$@" 2>&1) || {
    printf 'the next command failed (%s): %s\n' "$*" "$said"
    return 1
  }
}

# old_and_new: what each round of a register starts from: the laptop with `old` in its registry, and `new` beside it.
old_and_new() {
  project laptop src/old https://example.org/old.git
  project laptop src/new https://example.org/new.git
  succeeds on laptop dev-infra register src/old
  keep_world
}

# new_or_not: the register of `new` is done or not begun, and the next one succeeds.
new_or_not() {
  local names
  names=$(names_of laptop)
  case $names in old | 'new old') ;; *) equal "$names" 'old or new old' ;; esac
  whole laptop
  goes_on on laptop dev-infra register --quiet src/new
  equal "$(names_of laptop)" 'new old' 'after the next command'
  whole laptop
  nothing_left laptop
}
