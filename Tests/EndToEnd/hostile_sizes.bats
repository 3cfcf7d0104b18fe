#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # output and stderr are set by bats' run; each test sets what it uses
# Files and objects of a size that nobody needs: none of them makes a command take more than 256 MB of memory, each is
# refused or left out by name, and the rest goes on.

load helper
load support/servers

setup() {
  begin
  machine laptop
}

teardown() { stop_servers; }

# in_memory COMMAND…: runs it on the laptop within twenty seconds, and measures the most memory that it or a child took.
in_memory() {
  run --separate-stderr python3 - "$WORLD/laptop" "$WORLD/memory" "$@" <<'END'
import os, resource, subprocess, sys
home, report, command = sys.argv[1], sys.argv[2], sys.argv[3:]
try:
    status = subprocess.run(command, cwd=home, env=dict(os.environ, HOME=home), timeout=60).returncode
except subprocess.TimeoutExpired:
    sys.exit("hangs")
with open(report, "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
sys.exit(status if status >= 0 else 128 - status)
END
  refute_crash || explain "command: $*" || return
  assert_clean_text "$stderr" || return
  [ -s "$WORLD/memory" ] || explain "not measured: $*" || return
  MEMORY=$(cat "$WORLD/memory")
  rm -f "$WORLD/memory"
  [ "$MEMORY" -le 256 ] || explain "it took $MEMORY MB: $*"
}

# examined: each command that examines the repositories of src stays within its memory; SAID is what they said.
examined() {
  local command
  SAID=
  for command in 'dev-infra register --recursive src' 'dev-infra register src/*' 'dev-infra-hash-project src/*' \
    'dev-infra-ls-repos --metadata src' 'dev-infra refresh'; do
    in_memory sh -c "$command" || return
    SAID+=$stderr
  done
  [[ " $(names_of laptop) " == *' good '* ]] || explain 'the others are not registered'
}

# says TEXT: what was said holds this.
says() { [[ $SAID == *"$1"* ]] || explain "expected: $1; said: $SAID"; }

# big FILE…: makes each file of the repository 3 GB, of which none is on the disk.
big() {
  local file
  for file in "$@"; do
    mkdir -p "$(dirname "$BAD/$file")"
    chmod -f u+w "$BAD/$file" || true
    truncate -s 3G "$BAD/$file"
  done
}

# hostile NAME: a repository with two commits and metadata in a part of it.
hostile() {
  BAD=$WORLD/laptop/src/$1
  rm -rf "$BAD"
  project laptop "src/$1" "https://github.com/acme/$1.git" bad
  mkdir "$BAD/part"
  printf 'name: y\n' >"$BAD/part/.dev-infra.yml"
  git -C "$BAD" add .
  commit_in "$BAD" 'second'
}

@test "files of a git directory are refused by name where they are larger than any" {
  local file files='.git/index .git/config .git/packed-refs .git/refs/heads/main .git/commondir .git/shallow
    .git/objects/info/alternates .git/objects/info/commit-graph .git/objects/pack/multi-pack-index
    .git/refs/remotes/origin/HEAD .dev-infra.yml'
  project laptop src/good https://github.com/acme/good.git
  for file in $files .git/HEAD; do
    hostile "bad-${file//\//-}"
    big "$file"
  done
  hostile bad-idx
  git -C "$BAD" gc -q
  # shellcheck disable=SC2046
  big $(cd "$BAD" && find .git/objects/pack -name '*.idx')
  hostile bad-gitfile
  mv "$BAD/.git" "$BAD/elsewhere"
  printf 'gitdir: elsewhere' >"$BAD/.git"
  big .git
  hostile bad-included
  cp "$BAD/.git/config" "$BAD/included"
  git -C "$BAD" config include.path ../included
  big included
  examined
  for file in $files; do says "bad-${file//\//-}/$file"; done
  for file in bad-.git-HEAD .idx bad-gitfile/.git bad-included/included; do says "$file"; done
}

@test "a configuration and an index that are large, and no larger than allowed, are read within the memory" {
  project laptop src/good https://github.com/acme/good.git
  hostile bad
  python3 - "$BAD/.git" <<'END'
import hashlib, struct, sys
with open(sys.argv[1] + "/config", "a") as file:
    for number in range(60000):
        file.write('[remote "r%d"]\n\turl = https://example.org/r/%d\n' % (number, number))
entries = []
for number in range(300000):
    name = b"directory/with/some/name/%06d/.dev-infra.yml" % number
    entry = struct.pack(">10I", 0, 0, 0, 0, 0, 0, 0o100644, 0, 0, 0) + b"\1" * 20 + struct.pack(">H", len(name)) + name
    entries.append(entry + b"\0" * (8 - len(entry) % 8))
data = b"DIRC" + struct.pack(">2I", 2, len(entries)) + b"".join(entries)
with open(sys.argv[1] + "/index", "wb") as file:
    file.write(data + hashlib.sha1(data).digest())
END
  in_memory dev-infra-ls-repos --metadata src
  in_memory dev-infra register src/bad
}

@test "a commit of 300 MB is left out by name, loose and packed, also as the second of a history" {
  local commit tree
  project laptop src/good https://github.com/acme/good.git
  hostile bad
  tree=$(git -C "$BAD" rev-parse 'HEAD^{tree}')
  commit=$("$SUPPORT/big-object" "$BAD/.git" commit 300000000 "$tree")
  printf '%s\n' "$commit" >"$BAD/.git/refs/heads/main"
  examined
  says "the commit $commit has 300000000 bytes"
  git -C "$BAD" checkout -q -B above "$(git -C "$BAD" -c user.name=a -c user.email=a@b commit-tree -p "$commit" -m above "$tree")"
  examined
  says "the commit $commit has 300000000 bytes"
  git -C "$BAD" -c core.bigFileThreshold=1m repack -adq --window=0
  git -C "$BAD" prune-packed
  examined
  says "the commit $commit has 300000000 bytes"
}

@test "a tag, a blob and a file that only claims its size in the place of a commit are left out" {
  project laptop src/good https://github.com/acme/good.git
  hostile bad
  "$SUPPORT/big-object" "$BAD/.git" blob 300000000 >"$BAD/.git/refs/heads/main"
  examined
  says '300000000 bytes'
  # The header says four gigabytes; nothing follows.
  hostile bad
  python3 - "$BAD/.git/objects/$(git -C "$BAD" rev-parse HEAD | sed 's,..,&/,')" <<'END'
import os, sys, zlib
os.chmod(sys.argv[1], 0o644)
open(sys.argv[1], "wb").write(zlib.compress(b"commit 4294967296\0tree "))
END
  examined
  says '4294967296 bytes'
  hostile bad
  big ".git/objects/$(git -C "$BAD" rev-parse HEAD | sed 's,..,&/,')"
  examined
}

# poisoned SIZE: gives the remote's main a commit of that size upon what it has.
poisoned() {
  local main tree
  main=$(git --git-dir="$REMOTE" rev-parse refs/heads/main)
  tree=$(git --git-dir="$REMOTE" rev-parse 'refs/heads/main^{tree}')
  POISON=$("$SUPPORT/big-object" "$REMOTE" commit "$1" "$tree" "$main")
  git --git-dir="$REMOTE" update-ref refs/heads/main "$POISON"
}

@test "what a remote sends is bounded: a commit that is too large changes nothing here, neither at the tip nor below it" {
  local before size command
  project laptop src/good https://github.com/acme/good.git
  succeeds on laptop dev-infra register src/good
  pushed_to_origin
  before=$(git --git-dir="$REMOTE" rev-parse refs/heads/main)
  for size in 300000000 5000000; do
    git --git-dir="$REMOTE" update-ref refs/heads/main "$before"
    poisoned "$size"
    for command in fetch pull push; do
      in_memory dev-infra "$command"
      [ "$status" -ne 0 ] || [ "$command" = push ] || explain "$command took it"
    done
    git --git-dir="$REMOTE" update-ref refs/heads/main \
      "$(git --git-dir="$REMOTE" -c user.name=a -c user.email=a@b commit-tree -p "$POISON" -m above "$POISON^{tree}")"
    in_memory dev-infra fetch
    [ "$status" -ne 0 ] || explain 'fetch took it'
    equal "$(registry_git laptop rev-parse refs/remotes/origin/main)" "$before"
    for command in status list verify gc; do
      in_memory dev-infra "$command"
      [ "$status" -eq 0 ] || explain "$command after $size"
    done
  done
  # A machine that has never seen the remote.
  rm -rf laptop/.dev-infra
  succeeds on laptop dev-infra init
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  in_memory dev-infra pull
  [ "$status" -ne 0 ] || explain 'pull took it'
  in_memory dev-infra status
}

@test "a commit that git has in memory once, since a pack of many objects takes as much, changes nothing here either" {
  # shellcheck disable=SC2034 # for start_server
  SERVERS=$BATS_TEST_TMPDIR
  registered laptop app
  pushed_to_origin
  # What the remote itself takes is another process's.
  start_http "$(dirname "$REMOTE")"
  succeeds on laptop dev-infra remote set-url origin "$HTTP_URL/$(basename "$REMOTE")"
  poisoned 200000000
  in_memory dev-infra fetch
  equal "$status" 128
  assert_stderr_has "the commit $POISON has 200000000 bytes"
  succeeds on laptop dev-infra list
  sound laptop
}

# start_endless: a git server that tells of more than anybody has; sets ENDLESS_URL.
start_endless() {
  # shellcheck disable=SC2034 # for start_server
  SERVERS=$BATS_TEST_TMPDIR
  start_server python3 "$SUPPORT/endless_remote.py" "$WORLD/port"
  await_file "$WORLD/port"
  ENDLESS_URL=http://127.0.0.1:$(<"$WORLD/port")
}

# gives_up COMMAND…: it ends before all has been told, and says that it was more than git may take.
gives_up() {
  run --separate-stderr on laptop timeout 60 "$@"
  refute_crash || return
  [ "$status" -ne 0 ] && [ "$status" -ne 124 ] || explain "$* went on" || return
  [[ $output$stderr =~ (allocate|memory,) ]] || explain "$*"
}

@test "what a remote says that it has is bounded in each command that asks for it, and by each protocol" {
  local how
  start_endless
  begun laptop
  for how in list packed second circle; do
    succeeds on laptop dev-infra remote add "$how" "$ENDLESS_URL/upload/$how/r.git"
    gives_up dev-infra fetch "$how"
    gives_up dev-infra push "$how"
    gives_up dev-infra doctor --online
    gives_up dev-infra new --template "$ENDLESS_URL/upload/$how/r.git" new
    gives_up env DEV_INFRA_DIR="$WORLD/other" dev-infra init "$ENDLESS_URL/upload/$how/r.git"
    succeeds on laptop dev-infra remote remove "$how"
  done
  for how in list packed circle; do
    succeeds on laptop dev-infra remote add "$how" "$ENDLESS_URL/receive/$how/r.git"
    gives_up dev-infra push "$how"
    succeeds on laptop dev-infra remote remove "$how"
  done
  in_memory dev-infra verify
  equal "$status" 0
}

@test "what a remote says beside what it sends is bounded, also where it comes from ssh" {
  start_endless
  begun laptop
  succeeds on laptop dev-infra remote add upload "$ENDLESS_URL/upload/words/r.git"
  for command in fetch pull push; do
    in_memory dev-infra "$command" upload
    equal "$status" 128
    assert_stderr_has 'it sends more than 16 MiB of messages'
  done
  succeeds on laptop dev-infra remote add receive "$ENDLESS_URL/receive/words/r.git"
  in_memory dev-infra push receive
  equal "$status" 128
  assert_stderr_has 'it sends more than 16 MiB of messages'
  succeeds on laptop dev-infra remote add shell ssh://host.example/r.git
  # Else it is asked which ssh it is first.
  export GIT_SSH_VARIANT=simple
  for command in 'fetch shell' 'push shell' 'doctor --online'; do
    # shellcheck disable=SC2086 # words
    GIT_SSH_COMMAND='yes words >&2; :' in_memory dev-infra $command
    [ "$status" -ne 0 ] || explain "$command ended with 0" || return
    # Doctor breaks its lines.
    [[ $output$stderr == *'it sends more than 16 MiB of'* ]] || explain "$command"
  done
  GIT_SSH_COMMAND='yes words >&2; :' in_memory dev-infra new --template ssh://host.example/t.git new
  equal "$status" 128
  assert_stderr_has 'fetching the template ssh://host.example/t.git failed: it sends more than 16 MiB of messages'
  equal "$(running_with "${ENDLESS_URL#http://}")" '' 'processes that are left'
  in_memory dev-infra verify
  equal "$status" 0
}

@test "a pack may have the objects of a million projects, and no remote claims its way to more memory than that takes" {
  local number
  start_endless
  begun laptop
  for number in 2100000 3200000 3300000 2000000000; do
    succeeds on laptop dev-infra remote add "r$number" "$ENDLESS_URL/upload/claims$number/r.git"
    in_memory dev-infra fetch "r$number"
    equal "$status" 128
    if [ "$number" -lt 3250000 ]; then assert_stderr_has 'early EOF'; else assert_stderr_has 'attempting to allocate'; fi
    equal "$(find "$(registry_of laptop)/objects/pack" -name 'tmp_*')" '' 'what is left'
  done
}

@test "a pack that is larger than any may be is refused by its size, of which git says nothing" {
  local url command
  start_endless
  begun laptop
  url="$ENDLESS_URL/upload/half/r.git"
  succeeds on laptop dev-infra remote add origin "$url"
  for command in fetch pull push; do
    refuses 128 'the pack that it sends is larger than 4 MiB, the most that is taken' \
      on laptop bash -c "ulimit -f 4096; exec dev-infra $command"
    equal "$(find "$(registry_of laptop)/objects/pack" -name 'tmp_*')" '' "what $command left"
  done
  DEV_INFRA_DIR=$WORLD/other refuses 128 'the pack that it sends is larger than 4 MiB' \
    on laptop bash -c "ulimit -f 4096; exec dev-infra init $url"
  [ ! -e "$WORLD/other" ] || explain 'something of it is left'
  sound laptop
}

@test "nothing of a pack is left that did not come to its end" {
  local packs
  start_endless
  begun laptop
  packs=$(registry_of laptop)/objects/pack
  succeeds on laptop dev-infra remote add half "$ENDLESS_URL/upload/half/r.git"
  for command in fetch pull push; do
    refuses 128 'it said nothing for 1 seconds' on laptop dev-infra "$command" --timeout 1 half
    equal "$(find "$packs" -name 'tmp_*')" '' "what $command left"
  done
  # What a fetch that was killed left goes with a later one, once nobody writes to it any more.
  run on laptop timeout -s KILL 3 dev-infra-fetch-pack --timeout 0 half
  [ -n "$(find "$packs" -name 'tmp_pack_*' -size +1M)" ] || explain 'nothing had come'
  equal "$(running_with "${ENDLESS_URL#http://}")" '' 'processes that are left'
  git init -q --bare "$WORLD/empty.git"
  succeeds on laptop dev-infra remote add origin "$WORLD/empty.git"
  succeeds on laptop dev-infra fetch origin
  [ -n "$(find "$packs" -name 'tmp_pack_*')" ] || explain 'it went while it may be written to'
  find "$packs" -name 'tmp_*' -exec touch -d '11 minutes ago' {} +
  succeeds on laptop dev-infra fetch origin
  equal "$(find "$packs" -name 'tmp_*')" '' 'what a killed fetch left'
  sound laptop
}

# ended_by SIGNAL COMMAND…: it is busy with a remote, is ended by the signal soon, and nothing of what it ran goes on.
ended_by() {
  local signal=$1 pid code=0
  shift
  (
    cd "$WORLD/laptop" || exit
    export HOME=$PWD
    exec env --default-signal=INT,TERM,HUP "$@" >"$WORLD/out" 2>"$WORLD/err"
  ) 3>&- &
  pid=$!
  eventually pgrep -f 'sleep 47.31' || explain "$* has not come to the remote: $(<"$WORLD/err")" || return
  kill -s "$signal" "$pid"
  wait "$pid" || code=$?
  equal "$code" $((128 + $(kill -l "$signal"))) "the status of $* after SIG$signal" || return
  equal "$(pgrep -f 'sleep 47.31' || true)" '' "what $* left after SIG$signal" || return
  equal "$(<"$WORLD/err")" '' "what $* said after SIG$signal"
}

@test "a command that is ended by a signal ends what it runs, however long a remote keeps that busy" {
  local signal main
  export GIT_SSH_VARIANT=simple GIT_SSH_COMMAND='sleep 47.31; :'
  registered laptop app
  succeeds on laptop dev-infra remote add shell ssh://host.example/r.git
  main=$(main_of laptop)
  printf '%s\n' "$main" >sent
  for signal in INT TERM HUP; do
    ended_by "$signal" dev-infra-fetch-pack --timeout 0 shell
    ended_by "$signal" dev-infra-send-pack --timeout 0 shell "$main"
    ended_by "$signal" dev-infra-update-state --timeout 0 --remote shell --send-after "$WORLD/sent" --quiet
    ended_by "$signal" dev-infra doctor --online
  done
  equal "$(find "$(registry_of laptop)" -name '*.lock' -size +0)" '' 'locks that are left'
  sound laptop
}

@test "so is an entry: a blob of 300 MB is not read" {
  local blob
  project laptop src/good https://github.com/acme/good.git
  succeeds on laptop dev-infra register src/good
  pushed_to_origin
  blob=$("$SUPPORT/big-object" "$REMOTE" blob 300000000)
  git --git-dir="$REMOTE" read-tree --index-output="$REMOTE/index" main
  GIT_INDEX_FILE=$REMOTE/index git --git-dir="$REMOTE" update-index --add --cacheinfo \
    "100644,$blob,projects/00/000000000000000000000000000000000000 00.json"
  GIT_INDEX_FILE=$REMOTE/index git --git-dir="$REMOTE" update-index --add --cacheinfo \
    "100644,$blob,projects/00/00000000000000000000000000000000000000.json"
  git --git-dir="$REMOTE" update-ref refs/heads/main "$(git --git-dir="$REMOTE" -c user.name=a -c user.email=a@b \
    commit-tree -p main -m poison "$(GIT_INDEX_FILE=$REMOTE/index git --git-dir="$REMOTE" write-tree --missing-ok)")"
  for command in fetch pull status list verify push gc; do
    in_memory dev-infra "$command"
  done
}
