#!/usr/bin/env bats
# Every run of git has the name of one of the five environments, and what that may run and connect to: a `git` that is first on PATH
# writes down with what it was called while all commands are walked through.

load helper

setup() {
  begin
  machine laptop
  CALLS=$WORLD/calls
  mkdir -p wrapper
  cat >wrapper/git <<END
#!/bin/sh
# In one piece: several run at a time.
line=\$({
  printf 'name=%s allow=%s lazy=%s askpass=%s ssh=%s' "\${DEV_INFRA_GIT_ENVIRONMENT-}" "\${GIT_ALLOW_PROTOCOL-unset}" \\
    "\${GIT_NO_LAZY_FETCH-}" "\${GIT_ASKPASS-unset}" "\${GIT_SSH_COMMAND-unset}"
  for word; do printf ' [%s]' "\$word" | tr '\\n' ' '; done
})
printf '%s\\n' "\$line" >>'$CALLS'
exec '$(command -v git)' "\$@"
END
  chmod 755 wrapper/git
}

teardown() { stop_servers; }

# watched COMMAND…: runs it on the machine with the wrapper first on PATH, whatever its status.
watched() {
  run --separate-stderr on "${MACHINE:-laptop}" env PATH="$WORLD/wrapper:$PATH" "$@"
  refute_crash
}

# calls_of TEXT: the calls with TEXT in them.
calls_of() { grep -F -- "$1" "$CALLS" || true; }

# serves COMMAND: has `dev-infra daemon` or `web` serve the machine's registry, and git clone it from there.
serves() {
  local url
  case $1 in
    daemon) launch_daemon "$WORLD/laptop" PATH="$WORLD/wrapper:$PATH" && url=$DAEMON_URL ;;
    web)
      start_server env -C "$WORLD/laptop" HOME="$WORLD/laptop" PATH="$WORLD/wrapper:$PATH" \
        sh -c "exec dev-infra web --no-browser >'$WORLD/web.out'"
      await_file "$WORLD/web.out" && url=$(sed -n 's|^\(http://[^/]*\)/.*|\1|p' "$WORLD/web.out")
      ;;
  esac
  [ -n "$url" ] || explain "$1 serves nothing" || return
  if [ "$1" = daemon ]; then git ls-remote -q "$url/registry.git"; else curl -sS -m 10 -o /dev/null "$url/"; fi
  stop_servers
}

@test "every command runs git under a name, in the environment that belongs to it" {
  local command name calls
  bare_remote registry
  git init -q --bare -b main forge/app.git
  git init -q --bare -b main forge/other.git
  printf 'h.example/acme/lib\n' >list
  project laptop src/app "$WORLD/forge/app.git"
  git -C laptop/src/app push -q origin main
  project laptop src/split
  mkdir laptop/src/split/part
  printf 'name: part\n' >laptop/src/split/part/.dev-infra.yml
  git -C laptop/src/split add part
  git -C laptop/src/split update-index --split-index
  git init -q --object-format=sha256 laptop/src/sha256
  commit_in laptop/src/sha256 one
  project laptop src/adopted
  git init -q -b main laptop/template
  printf 'name: x\n' >laptop/template/.dev-infra.yml
  git -C laptop/template add .
  commit_in laptop/template one
  cat >walked <<END
dev-infra version --build-options
dev-infra init
dev-infra register src/app
dev-infra register --recursive src
dev-infra register src/sha256
dev-infra refresh
dev-infra adopt src/adopted
dev-infra new made
dev-infra new --template $WORLD/laptop/template#main templated
dev-infra list
dev-infra show app
dev-infra path app
dev-infra status
dev-infra log
dev-infra log --json
dev-infra log -p app
dev-infra set app status=paused
dev-infra undo
dev-infra config --list
dev-infra config --get dev-infra.machine
dev-infra config dev-infra.timeout 30
dev-infra config alias.l list
dev-infra l
dev-infra remote
dev-infra remote add origin $REMOTE
dev-infra remote add other $REMOTE
dev-infra remote rename other third
dev-infra remote set-url third $REMOTE
dev-infra remote get-url third
dev-infra remote -v
dev-infra remote remove third
dev-infra push
dev-infra fetch
dev-infra pull
dev-infra sync push
dev-infra status --json
dev-infra verify
dev-infra gc
dev-infra hooks install --repo src/app
dev-infra hooks status --repo src/app
dev-infra hooks uninstall --repo src/app
dev-infra hooks install --global
dev-infra hooks status --global
dev-infra hooks uninstall --global
dev-infra hooks install --all
dev-infra hooks uninstall --all
dev-infra forget src/sha256
dev-infra rm adopted
dev-infra archive app
dev-infra undo
dev-infra state --json
dev-infra list --where dirty
dev-infra update
dev-infra update --dry-run
dev-infra foreach -- true
dev-infra machine list
dev-infra open --print app
env EDITOR=true dev-infra open --editor app
dev-infra pick --query app --select-1
dev-infra rank
dev-infra doctor
dev-infra doctor --online
dev-infra clone $WORLD/forge/other.git
dev-infra export json
dev-infra import ghq $WORLD/list
dev-infra help
dev-infra completion bash
dev-infra shell-init sh
dev-infra lisst
dev-infra-hash-project src/app
dev-infra-hash-project src/sha256
dev-infra-hook-register
dev-infra-ls-repos --metadata src
dev-infra-read-meta src/split/part
dev-infra-complete dev-infra path
dev-infra-diff-registry
dev-infra-verify-registry
dev-infra-cat-project app
dev-infra-check-url https://h.example/x
dev-infra-escape-text
dev-infra-fetch-pack origin
dev-infra-fill-template $WORLD/laptop/template $WORLD/laptop/filled
dev-infra-ls-projects
dev-infra-ls-state src/app src/split src/sha256
dev-infra-merge-registry refs/heads/main refs/remotes/origin/main
dev-infra-read-list --from ghq $WORLD/list
dev-infra-send-pack origin
dev-infra-update-registry --index-info
dev-infra-update-settings x
dev-infra-update-state
dev-infra-update-view
dev-infra-write-list --to json
git-remote-work-prod origin http://127.0.0.1:1
END
  while read -r command; do
    # shellcheck disable=SC2086 # several words
    watched $command </dev/null
  done <walked
  # These two serve: git asks them.
  for command in daemon web; do
    serves "$command"
    printf 'dev-infra %s\n' "$command" >>walked
  done
  while read -r name; do
    grep -qE "^(env [^ ]* )?($name|dev-infra ${name#dev-infra-})( |\$)" walked || explain "$name is not walked" || return
  done < <(awk -F '\t' '/^(dev-infra|git)-/ && $2 != "guide" { print $1 }' "$BATS_TEST_DIRNAME/../../man/command-list.txt")
  machine desk
  MACHINE=desk watched dev-infra init "$REMOTE"
  MACHINE=desk watched dev-infra clone --all
  [ -d "$WORLD/desk" ]
  on laptop sh -c 'cd src/app && dev-infra hooks install && echo x >x && git add x && git commit -qm x'
  MACHINE=laptop watched git -C src/app push -q origin main
  # That one was ours.
  sed -i '/ \[-C\] \[src\/app\] \[push\]/d' "$CALLS"

  calls=$(grep -vE '^name=(foreign|registry|transport|clone|person) ' "$CALLS" || true)
  equal "$calls" '' 'git without a name'
  for name in foreign registry transport clone person; do
    [ -n "$(calls_of "name=$name ")" ] || explain "nothing ran as $name" || return
  done
  # This reads nothing.
  sed -i '/ ssh=false \[version\]$/d' "$CALLS"
  # What only reads goes nowhere, whatever it is told; neither does what is on the registry.
  equal "$(grep -E '^name=(foreign|registry) ' "$CALLS" | grep -vF ' allow=/ lazy=1 ' || true)" ''
  equal "$(calls_of 'name=foreign ' | grep -vF ' askpass= ssh=false [--no-optional-locks] [--no-pager] [-c] [core.hooksPath=/dev/null]' || true)" ''
  equal "$(calls_of 'name=foreign ' | grep -vF ' [-c] [core.fsmonitor=] ' || true)" ''
  # The hooks of the daemon's are its own.
  [ -n "$(calls_of '[http-backend]')" ]
  equal "$(grep -E '^name=(registry|transport) ' "$CALLS" | grep -vF '[core.hooksPath=/dev/null]' | grep -v '^name=registry .* \[http-backend\]$' || true)" ''
  # What update fetches in is the user's own, and git's affair.
  grep -qE "^name=person .* \\[-C\\] \\[$WORLD/laptop/src/[a-z0-9]*\\] \\[fetch\\] \\[--progress\\]" "$CALLS"
  sed -i '/^name=person .* \[fetch\] \[--progress\]/d' "$CALLS"
  # Transports have one of the two names for them, and none of another kind is used.
  equal "$(grep -E ' \[(fetch|push|clone|ls-remote|credential)\]' "$CALLS" | grep -vE '^name=(transport|clone) allow=file:git:http:https:ssh:work-prod ' || true)" ''
  # What is written to a repository of the user's own has their settings.
  equal "$(grep -E ' \[(commit|init)\]| \[add\] \[-A\]' "$CALLS" | grep -vE '^name=(person|clone) ' || true)" ''
}

@test "scripts and executables read another's repository in the same environment" {
  local script executable
  project laptop src/app
  git init -q --object-format=sha256 laptop/src/sha256
  commit_in laptop/src/sha256 one
  watched dev-infra adopt src/app
  script=$(calls_of 'name=foreign ' | grep -F ' [-C] ' | head -n 1)
  rm "$CALLS"
  watched dev-infra-hash-project src/sha256
  executable=$(calls_of 'name=foreign ' | grep -F ' [-C] ' | head -n 1)
  [ -n "$script" ]
  equal "${script%% \[-C\] *}" "${executable%% \[-C\] *}"
  rm "$CALLS"
  on laptop dev-infra config alias.l list
  watched dev-infra l
  executable=$(calls_of 'name=registry ' | grep -F '[alias.l]' | head -n 1)
  watched dev-infra log
  script=$(calls_of 'name=registry ' | grep -F ' [log] ' | head -n 1)
  [ -n "$script" ]
  equal "${script%% \[--git-dir=*}" "${executable%% \[--git-dir=*}"
}

@test "variables that tie git to a repository reach none of its runs: the list is git's own" {
  local name words=()
  project laptop src/app
  git init -q --object-format=sha256 laptop/src/sha256
  commit_in laptop/src/sha256 one
  # Settings travel in two of them.
  for name in $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH; do
    case $name in GIT_CONFIG_PARAMETERS | GIT_CONFIG_COUNT) ;; *) words+=("$name=/nowhere") ;; esac
  done
  [ "${#words[@]}" -gt 10 ]
  cat >wrapper/git <<END
#!/bin/sh
env | grep -E '^GIT_.*=/nowhere' >>'$WORLD/left'
printf 'x\n' >>'$CALLS'
exec '$(command -v git)' "\$@"
END
  on laptop dev-infra init
  for name in 'dev-infra version --build-options' 'dev-infra adopt src/app' 'dev-infra config --get core.bare' 'dev-infra remote' \
    'dev-infra no-such' 'dev-infra-hash-project src/sha256' 'dev-infra hooks status --repo src/app'; do
    rm -f "$CALLS"
    # shellcheck disable=SC2086 # several words
    watched env "${words[@]}" $name
    [ -s "$CALLS" ] || explain "no git was run: $name" || return
    equal "$(cat left)" '' "$name"
  done
}

@test "the transports that a user allows stay theirs, without ext" {
  project laptop src/app
  on laptop dev-infra register src/app
  with_origin
  watched env GIT_ALLOW_PROTOCOL=ext:file dev-infra push
  equal "$status" 0
  [ -n "$(calls_of 'name=transport allow=file ')" ]
  watched env GIT_ALLOW_PROTOCOL=https dev-infra push
  equal "$status" 128
  # Not for what has no transport at all.
  equal "$(calls_of 'name=registry ' | grep -vF ' allow=/ ' || true)" ''
}
