#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2016,SC2154 # programs are written down as they are; status and output are set by bats' run
# A person at the keyboard: the time limit is for a remote that is silent, not for a person who types; a command asks once; and git's
# end is the end, whatever ssh leaves behind.
#
# Not tried here: a key whose touch an agent asks for, as the agent is not a child of ssh's and ssh says nothing of it; a browser
# that a ProxyCommand opens, for the same reason. For both there is --timeout.

load helper
load support/daemon

setup() {
  begin
  unset GIT_TERMINAL_PROMPT
  machine laptop
  project laptop src/app https://github.com/acme/app.git
  on laptop dev-infra init --name laptop
  on laptop dev-infra register --quiet src/app
  on laptop dev-infra config dev-infra.timeout 2
  mkdir -p forge/private bin
  REMOTE=$WORLD/forge/private/registry.git
  git init -q --bare -b main "$REMOTE"
  git -C "$REMOTE" config http.receivepack true
}

teardown() {
  stop_servers
  if [ -s left ]; then xargs kill <left 2>/dev/null || true; fi
}

# typing DELAY ANSWERS COMMAND…: as typist.py; sets asked, status and output.
typing() {
  run --separate-stderr on laptop python3 "$SUPPORT/typist.py" "$@"
  equal "$stderr" '' 'the typist'
  read -r status asked <<<"${lines[0]}"
  output=${output#*$'\n'}
}

# program NAME: an executable of the world from what is on stdin.
program() {
  {
    printf '#!/bin/sh\n'
    cat
  } >"bin/$1"
  chmod +x "bin/$1"
}

# fake_ssh: ssh that does on stdin what comes before it connects, and then runs the command here.
fake_ssh() {
  program ssh <<END
$(cat)
for last; do :; done
exec sh -c "\$last"
END
  export GIT_SSH=$WORLD/bin/ssh GIT_SSH_VARIANT=ssh
  on laptop dev-infra remote add origin "ssh://host$REMOTE"
}

private_http() {
  start_http "$WORLD/forge"
  on laptop dev-infra remote add origin "$HTTP_URL/private/registry.git"
}

arrived() { equal "$(remote_main)" "$(main_of laptop)" 'the remote'; }

@test "a user name and a password that are typed slowly are waited for, and a push asks for them once" {
  private_http
  typing 3 tester,s3cr3t dev-infra push
  equal "$status $asked" '0 2' "$output"
  arrived
}

@test "sync, which connects three times, and fetch --all, which asks two remotes of one host, ask once" {
  private_http
  on laptop dev-infra remote add other "$HTTP_URL/private/registry.git"
  typing 0 tester,s3cr3t dev-infra sync
  equal "$status $asked" '0 2' "$output"
  arrived
  typing 0 tester,s3cr3t dev-infra fetch --all
  equal "$status $asked" '0 2' "$output"
}

@test "what was typed is kept no longer than the command runs, and not on the disk" {
  private_http
  mkdir tmp
  TMPDIR=$WORLD/tmp typing 0 tester,s3cr3t dev-infra push
  equal "$status $asked" '0 2' "$output"
  equal "$(ls tmp)" ''
  equal "$(running_with "credential-cache--daemon $WORLD/tmp")" ''
  typing 0 tester,s3cr3t dev-infra push
  equal "$status $asked" '0 2' "$output"
  equal "$(grep -rl s3cr3t laptop tmp || true)" ''
}

@test "a wrong password is refused, and not sent again" {
  private_http
  typing 0 tester,wrong dev-infra push
  equal "$status $asked" '128 2' "$output"
  holds "$output" 'fatal: '
}

@test "a key of a service is asked for once, too" {
  machine server
  on server dev-infra init
  typing_key=$(on server dev-infra daemon key add k | tail -n 1)
  start_daemon server
  on laptop dev-infra remote add --work-prod origin "${API%/api}"
  typing 3 "me,${typing_key##* }" dev-infra push
  equal "$status $asked" '0 2' "$output"
  equal "$(names_of server --all)" app
}

@test "ssh may ask on the terminal: with and without echo, for a host's key, for two factors, behind a proxy" {
  local kind
  fake_ssh <<END
. '$WORLD/asks'
END
  for kind in passphrase 'host key' 'two factors' proxy; do
    case $kind in
      passphrase) printf 'stty -echo </dev/tty; printf "Enter passphrase for key: " >/dev/tty; read -r a </dev/tty; stty echo </dev/tty' ;;
      'host key') printf 'printf "Are you sure (yes/no/[fingerprint])? " >/dev/tty; read -r a </dev/tty; [ "$a" = open ]' ;;
      'two factors') printf 'for n in Password: "Verification code:"; do printf "%%s " "$n" >/dev/tty; read -r a </dev/tty; done' ;;
      proxy) printf 'sh -c "printf \\"Proxy password: \\" >/dev/tty; read -r a </dev/tty; true"' ;;
    esac >asks
    on laptop dev-infra set --quiet app description="$kind"
    typing 3 open dev-infra push
    equal "$status" 0 "$kind: $output"
    [ "$asked" -gt 0 ]
    arrived
  done
}

@test "a passphrase of a key is asked for once by push, and once by sync, and no connection of theirs stays" {
  start_sshd
  ssh-keygen -q -p -N 'open sesame' -f "$SERVERS/ssh/user"
  on laptop git config --global core.sshCommand "ssh -F '$SSHD_CONFIG'"
  on laptop dev-infra remote add origin "ssh://127.0.0.1:$SSHD_PORT$REMOTE"
  typing 3 'open sesame' dev-infra push
  equal "$status $asked" '0 1' "$output"
  arrived
  typing 0 'open sesame' dev-infra sync
  equal "$status $asked" '0 1' "$output"
  eventually none_with '/secrets/ssh-'
  # One who shares connections already is left alone: what is fetched, the registry and the states are a connection each.
  printf '  ControlPath %s\n' "$WORLD/own" >>"$SSHD_CONFIG"
  on laptop dev-infra set --quiet app description=shared
  typing 0 'open sesame' dev-infra push
  equal "$status $asked" '0 3' "$output"
}

@test "a window may ask: SSH_ASKPASS, GIT_ASKPASS, core.askPass; so may a credential helper, and a security key" {
  local variable
  program ask-me <<<'sleep 3
case $1 in User*) echo tester ;; *) echo s3cr3t ;; esac'
  private_http
  for variable in GIT_ASKPASS SSH_ASKPASS; do
    on laptop dev-infra set --quiet app description="$variable"
    succeeds on laptop env "$variable=$WORLD/bin/ask-me" dev-infra push
    arrived
  done
  on laptop git config --global core.askPass "$WORLD/bin/ask-me"
  on laptop dev-infra set --quiet app description=core
  succeeds on laptop dev-infra push
  arrived
  on laptop git config --global --unset core.askPass
  on laptop git config --global credential.helper \
    '!f() { [ "$1" = get ] && sleep 3 && printf "username=tester\npassword=s3cr3t\n"; }; f'
  on laptop dev-infra set --quiet app description=helper
  succeeds on laptop dev-infra push
  arrived
  on laptop dev-infra remote remove origin
  program ssh-sk-helper <<<'exec sleep "$1"'
  sed -i '1s|.*|#!/bin/sh|' bin/ssh-sk-helper
  fake_ssh <<<"bash -c 'exec -a ssh-sk-helper sleep 3'"
  on laptop dev-infra set --quiet app description=key
  succeeds on laptop dev-infra push
  arrived
}

@test "core.askPass asks as the variables do: once by a push, and for update and clone, several at a time" {
  program ask-me <<END
echo "\$1" >>'$WORLD/questions'
case \$1 in User*) echo tester ;; *) echo s3cr3t ;; esac
END
  private_http
  git init -q --bare -b main forge/private/lib.git
  project laptop src/lib "$HTTP_URL/private/lib.git"
  git -C laptop/src/lib push -q "$WORLD/forge/private/lib.git" main
  on laptop dev-infra register --quiet src/lib
  on laptop git config --global core.askPass "$WORLD/bin/ask-me"
  succeeds on laptop dev-infra push
  arrived
  equal "$(wc -l <questions)" 2 'push asks for a name and a password'
  : >questions
  succeeds on laptop dev-infra update lib
  equal "$(wc -l <questions)" 2 'so does update'
  rm -rf laptop/src/lib
  : >questions
  succeeds on laptop dev-infra clone -j 4 lib
  equal "$(wc -l <questions)" 2 'so does clone'
  [ -e laptop/src/lib/.git ] || explain 'nothing was cloned'
}

@test "a remote that is silent is given up, also after a question, and where a terminal is merely open" {
  fake_ssh <<<'printf "Password: " >/dev/tty; read -r a </dev/tty; exec sleep 300'
  SECONDS=0
  typing 3 open dev-infra fetch
  equal "$status" 128 "$output"
  holds "$output" 'said nothing for 2 seconds'
  in_time 60
  program ssh <<<'exec 3<>/dev/tty; sleep 300; true'
  SECONDS=0
  typing 0 open dev-infra fetch
  equal "$status" 128 "$output"
  holds "$output" 'said nothing for 2 seconds'
  in_time 60
}

@test "push, fetch and clone end with git, whatever ssh leaves behind with its output open" {
  SECONDS=0
  fake_ssh <<END
(exec </dev/null >/dev/null; exec sleep 600) &
echo \$! >>'$WORLD/left'
END
  succeeds on laptop dev-infra push
  arrived
  succeeds on laptop dev-infra fetch
  machine desktop
  succeeds on desktop dev-infra init "ssh://host$REMOTE"
  git init -q --bare -b main forge/lib.git
  project laptop src/lib "ssh://host$WORLD/forge/lib.git"
  git -C laptop/src/lib push -q "$WORLD/forge/lib.git" main
  on laptop dev-infra register --quiet src/lib
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull
  succeeds on desktop dev-infra clone lib
  in_time 200
  [ -s left ]
}

@test "several clones at a time ask nobody; those that need a person come after the others, and a host that lets nobody in asks once" {
  local name
  start_http "$WORLD/forge"
  for name in one two; do
    git init -q --bare -b main "forge/private/$name.git"
    git -C "forge/private/$name.git" config http.receivepack true
    project laptop "src/$name" "$HTTP_URL/private/$name.git"
    git -C "laptop/src/$name" push -q "$WORLD/forge/private/$name.git" main
  done
  git init -q --bare -b main forge/open.git
  project laptop src/open "$WORLD/forge/open.git"
  git -C laptop/src/open push -q origin main
  on laptop dev-infra register --quiet src/one src/two src/open
  rm -rf laptop/src/one laptop/src/two laptop/src/open
  typing 0 tester,wrong dev-infra clone -j 4 one two open
  equal "$status $asked" '1 2' "$output"
  equal "$(cd laptop/src && echo *)" 'app open'
  typing 0 tester,s3cr3t dev-infra clone -j 4 one two
  equal "$status $asked" '0 2' "$output"
  equal "$(cd laptop/src && echo *)" 'app one open two'
  # Without a terminal they fail at once.
  rm -rf laptop/src/one
  runs 1 on laptop setsid dev-infra clone -j 4 one
}

@test "where there is neither a terminal nor a window, a credential helper that hangs is given up, by git and by the REST remote" {
  private_http
  on laptop git config --global credential.helper '!sleep 300; :'
  export DEV_INFRA_TEST_ATTENDANCE=3
  # A session of its own has no terminal to ask on.
  SECONDS=0
  runs 128 on laptop env -u DISPLAY -u WAYLAND_DISPLAY setsid --wait dev-infra push
  in_time 100
  assert_stderr_has 'said nothing for'
  on laptop dev-infra remote remove origin
  on laptop dev-infra remote add --work-prod origin "$HTTP_URL/private/registry.git"
  SECONDS=0
  runs 128 on laptop env -u DISPLAY -u WAYLAND_DISPLAY setsid --wait dev-infra push
  in_time 100
}
