#!/usr/bin/env bats
# dev-infra doctor: what it finds, what it says of it, and what it never does.

load helper

setup() {
  begin
  machine laptop
  export SHELL=/bin/bash
}

# codes [FILTER]: the codes of the last report's findings, sorted, on one line.
codes() { jq -r ".findings[] | ${1:-.} | .code" <<<"$output" | LC_ALL=C sort | paste -s -d ' '; }

# diagnose STATUS [OPTION…]: its report as JSON.
diagnose() {
  local expected=$1
  shift
  runs "$expected" on laptop dev-infra doctor --json "$@"
}

# finds STATUS CODE…: the report ends with STATUS and has each of these.
finds() {
  local code
  diagnose "$1"
  shift
  for code; do
    jq -e --arg code "$code" '.findings | any(.code == $code)' <<<"$output" >/dev/null || explain "no finding '$code'"
  done
}

# lacks CODE…: the last report has none of these.
lacks() {
  local code
  for code; do
    jq -e --arg code "$code" '.findings | all(.code != $code)' <<<"$output" >/dev/null || explain "a finding '$code'"
  done
}

@test "a new machine has notes and nothing that is wrong, and no registry is made" {
  finds 0 no-registry shell-function
  equal "$(codes 'select(.severity != "note")')" ''
  [ ! -e "$WORLD/laptop/.dev-infra" ]
}

@test "a machine in order: the facts are there, and the report is sound" {
  app_and_lib
  diagnose 0
  equal "$(jq -c '[.version, .sound]' <<<"$output")" '[1,true]'
  equal "$(jq -r '.facts.registry.projects[0], .facts.registry.checkouts[0]' <<<"$output" | paste -s -d ' ')" '2 2'
  equal "$(jq -r '.facts.places.registry[0]' <<<"$output")" "$WORLD/laptop/.dev-infra"
  equal "$(jq -r '.facts.places.prefix[0]' <<<"$output")" "$DEV_INFRA_PREFIX"
  for name in dev-infra git libgit2 libcurl libyaml system; do
    [[ $(jq -r --arg name "$name" '.facts.versions[$name][0]' <<<"$output") == *[0-9_]* ]] || explain "no version of $name"
  done
  equal "$(jq -r '.findings[].check, (.facts | keys[])' <<<"$output" | LC_ALL=C sort -u | paste -s -d ' ')" \
    'clock disk hooks keys places registry remotes settings shell versions'
  lacks no-registry
}

@test "each finding says how much it matters, what is wrong and what to do, and codes are words" {
  app_and_lib
  succeeds on laptop dev-infra config dev-infra.timeuot 5
  diagnose 1
  jq -e '.findings | length > 0 and all(
      (.severity | IN("error", "warning", "note")) and (.code | test("^[a-z-]+$")) and
      (.what | length > 10) and (.do | length > 5) and has("where"))' <<<"$output" >/dev/null
  # The worst first.
  equal "$(jq -c '[.findings[].severity | {error: 0, warning: 1, note: 2}[.]] | . == sort' <<<"$output")" true
}

@test "settings: a key that there is not is named with the one that may have been meant, and values are checked" {
  app_and_lib
  on laptop dev-infra config dev-infra.timeuot 5
  on laptop dev-infra config dev-infra.updateJobs many
  on laptop dev-infra config dev-infra.state everything
  on laptop dev-infra config dev-infra.remote nowhere
  on laptop dev-infra config --add dev-infra.roots "$WORLD/laptop/gone"
  on laptop dev-infra config dev-infra.where.open 'status:active'
  on laptop dev-infra config dev-infra.https://code.example.org/.insteadOf code:
  finds 1 setting-unknown setting-unusable default-remote-unknown root-gone
  assert_output_has "was 'dev-infra.timeout' meant?"
  equal "$(jq -r '.findings[] | select(.code == "setting-unusable").where' <<<"$output" | LC_ALL=C sort | paste -s -d ' ')" \
    'dev-infra.state dev-infra.updateJobs'
  equal "$(jq '[.findings[] | select(.code == "setting-unknown")] | length' <<<"$output")" 1
}

@test "every setting that the manual describes is known" {
  app_and_lib
  local key
  for key in $(sed -n 's/^\.It \(Li dev-infra.*\)/\1/p' "$DEV_INFRA_PREFIX/share/man/man1/dev-infra-config.1" | tr ' ,' '\n' | grep -oE '^dev-infra\.[a-zA-Z]+$'); do
    case $key in *.machine | *.name | *.where) continue ;; esac
    on laptop git config --file .dev-infra/config --add "$key" 7
  done
  diagnose 1
  lacks setting-unknown
}

@test "the registry: a lock that was left, damage, another's rights" {
  app_and_lib
  touch -d '1 minute ago' "$WORLD/laptop/.dev-infra/refs/heads/main.lock"
  printf 'rubbish\n' >"$WORLD/laptop/.dev-infra/cache/projects.tsv"
  chmod g+w "$WORLD/laptop/.dev-infra"
  finds 1 stale-lock derived-damaged registry-open
  # Nothing was mended.
  [ -e "$WORLD/laptop/.dev-infra/refs/heads/main.lock" ]
}

@test "the registry: rules that do not hold, and one that cannot be opened" {
  app_and_lib
  local blob tree
  blob=$(printf '{"id":"x"}\n' | registry_git laptop hash-object -w --stdin)
  GIT_INDEX_FILE=$WORLD/index registry_git laptop read-tree main
  GIT_INDEX_FILE=$WORLD/index registry_git laptop update-index --add --cacheinfo "100644,$blob,$(file_of laptop app)"
  tree=$(GIT_INDEX_FILE=$WORLD/index registry_git laptop write-tree)
  registry_git laptop update-ref refs/heads/main "$(registry_git laptop commit-tree -p main -m bad "$tree")"
  finds 1 rule-broken
  rm -rf "$WORLD/laptop/.dev-infra/objects"
  finds 1 registry-unusable
  rm -rf "$WORLD/laptop/.dev-infra"
  printf 'a file\n' >"$WORLD/laptop/.dev-infra"
  finds 1 registry-unusable
}

@test "another user's files in the registry are an error, and a foreign registry is not opened" {
  [ "$(id -u)" -eq 0 ] || skip 'needs root to become another user'
  app_and_lib
  chown nobody "$WORLD/laptop/.dev-infra/config"
  finds 1 files-of-others
  assert_output_has 'chown -R'
  chown -R nobody "$WORLD/laptop/.dev-infra"
  finds 1 files-of-others registry-unusable
}

@test "remotes: none, several without a default, one that is not taken, and one with a secret" {
  app_and_lib
  finds 0 no-remote
  succeeds on laptop dev-infra remote add one "$WORLD/forge/one.git"
  succeeds on laptop dev-infra remote add two "$WORLD/forge/two.git"
  finds 1 no-default-remote
  on laptop git config --file .dev-infra/config remote.one.url 'ext::sh -c true'
  on laptop git config --file .dev-infra/config remote.two.url https://me:pa55word@h.example/r.git
  finds 1 url-refused secret-in-url
  refute_output_has pa55word
}

@test "without --online nothing is connected to; with it each remote is asked, for so long" {
  app_and_lib
  bare_remote good
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra remote add bad "$WORLD/forge/none.git"
  succeeds on laptop dev-infra push
  printf '#!/bin/sh\necho "$*" >>"%s"\nexec /usr/bin/git "$@"\n' "$WORLD/runs" >"$WORLD/git"
  chmod +x "$WORLD/git"
  PATH=$WORLD:$PATH diagnose 0
  run ! grep -qE 'ls-remote|fetch|push' "$WORLD/runs"
  lacks remote-unreachable
  diagnose 1 --online
  equal "$(jq -r '.findings[] | select(.code == "remote-unreachable").where' <<<"$output")" bad
  equal "$(jq -r '.facts.remotes["origin answers"][0]' <<<"$output")" yes
  equal "$(git --git-dir="$REMOTE" for-each-ref --format='%(refname)' refs/heads)" refs/heads/main
  # One that never answers.
  on laptop dev-infra remote set-url bad ssh://h.example/r.git
  SECONDS=0
  GIT_SSH_COMMAND='sleep 300; :' diagnose 1 --online --timeout 1
  in_time 60
  equal "$(jq -r '.findings[] | select(.code == "remote-unreachable").where' <<<"$output")" bad
}

@test "hooks: of an earlier version, without its program, of another installation, not executable, replaced" {
  app_and_lib
  local hook=$WORLD/laptop/src/app/.git/hooks/pre-push other=$WORLD/other-register
  succeeds on laptop dev-infra hooks install --repo src/app
  diagnose 0
  equal "$(jq -r '.facts.hooks | [.repositories[0], .["with-our-hook"][0]] | join(" ")' <<<"$output")" '2 1'
  cp "$hook" "$WORLD/good"
  # As a former version wrote it.
  sed -i -e '/^if .*!= pre-push/,/^fi$/d' -e '/does not put its own hook/,$d' "$hook"
  finds 0 hook-earlier-version
  sed "s#^dev_infra_register=.*#dev_infra_register='/nowhere/dev-infra-hook-register'#" "$WORLD/good" >"$hook"
  finds 1 hook-without-program
  printf '#!/bin/sh\n' >"$other"
  chmod +x "$other"
  sed "s#^dev_infra_register=.*#dev_infra_register='$other'#" "$WORLD/good" >"$hook"
  finds 1 hook-other-installation
  cp "$WORLD/good" "$hook"
  chmod -x "$hook"
  finds 1 hook-not-executable
  chmod +x "$hook"
  echo 'make check' >>"$hook"
  finds 0 hook-edited
  mv "$hook" "$hook.before-dev-infra"
  printf '#!/bin/sh\n' >"$hook"
  finds 1 hook-replaced
}

@test "hooks: passed over for core.hooksPath, twice, and those of other managers are counted" {
  app_and_lib
  succeeds on laptop dev-infra hooks install --repo src/app
  cp "$WORLD/laptop/src/app/.git/hooks/pre-push" "$WORLD/laptop/src/app/.git/hooks/pre-push.before-dev-infra"
  finds 1 hook-twice
  rm "$WORLD/laptop/src/app/.git/hooks/pre-push.before-dev-infra"
  mkdir -p "$WORLD/laptop/src/app/.husky/_"
  touch "$WORLD/laptop/src/lib/.pre-commit-config.yaml" "$WORLD/laptop/src/lib/lefthook.yml"
  git -C "$WORLD/laptop/src/app" config core.hooksPath .husky/_
  finds 1 hook-passed-over
  equal "$(jq -c '.facts.hooks | [.husky[0], .lefthook[0], .["pre-commit"][0]]' <<<"$output")" '["1","1","1"]'
  # The project's own file, with our line, is what counts then.
  printf '#!/bin/sh\ndev-infra hook-register "$@" </dev/null >/dev/null || :\n' >"$WORLD/laptop/src/app/.husky/pre-push"
  diagnose 0
  lacks hook-passed-over
}

@test "a repository that cannot be read is told of and runs nothing; a pipe in it keeps nobody waiting" {
  app_and_lib
  git -C "$WORLD/laptop/src/app" config core.fsmonitor "touch $WORLD/ran; false"
  git -C "$WORLD/laptop/src/app" config core.hooksPath "\$(touch $WORLD/ran)"
  printf '#!/bin/sh\ntouch %s/ran\n' "$WORLD" >"$WORLD/laptop/src/app/.git/hooks/post-index-change"
  chmod +x "$WORLD/laptop/src/app/.git/hooks/post-index-change"
  rm "$WORLD/laptop/src/lib/.git/HEAD"
  mkfifo "$WORLD/laptop/src/lib/.git/HEAD"
  SECONDS=0
  finds 0 hooks-unreadable
  in_time 60
  [ ! -e "$WORLD/ran" ]
}

@test "shells: what the start-up files say is read and never run" {
  # shellcheck disable=SC2016 # for the file
  printf 'touch %s/ran\neval "$(dev-infra shell-init bash)"\nalias p=pwd\n' "$WORLD" >"$WORLD/laptop/.bashrc"
  finds 1 name-taken completion
  lacks shell-function
  equal "$(jq -r '.findings[] | select(.code == "name-taken").where' <<<"$output")" "$WORLD/laptop/.bashrc:3"
  # shellcheck disable=SC2016
  printf 'alias p=pwd\neval "$(dev-infra shell-init bash)"\neval "$(dev-infra completion bash)"\n' >"$WORLD/laptop/.bashrc"
  diagnose 0
  lacks name-taken completion shell-function
  SHELL=/usr/bin/fish diagnose 0
  equal "$(jq -r '.findings[] | select(.code == "shell-function").where' <<<"$output")" "$WORLD/laptop/.config/fish/config.fish"
  [ ! -e "$WORLD/ran" ]
}

@test "keys: files that others may read, and the names of credential helpers" {
  app_and_lib
  printf 'https://me:s3cret@h.example\n' >"$WORLD/laptop/.git-credentials"
  chmod 644 "$WORLD/laptop/.git-credentials"
  on laptop git config --global credential.helper '!f() { echo password=s3cret; }; f'
  on laptop git config --global --add credential.https://h.example.helper 'store --file /x'
  on laptop git config --global --add credential.helper '/usr/lib/git-core/git-credential-libsecret'
  finds 1 secrets-open
  equal "$(jq -r '.facts.keys["credential-helpers"][0]' <<<"$output")" '(a shell command) git-credential-libsecret store'
  refute_output_has s3cret
}

@test "no secret of any place is in the report" {
  app_and_lib
  succeeds on laptop dev-infra remote add origin https://h.example/r.git
  local config=$WORLD/laptop/.dev-infra/config
  git config --file "$config" remote.origin.url https://me:s3cret@h.example/r.git?token=s3cret
  git config --file "$config" --add remote.other.url https://h.example/me:s3cret@x/r.git
  git config --file "$config" http.extraHeader 'Authorization: Bearer s3cret'
  git config --file "$config" http.https://h.example/.extraHeader 'X-Key: s3cret'
  git config --file "$config" dev-infra.apiKeyHost 'https://me:s3cret@h.example'
  git config --file "$config" dev-infra.timeout s3cret
  git config --file "$config" dev-infra.key s3cret
  git config --file "$config" dev-infra.where.x 'name:s3cret'
  git config --file "$config" dev-infra.https://me:s3cret@h.example/.insteadOf x:
  git config --file "$config" credential.helper s3cret=s3cret
  git config --file "$config" credential.username s3cret
  git config --file "$config" http.proxy http://me:s3cret@proxy.example:1
  printf 'machine h.example password s3cret\n' >"$WORLD/laptop/.netrc"
  printf 'export DEV_INFRA_API_KEY=s3cret\nalias p=s3cret\n' >"$WORLD/laptop/.bashrc"
  mkdir -p "$WORLD/laptop/.dev-infra/daemon"
  printf 's3cret\n' >"$WORLD/laptop/.dev-infra/daemon/keys"
  export DEV_INFRA_API_KEY=s3cret https_proxy=http://me:s3cret@127.0.0.1:9 GIT_CONFIG_COUNT=1 \
    GIT_CONFIG_KEY_0=http.extraHeader GIT_CONFIG_VALUE_0='Authorization: s3cret'
  for option in --json --online ''; do
    # shellcheck disable=SC2086 # no word where it is empty
    runs 1 on laptop dev-infra doctor $option ${option:+--json}
    refute_output_has s3cret
    refute_stderr_has s3cret
  done
  runs 1 on laptop env DEV_INFRA_TRACE=1 dev-infra doctor --online --timeout 1
  refute_output_has s3cret
  refute_stderr_has s3cret
}

@test "the clock: behind the disk's, and projects that were changed later than now" {
  app_and_lib
  DEV_INFRA_TEST_CLOCK_OFFSET=-7200 finds 1 clock-apart changed-in-future
  assert_output_has '2 hours ahead of'
  diagnose 0
  lacks clock-apart changed-in-future
}

@test "a TMPDIR that is gone is named" {
  app_and_lib
  TMPDIR=$WORLD/gone finds 1 temporary-directory
  equal "$(jq -r '.findings[] | select(.code == "temporary-directory").where' <<<"$output")" "$WORLD/gone"
}

@test "git that is missing or too old is an error, and the rest is looked at" {
  app_and_lib
  mkdir "$WORLD/old"
  printf '#!/bin/sh\necho git version 2.17.1\n' >"$WORLD/old/git"
  chmod +x "$WORLD/old/git"
  PATH=$WORLD/old:$PATH finds 1 git-too-old
  # All of the usual programs but git.
  mkdir "$WORLD/bin"
  ln -s /usr/bin/env /bin/sh /usr/bin/id /usr/bin/getent "$WORLD/bin"
  runs 1 on laptop env PATH="$DEV_INFRA_PREFIX/bin:$WORLD/bin" dev-infra doctor --json
  equal "$(codes 'select(.severity == "error")')" git-missing
  equal "$(jq -r '.facts.registry.projects[0]' <<<"$output")" 2
}

@test "another installation that comes first on PATH is named, and executables that are missing" {
  mkdir "$WORLD/bin"
  printf '#!/bin/sh\n' >"$WORLD/bin/dev-infra"
  chmod +x "$WORLD/bin/dev-infra"
  runs 1 on laptop env PATH="$WORLD/bin:$PATH" "$DEV_INFRA_PREFIX/bin/dev-infra" doctor --json
  equal "$(codes 'select(.severity == "warning")')" other-installation
}

@test "on a terminal it has room in 40 and 80 columns, colours where they are wanted, and no raw control characters" {
  app_and_lib
  on laptop dev-infra config dev-infra.timeuot 5
  local width name
  for width in 40 80; do
    name=doctor-$BATS_TEST_NUMBER-$width
    tmux -L "$name" -f /dev/null new-session -d -x "$width" -y 200 \
      "env HOME='$WORLD/laptop' PATH='$PATH' TERM=screen dev-infra doctor; printf 'ended %s' \$?; sleep 60"
    eventually sh -c "tmux -L $name capture-pane -p | grep -q '^ended 1'"
    tmux -L "$name" capture-pane -p >"$WORLD/shown"
    tmux -L "$name" capture-pane -p -e >"$WORLD/coloured"
    tmux -L "$name" kill-server
    grep -q '^ended 1' "$WORLD/shown"
    grep -q "^warning: dev-infra.timeuot" "$WORLD/shown"
    grep -q $'\033\\[33mwarning: ' "$WORLD/coloured"
    # A word that was broken by the terminal would begin a line by itself: what is indented stays so.
    run ! grep -vE '^($|[a-z]+$|  |error: |warning: |note: |[0-9]+ |ended )' "$WORLD/shown"
  done
}
