#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# Every failure that a user can cause has its sentence and its status, and leaves nothing half done.

load helper
load support/disk

setup() {
  begin
  machine laptop
}

teardown() {
  stop_servers
  drop_disk
}

# ---------------------------------------------------------------- what is not a registry

@test "no registry yet: each command says so and how to make one, and makes none" {
  local command
  for command in list 'show x' 'path x' 'forget x' 'rm x' 'set x status=paused' refresh status log undo gc verify \
    push pull fetch sync remote 'remote add origin /srv/x.git'; do
    # shellcheck disable=SC2086 # a command and its arguments
    refuses 128 'dev-infra init' on laptop dev-infra $command
  done
  for command in ls-projects 'cat-project x' diff-registry 'merge-registry main main' verify-registry update-view \
    'fetch-pack origin' 'send-pack origin' "update-settings $(git hash-object --stdin </dev/null)"; do
    # shellcheck disable=SC2086
    refuses 128 'dev-infra init' on laptop dev-infra-$command
  done
  [ ! -e laptop/.dev-infra ] || explain 'a registry was made'
}

@test "the registry's directory is a file, or holds something else: nothing in it is touched" {
  local command
  project laptop app
  printf 'precious\n' >laptop/.dev-infra
  for command in list 'register app' init push; do
    # shellcheck disable=SC2086
    refuses 128 "$WORLD/laptop/.dev-infra" on laptop dev-infra $command
  done
  rm laptop/.dev-infra
  mkdir laptop/.dev-infra
  printf 'precious\n' >laptop/.dev-infra/notes.txt
  for command in list 'register app' init push; do
    # shellcheck disable=SC2086
    refuses 128 "$WORLD/laptop/.dev-infra" on laptop dev-infra $command
  done
}

@test "the registry's directory is some other repository: nothing in it is touched" {
  local command kind
  project laptop app
  for kind in bare ordinary; do
    rm -rf laptop/.dev-infra
    project laptop other
    if [ "$kind" = bare ]; then
      git clone -q --bare laptop/other laptop/.dev-infra
    else
      mv laptop/other laptop/.dev-infra
    fi
    for command in list 'register app' init 'set app status=paused'; do
      # shellcheck disable=SC2086
      refuses 128 "$WORLD/laptop/.dev-infra" on laptop dev-infra $command
    done
  done
}

@test "a registry of a newer format is refused by readers and writers, local or on a remote" {
  local blob commit
  app_and_lib
  pushed_to_origin
  # newer GIT_DIR: its main, with another format.
  newer() {
    (
      GIT_DIR=$1 GIT_INDEX_FILE=$BATS_TEST_TMPDIR/index
      export GIT_DIR GIT_INDEX_FILE
      blob=$(echo 2 | git hash-object -w --stdin)
      git read-tree main
      git update-index --add --cacheinfo "100644,$blob,format"
      commit=$(git -c user.name=x -c user.email=x@example.org commit-tree -p main -m newer "$(git write-tree)")
      git update-ref refs/heads/main "$commit"
    )
  }
  newer "$REMOTE"
  refuses 128 format on laptop dev-infra pull
  refuses 128 format on laptop dev-infra push
  machine desktop
  refuses 128 format on desktop dev-infra init "$REMOTE"
  [ ! -e desktop/.dev-infra ]
  newer laptop/.dev-infra
  refuses 128 format on laptop dev-infra list
  refuses 128 format on laptop dev-infra set app status=paused
  refuses 128 format on laptop dev-infra register src/app
}

@test "a registry of another user is refused with git's own remedy, and the remedy works" {
  local command
  [ "$(id -u)" -eq 0 ] || skip 'giving files away needs root'
  app_and_lib
  chown -R nobody laptop/.dev-infra
  for command in 'set app status=paused' 'config dev-infra.timeout' 'config dev-infra.timeout 5' remote 'remote -v' \
    'remote add origin /srv/x.git' push pull log; do
    # shellcheck disable=SC2086 # a command and its arguments
    refuses 128 safe.directory on laptop dev-infra $command || return
  done
  on laptop git config --global --add safe.directory "$WORLD/laptop/.dev-infra"
  succeeds on laptop dev-infra set app status=paused
  # What images of containers set, what is written by hand, and what the command line says.
  # shellcheck disable=SC2088 # git opens the tilde
  for command in '*' '~/.dev-infra'; do
    on laptop git config --global --replace-all safe.directory "$command"
    succeeds on laptop dev-infra set app description="$command"
    equal "$(on laptop dev-infra-ls-projects --format='%(description)' app)" "$command" || return
    succeeds on laptop dev-infra log
  done
  on laptop git config --global --unset-all safe.directory
  refuses 128 safe.directory on laptop dev-infra set app status=active
  succeeds on laptop dev-infra -c 'safe.directory=*' set app status=active
}

@test "the current directory is gone: what needs none goes on" {
  app_and_lib
  mkdir laptop/gone
  run --separate-stderr at laptop gone sh -c 'rmdir ../gone && dev-infra list'
  assert_status 0
  equal "$(cut -f 1 <<<"$output" | paste -s -d ' ')" 'app lib'
  run --separate-stderr on laptop sh -c 'mkdir gone && cd gone && rmdir ../gone && dev-infra register'
  refute_crash
  differ "$status" 0 'the status'
  assert_stderr_line '^(fatal|error): '
}

@test "the current directory is gone: every command that needs none goes on, and what is in it is not there" {
  local command
  app_and_lib
  with_origin
  # gone_dir COMMAND…: in a directory that is deleted under it
  gone_dir() { on laptop sh -c 'mkdir -p gone && cd gone && rmdir ../gone && exec "$@"' - "$@"; }
  for command in 'show app' 'state --all' 'path app' log 'log app' status 'set app status=paused' push pull fetch sync verify gc refresh \
    'config --list' 'config dev-infra.timeout 7' 'remote -v' "remote add other $REMOTE" 'open --print app' 'archive lib' undo \
    'hooks install --all' 'hooks status --all' "hooks install --repo $WORLD/laptop/src/app" 'hooks install --global' 'foreach -- true' 'machine list' 'export urls' \
    'clone --missing' "register $WORLD/laptop/src/app" "adopt $WORLD/laptop/src/app" 'completion bash' doctor; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr gone_dir dev-infra $command
    refute_crash
    case $status:$command in 0:* | 1:state* | 1:doctor) ;; *) explain "$command" || return ;; esac
    # The shell of the scripts says once that it is so.
    ! grep -qE '^(fatal|error):' <<<"$stderr" || explain "$command" || return
  done
  for command in 'register .' 'adopt .' 'remote add third ./here' 'new made' 'register --recursive .'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr gone_dir dev-infra $command
    refute_crash
    differ "$status" 0 "$command"
    assert_stderr_line '^(fatal|error): '
    [ ! -e laptop/gone ] || explain "$command made the directory again" || return
  done
  [ ! -e /here ] && [ ! -e /made ]
}

# ---------------------------------------------------------------- one bad repository never stops the others

@test "broken repositories and files in the place of directories are errors by name; the others are registered" {
  local name
  for name in first last; do project laptop "src/$name"; done
  for name in headless nonsense-config dangling-gitfile; do project laptop "src/$name"; done
  printf 'rubbish\n' >laptop/src/headless/.git/HEAD
  printf '[core\nrepositoryformatversion\n' >laptop/src/nonsense-config/.git/config
  rm -rf laptop/src/dangling-gitfile/.git
  printf 'gitdir: /nowhere\n' >laptop/src/dangling-gitfile/.git
  mkdir laptop/src/plain
  : >laptop/src/file
  runs 1 on laptop dev-infra register src/first src/headless src/nonsense-config src/dangling-gitfile src/plain src/file \
    src/missing src/last
  for name in headless nonsense-config dangling-gitfile plain file missing; do
    assert_stderr_line "^error: .*$name"
  done
  equal "$(names_of laptop)" 'first last'
  sound laptop
}

@test "broken and hostile .dev-infra.yml are errors by name; the others are registered, and no file is changed" {
  local name before
  for name in first last broken scalar anchors tagged binary huge deep status list-name duplicate; do
    project laptop "src/$name"
  done
  printf 'status: [unclosed\n  : : :\n' >laptop/src/broken/.dev-infra.yml
  printf 'just text\n' >laptop/src/scalar/.dev-infra.yml
  printf 'a: &a [x, *a]\nname: ok\n' >laptop/src/anchors/.dev-infra.yml
  printf 'name: !!python/object/apply:os.system ["touch pwned"]\n' >laptop/src/tagged/.dev-infra.yml
  printf 'name: \000\377\376\n' >laptop/src/binary/.dev-infra.yml
  { printf 'name: huge\n# '; head -c 1100000 /dev/zero | tr '\0' x; } >laptop/src/huge/.dev-infra.yml
  { printf 'custom: '; head -c 100000 /dev/zero | tr '\0' '['; } >laptop/src/deep/.dev-infra.yml
  printf 'status: sideways\n' >laptop/src/status/.dev-infra.yml
  printf 'name: [a, b]\n' >laptop/src/list-name/.dev-infra.yml
  printf 'name: one\nname: two\n' >laptop/src/duplicate/.dev-infra.yml
  before=$(world_state | grep -v '^==')
  run --separate-stderr on laptop dev-infra register --recursive src
  assert_status 1
  for name in broken scalar anchors tagged binary huge deep status list-name duplicate; do
    assert_stderr_line "^(error|warning): .*$name"
  done
  for name in broken anchors tagged binary huge deep; do assert_stderr_line "^error: .*$name"; done
  assert_clean_text "$stderr"
  equal "$(find . -name .dev-infra.yml -exec cksum {} + | LC_ALL=C sort | sed 's| \./| '"$WORLD"'/|')" "$before"
  holds " $(names_of laptop) " ' first '
  holds " $(names_of laptop) " ' last '
  nothing_ran
  # Refresh does not get around it.
  runs 0 on laptop dev-infra refresh
  lacks " $(names_of laptop) " ' broken '
  sound laptop
}

@test "a .dev-infra.yml that breaks later: refresh says so, keeps the entry, and reads the others" {
  app_and_lib
  printf 'status: paused\n' >laptop/src/app/.dev-infra.yml
  succeeds on laptop dev-infra refresh
  printf 'status: [\n' >laptop/src/app/.dev-infra.yml
  printf 'status: completed\n' >laptop/src/lib/.dev-infra.yml
  runs 1 on laptop dev-infra refresh
  assert_stderr_line "^error: .*$WORLD/laptop/src/app"
  equal "$(field laptop app status)" '"paused"'
  equal "$(field laptop lib status)" '"completed"'
}

@test "a repository of another user is an error with git's remedy; the others are registered" {
  [ "$(id -u)" -eq 0 ] || skip 'giving files away needs root'
  project laptop src/mine
  project laptop src/theirs
  chown -R nobody laptop/src/theirs
  runs 1 on laptop dev-infra register --recursive src
  assert_stderr_line '^error: .*theirs'
  assert_stderr_has safe.directory
  equal "$(names_of laptop)" mine
}

# ---------------------------------------------------------------- unusual names

@test "every hostile name is registered, refreshed, found and forgotten by its path" {
  local name
  hostile_names
  for name in "${HOSTILE[@]}"; do project laptop "src/$name"; done
  succeeds at laptop src dev-infra register -- "${HOSTILE[@]}"
  assert_clean_text "$output"
  equal "$(wc -l <<<"$output")" "${#HOSTILE[@]}" 'one line a project'
  succeeds on laptop dev-infra refresh
  for name in "${HOSTILE[@]}"; do
    on laptop dev-infra path -z "./src/$name" >got
    printf '%s\0' "$WORLD/laptop/src/$name" | cmp - got
  done
  runs 0 on laptop dev-infra list
  assert_clean_text "${output//$'\t'/ }"
  equal "$(wc -l <<<"$output")" "${#HOSTILE[@]}"
  runs 0 on laptop dev-infra show --json "./src/${HOSTILE[3]}"
  equal "$(jq -r '.checkouts[].paths[].path' <<<"$output")" "$WORLD/laptop/src/${HOSTILE[3]}"
  # Through a remote and back.
  pushed_to_origin
  machine desktop
  succeeds on desktop dev-infra init "$REMOTE"
  equal "$(on desktop dev-infra-ls-projects --all --format='%(id)' | wc -l)" "${#HOSTILE[@]}"
  for name in "${HOSTILE[@]}"; do succeeds on laptop dev-infra forget -- "./src/$name"; done
  runs 0 on laptop dev-infra list
  assert_output ''
  nothing_ran
  sound laptop desktop
}

@test "names and texts with control characters from metadata are refused or shown as escapes" {
  project laptop src/app
  printf 'description: "red \\e[31m\\a text"\n' >laptop/src/app/.dev-infra.yml
  run --separate-stderr on laptop dev-infra register src/app
  refute_crash
  assert_clean_text "$output$stderr"
  for command in list 'show app' 'log -p' status; do
    # shellcheck disable=SC2086
    run --separate-stderr on laptop dev-infra $command
    refute_crash
    assert_clean_text "${output//$'\t'/ }$stderr"
  done
}

# ---------------------------------------------------------------- remotes that are not there

# attempt LABEL MACHINE COMMAND…: runs it in the background; leaves its status and stderr in files of that label. Who waits for ever
# is ended after a minute, with 124.
attempt() {
  local label=$1
  shift
  (
    code=0
    on "$1" timeout -k 1 60 "${@:2}" >"$BATS_TEST_TMPDIR/$label.out" 2>"$BATS_TEST_TMPDIR/$label.err" || code=$?
    echo "$code" >"$BATS_TEST_TMPDIR/$label.status"
  ) 3>&- &
  ATTEMPTS+=("$!")
}

# settled: waits for all attempts, and not for servers.
settled() {
  wait "${ATTEMPTS[@]}"
  ATTEMPTS=()
}

# gave_up LABEL WHY: it ended with 128 and a `fatal:` that says so.
gave_up() {
  equal "$(cat "$BATS_TEST_TMPDIR/$1.status")" 128 "the status of $1; it said: $(cat "$BATS_TEST_TMPDIR/$1.err")"
  grep -qE "^fatal: .*$2" "$BATS_TEST_TMPDIR/$1.err" || {
    echo "$1 gave no reason: $(cat "$BATS_TEST_TMPDIR/$1.err")" >&2
    return 1
  }
}

# sleeping_ssh MACHINE: its ssh sleeps; the process id goes to a file.
sleeping_ssh() {
  cat >"$WORLD/$1/ssh" <<'END'
#!/bin/sh
echo $$ >>"$HOME/ssh.pids"
exec sleep 300
END
  chmod +x "$WORLD/$1/ssh"
  on "$1" git config --global core.sshCommand "$WORLD/$1/ssh"
  on "$1" git config --global ssh.variant simple
}

@test "an unreachable remote is a fatal, after 10 seconds of silence by default; nothing changes, and nothing is left running" {
  local name before port
  start_silent
  port=$(python3 "$SUPPORT/free_port.py")
  for name in closed silent mute; do
    machine "$name"
    project "$name" app
    succeeds on "$name" dev-infra register app
  done
  machine fresh
  sleeping_ssh mute
  succeeds on closed dev-infra remote add origin "http://127.0.0.1:$port/registry.git"
  succeeds on silent dev-infra remote add origin "http://127.0.0.1:$SILENT_PORT/registry.git"
  succeeds on mute dev-infra remote add origin 'ssh://127.0.0.1/registry.git'
  before=$(world_state)
  for name in closed silent mute; do
    attempt "$name-push" "$name" dev-infra push
    attempt "$name-pull" "$name" dev-infra pull
    attempt "$name-fetch" "$name" dev-infra fetch
  done
  attempt fresh-init fresh dev-infra init "http://127.0.0.1:$SILENT_PORT/registry.git"
  # Meanwhile everything else goes on.
  succeeds on silent dev-infra list
  settled
  for name in push pull fetch; do
    gave_up "closed-$name" "port $port"
    gave_up "silent-$name" 'said nothing for 10 seconds'
    gave_up "mute-$name" 'said nothing for 10 seconds'
  done
  gave_up fresh-init 'said nothing for 10 seconds'
  [ ! -e fresh/.dev-infra ] || explain 'half a registry is left'
  equal "$(world_state)" "$before"
  for name in closed silent mute; do
    equal "$(names_of "$name")" app
    succeeds on "$name" dev-infra set app status=paused
    sound "$name"
  done
  [ "$(wc -l <mute/ssh.pids)" -ge 3 ] || explain 'ssh was not run'
  while read -r name; do
    if running "$name"; then explain "ssh $name is still running"; fi
  done <mute/ssh.pids
  equal "$(running_with "127.0.0.1:$SILENT_PORT")" '' 'processes that still try to reach the remote'
}

@test "the timeout: dev-infra.timeout, --timeout before it, and 0 for never" {
  local code=0
  start_silent
  app_and_lib
  succeeds on laptop dev-infra remote add origin "http://127.0.0.1:$SILENT_PORT/registry.git"
  succeeds on laptop dev-infra config dev-infra.timeout 1
  attempt configured laptop dev-infra pull
  settled
  gave_up configured 'said nothing for 1 seconds'
  succeeds on laptop dev-infra config dev-infra.timeout 60
  attempt option laptop dev-infra push --timeout 1
  attempt plumbing laptop dev-infra-fetch-pack --timeout 1 origin
  attempt override laptop dev-infra -c dev-infra.timeout=1 fetch
  on laptop timeout 3 dev-infra fetch --timeout 0 2>/dev/null || code=$?
  settled
  gave_up option 'said nothing for 1 seconds'
  gave_up plumbing 'said nothing for 1 seconds'
  gave_up override 'said nothing for 1 seconds'
  equal "$code" 124 'with 0 it was still waiting after three seconds'
  refuses 129 soon on laptop dev-infra fetch --timeout soon
  refuses 129 '' on laptop dev-infra fetch --timeout -1
  # A setting is not the command line's fault.
  succeeds on laptop dev-infra config dev-infra.timeout -1
  for command in fetch push pull 'clone --missing' update; do
    # shellcheck disable=SC2086 # words
    refuses 128 'dev-infra.timeout is negative' on laptop dev-infra $command
  done
}

@test "a remote that is gone, or that is not a registry, is a fatal by name" {
  local other
  app_and_lib
  pushed_to_origin
  mv "$REMOTE" "$REMOTE.away"
  refuses 128 origin on laptop dev-infra pull
  refuses 128 origin on laptop dev-infra push
  machine desktop
  refuses 128 "$REMOTE" on desktop dev-infra init "$REMOTE"
  [ ! -e desktop/.dev-infra ] || explain 'half a registry is left'
  other=$WORLD/forge/other.git
  project laptop other
  git clone -q --bare laptop/other "$other"
  succeeds on laptop dev-infra remote set-url origin "$other"
  refuses 128 '' on laptop dev-infra pull
  refuses 128 '' on laptop dev-infra push
  refuses 128 '' on desktop dev-infra init "$other"
  [ ! -e desktop/.dev-infra ] || explain 'half a registry is left'
  equal "$(names_of laptop)" 'app lib'
}

@test "bad records on a remote are set aside and named; the rest of the pull goes on" {
  local id evil
  app_and_lib
  shared
  succeeds on laptop dev-infra set app description='a good change'
  succeeds on laptop dev-infra push
  id=$(id_of laptop lib)
  evil=1234567890123456789012345678901234567890
  (
    GIT_DIR=$REMOTE GIT_INDEX_FILE=$BATS_TEST_TMPDIR/index
    export GIT_DIR GIT_INDEX_FILE
    put() { git update-index --add --cacheinfo "${3:-100644},$(printf '%s' "$2" | git hash-object -w --stdin),$1"; }
    git read-tree main
    put "projects/12/${evil:2}.json" '{"not": "closed"'
    put "projects/${id:0:2}/${id:2}.json" '["not an object"]'
    put projects/zz/name.json '{}'
    put hooks/post-update 'touch pwned' 100755
    put projects/34 /etc/passwd 120000
    put config '[core]
	sshCommand = touch pwned'
    git update-ref refs/heads/main "$(git -c user.name=x -c user.email=x@x commit-tree -p main -m evil "$(git write-tree)")"
  )
  run --separate-stderr on desktop dev-infra pull
  refute_crash
  [ "$status" -le 1 ] || explain 'the pull did not go on'
  assert_stderr_has "${evil:0:7}"
  assert_stderr_has "${id:0:7}"
  equal "$(field desktop app description)" '"a good change"' 'the rest was taken'
  equal "$(names_of desktop --all)" 'app lib' 'what was good before is not lost'
  equal "$(registry_git desktop ls-tree --name-only main | paste -s -d ' ')" 'format machines projects'
  nothing_ran
  sound desktop
  # And the next push puts the remote right.
  succeeds on desktop dev-infra push
  equal "$(git --git-dir="$REMOTE" ls-tree --name-only main | paste -s -d ' ')" 'format machines projects'
}

@test "an entry from the future is taken, with a warning, and can be changed" {
  local path blob
  app_and_lib
  shared
  path=$(file_of laptop app)
  blob=$(on laptop dev-infra-cat-project app | jq -S '.updated="2099-01-01T00:00:00.000Z" | .description="tomorrow"' |
    registry_git laptop hash-object -w --stdin)
  printf '100644 %s\t%s\n' "$blob" "$path" >record
  runs 0 on laptop sh -c 'dev-infra-update-registry --index-info <../record'
  succeeds on laptop dev-infra push
  runs 0 on desktop dev-infra pull
  assert_stderr_line '^warning: .*(app|2099)'
  equal "$(field desktop app description)" '"tomorrow"'
  succeeds on desktop dev-infra set app description=now
  # A time that far ahead is not followed: it would win for ever.
  [[ $(field desktop app updated) < '"2099' ]]
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(field laptop app description)" '"now"'
}

# ---------------------------------------------------------------- disks and streams

@test "a full disk: a change is there whole or not at all, and the next one works" {
  local before free failed=0 done=0
  project laptop app
  succeeds on laptop dev-infra register app
  small_disk 3m
  registry_to_disk laptop
  for free in 0 1 2 3 4 5 6 8 12 40; do
    fill_disk "$free"
    before=$(main_of laptop)
    run --separate-stderr on laptop dev-infra set app description="with $free blocks free"
    case $status in
      0)
        done=$((done + 1))
        differ "$(main_of laptop)" "$before" 'main after success'
        ;;
      128)
        failed=$((failed + 1))
        assert_stderr_line '^fatal: .'
        equal "$(main_of laptop)" "$before" 'main after failure'
        ;;
      *) explain "with $free blocks free" ;;
    esac
    runs 0 on laptop dev-infra-ls-projects --format='%(name)'
    assert_output app
    clear_disk
    sound laptop
  done
  [ "$failed" -ge 1 ] || explain 'it never failed'
  [ "$done" -ge 1 ] || explain 'it never succeeded'
  succeeds on laptop dev-infra set app description=afterwards
  equal "$(field laptop app description)" '"afterwards"'
}

@test "a full disk as standard output is an error of every command that prints" {
  local command full
  app_and_lib
  printf 'name: app\n' >laptop/src/app/.dev-infra.yml
  for command in 'dev-infra list' 'dev-infra list --json' 'dev-infra show app' 'dev-infra path app' 'dev-infra log' \
    'dev-infra status' 'dev-infra version' 'dev-infra help -a' 'dev-infra --version' 'dev-infra list -h' \
    'dev-infra-ls-projects' 'dev-infra-cat-project app' 'dev-infra-hash-project src/app' 'dev-infra-ls-repos src' \
    'dev-infra-read-meta src/app' 'dev-infra-check-url /srv/x.git' 'dev-infra-diff-registry main~1 main' \
    'dev-infra-merge-registry main main' 'dev-infra-update-view --stdout' 'dev-infra config dev-infra.machine' \
    'dev-infra config --list' 'dev-infra remote -h' 'dev-infra push -h' 'dev-infra completion bash' 'dev-infra completion zsh' \
    'dev-infra completion fish' 'dev-infra shell-init bash' 'dev-infra shell-init zsh' 'dev-infra shell-init --key ctrl-g fish' \
    'dev-infra shell-init sh'; do
    run --separate-stderr on laptop sh -c "exec $command >/dev/full"
    full=$status
    [ "$full" -ne 0 ] || explain "ended with 0 although nothing was printed: $command"
    [ -n "$stderr" ] || explain "silent: $command"
    case $command in
      *config*) ;; # git's own status
      *completion* | *shell-init*) equal "$full $stderr" '128 fatal: writing standard output failed' "$command" || return ;;
      *) refute_crash || explain "$command" ;;
    esac
  done
}

@test "a closed pipe is not a silent success" {
  local code
  app_and_lib
  for command in 'dev-infra list' dev-infra-ls-projects 'dev-infra-cat-project app' 'dev-infra-ls-repos src'; do
    # shellcheck disable=SC2086
    code=$(
      set +o pipefail
      { sleep 0.2 && on laptop $command 2>/dev/null; echo $? >&4; } 4>"$BATS_TEST_TMPDIR/code" | true
      cat "$BATS_TEST_TMPDIR/code"
    )
    case $code in
      128 | 141) ;;
      *) explain "$command ended with $code" ;;
    esac
  done
}

@test "temporary files are gone after a pull, a push and their failures" {
  app_and_lib
  mkdir tmp
  export TMPDIR=$WORLD/tmp
  pushed_to_origin
  succeeds on laptop dev-infra pull
  succeeds on laptop dev-infra remote set-url origin "$WORLD/forge/none.git"
  refuses 128 origin on laptop dev-infra pull
  refuses 128 origin on laptop dev-infra push
  equal "$(find tmp -mindepth 1)" ''
  equal "$(find laptop/.dev-infra -name '*tmp*' -o -name '*.lock' -size +0)" ''
}

@test "a signal in the middle of a write ends the command after it, and nothing half-done stays" {
  local state
  command -v strace >/dev/null || skip 'a signal at one call of the system needs strace'
  app_and_lib
  bare_remote registry
  succeeds on laptop dev-infra-update-state
  state=$(cd laptop/.dev-infra && find refs/dev-infra/state -type f)
  # signalled CALL FILE COMMAND...: it is sent SIGTERM at a call of the system that names FILE; at any of these where that is empty
  signalled() {
    local call=$1 file=$2
    shift 2
    run on laptop strace -f -qq -o /dev/null ${file:+-P "$WORLD/laptop/$file"} -e "trace=$call" -e "inject=$call:signal=TERM" "$@"
    equal "$status" 143 "$*"
    equal "$(find laptop -name '*.lock' -size +0 -o -name '.dev-infra-tmp-??????')" '' "$*"
    [ -z "$file" ] || [ ! -e "laptop/$file" ] || explain "$file is there after: $*"
  }
  signalled openat .dev-infra/refs/heads/main.lock dev-infra set app status=paused
  signalled openat ".dev-infra/$state.lock" dev-infra-update-state
  signalled openat .dev-infra/config.lock dev-infra remote add origin "$REMOTE"
  signalled fchmod '' dev-infra hooks install --global
  # What was under way was done, and nothing stands in the way of what comes next.
  equal "$(field laptop app status)" '"paused"'
  equal "$(on laptop dev-infra remote get-url origin)" "$REMOTE"
  succeeds on laptop dev-infra push
  sound laptop
}

@test "a git lock that a killed process left behind is removed, and said so" {
  app_and_lib
  : >laptop/.dev-infra/refs/heads/main.lock
  touch -d '1 hour ago' laptop/.dev-infra/refs/heads/main.lock
  runs 0 on laptop dev-infra set app status=paused
  assert_stderr_line '^warning: .*main\.lock'
  equal "$(field laptop app status)" '"paused"'
  [ ! -e laptop/.dev-infra/refs/heads/main.lock ]
}

# ---------------------------------------------------------------- secrets and hostile URLs

# secrets_in GIT_DIR: lines with a secret in any file or object of a repository.
secrets_in() {
  grep -r -a -i -e s3cr3t -e t0k3n "$1" || true
  git --git-dir="$1" cat-file --batch-all-objects --batch | grep -a -i -e s3cr3t -e t0k3n || true
}

@test "passwords and tokens in URLs are never stored, shown or sent" {
  local command
  bare_remote registry
  project laptop src/app https://user:s3cr3t@github.com/acme/app.git
  git -C laptop/src/app remote add backup https://t0k3n@gitlab.com/acme/app.git
  git -C laptop/src/app remote add third ssh://git:s3cr3t@example.org/app.git
  git -C laptop/src/app remote add encoded 'https://user:s3cr3t%40@EXAMPLE.org:443/app.git'
  git -C laptop/src/app remote add upper 'HTTPS://user:s3cr3t@example.org/app.git'
  project laptop src/alias hub:acme/alias.git
  on laptop git config --global url.https://user:s3cr3t@github.com/.insteadOf hub:
  project laptop src/quoted $'https://user:s3cr3t@example.org/new\nline'
  mkdir said
  said() { "$@" >>said/out 2>>said/err || true; }
  said on laptop dev-infra register src/app src/alias src/quoted
  said on laptop dev-infra remote add origin "$REMOTE"
  said on laptop dev-infra remote add leaky 'https://user:s3cr3t@127.0.0.1:1/registry.git'
  said on laptop dev-infra remote add leaky2 'http://t0k3n@127.0.0.1:1/registry.git'
  equal "$(on laptop dev-infra remote get-url leaky)" https://127.0.0.1:1/registry.git
  # Nothing of this tool's writes such a URL; a person may have.
  git config --file "$WORLD/laptop/.dev-infra/config" remote.queried.url 'https://127.0.0.1:1/registry.git?key=s3cr3t'
  equal "$(on laptop dev-infra remote get-url queried)" 'https://127.0.0.1:1/registry.git?...'
  git config --file "$WORLD/laptop/.dev-infra/config" --remove-section remote.queried
  said on laptop dev-infra remote set-url leaky2 'https://user:s3cr3t@127.0.0.1:1/other.git'
  for command in refresh 'list --json' 'list --all' 'show app' 'show --json app' 'log -p' 'log --json' status 'push origin' \
    'pull origin' 'push leaky' 'remote -v' verify; do
    # shellcheck disable=SC2086
    said on laptop dev-infra $command
  done
  for command in 'hash-project src/app' 'hash-project --identity src/app src/alias' 'ls-projects --json' \
    'cat-project --checkouts app' 'update-view --stdout' 'check-url https://user:s3cr3t@example.org/x' \
    'check-url ssh://git:s3cr3t@example.org/x'; do
    # shellcheck disable=SC2086
    said on laptop dev-infra-$command
  done
  said on laptop dev-infra-hash-project -w --index-info src/app
  [ -s said/out ] && [ -s said/err ]
  equal "$(grep -r -i -e s3cr3t -e t0k3n said || true)" '' 'shown'
  equal "$(secrets_in laptop/.dev-infra)" '' 'stored'
  equal "$(secrets_in "$REMOTE")" '' 'sent'
  equal "$(field laptop app remote_url)" '"https://github.com/acme/app.git"'
  equal "$(on laptop dev-infra-cat-project --checkouts app | jq -c '[.checkouts[].remotes | .backup, .third]')" \
    '["https://gitlab.com/acme/app.git","ssh://git@example.org/app.git"]'
  equal "$(id_of laptop alias)" "$(printf 'remote github.com/acme/alias\n' | git hash-object --stdin)"
  machine desktop
  said on desktop dev-infra init 'https://user:s3cr3t@127.0.0.1:1/registry.git'
  equal "$(grep -r -i -e s3cr3t said || true)" '' 'shown by a failed init'
}

@test "URLs that would be options or commands are refused, and nothing is run" {
  local url main
  app_and_lib
  main=$(main_of laptop)
  for url in "--upload-pack=touch $WORLD/pwned" "-oProxyCommand=touch $WORLD/pwned" "ext::sh -c touch% $WORLD/pwned" \
    "ssh://-oProxyCommand=touch%20pwned/x" "-oProxyCommand=touch pwned:x" 'fd::17' 'unknown://host/x' 'ext::x' \
    $'https://host/new\nline' ''; do
    run --separate-stderr on laptop dev-infra remote add evil "$url"
    refute_crash
    [ "$status" -ge 128 ] || explain "remote add took $url"
    run --separate-stderr on laptop dev-infra remote add evil -- "$url"
    [ "$status" -ge 128 ] || explain "remote add -- took $url"
    equal "$(on laptop dev-infra remote)" '' "after $url"
    run --separate-stderr on laptop dev-infra-check-url -- "$url"
    refute_crash
    equal "$status" 128 "check-url $url"
    assert_clean_text "$stderr"
    # Put there by hand, it is refused where it is used.
    git config -f laptop/.dev-infra/config remote.evil.url "$url"
    git config -f laptop/.dev-infra/config remote.evil.fetch '+refs/heads/*:refs/remotes/evil/*'
    for command in push pull fetch; do
      run --separate-stderr on laptop dev-infra "$command" evil
      refute_crash
      equal "$status" 128 "$command $url"
    done
    git config -f laptop/.dev-infra/config --remove-section remote.evil
    machine fresh
    run --separate-stderr on fresh dev-infra init -- "$url"
    [ "$status" -ge 128 ] || explain "init took $url"
    [ ! -e fresh/.dev-infra ] || explain "half a registry for $url"
  done
  equal "$(main_of laptop)" "$main"
  nothing_ran
}

@test "a project's own remotes are only read, whatever they say" {
  project laptop src/app "ext::sh -c touch% $WORLD/pwned"
  project laptop src/lib
  git -C laptop/src/lib config remote.origin.url "--upload-pack=touch $WORLD/pwned"
  project laptop src/fine https://github.com/acme/fine.git
  run --separate-stderr on laptop dev-infra register src/app src/lib src/fine
  refute_crash
  [ "$status" -le 1 ]
  holds " $(names_of laptop) " ' fine '
  pushed_to_origin
  nothing_ran
  sound laptop
}

@test "a project's name and tags never become options or code" {
  app_and_lib
  succeeds on laptop dev-infra set app name='--json' tags="\$(touch $WORLD/pwned),;id"
  runs 0 on laptop dev-infra show -- --json
  assert_output_has "\$(touch $WORLD/pwned)"
  runs 0 on laptop dev-infra log -- --json
  runs 0 on laptop dev-infra path -- --json
  assert_output "$WORLD/laptop/src/app"
  nothing_ran
}

# ---------------------------------------------------------------- inside of git hooks

@test "the environment of a hook does not lead to another repository" {
  local before
  app_and_lib
  with_origin
  project laptop other
  : >laptop/other/file
  git -C laptop/other add file
  project laptop src/new
  snapshot() { find laptop/other/.git -type f -exec cksum {} + | LC_ALL=C sort; }
  before=$(snapshot)
  hook() {
    on laptop env GIT_DIR="$WORLD/laptop/other/.git" GIT_INDEX_FILE="$WORLD/laptop/other/.git/index" \
      GIT_WORK_TREE="$WORLD/laptop/other" GIT_OBJECT_DIRECTORY="$WORLD/laptop/other/.git/objects" GIT_PREFIX=sub/ \
      GIT_QUARANTINE_PATH="$WORLD/laptop/other/.git/objects" GIT_COMMON_DIR="$WORLD/laptop/other/.git" \
      GIT_ALTERNATE_OBJECT_DIRECTORIES="$WORLD/laptop/other/.git/objects" GIT_NAMESPACE=elsewhere "$@"
  }
  succeeds hook dev-infra register src/new
  assert_output "registered new ($WORLD/laptop/src/new)"
  succeeds hook dev-infra set app status=paused
  succeeds hook dev-infra push
  equal "$(remote_main)" "$(main_of laptop)"
  succeeds hook dev-infra pull
  succeeds hook dev-infra refresh
  succeeds hook dev-infra log
  succeeds hook dev-infra config dev-infra.machine
  succeeds hook dev-infra remote -v
  succeeds hook dev-infra verify
  succeeds hook dev-infra gc
  runs 0 hook dev-infra-hash-project --identity src/app
  assert_output 'remote github.com/acme/app'
  equal "$(names_of laptop)" 'app lib new'
  equal "$(snapshot)" "$before" 'the other repository'
  sound laptop
}

@test "a commit hook may register its own repository" {
  project laptop src/app https://github.com/acme/app.git
  printf '#!/bin/sh\nexec dev-infra register --quiet .\n' >laptop/src/app/.git/hooks/post-commit
  chmod +x laptop/src/app/.git/hooks/post-commit
  at laptop src/app git commit -q --allow-empty -m 'with a hook'
  equal "$(names_of laptop)" app
  equal "$(field laptop app remote_url)" '"https://github.com/acme/app.git"'
}

@test "a sign in the wrong place is not a tag, and an undo that has nothing to take back says how to go on" {
  local project
  bare_remote registry
  joined laptop desk
  project laptop src/app https://h.example/app
  succeeds on laptop dev-infra register src/app
  for project in tags=+x tags=-x tags=a,+x; do
    refuses 129 'tags= replaces all tags' on laptop dev-infra set app "$project"
  done
  succeeds on laptop dev-infra set app tags+=+x
  equal "$(on laptop dev-infra list --format '%(tags)')" +x
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  project desk src/app https://h.example/app
  succeeds on desk dev-infra register src/app
  succeeds on desk dev-infra push
  succeeds on laptop dev-infra pull
  refuses 1 'changed nothing that can be undone here' on laptop dev-infra undo
  assert_stderr_has "'dev-infra undo COMMIT'"
}
