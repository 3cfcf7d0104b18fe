#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # output and stderr are set by bats' run; each test sets what it uses
# Files in a repository that are not files: named pipes, devices, links that lead nowhere or round in circles. Whatever
# examines the repository ends in time, names it, and goes on with the rest.

load helper

setup() {
  begin
  machine laptop
  project laptop src/good https://github.com/acme/good.git
  succeeds on laptop dev-infra init
}

# hostile NAME: a repository with all that libgit2 and git read: packed refs, packs, a commit-graph, an index.
hostile() {
  BAD=$WORLD/laptop/src/$1
  if [ ! -d "$WORLD/pattern" ]; then
    git init -q -b main "$WORLD/pattern"
    mkdir "$WORLD/pattern/part"
    printf 'name: x\n' >"$WORLD/pattern/.dev-infra.yml"
    printf 'name: y\n' >"$WORLD/pattern/part/.dev-infra.yml"
    git -C "$WORLD/pattern" remote add origin https://github.com/acme/bad.git
    git -C "$WORLD/pattern" add .
    commit_in "$WORLD/pattern" first
    commit_in "$WORLD/pattern" second
    git -C "$WORLD/pattern" gc -q
    git -C "$WORLD/pattern" multi-pack-index write 2>/dev/null
    git -C "$WORLD/pattern" commit-graph write --reachable
  fi
  rm -rf "$BAD"
  cp -a "$WORLD/pattern" "$BAD"
  git -C "$BAD" remote set-url origin "https://github.com/acme/$1.git"
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

# examined_everywhere: every command that examines the repositories of src ends in time, says nothing but sentences, and
# registers the others. SAID is all that they said.
examined_everywhere() {
  local command
  SAID=
  for command in 'dev-infra register --recursive src' 'dev-infra register src/*' 'dev-infra-hash-project src/*' \
    'dev-infra-ls-repos --metadata src' 'dev-infra refresh'; do
    # shellcheck disable=SC2086
    run --separate-stderr timeout -k 1 60 env -C "$WORLD/laptop" HOME="$WORLD/laptop" sh -c "$command"
    [ "$status" -le 1 ] || explain "$command: $BAD" || return
    assert_clean_text "$stderr" || return
    [[ " $(names_of laptop) " == *' good '* ]] || explain "the others are not registered: $BAD" || return
    SAID+=$stderr
  done
  rm -rf "$WORLD/laptop/src/"bad*
}

# says TEXT: what was said holds this.
says() { [[ $SAID == *"$1"* ]] || explain "expected: $1; said: $SAID"; }

@test "a named pipe, a device or a socket in the place of any file of a repository hangs no command" {
  local file files='HEAD config packed-refs refs/heads/main index commondir gitdir shallow config.worktree
    objects/info/alternates objects/info/commit-graph objects/pack/multi-pack-index refs/remotes/origin/HEAD'
  for HOW in fifo device socket; do
    for file in $files; do
      hostile "bad-${file//\//-}"
      replaced ".git/$file"
    done
    examined_everywhere
    for file in $files; do says "bad-${file//\//-}"; done
  done
}

@test "so do none in the place of what its packs, objects and metadata are read from" {
  local name
  for HOW in fifo device; do
    for name in idx pack; do
      hostile "bad-$name"
      # shellcheck disable=SC2046
      replaced $(cd "$BAD" && find .git/objects/pack -name "*.$name")
    done
    project laptop src/bad-loose
    BAD=$WORLD/laptop/src/bad-loose
    replaced ".git/objects/$(git -C "$BAD" rev-parse HEAD | sed 's,..,&/,')"
    hostile bad-metadata
    replaced .dev-infra.yml
    mkdir -p laptop/src/bad-dotgit laptop/src/bad-bare/objects laptop/src/bad-bare/refs
    BAD=$WORLD/laptop/src/bad-dotgit
    replaced .git
    # A directory that libgit2 takes for the beginning of a bare repository.
    BAD=$WORLD/laptop/src/bad-bare
    replaced commondir HEAD config
    examined_everywhere
    for name in idx pack loose metadata dotgit bare; do says "bad-$name"; done
  done
}

@test "hooks are neither installed in nor asked of a repository with one in the place of a file that git reads" {
  local file command
  for HOW in fifo device; do
    for file in HEAD config packed-refs commondir shallow config.worktree; do
      hostile bad-hooks
      replaced ".git/$file"
      for command in install status uninstall; do
        run --separate-stderr timeout -k 1 60 env -C "$WORLD/laptop" HOME="$WORLD/laptop" dev-infra hooks "$command" --repo src/bad-hooks
        [ "$status" -eq 128 ] || explain "hooks $command, $HOW in the place of $file: $status" || return
        [[ $stderr == *"$file failed: it is a "*"not a regular file"* ]] || explain "$stderr" || return
      done
      if grep -rq dev-infra-hook-register "$BAD/.git/hooks"; then explain "$HOW in the place of $file: a hook" || return; fi
    done
  done
  rm -rf "$BAD"
}

@test "update hands git nothing that would keep it, and goes on with the rest" {
  local file command
  git init -q --bare "$WORLD/forge/good.git"
  git -C laptop/src/good remote set-url origin "$WORLD/forge/good.git"
  git -C laptop/src/good push -q -u origin main
  succeeds on laptop dev-infra register --quiet src/good
  hostile bad-update
  git -C "$BAD" worktree add -q -b other "$WORLD/laptop/other"
  succeeds on laptop dev-infra register --quiet src/bad-update
  cp -a "$BAD" kept
  for HOW in fifo device; do
    for file in refs/stash refs/tags/x refs/remotes/origin/x logs/HEAD logs/refs/heads/main FETCH_HEAD ORIG_HEAD info/exclude \
      worktrees/other/HEAD worktrees/other/gitdir worktrees/other/index worktrees/other/refs/bisect/bad \
      objects/ab/cdefcdefcdefcdefcdefcdefcdefcdefcdefcd objects/info/commit-graph; do
      replaced ".git/$file"
      for command in 'update --dry-run' 'update --fetch-only' update; do
        # shellcheck disable=SC2086
        run --separate-stderr timeout -k 1 60 env -C "$WORLD/laptop" HOME="$WORLD/laptop" dev-infra $command --json
        [ "$status" -eq 1 ] || explain "$command, $HOW in the place of $file: $status" || return
        [[ $stderr == *"$file failed: it is a "*"not a regular file"* ]] || explain "$file: $stderr" || return
        jq -se 'any(.name == "good" and (has("error") | not))' <<<"$output" >/dev/null || explain "$command: $file" || return
      done
      rm -rf "$BAD"
      cp -a kept "$BAD"
    done
  done
  # The socket of git's own monitor keeps nobody.
  HOW=socket
  replaced .git/fsmonitor--daemon.ipc
  git -C "$BAD" remote remove origin
  succeeds on laptop dev-infra update
  rm -rf "$BAD" laptop/other
}

@test "nor does one that is named as a file to be read" {
  local command
  mkfifo laptop/pipe
  ln -s /dev/zero laptop/device
  for command in 'import ghq' 'rank import' 'import json'; do
    for file in pipe device; do
      # shellcheck disable=SC2086
      refuses 128 "$file failed: it is not a regular file" on laptop timeout -k 1 60 dev-infra $command $file
    done
  done
}

@test "nor does one in the place of a file of the registry hang a command that opens it" {
  local file command
  project laptop src/app
  on laptop dev-infra register src/app
  for file in HEAD config packed-refs refs/heads/main objects/info/alternates; do
    cp -a laptop/.dev-infra kept
    BAD=$WORLD/laptop/.dev-infra
    HOW=fifo
    replaced "$file"
    for command in 'register src/app' 'set app status=paused' status verify log gc undo 'config --list' 'remote -v' push; do
      # shellcheck disable=SC2086
      run --separate-stderr timeout -k 1 60 env -C "$WORLD/laptop" HOME="$WORLD/laptop" dev-infra $command
      [ "$status" -eq 128 ] || [ "$status" -eq 1 ] || explain "$command, $file: $status" || return
      assert_clean_text "$stderr" || return
      [ -n "$stderr" ] || explain "$command, $file: silence" || return
    done
    rm -rf laptop/.dev-infra
    mv kept laptop/.dev-infra
  done
  succeeds on laptop dev-infra path app
}

@test "an included file is looked at before it is opened, however it is included" {
  local how level number=0
  mkfifo "$WORLD/laptop/pipe"
  for how in '[include]\n\tpath = %s\n' '[INCLUDE] PATH=%s\n' '[include]\n\tpath = "%s" ; c\n' \
    '[includeIf "gitdir:**"]\n\tpath = %s\n' '[include]\n\tpath = \\\n%s\n'; do
    hostile "bad-pipe-$((++number))"
    # shellcheck disable=SC2059
    printf "$how" "$WORLD/laptop/pipe" >>"$BAD/.git/config"
  done
  # One that includes itself, a row of files that each include the next many times, and a device.
  hostile bad-itself
  git -C "$BAD" config include.path config
  hostile bad-many
  mkdir "$BAD/.git/many"
  for level in 1 2 3 4 5 6 7 8; do
    for _ in $(seq 30); do printf '[include]\n\tpath = %s\n' $((level + 1)); done >"$BAD/.git/many/$level"
  done
  printf '[a]\n\tb = c\n' >"$BAD/.git/many/9"
  git -C "$BAD" config include.path many/1
  hostile bad-device
  printf '[include]\n\tpath = /dev/zero\n' >>"$BAD/.git/config"
  examined_everywhere
  for number in 1 2 3 4 5; do says "bad-pipe-$number: reading $WORLD/laptop/pipe failed: it is a named pipe"; done
  says bad-itself
  says 'includes more than 64 files'
  says '/dev/zero failed: it is a device'
}

@test "links that lead nowhere or in circles, a .git file that names itself, chains of refs and of alternates end" {
  local file name
  for HOW in loop nowhere; do
    for file in HEAD config packed-refs index objects/info/commit-graph objects/pack/multi-pack-index refs/heads/main; do
      hostile "bad-$HOW-${file//\//-}"
      replaced ".git/$file"
    done
  done
  mkdir -p laptop/src/bad-self laptop/src/bad-chain
  printf 'gitdir: .git\n' >laptop/src/bad-self/.git
  printf 'gitdir: ../bad-self/.git\n' >laptop/src/bad-chain/.git
  for name in circle pipe; do
    hostile "bad-refs-$name"
    printf 'ref: refs/heads/a\n' >"$BAD/.git/HEAD"
    printf 'ref: refs/heads/b\n' >"$BAD/.git/refs/heads/a"
    if [ "$name" = pipe ]; then mkfifo "$BAD/.git/refs/heads/b"; fi
    if [ "$name" = circle ]; then printf 'ref: refs/heads/a\n' >"$BAD/.git/refs/heads/b"; fi
  done
  # Alternates: one that names itself, far too many, and one whose packs are a pipe.
  hostile bad-borrows-itself
  printf '%s\n' "$BAD/.git/objects" >"$BAD/.git/objects/info/alternates"
  hostile bad-borrows-much
  for name in $(seq 200); do
    mkdir -p "$BAD/alternates/$name"
    printf '%s\n' "$BAD/alternates/$name"
  done >"$BAD/.git/objects/info/alternates"
  hostile bad-borrows-pipe
  mkdir -p "$BAD/other/pack"
  mkfifo "$BAD/other/pack/pack-1.idx"
  printf '%s\n' "$BAD/other" >"$BAD/.git/objects/info/alternates"
  examined_everywhere
  for name in bad-self bad-chain bad-refs-circle; do says "$name"; done
  says 'refs/heads/b failed: it is a named pipe'
  says 'borrows objects from more than 64'
  says 'pack-1.idx failed: it is a named pipe'
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
  runs 0 on laptop env DEV_INFRA_HISTORY_TIMEOUT=300 timeout -k 1 60 dev-infra adopt src/bad-adopt
  assert_stderr_line "^warning: 'src/bad-adopt': the first commit cannot be read, and 'created' is left out"
}

@test "what is only an object that cannot be read keeps no project from being registered" {
  HOW=fifo
  hostile late
  # shellcheck disable=SC2046
  replaced $(cd "$BAD" && find .git/objects/pack -name '*.idx')
  runs 0 on laptop env DEV_INFRA_HISTORY_TIMEOUT=300 timeout -k 1 60 dev-infra register src/late
  assert_stderr_line '^warning: .*late: the first commit is left out: .*\.idx'
  equal "$(field laptop x root_commit)" null
}

# A lease keeps a program that opens a regular file waiting, as a file system does that does not answer.
@test "an examination that does not get on is given up by name, and the rest goes on" {
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
    time.sleep(300)
END
  HOLDER=$!
  until [ -s "$WORLD/leased" ]; do sleep 0.05; done
  if [ "$(cat "$WORLD/leased")" = refused ]; then
    kill "$HOLDER"
    skip 'this file system has no leases'
  fi
  run --separate-stderr timeout -k 1 60 env -C "$WORLD/laptop" HOME="$WORLD/laptop" dev-infra register --recursive src
  kill "$HOLDER"
  assert_status 1
  assert_stderr_line '^error: .*bad-lease.*did not answer for 2 seconds'
  equal "$(names_of laptop)" good
}

@test "a file of the cache that is a link is replaced itself, and not what it leads to" {
  local name cache=laptop/.dev-infra/cache
  project laptop src/app
  succeeds on laptop dev-infra register src/app
  succeeds on laptop dev-infra path --visit app
  for name in projects.tsv uses; do
    echo mine >own
    ln -sfn "$WORLD/own" "$cache/$name"
    equal "$(on laptop dev-infra path --visit app)" "$WORLD/laptop/src/app"
    equal "$(names_of laptop)" app
    equal "$(cat own)" mine "$name"
    [ ! -L "$cache/$name" ] || explain "$name is still a link" || return
  done
}
