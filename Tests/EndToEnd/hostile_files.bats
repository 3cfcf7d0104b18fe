#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# Files in a repository that are not files: named pipes, devices, links that lead nowhere or round in circles. Whatever
# examines the repository ends in time, names it, and goes on with the rest.

load helper

setup() {
  begin
  machine laptop
  project laptop src/good https://github.com/acme/good.git
  succeeds on laptop dev-infra init
}

# in_time STATUS COMMAND…: as runs, within ten seconds, which no repository here is worth.
in_time() {
  local expected=$1
  shift
  run --separate-stderr timeout -k 1 10 "$@"
  assert_status "$expected" || explain "command: $*"
}

# hostile NAME: a repository with all that libgit2 and git read: packed refs, packs, a commit-graph, an index.
hostile() {
  project laptop "src/$1" "https://github.com/acme/$1.git"
  BAD=$WORLD/laptop/src/$1
  printf 'name: x\n' >"$BAD/.dev-infra.yml"
  mkdir -p "$BAD/part"
  printf 'name: y\n' >"$BAD/part/.dev-infra.yml"
  git -C "$BAD" add .
  commit_in "$BAD" 'second'
  git -C "$BAD" gc -q
  git -C "$BAD" multi-pack-index write 2>/dev/null
  git -C "$BAD" commit-graph write --reachable
}

# replaced FILE…: puts in the place of a file of the repository what HOW makes.
replaced() {
  local file
  for file in "$@"; do
    rm -rf "${BAD:?}/$file"
    mkdir -p "$(dirname "$BAD/$file")"
    case $HOW in
      fifo) mkfifo "$BAD/$file" ;;
      device) ln -s /dev/zero "$BAD/$file" ;;
      socket) python3 -c 'import os, socket, sys; os.chdir(os.path.dirname(sys.argv[1])); socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))' "$BAD/$file" ;;
      loop) ln -s "${file##*/}" "$BAD/$file" ;;
      nowhere) ln -s /nowhere/at/all "$BAD/$file" ;;
    esac
  done
}

# examined_everywhere NAME: every command that examines the repository ends in time, says nothing but sentences, and
# registers the others.
examined_everywhere() {
  local text=''
  run --separate-stderr timeout -k 1 10 env -C "$WORLD/laptop" HOME="$WORLD/laptop" dev-infra register --recursive src
  [ "$status" -le 1 ] || explain "register --recursive: $1" || return
  assert_clean_text "$stderr" || return
  text=$stderr
  [[ " $(names_of laptop) " == *' good '* ]] || explain "the others are not registered: $1" || return
  for command in "dev-infra register src/$1" "dev-infra-hash-project src/$1" 'dev-infra-ls-repos --metadata src' \
    'dev-infra refresh --all'; do
    # shellcheck disable=SC2086
    run --separate-stderr timeout -k 1 10 env -C "$WORLD/laptop" HOME="$WORLD/laptop" $command
    [ "$status" -ne 124 ] && [ "$status" -ne 137 ] || explain "$command hangs: $1" || return
    refute_crash || explain "$command: $1" || return
    assert_clean_text "$stderr" || return
    text+=$stderr
  done
  SAID=$text
}

@test "a named pipe, a device or a socket in the place of any file of a repository hangs no command" {
  local file pack
  for HOW in fifo device; do
    for file in HEAD config packed-refs refs/heads/main index commondir objects/info/alternates \
      objects/info/commit-graph objects/pack/multi-pack-index refs/remotes/origin/HEAD gitdir shallow config.worktree; do
      hostile "bad-$HOW-${file//\//-}"
      replaced ".git/$file"
      examined_everywhere "${BAD##*/}"
      rm -rf "$BAD"
    done
  done
  HOW=socket
  hostile bad-socket
  replaced .git/config
  examined_everywhere bad-socket
  [[ $SAID == *bad-socket/.git/config*'is a socket'* ]] || explain "$SAID"
}

@test "so do none in the place of what its packs, objects and metadata are read from" {
  local pack
  for HOW in fifo device; do
    for pack in idx pack; do
      hostile "bad-$HOW-$pack"
      # shellcheck disable=SC2046
      replaced $(cd "$BAD" && find .git/objects/pack -name "*.$pack")
      examined_everywhere "${BAD##*/}"
      [[ $SAID == *"bad-$HOW-$pack"* ]] || explain "the repository is not named: $SAID"
      rm -rf "$BAD"
    done
    project laptop "src/bad-loose-$HOW"
    BAD=$WORLD/laptop/src/bad-loose-$HOW
    replaced ".git/objects/$(git -C "$BAD" rev-parse HEAD | sed 's,..,&/,')"
    examined_everywhere "bad-loose-$HOW"
    rm -rf "$BAD"
    project laptop "src/bad-meta-$HOW"
    BAD=$WORLD/laptop/src/bad-meta-$HOW
    replaced .dev-infra.yml
    examined_everywhere "bad-meta-$HOW"
    [[ $SAID == *"bad-meta-$HOW"* ]] || explain "the file is not named: $SAID"
    rm -rf "$BAD"
    mkdir -p "laptop/src/bad-dotgit-$HOW"
    BAD=$WORLD/laptop/src/bad-dotgit-$HOW
    replaced .git
    examined_everywhere "bad-dotgit-$HOW"
    rm -rf "$BAD"
    # A directory that libgit2 takes for the beginning of a bare repository.
    mkdir -p "laptop/src/bad-bare-$HOW"
    BAD=$WORLD/laptop/src/bad-bare-$HOW
    replaced commondir HEAD config
    mkdir "$BAD/objects" "$BAD/refs"
    examined_everywhere "bad-bare-$HOW"
    rm -rf "$BAD"
  done
}

@test "an included file is looked at before it is opened, however it is included" {
  local how
  mkfifo "$WORLD/laptop/pipe"
  for how in '[include]\n\tpath = %s\n' '[INCLUDE] PATH=%s\n' '[include]\n\tpath = "%s" ; c\n' \
    '[includeIf "gitdir:**"]\n\tpath = %s\n' '[include]\n\tpath = \\\n%s\n'; do
    hostile bad-include
    # shellcheck disable=SC2059
    printf "$how" "$WORLD/laptop/pipe" >>"$BAD/.git/config"
    examined_everywhere bad-include
    [[ $SAID == *pipe*'is a named pipe'* ]] || explain "$how: $SAID"
    rm -rf "$BAD"
  done
  # One that includes itself, a row of files that each include the next many times, and /dev/zero.
  hostile bad-include
  git -C "$BAD" config include.path config
  examined_everywhere bad-include
  rm -rf "$BAD"
  hostile bad-include
  mkdir "$BAD/.git/many"
  for level in 1 2 3 4 5 6 7 8; do
    for _ in $(seq 30); do printf '[include]\n\tpath = %s\n' $((level + 1)); done >"$BAD/.git/many/$level"
  done
  printf '[a]\n\tb = c\n' >"$BAD/.git/many/9"
  git -C "$BAD" config include.path many/1
  examined_everywhere bad-include
  [[ $SAID == *'includes more than 64 files'* ]] || explain "$SAID"
  rm -rf "$BAD"
  hostile bad-include
  printf '[include]\n\tpath = /dev/zero\n' >>"$BAD/.git/config"
  examined_everywhere bad-include
  [[ $SAID == */dev/zero*'is a device'* ]] || explain "$SAID"
}

@test "links that lead nowhere or in circles, a .git file that names itself, chains of refs and of alternates end" {
  local file name
  for HOW in loop nowhere; do
    hostile "bad-$HOW"
    for file in HEAD config packed-refs index objects/info/commit-graph objects/pack/multi-pack-index refs/heads/main; do
      cp -a "$BAD/.git/$file" "$WORLD/kept" 2>/dev/null || true
      replaced ".git/$file"
      examined_everywhere "bad-$HOW"
      rm -f "$BAD/.git/$file"
      mv "$WORLD/kept" "$BAD/.git/$file" 2>/dev/null || true
    done
    rm -rf "$BAD"
  done
  mkdir -p laptop/src/bad-self
  printf 'gitdir: .git\n' >laptop/src/bad-self/.git
  examined_everywhere bad-self
  mkdir -p laptop/src/bad-chain
  BAD=$WORLD/laptop/src/bad-chain
  printf 'gitdir: ../bad-self/.git\n' >"$BAD/.git"
  examined_everywhere bad-chain
  hostile bad-refs
  printf 'ref: refs/heads/a\n' >"$BAD/.git/HEAD"
  printf 'ref: refs/heads/b\n' >"$BAD/.git/refs/heads/a"
  printf 'ref: refs/heads/a\n' >"$BAD/.git/refs/heads/b"
  examined_everywhere bad-refs
  rm "$BAD/.git/refs/heads/b"
  mkfifo "$BAD/.git/refs/heads/b"
  examined_everywhere bad-refs
  [[ $SAID == *refs/heads/b*'is a named pipe'* ]] || explain "$SAID"
  rm -rf "$BAD"
  # Alternates: one that names itself, far too many, and one whose packs are a pipe.
  hostile bad-alternates
  printf '%s\n' "$BAD/.git/objects" >"$BAD/.git/objects/info/alternates"
  examined_everywhere bad-alternates
  for name in $(seq 200); do
    mkdir -p "$BAD/alternates/$name"
    printf '%s\n' "$BAD/alternates/$name"
  done >"$BAD/.git/objects/info/alternates"
  examined_everywhere bad-alternates
  [[ $SAID == *'borrows objects from more than 64'* ]] || explain "$SAID"
  mkdir -p "$BAD/other/pack"
  mkfifo "$BAD/other/pack/pack-1.idx"
  printf '%s\n' "$BAD/other" >"$BAD/.git/objects/info/alternates"
  examined_everywhere bad-alternates
  [[ $SAID == *pack-1.idx*'is a named pipe'* ]] || explain "$SAID"
}

@test "adopt hands git nothing that would keep it, and does without a first commit that cannot be read" {
  HOW=fifo
  hostile bad-adopt
  rm "$BAD/.dev-infra.yml"
  replaced .git/config
  refuses 128 'is a named pipe' on laptop dev-infra adopt src/bad-adopt
  rm -rf "$BAD"
  hostile bad-adopt
  rm "$BAD/.dev-infra.yml"
  # shellcheck disable=SC2046
  replaced $(cd "$BAD" && find .git/objects/pack -name '*.idx')
  runs 0 on laptop timeout -k 1 18 dev-infra adopt src/bad-adopt
  assert_stderr_line "^warning: 'src/bad-adopt': the first commit cannot be read, and 'created' is left out"
}

@test "what is only an object that cannot be read keeps no project from being registered" {
  HOW=fifo
  hostile late
  # shellcheck disable=SC2046
  replaced $(cd "$BAD" && find .git/objects/pack -name '*.idx')
  in_time 0 on laptop dev-infra register src/late
  assert_stderr_line '^warning: .*late: the first commit is left out: .*\.idx'
  equal "$(field laptop x root_commit)" null
}

# A lease keeps a program that opens a regular file waiting, as a file system does that does not answer.
@test "an examination that does not get on is given up by name, and the rest goes on" {
  local started
  hostile bad-lease
  python3 - "$BAD/.git/config" "$WORLD/leased" <<'END' &
import fcntl, signal, sys, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
with open(sys.argv[1], "r+") as file:
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        state = "held"
    except OSError:
        state = "refused"
    open(sys.argv[2], "w").write(state)
    time.sleep(60)
END
  HOLDER=$!
  until [ -s "$WORLD/leased" ]; do sleep 0.05; done
  if [ "$(cat "$WORLD/leased")" = refused ]; then
    kill "$HOLDER"
    skip 'this file system has no leases'
  fi
  started=$SECONDS
  run --separate-stderr timeout -k 1 10 env -C "$WORLD/laptop" HOME="$WORLD/laptop" dev-infra register --recursive src
  kill "$HOLDER"
  assert_status 1
  [ $((SECONDS - started)) -lt 8 ] || explain 'it took too long'
  assert_stderr_line '^error: .*bad-lease.*did not answer for 2 seconds'
  equal "$(names_of laptop)" good
}
