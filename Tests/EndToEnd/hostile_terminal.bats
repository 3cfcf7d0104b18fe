#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# A terminal gets printable text, newlines, tabs and our own colours, whatever names, commits and servers hold.

load helper
load support/daemon

# Marks that reorder or hide, where they are legal: in names, descriptions, tags.
MARKS=$'\u202e\u200b\u2066\ufeff\u00ad\u061c'

# hostile_server: what a remote says by ssh, and its repository; sets GIT_SSH_COMMAND.
hostile_server() {
  bare_remote hostile
  cat >"$REMOTE/hooks/post-update" <<'END_HOOK'
#!/bin/sh
printf 'banner\033[8m hidden\033]0;title\007\nfirst\rsecond\n\302\2338m \342\200\256 \377 \177\n'
END_HOOK
  chmod +x "$REMOTE/hooks/post-update"
  cat >"$WORLD/ssh" <<'END_SSH'
#!/bin/sh
printf 'banner \033[2J\033[8m \302\2338m \342\200\256\342\200\213 \377\nfirst\rsecond\n' >&2
while [ "$1" != host ]; do shift; done
shift
exec sh -c "$*"
END_SSH
  chmod +x "$WORLD/ssh"
  export GIT_SSH_COMMAND=$WORLD/ssh GIT_SSH_VARIANT=simple
}

# hostile_commit: a commit of the registry that no command of ours makes.
hostile_commit() {
  local tree commit
  tree=$(registry_git laptop rev-parse 'main^{tree}')
  commit=$(
    GIT_AUTHOR_NAME=$'A\e[8m\u202e\u009b31m' GIT_COMMITTER_NAME=$'C\u200b\a' \
      registry_git laptop commit-tree -p main "$tree" -m $'evil\e[8m\e]0;x\a \u202e \u009b8m \x7f\r over\n\nbody\e[2J\u2028\n+\e[31mplus'
  )
  registry_git laptop update-ref refs/heads/main "$commit"
}

setup() {
  local name
  begin
  machine laptop
  export TERM=xterm PAGER=cat MANPAGER=cat
  export TMPDIR=$WORLD/tmp
  mkdir "$TMPDIR"
  printf '[protocol "file"]\n\tallow = always\n' >>"$WORLD/laptop/.gitconfig"
}

teardown() { stop_servers; }

hostile_world() {
  succeeds on laptop dev-infra init --name $'lap\u202etop\u200b'
  hostile_server
  PROJECTS=()
  local name
  for name in "marks$MARKS" $'bell\a\e[31mred' $'c1\u009b8m' $'bad\xff\xfeutf8' $'del\x7f\rcr'; do
    project laptop "src/$name" "ssh://host/$WORLD/forge/nosuch-${#PROJECTS[@]}.git"
    PROJECTS+=("src/$name")
  done
  git -C "$WORLD/laptop/src/marks$MARKS" checkout -q -b "branch$MARKS"
  local escaped='\u202e\u200b\u2066\ufeff\u00ad\u061c'
  printf '%s: "n%s"\n' name "$escaped" description "$escaped" organization "$escaped" >"$WORLD/laptop/src/marks$MARKS/.dev-infra.yml"
  printf 'tags: ["t%s"]\n' "$escaped" >>"$WORLD/laptop/src/marks$MARKS/.dev-infra.yml"
  project laptop $'src/plain\u202e'
  succeeds on laptop dev-infra register --recursive src
  succeeds on laptop dev-infra remote add banner "ssh://host$REMOTE"
  succeeds on laptop dev-infra remote add $'mirror\u202e' "$WORLD/forge/mirror$MARKS.git"
  git init -q --bare "$WORLD/forge/mirror$MARKS.git"
  succeeds on laptop dev-infra remote add error ssh://host/nosuch
  registry_git laptop config remote.error.url "ssh://host/nosuch$MARKS"
  succeeds on laptop dev-infra config dev-infra.remote banner
  registry_git laptop config dev-infra.evil $'v\u202e\u009b8m'
  succeeds on laptop dev-infra push
  hostile_commit
  printf '%s\n' $'https://h.example/\e[8m' $'\u202e\u009b\x7f' $'projects: {"a\u202e": {url: "\xff"}}' $'name,remote_url\n"\e[8m",x' >"$WORLD/laptop/list"
}

@test "no command lets anything through to a terminal that steers it or deceives who reads it" {
  hostile_world
  runs 0 on laptop "$SUPPORT/hostile_terminal.py" "${BATS_TEST_DIRNAME%/Tests/EndToEnd}/man/command-list.txt" \
    "$DEV_INFRA_PREFIX/libexec/dev-infra" "${PROJECTS[0]}" "${PROJECTS[1]}" "${PROJECTS[3]}" "n$MARKS"
  nothing_ran
  equal "$(ls -A "$TMPDIR")" '' 'what is left of scratch directories'
}

@test "to a pipe and with -z every byte goes as it is" {
  hostile_world
  runs 0 on laptop sh -c 'dev-infra ls-projects -z --format="%(name)" | tr "\0" "\n"'
  holds "$output" "n$MARKS"
  succeeds on laptop dev-infra-cat-project "n$MARKS"
  equal "$(jq -r .name <<<"$output")" "n$MARKS"
}

@test "what a server says is passed on line by line, and cannot overwrite what it has said" {
  hostile_world
  succeeds on laptop dev-infra-fetch-pack --progress banner
  assert_stderr_has $'banner \\033[2J\\033[8m \\u009b8m \\u202e\\u200b \\377\nfirst\nsecond'
  succeeds on laptop dev-infra-send-pack --progress banner
  assert_stderr_has $'remote: banner\\033[8m hidden\\033]0;title\\a'
  refute_stderr_has $'\e'
  # git's progress still overwrites itself.
  [[ $stderr == *$'Counting objects: '*%*$'\r'* ]] || explain 'no progress'
}

@test "nothing but Terminal and the filter of the scripts writes to standard output and standard error" {
  local sources=${BATS_TEST_DIRNAME%/Tests/EndToEnd}/Sources
  run grep -rnE --include=*.swift '(^|[^.A-Za-z])(print|debugPrint|fputs|puts|perror)\(|to: [12],|STD(OUT|ERR)_FILENO|standard(Output|Error)[,.)]' "$sources"
  equal "$(grep -vE "^$sources/CLI/(Terminal/|dev-infra/EscapeText.swift:)" <<<"$output")" ''
}

@test "the daemon's log shows what clients send as escapes, a line each" {
  local port
  machine server
  succeeds on server dev-infra init
  start_daemon server --log-level debug
  port=${API#http://*:}
  port=${port%%/*}
  python3 "$SUPPORT/raw_http.py" "$port" \
    'GET /api/projects?a=\xe2\x80\xae\xc2\x9b8m\xff HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \xe2\x80\xae\xc2\x9b\r\nConnection: close\r\n\r\n' >answer
  python3 "$SUPPORT/raw_http.py" "$port" 'GET /api/\x1b[8m\x9b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >>answer
  call GET "/api/projects?b=%e2%80%ae%0afatal"
  stop_daemon
  [ -s "$DAEMON_LOG" ]
  equal "$(LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae|\xff|\xc2\x9b' "$DAEMON_LOG")" ''
  equal "$(grep -n '^fatal' "$DAEMON_LOG")" ''
}
