#!/usr/bin/env bats
# DEV_INFRA_TRACE: what a command shows of its work, where to, and what it never shows.

load helper

setup() {
  begin
  machine laptop
  bare_remote reg
  project laptop src/app https://git.example.org/acme/app.git
}

teardown() { stop_servers; }

# traced COMMAND…: runs it on the laptop; sets trace to what it wrote to a file of its own.
traced() {
  rm -f "$WORLD/trace"
  runs "${expected:-0}" on laptop env DEV_INFRA_TRACE="$WORLD/trace" "$@"
  trace=$(cat "$WORLD/trace")
}

@test "a plain register shows its arguments, the lock, objects, the ref, and its end with status and time" {
  succeeds on laptop dev-infra init
  traced dev-infra register src/app
  assert_output "registered app ($WORLD/laptop/src/app)"
  [ -z "$stderr" ] || explain 'the trace went to stderr too'
  holds "$trace" 'dev-infra: start: dev-infra register src/app'
  holds "$trace" 'dev-infra: exec: '
  holds "$trace" 'dev-infra-register: start: dev-infra-register src/app'
  holds "$trace" "dev-infra-register: repository opened: $WORLD/laptop/src/app"
  holds "$trace" "dev-infra-register: lock taken: $WORLD/laptop/.dev-infra/dev-infra.lock, 0."
  holds "$trace" 'dev-infra-register: objects written: '
  grep -qE "dev-infra-register: ref moved: refs/heads/main [0-9a-f]{40} $(main_of laptop)$" <<<"$trace"
  grep -qE 'dev-infra-register: end: status 0, [0-9]+\.[0-9]{3} s$' <<<"$trace"
  # A line is a time, a process, a program and an event, and no line is anything else.
  ! grep -vE '^[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6} [0-9]+ (dev-infra|git)[a-z-]*: ' <<<"$trace" || false
}

@test "a push shows the scripts, every git that is run, and how each ended" {
  succeeds on laptop dev-infra init "$REMOTE"
  succeeds on laptop dev-infra register src/app
  traced dev-infra push
  holds "$trace" 'dev-infra-push: start: dev-infra-push'
  holds "$trace" 'dev-infra-push: run: git --git-dir='
  holds "$trace" 'dev-infra-push: end: status 0'
  grep -qE 'dev-infra-send-pack: run: \[[0-9]+\] git .* push ' <<<"$trace"
  grep -qE 'dev-infra-send-pack: ended: \[[0-9]+\] git, status 0, ' <<<"$trace"
  # Every program that was run has ended.
  equal "$(grep -c ': run: \[' <<<"$trace")" "$(grep -c ': ended: \[' <<<"$trace")"
}

@test "a failure, a usage error and a signal show their status" {
  expected=128 traced dev-infra show nothing
  holds "$trace" 'dev-infra-show: end: status 128'
  expected=129 traced dev-infra show --nosuch
  holds "$trace" 'dev-infra-show: end: status 129'
  expected=129 traced dev-infra push one two three
  holds "$trace" 'dev-infra-push: end: status 129'
  expected=1 traced dev-infra nosuchcommand
  holds "$trace" 'dev-infra: end: status 1'
}

@test "1, 2 and true are stderr, 3 to 9 a descriptor, a path is appended to; 0, false and nothing are off" {
  local value
  for value in 1 2 true TRUE; do
    runs 0 on laptop env DEV_INFRA_TRACE=$value dev-infra version
    assert_stderr_has 'dev-infra: start: dev-infra version'
    refute_output_has 'start:'
  done
  for value in '' 0 false False; do
    quietly on laptop env DEV_INFRA_TRACE=$value dev-infra version
    quietly on laptop env DEV_INFRA_TRACE=$value dev-infra completion bash
  done
  DEV_INFRA_TRACE=7 quietly on laptop dev-infra version 7>"$WORLD/seven"
  holds "$(cat "$WORLD/seven")" 'end: status 0'
  DEV_INFRA_TRACE=$WORLD/file quietly on laptop dev-infra version
  DEV_INFRA_TRACE=$WORLD/file quietly on laptop dev-infra version
  equal "$(grep -c ' start: ' "$WORLD/file")" 2
  equal "$(stat -c %a "$WORLD/file")" 600
}

@test "a value that means nothing, a closed descriptor and a file that cannot be opened are a warning, and stop nothing" {
  local value
  mkfifo "$WORLD/pipe"
  mkdir "$WORLD/folder"
  for value in yes 10 relative/path 8 "$WORLD/nowhere/file" "$WORLD/folder" "$WORLD/pipe"; do
    runs 0 timeout 60 env HOME="$WORLD/laptop" DEV_INFRA_TRACE="$value" dev-infra version 8>&-
    assert_stderr_line '^warning: .*DEV_INFRA_TRACE'
    assert_output_has 'dev-infra'
  done
  # A descriptor for reading only.
  runs 0 env HOME="$WORLD/laptop" DEV_INFRA_TRACE=8 dev-infra version 8</dev/null
  assert_stderr_line '^warning: .*DEV_INFRA_TRACE'
}

@test "no file that is opened later gets lines of a trace" {
  succeeds on laptop dev-infra init
  # Nothing is open as 3 here; what the command opens first would be.
  runs 0 env HOME="$WORLD/laptop" DEV_INFRA_TRACE=3 dev-infra register "$WORLD/laptop/src/app" 3>&-
  sound laptop
  ! grep -rqaE ' (start|end|lock taken): ' "$WORLD/laptop/.dev-infra" || false
}

@test "no secret is shown, wherever it stands" {
  local secret=s3cr3t-0123456789 command
  succeeds on laptop dev-infra init
  while IFS= read -r command; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop env DEV_INFRA_API_KEY=$secret DEV_INFRA_TRACE="$WORLD/all" $command
  done <<END
dev-infra remote add one https://ann:$secret@git.example.org/reg.git
dev-infra remote add --work-prod two http://ann:$secret@127.0.0.1:9/
dev-infra push one
dev-infra fetch two
dev-infra config http.extraHeader Authorization:$secret
dev-infra config http.https://git.example.org.extraHeader Bearer-$secret
dev-infra -c http.extraHeader=X:$secret list
dev-infra list --token=$secret
dev-infra list --password $secret
dev-infra check-url https://ann:$secret@git.example.org/x https://h.example/x?private_token=$secret
dev-infra-check-url ssh://ann:$secret@h.example/x
dev-infra clone https://oauth2:$secret@git.example.org/acme/app.git
dev-infra register $secret
git-remote-work-prod two work-prod::http://ann:$secret@127.0.0.1:9/
END
  [ "$(grep -c ' start: ' "$WORLD/all")" -gt 14 ] || explain 'hardly anything was traced'
  lacks "$(cat "$WORLD/all")" "$secret"
}

@test "a repository's names cannot steer a terminal or forge a line through the trace" {
  local name=$'ev\033[31mil\n00:00:00.000000 1 dev-infra: end: status 0'
  succeeds on laptop dev-infra init
  mkdir -p "$WORLD/laptop/$name"
  git init -q "$WORLD/laptop/$name"
  commit_in "$WORLD/laptop/$name" x
  traced dev-infra register "$name"
  assert_clean_text "$trace"
  ! grep -q '^00:00:00.000000 1 ' <<<"$trace" || false
}

@test "a hook that registers in the background leaves the push alone" {
  succeeds on laptop dev-infra init
  succeeds at laptop src/app dev-infra hooks install
  git init -q --bare "$WORLD/forge/app.git"
  git -C "$WORLD/laptop/src/app" remote set-url origin "$WORLD/forge/app.git"
  runs 0 at laptop src/app env DEV_INFRA_TRACE="$WORLD/hook" git push -q origin main
  [ -z "$stderr" ] || explain 'the push says something'
  holds "$(cat "$WORLD/hook")" 'dev-infra-hook-register: start: '
}

@test "the hooks by which a daemon takes a push write beside it, and tell the client nothing of that" {
  machine server
  succeeds on laptop dev-infra init
  succeeds on laptop dev-infra register src/app
  launch_daemon "$WORLD/server" DEV_INFRA_TRACE="$WORLD/trace"
  succeeds on laptop dev-infra remote add origin "$DAEMON_URL/registry.git"
  runs 0 on laptop dev-infra push --no-state
  lacks "$stderr" 'pre-receive'
  trace=$(cat "$WORLD/trace")
  grep -qE ' pre-receive: start: ' <<<"$trace"
  grep -qE ' pre-receive: end: status 0, ' <<<"$trace"
  grep -qE ' proc-receive: end: status 0, ' <<<"$trace"
  eventually grep -qE ' dev-infra-daemon: ended: \[[0-9]+\] sh, status 0, ' "$WORLD/trace"
  # Where the trace goes to stderr, that is the client's for a hook.
  launch_daemon "$WORLD/server" DEV_INFRA_TRACE=1 --registry "$WORLD/other"
  succeeds on laptop dev-infra remote add other "$DAEMON_URL/registry.git"
  runs 0 on laptop dev-infra push --no-state other
  lacks "$stderr" 'pre-receive'
}
