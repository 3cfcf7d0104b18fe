#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# Input that is wrong, odd or hostile, and repositories in every state: each is taken or refused by name, and the rest goes on.

load helper

setup() {
  begin
  machine laptop
}

# checkouts_of NAME PROJECT: `kind path` lines of where it is on that machine.
checkouts_of() { on "$1" dev-infra-cat-project --checkouts "$2" | jq -r '.checkouts[].paths[] | "\(.kind) \(.path)"'; }

@test "one search over repositories in every state: the good are registered in one commit, the bad are errors by name" {
  local name before ids
  project laptop src/plain https://github.com/acme/plain.git
  project laptop src/no-remote
  mkdir -p laptop/src/no-commit
  git init -q laptop/src/no-commit
  git clone -q --depth 1 "file://$WORLD/laptop/src/plain" laptop/src/shallow
  git -C laptop/src/shallow remote remove origin
  git -C laptop/src/plain worktree add -q ../worktree
  project laptop src/mono https://github.com/acme/mono.git
  mkdir -p laptop/src/mono/web laptop/src/mono/api/v1
  printf 'name: web\n' >laptop/src/mono/web/.dev-infra.yml
  printf 'name: api\n' >laptop/src/mono/api/v1/.dev-infra.yml
  git -C laptop/src/mono add .
  commit_in laptop/src/mono 'two packages'
  project laptop src/super
  at laptop src/super git submodule --quiet add "$WORLD/laptop/src/no-remote" module
  commit_in laptop/src/super 'with a module'
  for name in worktreeConfig relativeWorktrees madeUp; do
    project laptop "src/ext-$name" "https://github.com/acme/ext-$name.git"
    git -C "laptop/src/ext-$name" config core.repositoryFormatVersion 1
  done
  git -C laptop/src/ext-worktreeConfig config extensions.worktreeConfig true
  # Neither of these is known to any git of today: git refuses them itself, and so do we.
  git -C laptop/src/ext-madeUp config extensions.madeUp true
  git -C laptop/src/ext-relativeWorktrees config extensions.relativeWorktreesOfTheFuture true
  for name in dangling loop garbage-head; do project laptop "src/bad-$name"; done
  rm -rf laptop/src/bad-dangling/.git laptop/src/bad-loop/.git
  printf 'gitdir: /nowhere/at/all\n' >laptop/src/bad-dangling/.git
  ln -s .git laptop/src/bad-loop/.git
  printf '\377\376garbage' >laptop/src/bad-garbage-head/.git/HEAD
  if [ "$(id -u)" -eq 0 ]; then
    project laptop src/theirs
    chown -R nobody laptop/src/theirs
  fi
  succeeds on laptop dev-infra init
  before=$(commits_of laptop)
  run --separate-stderr on laptop dev-infra register --recursive src
  assert_status 1
  assert_stderr_line '^(error|warning): .*bad-dangling'
  assert_stderr_line '^error: .*ext-madeUp'
  assert_stderr_line '^error: .*ext-relativeWorktrees'
  if [ "$(id -u)" -eq 0 ]; then assert_stderr_line '^error: .*theirs'; fi
  assert_clean_text "$stderr"
  equal "$(names_of laptop)" 'api ext-worktreeConfig mono no-commit no-remote plain shallow super web'
  equal "$(commits_of laptop)" $((before + 1)) 'commits'
  # Who is who: two machines agree on these without talking.
  for name in 'mono:remote github.com/acme/mono' 'web:remote github.com/acme/mono web' \
    'api:remote github.com/acme/mono api/v1' 'plain:remote github.com/acme/plain' \
    'ext-worktreeConfig:remote github.com/acme/ext-worktreeconfig' \
    "no-remote:root $(git -C laptop/src/no-remote rev-parse HEAD)"; do
    equal "$(field laptop "${name%%:*}" identity)" "\"${name#*:}\""
  done
  # Nothing tells these apart from others but where they are.
  for name in no-commit shallow; do
    equal "$(field laptop "$name" identity)" \
      "\"path $(on laptop dev-infra config dev-infra.machine) $WORLD/laptop/src/$name\""
    equal "$(field laptop "$name" root_commit)" null "$name"
  done
  # The same again changes nothing, in whatever order it is met.
  ids=$(on laptop dev-infra-ls-projects)
  before=$(main_of laptop)
  run --separate-stderr on laptop dev-infra register --recursive src
  assert_status 1
  equal "$(main_of laptop)" "$before" 'main after the same again'
  equal "$(on laptop dev-infra-ls-projects)" "$ids"
  # A worktree is a place of its repository. A submodule that is a clone of another repository here is a project of its own:
  # both are here, and their one first commit does not make them one.
  succeeds on laptop dev-infra register src/worktree src/super/module
  equal "$(checkouts_of laptop plain | LC_ALL=C sort)" "main $WORLD/laptop/src/plain
worktree $WORLD/laptop/src/worktree"
  equal "$(checkouts_of laptop no-remote)" "main $WORLD/laptop/src/no-remote"
  equal "$(checkouts_of laptop module)" "main $WORLD/laptop/src/super/module"
  sound laptop
}

@test "a repository that is readable by nobody but another user is named, and what is beside it is registered" {
  [ "$(id -u)" -eq 0 ] || skip 'becoming another user needs root'
  command -v setpriv >/dev/null || skip 'becoming another user needs setpriv'
  project laptop src/open
  project laptop src/closed
  chmod 700 laptop/src/closed
  chown -R nobody laptop laptop/src/open
  chown -R root laptop/src/closed
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$WORLD"
  nobody() { on laptop setpriv --reuid nobody --regid nogroup --clear-groups "$@"; }
  nobody test -x "$WORLD/laptop" || skip 'the temporary directory is not open to others'
  runs 1 nobody dev-infra register src/open src/closed
  assert_stderr_line '^error: .*closed'
  run --separate-stderr nobody dev-infra-ls-projects --format='%(name)'
  assert_output open
  runs 1 nobody dev-infra register --recursive src
  assert_stderr_line '^(warning|error): .*closed'
}

# ---------------------------------------------------------------- .dev-infra.yml

@test "a .dev-infra.yml that is empty or only a comment declares nothing, and is not a fault" {
  local name
  for name in empty comment blank-document null bom; do project laptop "src/$name" "https://example.org/$name.git"; done
  : >laptop/src/empty/.dev-infra.yml
  printf '# only this\n\n' >laptop/src/comment/.dev-infra.yml
  printf -- '---\n' >laptop/src/blank-document/.dev-infra.yml
  printf 'status:\nname: ~\n' >laptop/src/null/.dev-infra.yml
  printf '\357\273\277status: paused\n' >laptop/src/bom/.dev-infra.yml
  succeeds on laptop dev-infra register --recursive src
  equal "$(names_of laptop)" 'blank-document bom comment empty null'
  equal "$(field laptop bom status)" '"paused"'
  equal "$(field laptop null status)" '"active"'
  sound laptop
}

@test "a .dev-infra.yml that cannot be used is an error that says what is wrong with it; the entry stays as it was" {
  local name before
  declare -A says=([list]=mapping [latin1]=UTF-8 [utf16]='' [huge]='1 MiB' [alias]=anchor [bomb]=values [tag]=tag
    [two]=document [nul]='' [directory]='' [fifo]='')
  for name in "${!says[@]}"; do project laptop "src/$name" "https://example.org/$name.git"; done
  project laptop src/good https://example.org/good.git
  succeeds on laptop dev-infra register --recursive src
  printf -- '- a\n- b\n' >laptop/src/list/.dev-infra.yml
  printf 'description: caf\351\n' >laptop/src/latin1/.dev-infra.yml
  printf 'status: paused\n' | iconv -t UTF-16 >laptop/src/utf16/.dev-infra.yml
  { printf 'status: paused\ncustom: "'; head -c 10485760 /dev/zero | tr '\0' x; printf '"\n'; } >laptop/src/huge/.dev-infra.yml
  printf 'status: *a\nx: &a paused\n' >laptop/src/alias/.dev-infra.yml
  {
    printf 'a0: &a0 [x, x]\n'
    for name in {1..40}; do printf 'a%d: &a%d [*a%d, *a%d]\n' "$name" "$name" $((name - 1)) $((name - 1)); done
  } >laptop/src/bomb/.dev-infra.yml
  printf 'status: !secret paused\n' >laptop/src/tag/.dev-infra.yml
  printf 'status: paused\n---\nstatus: completed\n' >laptop/src/two/.dev-infra.yml
  printf 'status: pau\000sed\n' >laptop/src/nul/.dev-infra.yml
  mkdir laptop/src/directory/.dev-infra.yml
  mkfifo laptop/src/fifo/.dev-infra.yml
  printf 'status: completed\n' >laptop/src/good/.dev-infra.yml
  before=$(on laptop dev-infra-ls-projects --json | jq -c 'select(.name != "good")')
  run --separate-stderr on laptop timeout 60 dev-infra refresh
  assert_status 1
  for name in "${!says[@]}"; do
    assert_stderr_line "^error: .*src/$name.*${says[$name]}" || return
  done
  equal "$(grep -c '^error: ' <<<"$stderr")" "${#says[@]}" 'errors'
  assert_clean_text "$stderr"
  equal "$(on laptop dev-infra-ls-projects --json | jq -c 'select(.name != "good")')" "$before"
  equal "$(field laptop good status)" '"completed"' 'the good one was read'
  # New ones are not registered either.
  for name in list huge two; do
    project laptop "new/$name" "https://example.org/new-$name.git"
    cp laptop/src/$name/.dev-infra.yml "laptop/new/$name/"
  done
  project laptop new/fine https://example.org/fine.git
  runs 1 on laptop dev-infra register --recursive new
  equal "$(names_of laptop fine list huge two | tr ' ' '\n' | uniq -c | awk '{ printf "%s%s ", $2, $1 }')" 'fine1 huge1 list1 two1 '
  sound laptop
}

@test "a value that is not allowed, and a placeholder, are warnings by key; the other keys are used" {
  project laptop src/app https://example.org/app.git
  printf 'status: sideways\nclassification: primary\nproject_type: Nonsense\nversion: "[DEV_INFRA_VERSION]"\ndescription: kept\n' \
    >laptop/src/app/.dev-infra.yml
  runs 0 on laptop dev-infra register src/app
  assert_stderr_line '^warning: .*src/app/\.dev-infra\.yml.*status'
  assert_stderr_line '^warning: .*src/app/\.dev-infra\.yml.*project_type'
  assert_stderr_line '^warning: .*version'
  equal "$(on laptop dev-infra-cat-project app | jq -c '[.status, .classification, .project_type, .version, .description]')" \
    '["active","primary",null,"unknown","kept"]'
  sound laptop
  # What other tools make of anchors and merge keys is theirs; a key of ours that would come so is named.
  printf 'base: &b {status: paused}\n<<: *b\ndescription: kept\nx: !secret y\n' >laptop/src/app/.dev-infra.yml
  runs 0 on laptop dev-infra refresh app
  assert_stderr_line '^warning: .*src/app/\.dev-infra\.yml.*<< brings status'
  equal "$(on laptop dev-infra-cat-project app | jq -c '[.status, .description]')" '["active","kept"]'
  printf 'base: &b paused\nstatus: *b\ntags: [a, "b,c"]\n' >laptop/src/app/.dev-infra.yml
  runs 0 on laptop dev-infra refresh app
  assert_stderr_line '^warning: .*src/app/\.dev-infra\.yml.*tags has the item "b,c"'
  equal "$(on laptop dev-infra-cat-project app | jq -c '[.status, .tags]')" '["paused",null]'
  sound laptop
}

@test "a .dev-infra.yml copied with its id into another project: the two are told apart, with a warning, in either order" {
  local order id
  for order in 'original copy' 'copy original'; do
    rm -rf laptop/.dev-infra laptop/src
    project laptop src/original https://github.com/acme/original.git
    project laptop src/copy https://github.com/acme/copy.git
    printf 'id: 6f1a\nname: Original\n' >laptop/src/original/.dev-infra.yml
    printf 'id: 6f1a\nname: Copy\n' >laptop/src/copy/.dev-infra.yml
    # shellcheck disable=SC2086 # two operands
    runs 0 at laptop src dev-infra register $order
    assert_stderr_line "^warning: .*src/${order##* }: .*id '6f1a'"
    equal "$(names_of laptop)" 'Copy Original'
    id=$(id_of laptop "./src/${order%% *}")
    equal "$id" "$(printf 'id 6f1a\n' | git hash-object --stdin)" 'the first has the id'
    equal "$(id_of laptop "./src/${order##* }")" \
      "$(printf 'remote github.com/acme/%s\n' "${order##* }" | git hash-object --stdin)" 'the other its own'
    # Nor does it change afterwards.
    runs 0 on laptop dev-infra refresh
    equal "$(names_of laptop)" 'Copy Original'
    equal "$(id_of laptop "./src/${order%% *}")" "$id"
    sound laptop
  done
  # A copy that shares neither URL nor history, without a remote.
  project laptop src/third '' 'another history'
  cp laptop/src/original/.dev-infra.yml laptop/src/third/
  runs 0 on laptop dev-infra register src/third
  assert_stderr_line "^warning: .*src/third: .*id '6f1a'"
  equal "$(on laptop dev-infra-ls-projects | wc -l)" 3
  equal "$(on laptop dev-infra path ./src/original ./src/third)" "$WORLD/laptop/src/original
$WORLD/laptop/src/third"
  sound laptop
}

# ---------------------------------------------------------------- names, paths and URLs

@test "hostile URLs of projects are stored only as what cannot be an option, a command or a secret" {
  local number=0 url
  # shellcheck disable=SC2016 # as they are
  local urls=(
    '--upload-pack=touch pwned' '-oProxyCommand=touch pwned' 'ext::sh -c touch% pwned' 'ssh://-oProxyCommand=touch/x'
    $'https://host/new\nline' $'https://host/\e[31mred' $'https://host/\xff\xfe' 'https://user:hunter2@host.example/x y'
    'https://hunter2@host.example/"q"' 'git@host.example:$(touch pwned).git' 'host.example:-x' "it's://host/x" 'ftp://host/x'
    'file:///srv/a b.git' '../relative path' ''
  )
  for url in "${urls[@]}"; do
    project laptop "src/p$number"
    git -C "laptop/src/p$number" config remote.origin.url "$url"
    number=$((number + 1))
  done
  project laptop src/fine https://github.com/acme/fine.git
  run --separate-stderr on laptop dev-infra register --recursive src
  refute_crash
  [ "$status" -le 1 ]
  assert_clean_text "$output$stderr"
  lacks "$output$stderr" hunter2
  equal "$(on laptop dev-infra-ls-projects | wc -l)" $((number + 1)) 'all are registered'
  # Whatever is stored passes the check for URLs unchanged.
  on laptop dev-infra-ls-projects --json | jq -r '.remote_url // empty' >stored
  while IFS= read -r url; do
    case $url in
      *\"*) equal "$(on laptop dev-infra-check-url -- "$url")" "$(jq -n --arg url "$url" '$url')" 'a stored URL' ;;
      *) equal "$(on laptop dev-infra-check-url -- "$url")" "$url" 'a stored URL' ;;
    esac
  done <stored
  equal "$(grep -cE '^-|^ext:|hunter2' stored)" 0 "$(cat stored)"
  pushed_to_origin
  machine desktop
  succeeds on desktop dev-infra init "$REMOTE"
  sound laptop desktop
  nothing_ran
}

@test "hostile values of every field go through a remote unchanged, and reach no terminal or line format raw" {
  local key value
  project laptop src/app https://example.org/app.git
  succeeds on laptop dev-infra register src/app
  with_origin
  # shellcheck disable=SC2016 # as they are
  for value in 'a b' "it's" 'say "hi"' '-rf' '--' '$(touch pwned)' '`touch pwned`' '%(id)' '%0a' '*' 'ünïcode' '{"a":1}' 'null' 'true' '0x10'; do
    for key in name description organization template; do
      succeeds on laptop dev-infra set -- ./src/app "$key=$value"
      equal "$(field laptop ./src/app "$key")" "$(jq -n --arg value "$value" '$value')" "$key"
    done
  done
  for value in $'new\nline' $'esc\e[31m' $'bell\a' $'bad\xff'; do
    run --separate-stderr on laptop dev-infra set -- ./src/app "description=$value"
    refute_crash
    assert_clean_text "$stderr"
    run --separate-stderr on laptop dev-infra show ./src/app
    assert_clean_text "${output//$'\t'/ }"
    equal "$(on laptop dev-infra list | wc -l)" 1 'one line a project'
  done
  succeeds on laptop dev-infra push
  machine desktop
  succeeds on desktop dev-infra init "$REMOTE"
  equal "$(on desktop dev-infra-cat-project 0x10)" "$(on laptop dev-infra-cat-project 0x10)"
  nothing_ran
  sound laptop desktop
}

@test "an environment of a hook, with each variable at another repository, in a real hook of a push" {
  # git sets GIT_DIR, GIT_QUARANTINE_PATH and others itself here, and refuses to move refs in the quarantine.
  project laptop src/app https://github.com/acme/app.git
  git clone -q --bare laptop/src/app laptop/central.git
  cat >laptop/central.git/hooks/pre-receive <<'END'
#!/bin/sh
cat >/dev/null
env | grep -q '^GIT_QUARANTINE_PATH=' || exit 3
dev-infra register "$HOME/src/app" && dev-infra set app tags+=seen && dev-infra list >/dev/null && dev-infra verify && dev-infra gc
END
  chmod +x laptop/central.git/hooks/pre-receive
  commit_in laptop/src/app second
  succeeds at laptop src/app git push -q "$WORLD/laptop/central.git" main
  equal "$(names_of laptop)" app
  equal "$(field laptop app tags)" '["seen"]'
  equal "$(git --git-dir=laptop/central.git for-each-ref --format='%(refname)')" refs/heads/main
  equal "$(git --git-dir=laptop/central.git rev-parse main)" "$(git -C laptop/src/app rev-parse main)"
  sound laptop
}
