#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# URLs: no password in any spelling is stored, shown or sent; no project's URL is a registry's remote; a key goes only to
# the service that it was given for.

load helper
load support/faults

setup() {
  begin
  begun laptop
  LAPTOP=$(registry_of laptop)
}

teardown() { stop_servers; }

# kept TEXT: it is in no object, reference, file or setting of the registry.
kept() {
  registry_git laptop log --all -p | grep -F -e "$1" && return
  grep -rF -e "$1" "$LAPTOP" --exclude-dir=objects
}

@test "no spelling of a password gets into the registry or a message" {
  local url number=0
  project laptop src/app https://github.com/acme/app.git
  for url in 'https:/u:SECRET@h.org/x' '//u:SECRET@h.org/x' 'https:///u:SECRET@h.org/x' 'HTTPS:\\u:SECRET@h.org/x' \
    'http:u:SECRET@h.org/x' 'u:SECRET@h.org:x' 'u:SECRET@h.org/x' 'ssh://u%3ASECRET@h.org/x' 'ssh://u:SECRET@h.org/x' \
    'https://u:SECRET@h.org/x' 'git+https://u:SECRET@h.org/x' 'https://h.org/x?access_token=SECRET' \
    'https://h.org/x%3Faccess_token=SECRET' 'ssh://h.org/x?access_token=SECRET' 'https://x-access-token:SECRET@h.org/x' \
    'https://p.org/https://u:SECRET@h.org/x' 'https://u:p%40SECRET@h.org/x' 'h.org:x#token=SECRET' '/srv/u:SECRET@h.org/x' \
    'work-prod::https://u:SECRET@h.org' 'codecommit::eu-west-1://u:SECRET@x' 'git@h.org:u:SECRET@x'; do
    number=$((number + 1))
    git -C "$WORLD/laptop/src/app" config "remote.r$number.url" "$url"
  done
  git -C "$WORLD/laptop/src/app" config remote.origin.url 'https:/u:SECRET@h.org/x'
  succeeds on laptop dev-infra register src/app
  lacks "$stderr$output" SECRET 'what register says'
  succeeds on laptop dev-infra refresh
  lacks "$stderr$output" SECRET 'what refresh says'
  run --separate-stderr on laptop dev-infra list --all --json
  lacks "$stderr$output" SECRET
  run kept SECRET
  equal "$output" '' 'what the registry keeps'
  for url in 'https:/u:SECRET@h.org/x' '//u:SECRET@h.org/x' 'u:SECRET@h.org/x' 'git@h.org:x?token=SECRET'; do
    run --separate-stderr on laptop dev-infra-check-url -- "$url"
    equal "$status" 128 "$url"
    lacks "$stderr$output" SECRET
    run --separate-stderr on laptop dev-infra remote add bad "$url"
    [ "$status" -ne 0 ] || explain "taken: $url"
    lacks "$stderr$output" SECRET
  done
  run kept SECRET
  equal "$output" '' 'what the registry keeps'
  sound laptop
}

@test "a URL in the place of a name, a directory, a remote or a file is not shown with its password" {
  local url command
  registered laptop app
  for url in 'https://u:SECRET@h.org/x' '//u:SECRET@h.org/x' 'https:/u:SECRET@h.org/x' 'https//u:SECRET@h.org/x' 'ssh://u:SECRET@h.org/x' \
    'u:SECRET@h.org:x' 'https://ghp_SECRET0123456789@h.org/x' 'https://h.org/x?access_token=SECRET' './u:SECRET@h.org'; do
    for command in 'show' 'path' 'list' 'state' 'log' 'open' 'forget' 'rm -n' 'clone -n' 'refresh' 'register' 'adopt' 'hash-project' \
      'cat-project' 'ls-repos' 'read-meta' 'fill-template' 'fetch' 'push' 'pull' 'remote rm' 'remote get-url' 'remote set-url origin' \
      'import urls' 'rank import' 'rank add' 'export urls' 'hooks install --repo' 'machine remove' 'undo' 'help' 'list --where' \
      'new --template' 'nosuch'; do
      # shellcheck disable=SC2086 # several words
      run --separate-stderr on laptop timeout 60 dev-infra $command "$url" </dev/null
      lacks "$stderr$output" SECRET "$command $url" || return
    done
  done
  # What only looks a little like one is shown as it is.
  refuses 1 "no project is known by 'ann@h.org:x'" on laptop dev-infra show ann@h.org:x
}

@test "a user name alone is not a password" {
  project laptop src/az https://Org@dev.azure.com/Org/Proj/_git/Repo
  project laptop src/tk https://ghp_0123456789abcdefghijklmnopqrstuvwxyzAB@github.com/o/tk
  quietly on laptop dev-infra register src/az
  quietly on laptop dev-infra register src/az
  quietly on laptop dev-infra refresh
  equal "$(field laptop az remote_url)" '"https://dev.azure.com/Org/Proj/_git/Repo"'
  succeeds on laptop dev-infra register src/tk
  assert_stderr_has 'has a password in its URL'
  run kept ghp_
  equal "$output" '' 'what the registry keeps'
}

@test "no project's remote is one of a registry, wherever it comes from" {
  local url entry blob
  with_origin
  project laptop src/app
  for url in work-prod::http://127.0.0.1:9/ ext::sh gcrypt::https://h.org/x -oProxyCommand=x 'codecommit::eu-west-1://-x'; do
    git -C "$WORLD/laptop/src/app" config remote.origin.url "$url"
    on laptop dev-infra register --quiet src/app 2>/dev/null
    equal "$(field laptop app remote_url)" null "$url"
  done
  git -C "$WORLD/laptop/src/app" remote remove origin
  succeeds on laptop dev-infra push
  machine desk
  on desk dev-infra init --name desk "$REMOTE" >/dev/null
  entry=$(on laptop dev-infra-cat-project app)
  blob=$(jq -S '.remote_url = "work-prod::http://127.0.0.1:9/"' <<<"$entry" | registry_git desk hash-object -w --stdin)
  run --separate-stderr on desk dev-infra-update-registry --index-info <<<"100644 $blob	$(file_of laptop app)"
  equal "$status" 128
  assert_stderr_has "is the remote of a registry, and of no project"
  # A version without the rule would have taken it, and sent it on.
  GIT_INDEX_FILE=$WORLD/index registry_git desk read-tree refs/heads/main
  GIT_INDEX_FILE=$WORLD/index registry_git desk update-index --add --cacheinfo "100644,$blob,$(file_of laptop app)"
  registry_git desk update-ref refs/heads/main \
    "$(registry_git desk commit-tree -p refs/heads/main -m forged "$(GIT_INDEX_FILE=$WORLD/index registry_git desk write-tree)")"
  registry_git desk push -q "$REMOTE" refs/heads/main
  succeeds on laptop dev-infra pull
  assert_stderr_has "set aside $(file_of laptop app)"
  equal "$(field laptop app remote_url)" null
  runs 1 on desk dev-infra-verify-registry
  assert_output_has 'is the remote of a registry'
}

@test "CodeCommit's URLs are kept, and git is told to use the helper only where the user allows it" {
  mkdir -p "$WORLD/bin"
  cat >"$WORLD/bin/git-remote-codecommit" <<END
#!/bin/sh
echo ran >>"$WORLD/ran"
exit 1
END
  chmod +x "$WORLD/bin/git-remote-codecommit"
  PATH=$WORLD/bin:$PATH
  project laptop src/orders codecommit::eu-west-1://work@orders
  project laptop src/billing codecommit::eu-west-1://work@billing orders
  quietly on laptop dev-infra register src/orders src/billing
  equal "$(names_of laptop)" 'billing orders'
  equal "$(field laptop orders remote_url)" '"codecommit::eu-west-1://work@orders"'
  rm -r "$WORLD/laptop/src/orders"
  run --separate-stderr on laptop dev-infra clone --missing
  [ ! -e "$WORLD/ran" ] || explain 'the helper ran, and nobody had allowed it'
  GIT_ALLOW_PROTOCOL=file:codecommit run --separate-stderr on laptop dev-infra clone --missing
  [ -e "$WORLD/ran" ] || explain 'the helper did not run where it was allowed'
}

# ---------------------------------------------------------------- keys

# with_key COMMAND…: runs it with a key in the environment.
with_key() { DEV_INFRA_API_KEY=open-sesame-4711 "$@"; }

# seen SERVER: the requests that came with a key.
seen() { grep -c ' key' "$1/log" || true; }

@test "a key goes to the configured service, and to nothing else that git is sent to" {
  local other
  start_service --plain
  start_faults "$SERVICE"
  other=$FAULTS other_port=$FAULTS_PORT
  start_faults "$SERVICE"
  on laptop dev-infra remote add --work-prod wp "http://127.0.0.1:$FAULTS_PORT"
  project laptop src/app
  on laptop dev-infra register --quiet src/app
  with_key succeeds on laptop dev-infra push wp
  [ "$(seen "$FAULTS")" -gt 0 ] || explain 'the key was not sent where it belongs'
  # By hand, from a repository that only says that it has such a remote, and from the registry to another URL.
  git init -q "$WORLD/laptop/x"
  git -C "$WORLD/laptop/x" remote add origin "work-prod::http://127.0.0.1:$other_port"
  git -C "$WORLD/laptop/x" config dev-infra.machine 00000000000000aa
  with_key on laptop git -C x fetch origin >/dev/null 2>&1 || true
  with_key on laptop git clone -q "work-prod::http://127.0.0.1:$other_port" y >/dev/null 2>&1 || true
  with_key registry_git laptop fetch -q "work-prod::http://127.0.0.1:$other_port" >/dev/null 2>&1 || true
  [ -s "$other/log" ] || explain 'the other service was never asked'
  equal "$(seen "$other")" 0 'requests with a key at the other service'
}

@test "where there are several services somebody has to say which one the key is for" {
  local other other_port
  start_service --plain
  start_faults "$SERVICE"
  other=$FAULTS other_port=$FAULTS_PORT
  start_faults "$SERVICE"
  on laptop dev-infra remote add --work-prod one "http://127.0.0.1:$FAULTS_PORT"
  on laptop dev-infra remote add --work-prod two "http://127.0.0.1:$other_port"
  project laptop src/app
  on laptop dev-infra register --quiet src/app
  with_key succeeds on laptop dev-infra push one
  assert_stderr_has 'DEV_INFRA_API_KEY is not sent to'
  equal "$(seen "$FAULTS") $(seen "$other")" '0 0'
  on laptop dev-infra config dev-infra.apiKeyHost "127.0.0.1:$other_port"
  with_key succeeds on laptop dev-infra push two
  with_key succeeds on laptop dev-infra fetch one
  equal "$(seen "$FAULTS")" 0
  [ "$(seen "$other")" -gt 0 ] || explain 'the key was not sent where it belongs'
}
