#!/usr/bin/env bats
# The scripts run in other shells than the one that is /bin/sh here, and with other tools than GNU's: what POSIX promises
# is all that they need.

# shellcheck disable=SC2154 # bats' run sets stderr

load helper

BUSYBOX=$(command -v busybox) || BUSYBOX=

# tree SHELL...: an installed tree of which every script, and what the scripts run as sed, stat, mktemp, date, grep, sort, od and find, is
# another's; sets TREE
tree() {
  local file name
  TREE=$BATS_TEST_TMPDIR/tree
  # Its executables find the rest beside themselves, so links will not do but hard ones.
  cp -al "$DEV_INFRA_PREFIX" "$TREE" 2>/dev/null || { rm -rf "$TREE" && cp -a "$DEV_INFRA_PREFIX" "$TREE"; }
  for file in "$TREE"/libexec/dev-infra/* "$TREE"/bin/*; do
    if [ ! -f "$file" ] || [ -h "$file" ] || [ "$(head -c 9 "$file" | tr -d '\0')" != '#!/bin/sh' ]; then continue; fi
    { printf '#!%s\n' "$*" && tail -n +2 "$file"; } >"$file.new"
    chmod 755 "$file.new"
    mv -f "$file.new" "$file"
  done
  # The folder is the first of PATH to every script.
  if [ -n "$BUSYBOX" ]; then
    for name in sed stat mktemp date grep sort od find; do ln -s "$BUSYBOX" "$TREE/libexec/dev-infra/$name"; done
  fi
}

# porcelain_under SHELL...: what is tested of the scripts elsewhere, and the story of the tutorial, with it
porcelain_under() {
  command -v "$1" >/dev/null || skip "${1##*/} is not installed"
  tree "$@"
  # The tests there belong to this test, not to the run that it is part of.
  run env -i HOME="$HOME" PATH=/usr/local/bin:/usr/bin:/bin TMPDIR="$BATS_TEST_TMPDIR" LC_ALL=C.UTF-8 DEV_INFRA_PREFIX="$TREE" \
    bats --formatter tap "$BATS_TEST_DIRNAME/scripts.bats" "$BATS_TEST_DIRNAME/tutorial.bats"
  [ "$status" -eq 0 ] || {
    grep -v '^ok ' <<<"$output" >&2
    return 1
  }
  # Not because there was nothing.
  [ "$(grep -c '^ok ' <<<"$output")" -ge 35 ]
}

@test "the scripts and the tutorial run under dash" {
  if [ "$(readlink -f /bin/sh)" -ef "$(command -v dash)" ]; then skip 'it is /bin/sh here, and runs them everywhere else'; fi
  porcelain_under "$(command -v dash || echo dash)"
}

@test "the scripts and the tutorial run under busybox's ash" { porcelain_under "${BUSYBOX:-busybox}" sh; }

@test "the scripts and the tutorial run under posh" { porcelain_under "$(command -v posh || echo posh)"; }

# script LINE...: a script of the toolset's that does this; its path is in SCRIPT
script() {
  tree "$(command -v "${SCRIPT_SHELL:-dash}")"
  SCRIPT=$TREE/libexec/dev-infra/dev-infra-tried
  # shellcheck disable=SC2016 # for the script
  { head -n 1 "$TREE/libexec/dev-infra/dev-infra-push" && printf '. "${0%%/*}/dev-infra-sh-setup"\n' && printf '%s\n' "$@"; } >"$SCRIPT"
  chmod 755 "$SCRIPT"
}

# without NAME COMMAND...: runs it where there is no program of that name
without() {
  local name=$1 folder=$BATS_TEST_TMPDIR/without
  shift
  mkdir -p "$folder"
  ln -sf /usr/bin/* /bin/* "$folder"
  rm -f "$folder/$name"
  PATH=$folder "$@"
}

# SIGTERM is 15.
@test "a command is ended after its seconds, with timeout(1) and without" {
  begin
  script 'exec_for_seconds 1 sleep 4713.5'
  run -124 "$SCRIPT"
  SECONDS=0
  run -143 without timeout "$SCRIPT"
  in_time 60
  equal "$(running_with 'sleep 4713.5')" '' 'the command that was ended'
}

@test "without timeout(1) a command that ends by itself has its own status and output" {
  begin
  script 'exec_for_seconds 100 sh -c "echo out; echo err >&2; exit 7"'
  SECONDS=0
  run -7 --separate-stderr without timeout "$SCRIPT"
  equal "$output" out
  equal "$stderr" err
  in_time 50
  # What watches the time.
  eventually none_with "$SCRIPT"
}

@test "without timeout(1) a command that does not heed SIGTERM is killed" {
  begin
  script "exec_for_seconds 1 sh -c \"trap '' TERM; for i in $(seq -s ' ' 100); do sleep 1; done\""
  SECONDS=0
  run -137 without timeout "$SCRIPT"
  in_time 60
}

@test "whose a file is, every shell finds out" {
  begin
  : >"$WORLD/own"
  ln -s own "$WORLD/link"
  for shell in dash posh; do
    command -v "$shell" >/dev/null || continue
    rm -rf "$BATS_TEST_TMPDIR/tree"
    # shellcheck disable=SC2016 # for the script
    SCRIPT_SHELL=$shell script 'is_own "$1" && echo own || echo foreign'
    for file in "$WORLD/own" "$WORLD/link"; do equal "$("$SCRIPT" "$file")" own "$shell"; done
    equal "$("$SCRIPT" "$WORLD/missing")" foreign "$shell"
    if [ "$(id -u)" -eq 0 ]; then
      chown 1 "$WORLD/own"
      for file in "$WORLD/own" "$WORLD/link"; do equal "$("$SCRIPT" "$file")" foreign "$shell"; done
      chown 0 "$WORLD/own"
    fi
  done
}

@test "without HOME and getent(1) the registry is in the home that the system knows" {
  begin
  # shellcheck disable=SC2016 # for the script
  for shell in dash posh; do
    command -v "$shell" >/dev/null || continue
    rm -rf "$BATS_TEST_TMPDIR/tree"
    SCRIPT_SHELL=$shell script 'printf "%s\n" "$registry"'
    equal "$(without getent env -u HOME "$SCRIPT")" "$(getent passwd "$(id -u)" | cut -d : -f 6)/.dev-infra" "$shell"
  done
}

@test "new-project.sh finds its installation through links, as where there is no readlink -f" {
  begin
  tree "$(command -v dash)"
  if [ -n "$BUSYBOX" ]; then
    # Only what every system has.
    # shellcheck disable=SC2016 # for the script
    { printf '#!/bin/sh\nif [ "$1" = -f ]; then exit 1; fi\nexec /usr/bin/readlink "$@"\n'; } >"$TREE/bin/readlink"
    chmod 755 "$TREE/bin/readlink"
  fi
  mkdir "$WORLD/links" "$WORLD/links/deep"
  ln -s "$TREE/bin/new-project.sh" "$WORLD/links/new-project"
  ln -s ../new-project "$WORLD/links/deep/make"
  for name in "$TREE/bin/new-project.sh" "$WORLD/links/new-project" "$WORLD/links/deep/make"; do
    PATH=$TREE/bin:$PATH runs 0 "$name" --list
    assert_output_has standard-project
  done
}
