#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# The porcelain: every command that people use, on one machine or two.

load helper

setup() {
  begin
  machine laptop
}

# app_lib_and_site: app, lib and site (with metadata of its own) on the laptop.
app_lib_and_site() {
  project laptop src/app https://github.com/acme/app.git
  project laptop src/lib git@github.com:acme/lib.git
  project laptop src/site https://gitlab.com/acme/site.git
  metadata >laptop/src/site/.dev-infra.yml
  succeeds on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra register src/app src/lib src/site
}

metadata() {
  cat <<'END'
# People edit this file.
template:   standard-project   # from the template
version: "0.4.0"
status: 'active'
tags: [web, "old"]   # both
custom:
  anything: [1, 2]
END
}

# site_shared: those three on the laptop, and on the desktop from a remote.
site_shared() {
  app_lib_and_site
  shared
}

# terminal NAME COMMAND: what it prints on a terminal of 70 columns.
terminal() {
  local name=$1
  shift
  on "$name" env TERM=xterm script -qec "stty cols 70 rows 50; $*" /dev/null </dev/null | tr -d '\r'
}

# ---------------------------------------------------------------- init

@test "init: makes a bare repository with the same first commit everywhere, and a machine of its own" {
  local root
  machine desktop
  succeeds on laptop dev-infra init --name laptop
  succeeds on desktop dev-infra init
  root=$(registry_git laptop rev-list --max-parents=0 main)
  equal "$(registry_git desktop rev-list --max-parents=0 main)" "$root"
  equal "$(registry_git laptop cat-file commit "$root")" "tree $(registry_git laptop rev-parse "$root^{tree}")
author dev-infra <dev-infra@localhost> 0 +0000
committer dev-infra <dev-infra@localhost> 0 +0000

Create the registry"
  equal "$(registry_git laptop show "$root:format")" 1
  equal "$(registry_git laptop ls-tree -r --name-only "$root")" format
  equal "$(registry_git laptop rev-parse --is-bare-repository)" true
  equal "$(on laptop dev-infra config dev-infra.name)" laptop
  equal "$(on desktop dev-infra config dev-infra.name)" "$(uname -n | cut -d . -f 1)"
  [[ $(on laptop dev-infra config dev-infra.machine) =~ ^[0-9a-f]{16}$ ]] || explain 'no machine id'
  differ "$(on laptop dev-infra config dev-infra.machine)" "$(on desktop dev-infra config dev-infra.machine)"
  sound laptop desktop
}

@test "init: a second one loses nothing and makes nothing anew" {
  local before
  app_lib_and_site
  before=$(world_state)
  succeeds on laptop dev-infra init
  equal "$(world_state)" "$before"
  bare_remote registry
  refuses 128 "$WORLD/laptop/.dev-infra" on laptop dev-infra init "$REMOTE"
  equal "$(names_of laptop)" 'app lib site'
}

@test "init URL: the registry starts from the remote, whose URL becomes origin" {
  site_shared
  equal "$(on desktop dev-infra remote get-url origin)" "$REMOTE"
  equal "$(names_of desktop --all)" 'app lib site'
  equal "$(names_of desktop)" ''
  [ "$(registry_git desktop merge-base main refs/remotes/origin/main)" = "$(remote_main)" ] || explain 'main does not start there'
  sound desktop
}

@test "init URL: an empty bare repository is a fine remote" {
  bare_remote registry
  succeeds on laptop dev-infra init "$REMOTE"
  succeeds on laptop dev-infra pull
  project laptop app
  succeeds on laptop dev-infra register app
  succeeds on laptop dev-infra push
  equal "$(remote_main)" "$(main_of laptop)"
}

# ---------------------------------------------------------------- register

@test "register: needs no init, and says what it did" {
  project laptop src/app https://github.com/acme/app.git
  quietly on laptop dev-infra register src/app
  assert_output "registered app ($WORLD/laptop/src/app)"
  equal "$(names_of laptop)" app
  git -C laptop/src/app remote set-url origin https://github.com/acme/app2.git
  quietly on laptop dev-infra register src/app
  assert_output "updated app ($WORLD/laptop/src/app)"
  quietly on laptop dev-infra register src/app
  assert_output "unchanged app ($WORLD/laptop/src/app)"
  runs 0 on laptop dev-infra register --quiet src/app
  assert_output ''
}

@test "register: again without a change makes no commit" {
  local before
  app_lib_and_site
  before=$(main_of laptop)
  succeeds on laptop dev-infra register src/app src/lib src/site
  refute_output_has registered
  refute_output_has updated
  equal "$(main_of laptop)" "$before"
}

@test "register: all projects of one run are one commit" {
  local before
  succeeds on laptop dev-infra init --name laptop
  for name in one two three four; do project laptop "src/$name"; done
  before=$(commits_of laptop)
  succeeds on laptop dev-infra register --recursive src
  equal "$(grep -c '^registered ' <<<"$output")" 4
  equal "$(commits_of laptop)" $((before + 1))
}

@test "register: below a repository's root it is the repository that is registered" {
  project laptop src/app
  mkdir -p laptop/src/app/deep/down
  quietly at laptop src/app/deep/down dev-infra register
  assert_output "registered app ($WORLD/laptop/src/app)"
}

@test "register: a linked worktree is another path of its repository, a bare repository one of the kind bare" {
  project laptop src/app https://github.com/acme/app.git
  git -C laptop/src/app worktree add -q ../app-fix
  git clone -q --bare laptop/src/app laptop/src/mirror.git
  git -C laptop/src/mirror.git remote set-url origin https://github.com/acme/mirror.git
  succeeds on laptop dev-infra register src/app src/app-fix
  succeeds on laptop dev-infra register --bare src/mirror.git
  equal "$(names_of laptop)" 'app mirror'
  equal "$(on laptop dev-infra-cat-project --checkouts app | jq -r '.checkouts[].paths[] | "\(.kind) \(.path)"' | LC_ALL=C sort)" \
    "main $WORLD/laptop/src/app
worktree $WORLD/laptop/src/app-fix"
  equal "$(on laptop dev-infra-cat-project --checkouts mirror | jq -r '.checkouts[].paths[] | "\(.kind) \(.path)"')" \
    "bare $WORLD/laptop/src/mirror.git"
  quietly on laptop dev-infra path app
  assert_output "$WORLD/laptop/src/app"
  quietly at laptop src/app-fix dev-infra path .
  equal "$(at laptop src/app-fix dev-infra-cat-project . | jq -r .name)" app
}

@test "register --recursive: takes what ls-repos finds, and the rest when asked" {
  project laptop src/app
  project laptop src/app/vendor/inner
  project laptop src/skipped/one
  git init -q --bare laptop/src/store.git
  commit_in laptop/src/app 'second'
  at laptop src git clone -q --no-local app super
  git -C laptop/src/super remote remove origin
  at laptop src/super git submodule --quiet add "$WORLD/laptop/src/skipped/one" module
  commit_in laptop/src/super 'with a module'
  quietly on laptop dev-infra register --recursive --exclude skipped --dry-run src
  [ ! -e laptop/.dev-infra ] || equal "$(names_of laptop)" ''
  succeeds on laptop dev-infra register --recursive --exclude skipped src
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)' | wc -l)" "$(grep -c '^registered ' <<<"$output")"
  lacks "$output" inner
  lacks "$output" module
  lacks "$output" store
  lacks "$output" skipped
  succeeds on laptop dev-infra register --recursive --exclude skipped --nested --submodules --bare src
  holds "$output" "$WORLD/laptop/src/app/vendor/inner"
  holds "$output" "$WORLD/laptop/src/super/module"
  holds "$output" "$WORLD/laptop/src/store.git"
  lacks "$output" skipped
  succeeds on laptop dev-infra register --recursive --max-depth 1 src
  lacks "$output" skipped/one
  succeeds on laptop dev-infra register --recursive src
  holds "$output" "$WORLD/laptop/src/skipped/one"
}

@test "register --recursive: a home that is a repository says how many inside it are left out" {
  local hint
  quietly on laptop git init -q .
  printf '*\n' >laptop/.gitignore
  project laptop src/app
  project laptop src/lib
  succeeds on laptop dev-infra register --recursive .
  hint="hint: '$WORLD/laptop' is a repository itself, and 2 repositories inside it are left out; '--nested' takes these too"
  holds "$stderr" "$hint"
  # It stands where it helps, and nowhere else.
  succeeds on laptop dev-infra register --recursive --quiet .
  equal "$stderr" ''
  succeeds on laptop dev-infra register --recursive src
  lacks "$stderr" hint:
  succeeds on laptop dev-infra register --recursive src/app
  lacks "$stderr" hint:
  succeeds on laptop dev-infra register --recursive --nested .
  lacks "$stderr" hint:
}

@test "register --recursive: a directory with metadata of its own inside a repository is a project of its own" {
  project laptop src/mono https://github.com/acme/mono.git
  mkdir -p laptop/src/mono/packages/web
  printf 'name: web\nstatus: paused\n' >laptop/src/mono/packages/web/.dev-infra.yml
  git -C laptop/src/mono add .
  commit_in laptop/src/mono 'a package'
  succeeds on laptop dev-infra register --recursive src
  equal "$(names_of laptop)" 'mono web'
  equal "$(field laptop web identity)" '"remote github.com/acme/mono packages/web"'
  equal "$(field laptop web subdirectory)" '"packages/web"'
  equal "$(field laptop web status)" '"paused"'
  equal "$(id_of laptop web)" "$(printf 'remote github.com/acme/mono packages/web\n' | git hash-object --stdin)"
  quietly on laptop dev-infra path web
  assert_output "$WORLD/laptop/src/mono/packages/web"
}

@test "register: what .dev-infra.yml declares is what the entry says" {
  project laptop src/app https://github.com/acme/app.git
  cat >laptop/src/app/.dev-infra.yml <<'END'
name: The App
description: "Does it all"
status: paused
classification: primary
project_type: Work
organization: acme
tags: [b, a, "b"]
template: standard-project
version: "[DEV_INFRA_VERSION]"
created: 2024-02-03
END
  runs 0 on laptop dev-infra register src/app
  assert_stderr_line '^warning: .*version'
  equal "$(on laptop dev-infra-cat-project 'The App' | jq -c '[.name, .description, .status, .classification, .project_type, .organization, .tags, .template, .version, .created]')" \
    '["The App","Does it all","paused","primary","Work","acme",["a","b"],"standard-project","unknown","2024-02-03"]'
}

@test "register: repositories that libgit2 cannot open are registered all the same" {
  local name
  for name in worktreeConfig partial sha; do
    mkdir -p "laptop/src/$name"
    git init -q -b main "$([ "$name" = sha ] && echo --object-format=sha256 || echo --object-format=sha1)" "laptop/src/$name"
    commit_in "laptop/src/$name" start
    git -C "laptop/src/$name" remote add origin "https://github.com/acme/$name.git"
  done
  git -C laptop/src/worktreeConfig config core.repositoryFormatVersion 1
  git -C laptop/src/worktreeConfig config extensions.worktreeConfig true
  git -C laptop/src/partial config core.repositoryFormatVersion 1
  git -C laptop/src/partial config extensions.partialClone origin
  succeeds on laptop dev-infra register --recursive src
  equal "$(names_of laptop)" 'partial sha worktreeConfig'
  for name in worktreeConfig partial sha; do
    equal "$(id_of laptop "$name")" "$(printf 'remote github.com/acme/%s\n' "${name,,}" | git hash-object --stdin)"
    equal "$(field laptop "$name" default_branch)" '"main"' "$name"
  done
  sound laptop
}

@test "register: a repository without a commit or a remote goes by its path, and keeps its id afterwards" {
  local id
  git init -q laptop/new
  succeeds on laptop dev-infra register new
  id=$(id_of laptop new)
  equal "$id" "$(printf 'path %s %s\n' "$(on laptop dev-infra config dev-infra.machine)" "$WORLD/laptop/new" | git hash-object --stdin)"
  commit_in laptop/new first
  git -C laptop/new remote add origin https://github.com/acme/new.git
  succeeds on laptop dev-infra refresh
  equal "$(id_of laptop new)" "$id"
  equal "$(field laptop new identity)" "\"path $(on laptop dev-infra config dev-infra.machine) $WORLD/laptop/new\""
  equal "$(field laptop new remote_url)" '"https://github.com/acme/new.git"'
}

# ---------------------------------------------------------------- refresh

@test "refresh: reads changed metadata and remotes of the named project only, or of all" {
  app_lib_and_site
  sed -i "s/'active'/paused/" laptop/src/site/.dev-infra.yml
  git -C laptop/src/app remote set-url origin https://github.com/acme/application.git
  succeeds on laptop dev-infra refresh site
  equal "$(field laptop site status)" '"paused"'
  equal "$(field laptop app remote_url)" '"https://github.com/acme/app.git"'
  quietly on laptop dev-infra refresh
  assert_output "updated app ($WORLD/laptop/src/app)"
  equal "$(field laptop app remote_url)" '"https://github.com/acme/application.git"'
  equal "$(field laptop app id)" "\"$(printf 'remote github.com/acme/app\n' | git hash-object --stdin)\""
}

@test "refresh: nothing changed, no commit; all that changed, one commit" {
  local before
  app_lib_and_site
  before=$(main_of laptop)
  succeeds on laptop dev-infra refresh
  equal "$(main_of laptop)" "$before"
  for name in app lib; do git -C "laptop/src/$name" remote set-url origin "https://example.org/$name"; done
  before=$(commits_of laptop)
  succeeds on laptop dev-infra refresh
  equal "$(commits_of laptop)" $((before + 1))
}

@test "refresh --stdin -z: reads which projects" {
  app_lib_and_site
  for name in app lib; do git -C "laptop/src/$name" remote set-url origin "https://example.org/$name"; done
  printf '%s\0' "$(id_of laptop lib)" 0000000000000000000000000000000000000001 >which
  succeeds on laptop bash -c 'dev-infra refresh -z --stdin <../which'
  equal "$(field laptop lib remote_url)" '"https://example.org/lib"'
  equal "$(field laptop app remote_url)" '"https://github.com/acme/app.git"'
}

@test "refresh: a directory that is gone is reported with 1 and stays, until --prune" {
  local before
  app_lib_and_site
  rm -rf laptop/src/lib
  before=$(main_of laptop)
  runs 1 on laptop dev-infra refresh
  assert_stderr_has "$WORLD/laptop/src/lib"
  equal "$(main_of laptop)" "$before"
  runs 0 on laptop dev-infra refresh --prune
  assert_output "dropped lib ($WORLD/laptop/src/lib)"
  equal "$(names_of laptop)" 'app site'
  equal "$(names_of laptop --all)" 'app lib site'
}

@test "refresh: two repositories that could be the moved one are not guessed between" {
  app_lib_and_site
  mv laptop/src/app laptop/src/app-one
  cp -a laptop/src/app-one laptop/src/app-two
  runs 1 on laptop dev-infra refresh app
  assert_stderr_has "$WORLD/laptop/src/app"
  quietly on laptop dev-infra-ls-projects --format='%(path)' app
  assert_output "$WORLD/laptop/src/app"
}

# ---------------------------------------------------------------- list, show, path

@test "list: fields separated by tabs into a pipe, a table with a header on a terminal" {
  local table
  app_lib_and_site
  succeeds on laptop dev-infra set app status=paused project_type=Work tags=web,api
  quietly on laptop dev-infra list
  assert_output "$(printf '%s\t%s\t%s\t%s\t%s\t%s\n' \
    app paused Work api,web "$WORLD/laptop/src/app" laptop \
    lib active '' '' "$WORLD/laptop/src/lib" laptop \
    site active '' old,web "$WORLD/laptop/src/site" laptop)"
  table=$(terminal laptop dev-infra list)
  lacks "$table" '	' 'a tab in the table'
  equal "$(head -1 <<<"$table" | grep -ci name)" 1 'a header'
  equal "$(grep -c -E '(app|lib|site) ' <<<"$table")" 3 'rows'
  terminal laptop dev-infra list | sed 's/\x1b\[[0-9;]*m//g' >lines
  while IFS= read -r line; do
    [ "${#line}" -le 70 ] || explain "wider than the terminal: $line"
  done <lines
}

@test "list: NO_COLOR and a pipe are without escapes" {
  app_lib_and_site
  lacks "$(terminal laptop env NO_COLOR=1 dev-infra list)" $'\e'
  quietly on laptop dev-infra list
  refute_output_has $'\e'
}

@test "list: control characters of a name cannot reach the terminal" {
  git init -q laptop/$'bell\a\e[31mred\nline'
  commit_in laptop/$'bell\a\e[31mred\nline' start
  succeeds on laptop dev-infra register $'bell\a\e[31mred\nline'
  quietly on laptop dev-infra list
  assert_clean_text "${output//$'\t'/ }"
  equal "$(wc -l <<<"$output")" 1
  holds "$output" 'bell\a\033[31mred\nline"'
  assert_clean_text "$(terminal laptop env NO_COLOR=1 dev-infra list)"
}

@test "list --json: one array, of entries" {
  app_lib_and_site
  quietly on laptop dev-infra list --json
  equal "$(jq -c '[type, length, (map(.name) | sort)]' <<<"$output")" '["array",3,["app","lib","site"]]'
  equal "$(jq -r '.[] | select(.name == "site") | .template' <<<"$output")" standard-project
  runs 1 on laptop dev-infra list --json --status paused
  equal "$(jq -c . <<<"$output")" '[]'
}

@test "list: an empty registry is an empty list" {
  succeeds on laptop dev-infra init
  quietly on laptop dev-infra list
  assert_output ''
  quietly on laptop dev-infra list --json
  equal "$(jq -c . <<<"$output")" '[]'
}

@test "list: filters, patterns, order; no match is 1" {
  app_lib_and_site
  succeeds on laptop dev-infra set app status=paused classification=primary project_type=Work organization=acme tags+=web
  names() { on laptop dev-infra list "$@" | cut -f 1 | paste -s -d ' '; }
  equal "$(names --status paused)" app
  equal "$(names --classification primary)" app
  equal "$(names --type Work)" app
  equal "$(names --organization acme)" app
  equal "$(names --tag web)" 'app site'
  equal "$(names --tag old --tag nosuch)" site
  equal "$(names --machine laptop)" 'app lib site'
  equal "$(names --sort -name)" 'site lib app'
  equal "$(names 'A*' SITE)" 'app site'
  equal "$(names '*/src/l*')" lib
  runs 1 on laptop dev-infra list 'zzz*'
  assert_output ''
  refuses 129 sideways on laptop dev-infra list --status sideways
}

@test "list --all: also what is elsewhere, with the machines that have it" {
  site_shared
  project desktop work/app https://github.com/acme/app
  succeeds on desktop dev-infra register work/app
  quietly on desktop dev-infra list
  equal "$(cut -f 1,5 <<<"$output")" "app	$WORLD/desktop/work/app"
  quietly on desktop dev-infra list --all
  equal "$(cut -f 1 <<<"$output")" $'app\nlib\nsite'
  equal "$(sed -n 2p <<<"$output" | cut -f 6)" laptop
  lacks "$(sed -n 2p <<<"$output")" "$WORLD/desktop" 'a path for what is not here'
  holds "$(sed -n 1p <<<"$output" | cut -f 6)" laptop
  holds "$(sed -n 1p <<<"$output" | cut -f 6)" desktop
}

@test "show: every field and every checkout; --json is what cat-project --checkouts gives" {
  site_shared
  project desktop work/app https://github.com/acme/app
  succeeds on desktop dev-infra register work/app
  succeeds on desktop dev-infra set app description='The app'
  quietly on desktop dev-infra show app
  for part in app "$(id_of desktop app)" 'The app' https://github.com/acme/app.git "$WORLD/desktop/work/app" "$WORLD/laptop/src/app" laptop desktop; do
    assert_output_has "$part"
  done
  quietly on desktop dev-infra show --json app
  equal "$(jq -S 'del(.states)' <<<"$output")" "$(on desktop dev-infra-cat-project --checkouts app | jq -S .)"
  runs 1 on desktop dev-infra show nothing app
  assert_output_has 'The app'
  assert_stderr_line '^error: .*nothing'
}

@test "path: where a project is here, else 1" {
  site_shared
  quietly on laptop dev-infra path app lib
  assert_output "$WORLD/laptop/src/app
$WORLD/laptop/src/lib"
  refuses 1 app on desktop dev-infra path app
  refuses 1 nothing on laptop dev-infra path nothing
  git init -q laptop/$'new\nline'
  succeeds on laptop dev-infra register $'new\nline'
  on laptop dev-infra path -z ./$'new\nline' >got
  printf '%s\0' "$WORLD/laptop/"$'new\nline' | cmp - got
  quietly on laptop dev-infra path ./$'new\nline'
  assert_output "\"$WORLD/laptop/new\\nline\""
}

# ---------------------------------------------------------------- forget, rm, set

@test "forget: drops the checkout here and keeps the project" {
  local before
  app_lib_and_site
  before=$(commits_of laptop)
  succeeds on laptop dev-infra forget app lib
  equal "$(commits_of laptop)" $((before + 1))
  equal "$(names_of laptop)" site
  equal "$(names_of laptop --all)" 'app lib site'
  [ -d laptop/src/app/.git ]
  refuses 1 app on laptop dev-infra forget app
  refuses 1 nothing on laptop dev-infra forget nothing site
  quietly on laptop dev-infra forget site
  assert_output 'forgot site'
  equal "$(names_of laptop)" ''
  sound laptop
}

@test "rm: drops the project with its checkouts, one commit, no file of it" {
  local before
  app_lib_and_site
  before=$(commits_of laptop)
  refuses 1 nothing on laptop dev-infra rm app nothing lib
  quietly on laptop dev-infra rm app lib
  assert_output $'removed app\nremoved lib'
  equal "$(commits_of laptop)" $((before + 1))
  equal "$(names_of laptop --all)" site
  equal "$(registry_git laptop ls-tree -r --name-only main | grep -c '/checkouts/')" 1
  [ -f laptop/src/app/.git/HEAD ]
  refuses 1 app on laptop dev-infra rm app
  sound laptop
}

@test "set: all fields of one run are one commit; the same values again make none" {
  local before
  app_lib_and_site
  before=$(commits_of laptop)
  succeeds on laptop dev-infra set app status=paused classification=secondary project_type=Personal organization=acme \
    description='Two
lines' name=Application tags=b,a template=t version=1
  equal "$(commits_of laptop)" $((before + 1))
  equal "$(on laptop dev-infra-cat-project Application | jq -c '[.name, .status, .classification, .project_type, .organization, .description, .tags, .template, .version]')" \
    '["Application","paused","secondary","Personal","acme","Two\nlines",["a","b"],"t","1"]'
  succeeds on laptop dev-infra set Application status=paused tags=a,b
  equal "$(commits_of laptop)" $((before + 1))
  succeeds on laptop dev-infra set Application description= tags+=c tags-=a
  equal "$(on laptop dev-infra-cat-project Application | jq -c '[.description, .tags]')" '[null,["b","c"]]'
}

@test "set: moves updated strictly forward, whatever the clock says, and names the machine" {
  local before
  app_lib_and_site
  before=$(field laptop app updated)
  succeeds on laptop dev-infra set app status=paused
  [[ $(field laptop app updated) > $before ]] || explain "updated went from $before to $(field laptop app updated)"
  equal "$(field laptop app updated_by)" "\"$(on laptop dev-infra config dev-infra.machine)\""
}

@test "set: a value out of range, an unknown key or no change at all is refused" {
  app_lib_and_site
  refuses 129 sideways on laptop dev-infra set app status=sideways
  refuses 129 Fun on laptop dev-infra set app project_type=Fun
  refuses 129 nonsense on laptop dev-infra set app nonsense=1
  refuses 129 name on laptop dev-infra set app name=
  refuses 129 '' on laptop dev-infra set app status
  refuses 129 '' on laptop dev-infra set app
  refuses 129 id on laptop dev-infra set app id=1
  refuses 1 nothing on laptop dev-infra set nothing status=paused
  # All or nothing.
  refuses 129 sideways on laptop dev-infra set app description=fine status=sideways
}

@test "set: a key that .dev-infra.yml declares is changed there too, and nothing else in it" {
  app_lib_and_site
  metadata >expected
  succeeds on laptop dev-infra set site status=completed
  sed -i "/^status:/s/active/completed/" expected
  diff expected <(sed "s/^status: [\"']*completed[\"']*/status: 'completed'/" laptop/src/site/.dev-infra.yml)
  equal "$(field laptop site status)" '"completed"'

  cp laptop/src/site/.dev-infra.yml expected
  succeeds on laptop dev-infra set site description='only in the registry' classification=archive
  cmp expected laptop/src/site/.dev-infra.yml
  succeeds on laptop dev-infra set app status=paused
  [ ! -e laptop/src/app/.dev-infra.yml ]

  succeeds on laptop dev-infra set site tags-=old tags+=new
  equal "$(on laptop dev-infra-read-meta --get tags src/site | LC_ALL=C sort | paste -s -d ' ')" 'new web'
  equal "$(grep -v '^tags:' laptop/src/site/.dev-infra.yml)" "$(grep -v '^tags:' expected)" 'the other lines'
  succeeds on laptop dev-infra refresh
  equal "$(field laptop site status)" '"completed"'
  equal "$(field laptop site description)" '"only in the registry"'
  equal "$(field laptop site tags)" '["new","web"]'
}

# ---------------------------------------------------------------- status, log, undo

@test "status: compares offline with what the remote had, and --exit-code tells" {
  site_shared
  mv "$REMOTE" "$REMOTE.away"
  runs 0 on laptop dev-infra status
  assert_output_has origin
  runs 0 on laptop dev-infra status --exit-code
  succeeds on laptop dev-infra set app status=paused
  runs 1 on laptop dev-infra status --exit-code
  runs 0 on laptop dev-infra status
  mv "$REMOTE.away" "$REMOTE"

  succeeds on laptop dev-infra push
  runs 0 on laptop dev-infra status --exit-code
  succeeds on desktop dev-infra pull
  succeeds on desktop dev-infra set lib status=paused
  succeeds on desktop dev-infra push
  runs 0 on laptop dev-infra status --exit-code
  succeeds on laptop dev-infra fetch
  runs 1 on laptop dev-infra status --exit-code origin
  quietly on laptop dev-infra status --json
  equal "$(jq -r type <<<"$output")" object
  quietly on laptop dev-infra status --porcelain
  assert_output_has origin
  succeeds on laptop dev-infra pull
  runs 0 on laptop dev-infra status --exit-code
  refuses 128 nowhere on laptop dev-infra status nowhere
}

@test "status: names the checkouts whose directories are missing" {
  app_lib_and_site
  runs 0 on laptop dev-infra status --exit-code
  mv laptop/src/lib laptop/elsewhere
  runs 0 on laptop dev-infra status
  assert_output_has "$WORLD/laptop/src/lib"
  refute_output_has "$WORLD/laptop/src/app"
  runs 1 on laptop dev-infra status --exit-code
}

@test "log: who changed what, from which machine" {
  site_shared
  succeeds on desktop dev-infra set app description='from the desktop'
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra set lib status=paused
  succeeds on laptop dev-infra pull
  quietly on laptop dev-infra log
  for part in laptop desktop 'Dev on laptop' 'Dev on desktop'; do assert_output_has "$part"; done
  quietly on laptop dev-infra log app
  assert_output_has desktop
  quietly on laptop dev-infra log -p app
  assert_output_has 'from the desktop'
  quietly on laptop dev-infra log --json
  equal "$(jq -rs 'map(type) | unique | join(" ")' <<<"$output")" object
  [ "$(wc -l <<<"$output")" -ge 4 ] || explain 'too few commits'
  quietly on laptop dev-infra log -n 2 --json
  equal "$(wc -l <<<"$output")" 2
  refuses 1 nothing on laptop dev-infra log nothing
}

@test "log P: of a change of many projects only its own line, by any name that it has had" {
  project laptop src/app https://github.com/acme/app.git
  project laptop src/app-two https://github.com/acme/app-two.git
  project laptop src/my.app https://github.com/acme/my.app.git
  succeeds on laptop dev-infra init
  runs 0 on laptop dev-infra register --recursive src
  quietly on laptop dev-infra log app
  equal "$(grep -c '^- ' <<<"$output")" 1
  assert_output_has "- app ($WORLD/laptop/src/app)"
  quietly on laptop dev-infra log
  equal "$(grep -c '^- ' <<<"$output")" 3
  succeeds on laptop dev-infra set app name=renamed
  quietly on laptop dev-infra log renamed
  assert_output_has "- app ($WORLD/laptop/src/app)"
  # Names with characters that expressions know.
  # shellcheck disable=SC2016 # nothing is to be run
  for name in '[a]*' 'x.y+z' 'back\slash' '$(touch pwned)'; do
    project laptop "odd/$name" "https://github.com/acme/$SRANDOM.git"
  done
  runs 0 on laptop dev-infra register --recursive odd
  # shellcheck disable=SC2016
  for name in '[a]*' 'x.y+z' '$(touch pwned)'; do
    quietly on laptop dev-infra log -- "$name"
    equal "$(grep -c '^- ' <<<"$output")" 1 "$name"
    assert_output_has "- $name ("
    quietly on laptop script -qec "dev-infra log -- '$name' | cat" /dev/null
  done
  # One that JSON writes otherwise than a message does hides nothing.
  quietly on laptop dev-infra log -- 'back\slash'
  equal "$(grep -c '^- ' <<<"$output")" 4
  nothing_ran
}

@test "log: the commit that every registry begins with has no date" {
  succeeds on laptop dev-infra init
  quietly on laptop dev-infra log
  [[ $output == *' at the beginning dev-infra, on dev-infra: Create the registry' ]] || explain 'a date'
  run on laptop script -qec 'dev-infra log' /dev/null </dev/null
  [[ $output == *'at the beginning'* && $output != *'years ago'* ]] || explain 'a date, on a terminal'
  # git tells of times in the language of its user, where it is installed.
  quietly on laptop env LANGUAGE=de dev-infra log
  [[ $output == *' at the beginning dev-infra, on dev-infra: Create the registry' ]] || explain 'a date, in German'
}

@test "log -p P shows what two machines wrote at the same time, on both; the one whose value gave way is told once" {
  local machine
  site_shared
  succeeds on laptop dev-infra set app status=completed description='from the laptop'
  sleep 0.01
  succeeds on desktop dev-infra set app status=paused
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull
  succeeds on desktop dev-infra push
  runs 0 on laptop dev-infra pull
  assert_stderr_line '^warning: conflict: app: status was "completed" here, and desktop changed it at the same time to "paused", which was taken$'
  equal "$(grep -c conflict <<<"$stderr")" 1
  quietly on laptop dev-infra pull
  for machine in laptop desktop; do
    quietly on "$machine" dev-infra log -p app
    assert_output_has '"status": "completed"'
    assert_output_has '"status": "paused"'
  done
  equal "$(field laptop app description)" '"from the laptop"'
  # A change that was made knowing the other is reported by nobody.
  succeeds on laptop dev-infra set app status=completed
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull
  succeeds on desktop dev-infra set app status=cancelled
  succeeds on laptop dev-infra set lib description='a merge'
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra sync
  runs 0 on laptop dev-infra pull
  refute_stderr_has conflict
  # Nor is it where a pull tells nothing.
  converge laptop desktop
}

@test "show: every remote of the checkouts, each once" {
  project laptop src/app https://github.com/ann/app.git
  git -C laptop/src/app remote add upstream https://github.com/acme/app.git
  git -C laptop/src/app remote add mirror https://github.com/ann/app.git
  succeeds on laptop dev-infra init
  succeeds on laptop dev-infra register src/app
  quietly on laptop dev-infra show app
  assert_output_has 'remote:          https://github.com/ann/app.git'
  assert_output_has 'remote upstream: https://github.com/acme/app.git'
  equal "$(grep -c '^remote' <<<"$output")" 2
}

# last_subject: what the last change of the laptop is called.
last_subject() { registry_git laptop log -1 --format=%s main; }

@test "undo: each takes back the change before the one that was taken back last" {
  app_lib_and_site
  succeeds on laptop dev-infra set app status=paused
  succeeds on laptop dev-infra set lib status=paused
  succeeds on laptop dev-infra set app status=completed
  runs 0 on laptop dev-infra undo
  assert_output 'undone: Set status of app'
  equal "$(field laptop app status)" '"paused"'
  runs 0 on laptop dev-infra undo
  assert_output 'undone: Set status of lib'
  equal "$(field laptop lib status)" '"active"'
  equal "$(field laptop app status)" '"paused"'
  # A change in between is the next to be taken back, and then it goes on where it was.
  succeeds on laptop dev-infra set site description=new
  runs 0 on laptop dev-infra undo
  assert_output 'undone: Set description of site'
  runs 0 on laptop dev-infra undo
  assert_output 'undone: Set status of app'
  equal "$(field laptop app status)" '"active"'
  equal "$(last_subject)" 'Undo "Set status of app"'
  sound laptop
  # Down to the first change, and no further.
  while on laptop dev-infra undo --quiet 2>/dev/null; do :; done
  equal "$(names_of laptop --all)" ''
  refuses 1 'nothing to undo' on laptop dev-infra undo
}

@test "undo COMMIT: an undo does again what was undone, and subjects do not grow" {
  local undo redo
  app_lib_and_site
  succeeds on laptop dev-infra set app status=paused
  succeeds on laptop dev-infra undo
  undo=$(main_of laptop)
  runs 0 on laptop dev-infra undo "${undo:0:8}"
  assert_output 'undone: Undo "Set status of app"'
  equal "$(field laptop app status)" '"paused"'
  equal "$(last_subject)" 'Redo "Set status of app"'
  redo=$(main_of laptop)
  runs 0 on laptop dev-infra undo
  equal "$(field laptop app status)" '"active"'
  equal "$(last_subject)" 'Undo "Set status of app"'
  equal "$(registry_git laptop log -1 --format='%(trailers:key=Undo-Of,valueonly)' main | head -n 1)" "$redo"
  # The next goes on before the change that was done again.
  runs 0 on laptop dev-infra undo
  assert_output_has 'undone: Register'
  # What a name has that is not shown is escaped once, however often it is undone.
  project laptop $'n\u202ee'
  succeeds on laptop dev-infra register $'n\u202ee'
  for _ in Undo Redo; do
    runs 0 on laptop dev-infra undo "$(main_of laptop)"
    assert_output_has 'n\u202ee'
    lacks "$output$(last_subject)" '\\u'
  done
  sound laptop
}

@test "undo COMMIT: an older change is taken back, and what came later stays; where both touched a field it is a no" {
  local older
  app_lib_and_site
  succeeds on laptop dev-infra set app description=one
  older=$(main_of laptop)
  succeeds on laptop dev-infra set app status=paused
  succeeds on laptop dev-infra set lib description=two
  succeeds on laptop dev-infra undo "$older"
  equal "$(field laptop app description)" null
  equal "$(field laptop app status)" '"paused"'
  equal "$(field laptop lib description)" '"two"'
  older=$(main_of laptop)
  succeeds on laptop dev-infra set app description=three
  refuses 1 'app has been changed since; nothing has been changed' on laptop dev-infra undo "$older"
  refuses 128 "has no commit 'nosuch'" on laptop dev-infra undo nosuch
  refuses 128 'shorter than 4 digits' on laptop dev-infra undo 5
  refuses 1 'not in the history' on laptop dev-infra undo "$(registry_git laptop commit-tree -m elsewhere 'main^{tree}')"
  sound laptop
}

@test "undo: what was removed comes back with its fields" {
  app_lib_and_site
  succeeds on laptop dev-infra set app status=paused
  succeeds on laptop dev-infra rm app
  equal "$(names_of laptop --all)" 'lib site'
  succeeds on laptop dev-infra undo
  equal "$(names_of laptop)" 'app lib site'
  equal "$(field laptop app status)" '"paused"'
  sound laptop
}

@test "undo: of a pull takes back what it brought; undone, it is there again, and the remote gets it right" {
  site_shared
  project desktop work/fresh https://github.com/acme/fresh.git
  succeeds on desktop dev-infra register work/fresh
  succeeds on desktop dev-infra set app description='from the desktop'
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra set lib description='before the pull'
  succeeds on laptop dev-infra pull
  equal "$(names_of laptop --all)" 'app fresh lib site'
  succeeds on laptop dev-infra undo
  equal "$(names_of laptop --all)" 'app lib site'
  equal "$(field laptop app description)" null
  equal "$(field laptop lib description)" '"before the pull"'
  succeeds on laptop dev-infra undo "$(main_of laptop)"
  equal "$(names_of laptop --all)" 'app fresh lib site'
  equal "$(field laptop app description)" '"from the desktop"'
  converge laptop desktop
  equal "$(names_of desktop --all)" 'app fresh lib site'
  equal "$(field desktop lib description)" '"before the pull"'
}

@test "undo: what was undone here wins over what was pushed before" {
  site_shared
  succeeds on laptop dev-infra set app status=completed
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull
  succeeds on laptop dev-infra undo
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull
  equal "$(field desktop app status)" '"active"'
  converge laptop desktop
  equal "$(field laptop app status)" '"active"'
}

@test "undo: an entry that nobody can read is taken back to what it was, and where it would come back it is named" {
  begun_with_app
  succeeds on laptop dev-infra set app description=whole
  local entry registry=$WORLD/laptop/.dev-infra
  on laptop git clone -q .dev-infra hand
  entry=$(cd "$WORLD/laptop/hand" && git ls-files projects)
  printf '{' >"$WORLD/laptop/hand/$entry"
  on laptop git -C hand commit -q -a -m 'By hand'
  on laptop git -C hand push -q
  runs 1 on laptop dev-infra verify
  runs 0 on laptop dev-infra undo
  assert_output_has 'undone: By hand'
  succeeds on laptop dev-infra verify
  equal "$(on laptop dev-infra ls-projects --format='%(description)')" whole
  runs 128 on laptop dev-infra undo "$(git -C "$registry" rev-parse main)"
  assert_stderr_line "^fatal: the object [0-9a-f]{40} cannot stand at $entry: "
}

@test "undo: with nothing to undo it is 1" {
  local before
  succeeds on laptop dev-infra init
  before=$(main_of laptop)
  runs 1 on laptop dev-infra undo
  equal "$(main_of laptop)" "$before"
}

# ---------------------------------------------------------------- config, gc, verify

@test "config: git config on the registry's file" {
  succeeds on laptop dev-infra init
  succeeds on laptop dev-infra config dev-infra.timeout 3
  quietly on laptop dev-infra config dev-infra.timeout
  assert_output 3
  equal "$(git config -f laptop/.dev-infra/config dev-infra.timeout)" 3
  succeeds on laptop dev-infra config --add dev-infra.roots /one
  succeeds on laptop dev-infra config --add dev-infra.roots /two
  quietly on laptop dev-infra config --get-all dev-infra.roots
  assert_output $'/one\n/two'
  runs 1 on laptop dev-infra config dev-infra.nothing
  assert_output ''
}

@test "gc: packs, loses nothing, and --auto leaves a small registry alone" {
  local before i
  app_lib_and_site
  for i in 1 2 3 4 5; do succeeds on laptop dev-infra set app description="$i"; done
  before=$(world_state)
  succeeds on laptop dev-infra gc --auto
  [ "$(registry_git laptop count-objects | cut -d ' ' -f 1)" -gt 0 ] || explain 'packed'
  succeeds on laptop dev-infra gc
  equal "$(registry_git laptop count-objects | cut -d ' ' -f 1)" 0 'loose objects'
  equal "$(world_state)" "$before"
  equal "$(names_of laptop)" 'app lib site'
  succeeds on laptop dev-infra set app description=after
  sound laptop
}

# many_objects REF COUNT LIMIT: a commit of so many files in the registry of the laptop, in a pack of its own from LIMIT objects on.
many_objects() {
  local number
  {
    printf 'commit refs/test/%s\ncommitter A <a@b> 1 +0000\ndata 0\n' "$1"
    for ((number = 0; number < $2; number++)); do
      printf 'M 100644 inline %s/%s\ndata <<E\n%s of %s\nE\n' "$((number % 100))" "$number" "$number" "$1"
    done
  } | registry_git laptop -c fastimport.unpackLimit="$3" fast-import --quiet
}
loose() { registry_git laptop count-objects | cut -d ' ' -f 1; }
packs() { find "$(registry_of laptop)/objects/pack" -name '*.pack' | wc -l; }
all_objects() { registry_git laptop cat-file --batch-all-objects --batch-check | sort; }

@test "gc --auto: packs what is new, and waits for nobody; what nothing refers to stays" {
  local before
  app_lib_and_site
  many_objects loose 12000 20000
  registry_git laptop hash-object -w --stdin <<<unfinished
  before=$(all_objects)
  [ "$(loose)" -gt 12000 ]
  # Settings that a user may have for the code.
  git config --file "$WORLD/laptop/.gitconfig" repack.writeBitmaps true
  git config --file "$WORLD/laptop/.gitconfig" pack.writeBitmaps true
  # A command that is at work.
  exec 8>>"$(registry_of laptop)/dev-infra.lock"
  flock 8
  DEV_INFRA_LOCK_TIMEOUT=0 quietly on laptop dev-infra gc --auto
  assert_output ''
  equal "$(all_objects)" "$before"
  equal "$(loose)" 1 'loose objects'
  # Of many packs it makes few; the one that is larger than all of them stays.
  large=$(find "$(registry_of laptop)/objects/pack" -name '*.pack' -size +100k)
  for number in {1..60}; do many_objects "pack-$number" 5 0; done
  before=$(all_objects)
  DEV_INFRA_LOCK_TIMEOUT=0 quietly on laptop dev-infra gc --auto
  equal "$(all_objects)" "$before"
  [ "$(packs)" -le 3 ] || explain "$(packs) packs"
  [ -e "$large" ]
  exec 8>&-
  equal "$(names_of laptop)" 'app lib site'
  sound laptop
}

@test "gc: what a command has only stored is made small, by gc --auto where it is much" {
  local number stored before
  succeeds on laptop dev-infra init --name laptop
  # A user's setting for the code.
  git config --file "$WORLD/laptop/.gitconfig" pack.compression 0
  size() { cat "$(registry_of laptop)"/objects/pack/*.pack | wc -c; }
  for number in {1..200}; do echo "https://git.example/team/p$number.git"; done | on laptop dev-infra import -q urls -
  stored=$(size)
  before=$(all_objects)
  quietly on laptop dev-infra gc --auto
  equal "$(size)" "$stored"
  quietly on laptop dev-infra gc
  [ "$(size)" -lt $((stored / 2)) ] || explain "$(size) of $stored bytes"
  equal "$(comm -23 <(echo "$before") <(all_objects))" ''
  # 7,000 more are enough for a command to start it by itself, and it holds nobody up.
  for number in {1000..8000}; do echo "https://git.example/team/p$number.git"; done >"$WORLD/list"
  exec 8>>"$(registry_of laptop)/dev-infra.gc"
  flock 8
  succeeds on laptop dev-infra import urls "$WORLD/list"
  exec 8>&-
  stored=$(size)
  before=$(all_objects)
  exec 8>>"$(registry_of laptop)/dev-infra.lock"
  flock 8
  DEV_INFRA_LOCK_TIMEOUT=0 quietly on laptop dev-infra gc --auto
  exec 8>&-
  [ "$(size)" -lt $((stored / 2)) ] || explain "$(size) of $stored bytes"
  equal "$(all_objects)" "$before"
  sound laptop
  # It is not done again.
  large=$(find "$(registry_of laptop)/objects/pack" -name '*.pack')
  quietly on laptop dev-infra gc --auto
  equal "$(find "$(registry_of laptop)/objects/pack" -name '*.pack')" "$large"
}

@test "gc --auto: packs all under the lock each two weeks, and drops what is old" {
  local old young mark before
  app_lib_and_site
  mark=$(registry_of laptop)/cache/gc-whole
  many_objects loose 12000 20000
  succeeds on laptop dev-infra gc --auto
  [ -e "$mark" ]
  registry_git laptop update-ref -d refs/test/loose
  many_objects other 12000 20000
  old=$(registry_git laptop hash-object -w --stdin <<<old)
  young=$(registry_git laptop hash-object -w --stdin <<<young)
  touch -d '20 days ago' "$mark" "$(registry_of laptop)/objects/${old:0:2}/${old:2}"
  exec 8>>"$(registry_of laptop)/dev-infra.lock"
  flock 8
  before=$(all_objects)
  DEV_INFRA_LOCK_TIMEOUT=0 refuses 128 'another dev-infra command' on laptop dev-infra gc --auto
  equal "$(all_objects)" "$before"
  exec 8>&-
  # Two at once are one after the other.
  exec 9>>"$(registry_of laptop)/dev-infra.gc"
  flock 9
  DEV_INFRA_LOCK_TIMEOUT=0 refuses 128 'another dev-infra command' on laptop dev-infra gc
  DEV_INFRA_LOCK_TIMEOUT=0 quietly on laptop dev-infra gc --auto
  equal "$(all_objects)" "$before"
  exec 9>&-
  quietly on laptop dev-infra gc --auto
  runs 1 registry_git laptop cat-file -e "$old"
  registry_git laptop cat-file -e "$young"
  [ -n "$(find "$mark" -mmin -10)" ]
  sound laptop
}

@test "a value that gave way is in the history, also where the merge brings nothing else" {
  local name
  app_shared_with desktop tablet
  for name in laptop tablet desktop; do succeeds on "$name" dev-infra set app description="of $name"; done
  succeeds on desktop dev-infra push
  # Two take the later value of the third, each without knowing of the other.
  for name in laptop tablet; do
    succeeds on "$name" dev-infra pull
    assert_stderr_has "conflict: app: description is \"of $name\" here and \"of desktop\" in origin: took theirs"
    equal "$(field "$name" app description)" '"of desktop"'
    holds "$(on "$name" dev-infra log -p app)" "of $name" "the history of $name"
  done
  succeeds on laptop dev-infra push
  assert_stderr_has "Sent the history of a merge to 'origin'"
  succeeds on tablet dev-infra sync
  succeeds on laptop dev-infra pull
  succeeds on desktop dev-infra pull
  for name in laptop tablet desktop; do
    equal "$(main_of "$name")" "$(remote_main)" "$name" || return
    for other in laptop tablet desktop; do holds "$(on "$name" dev-infra log -p app)" "of $other" "the history of $name" || return; done
  done
  # There it ends: nobody has anything more to merge or to send.
  for name in laptop tablet desktop; do
    succeeds on "$name" dev-infra sync
    equal "$(main_of "$name")" "$(remote_main)" || return
  done
  sound laptop tablet desktop
}

@test "verify: silent about a sound registry; finds a broken entry and a broken object" {
  local object before
  app_lib_and_site
  runs 0 on laptop dev-infra verify
  assert_output ''
  before=$(main_of laptop)
  (
    export GIT_INDEX_FILE=$BATS_TEST_TMPDIR/index
    registry_git laptop read-tree main
    object=$(registry_git laptop hash-object -w --stdin <<<'{}')
    registry_git laptop update-index --add --cacheinfo "100644,$object,$(file_of laptop app)"
    registry_git laptop update-ref refs/heads/main \
      "$(registry_git laptop commit-tree -p main -m broken "$(registry_git laptop write-tree)")"
  )
  runs 1 on laptop dev-infra verify
  assert_output_has "projects/"
  runs 1 on laptop dev-infra verify -q
  equal "$output$stderr" ''
  registry_git laptop update-ref refs/heads/main "$before"
  object=$(registry_git laptop rev-parse "main:$(file_of laptop app)")
  chmod u+w "laptop/.dev-infra/objects/${object:0:2}/${object:2}"
  printf rubbish >"laptop/.dev-infra/objects/${object:0:2}/${object:2}"
  run --separate-stderr on laptop dev-infra verify
  refute_crash
  differ "$status" 0 'the status'
  holds "$output$stderr" "${object:0:7}"
}

@test "verify: what a gc takes away while the objects are looked through is not missing" {
  local real
  app_lib_and_site
  real=$(command -v git)
  mkdir "$WORLD/bin"
  # Between the list of packs and their reading, another process packs anew: once, and then at each look.
  cat >"$WORLD/bin/git" <<END
#!/bin/sh
case " \$* " in
*' fsck '*)
	count=\$(cat '$WORLD/count')
	if [ "\$count" -gt 0 ]; then
		echo \$((count - 1)) >'$WORLD/count'
		echo "packed \$count" | '$real' --git-dir='$WORLD/laptop/.dev-infra' hash-object -w --stdin >/dev/null
		echo 'error: packfile pack-1.pack index not opened' >&2
		exit 1
	fi
	;;
esac
exec '$real' "\$@"
END
  chmod 755 "$WORLD/bin/git"
  echo 2 >"$WORLD/count"
  quietly on laptop env PATH="$WORLD/bin:$PATH" dev-infra verify
  assert_output ''
  equal "$(cat "$WORLD/count")" 0
  # It does not look for ever, and what stays wrong is told.
  echo 50 >"$WORLD/count"
  runs 1 on laptop env PATH="$WORLD/bin:$PATH" dev-infra verify
  assert_output_has 'index not opened'
  equal "$(cat "$WORLD/count")" 45
}

# ---------------------------------------------------------------- remote, sync

@test "remote: add, list, rename, set-url, get-url, remove" {
  succeeds on laptop dev-infra init
  quietly on laptop dev-infra remote
  assert_output ''
  succeeds on laptop dev-infra remote add origin https://git.example.org/registry.git
  succeeds on laptop dev-infra remote add backup nas:registry.git
  quietly on laptop dev-infra remote
  assert_output $'backup\norigin'
  quietly on laptop dev-infra remote -v
  assert_output $'backup\tnas:registry.git (fetch)\nbackup\tnas:registry.git (push)
origin\thttps://git.example.org/registry.git (fetch)\norigin\thttps://git.example.org/registry.git (push)'
  succeeds on laptop dev-infra remote rename backup nas
  quietly on laptop dev-infra remote get-url nas
  assert_output nas:registry.git
  succeeds on laptop dev-infra remote set-url nas ssh://nas/registry.git
  quietly on laptop dev-infra remote get-url nas
  assert_output ssh://nas/registry.git
  succeeds on laptop dev-infra remote remove nas
  quietly on laptop dev-infra remote
  assert_output origin
}

@test "remote: rename and remove take the tracking ref along" {
  site_shared
  succeeds on laptop dev-infra remote rename origin there
  equal "$(registry_git laptop for-each-ref --format='%(refname)' refs/remotes)" refs/remotes/there/main
  succeeds on laptop dev-infra push there
  succeeds on laptop dev-infra remote remove there
  equal "$(registry_git laptop for-each-ref --format='%(refname)' refs/remotes)" ''
}

@test "remote: what cannot be is refused" {
  succeeds on laptop dev-infra init
  succeeds on laptop dev-infra remote add origin /srv/registry.git
  refuses 128 origin on laptop dev-infra remote add origin /srv/other.git
  refuses 128 nowhere on laptop dev-infra remote get-url nowhere
  refuses 128 nowhere on laptop dev-infra remote set-url nowhere /srv/x.git
  refuses 128 nowhere on laptop dev-infra remote rename nowhere x
  refuses 128 nowhere on laptop dev-infra remote remove nowhere
  refuses 128 'a b' on laptop dev-infra remote add 'a b' /srv/x.git
  refuses 128 '..' on laptop dev-infra remote add '../x' /srv/x.git
  refuses 129 '' on laptop dev-infra remote add onlyname
  refuses 129 sideways on laptop dev-infra remote sideways
}

@test "the default remote: dev-infra.remote, else origin, else the only one, else they are listed" {
  project laptop app
  succeeds on laptop dev-infra register app
  refuses 128 remote on laptop dev-infra push
  bare_remote one
  bare_remote two
  succeeds on laptop dev-infra remote add one "$WORLD/forge/one.git"
  succeeds on laptop dev-infra push
  equal "$(git --git-dir="$WORLD/forge/one.git" rev-parse main)" "$(main_of laptop)"
  succeeds on laptop dev-infra remote add two "$WORLD/forge/two.git"
  refuses 128 two on laptop dev-infra push
  assert_stderr_has one
  succeeds on laptop dev-infra config dev-infra.remote two
  succeeds on laptop dev-infra push
  equal "$(git --git-dir="$WORLD/forge/two.git" rev-parse main)" "$(main_of laptop)"
  succeeds on laptop dev-infra config --unset dev-infra.remote
  succeeds on laptop dev-infra remote rename two origin
  succeeds on laptop dev-infra pull
  refuses 128 nowhere on laptop dev-infra push nowhere
}

@test "push --dry-run: says so and sends nothing" {
  local before
  site_shared
  succeeds on laptop dev-infra set app status=paused
  before=$(remote_main)
  succeeds on laptop dev-infra push --dry-run
  equal "$(remote_main)" "$before"
  succeeds on laptop dev-infra push --quiet
  assert_output ''
  equal "$(remote_main)" "$(main_of laptop)"
}

@test "pull --strategy: ours and theirs decide conflicts, and only those" {
  local strategy
  site_shared
  for strategy in theirs ours; do
    succeeds on desktop dev-infra set app description="desktop, $strategy"
    succeeds on desktop dev-infra push
    succeeds on laptop dev-infra set app description="laptop, $strategy" tags+="$strategy"
    succeeds on laptop dev-infra pull --strategy "$strategy"
    case $strategy in
      theirs) equal "$(field laptop app description)" '"desktop, theirs"' ;;
      ours) equal "$(field laptop app description)" '"laptop, ours"' ;;
    esac
    holds "$(field laptop app tags)" "\"$strategy\""
    converge laptop desktop
  done
  refuses 129 sideways on laptop dev-infra pull --strategy sideways
}

@test "fetch: moves the tracking ref only; --all goes on past a remote that fails" {
  local main
  site_shared
  succeeds on desktop dev-infra set app status=paused
  succeeds on desktop dev-infra push
  main=$(main_of laptop)
  succeeds on laptop dev-infra fetch
  equal "$(registry_git laptop rev-parse refs/remotes/origin/main)" "$(remote_main)"
  equal "$(main_of laptop)" "$main"
  succeeds on desktop dev-infra set app status=active
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra remote add aaa "$WORLD/forge/nothing-here.git"
  runs 1 on laptop dev-infra fetch --all
  assert_stderr_has aaa
  equal "$(registry_git laptop rev-parse refs/remotes/origin/main)" "$(remote_main)"
}

@test "sync: a pull and a push; sync push and sync pull are those" {
  site_shared
  succeeds on desktop dev-infra set app status=paused
  succeeds on desktop dev-infra sync push
  equal "$(remote_main)" "$(main_of desktop)"
  succeeds on laptop dev-infra set lib status=completed
  succeeds on laptop dev-infra sync pull
  equal "$(field laptop app status)" '"paused"'
  succeeds on desktop dev-infra set site description=more
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra sync
  equal "$(field laptop site description)" '"more"'
  equal "$(remote_tree)" "$(tree_of laptop)"
  refuses 129 sideways on laptop dev-infra sync sideways
}

@test "a copied home becomes a machine of its own at its first change" {
  local copy
  site_shared
  cp -a laptop copy
  git config -f copy/.dev-infra/config dev-infra.systemId 0000000000000000
  git -C copy/src/app remote set-url origin https://github.com/acme/app
  run --separate-stderr on copy dev-infra register src/app
  assert_status 0
  copy=$(on copy dev-infra config dev-infra.machine)
  differ "$copy" "$(on laptop dev-infra config dev-infra.machine)" 'the machine ids'
  [[ $copy =~ ^[0-9a-f]{16}$ ]] || explain "the copy's id: $copy"
  succeeds on copy dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(on laptop dev-infra-cat-project --checkouts app | jq -r '.checkouts[].paths[].path' | LC_ALL=C sort)" \
    "$WORLD/copy/src/app
$WORLD/laptop/src/app"
}

@test "push and pull say what they did in a person's words, and records to scripts" {
  local id
  succeeds on laptop dev-infra init --name laptop
  project laptop app https://github.com/acme/app.git
  project laptop lib https://github.com/acme/lib.git
  succeeds on laptop dev-infra register app lib
  pushed_to_origin
  equal "$stderr" "Sent 2 projects to 'origin'"
  machine desktop
  succeeds on desktop dev-infra init --name desktop
  succeeds on desktop dev-infra remote add origin "$REMOTE"
  succeeds on desktop dev-infra pull
  assert_output $'added app (now on laptop)\nadded lib (now on laptop)'
  lacks "$stderr" refs/
  succeeds on laptop dev-infra set app description=One status=paused
  succeeds on laptop dev-infra rm lib
  succeeds on laptop dev-infra push
  id=$(id_of laptop app)
  succeeds on desktop dev-infra pull
  assert_output $'changed app (description, status)\nremoved lib (no longer on laptop)'
  # A pull that brings nothing but where a project is.
  git clone -q laptop/app laptop/copy
  git -C laptop/copy remote set-url origin https://github.com/acme/app.git
  succeeds on laptop dev-infra register copy
  succeeds on laptop dev-infra push
  equal "$stderr" "Sent 1 project to 'origin'"
  succeeds on desktop dev-infra pull
  assert_output 'changed app (elsewhere on laptop)'
  succeeds on laptop dev-infra set app description=Two
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull --porcelain
  assert_output "M $id app"
  succeeds on desktop dev-infra pull --porcelain
  assert_output ''
}

@test "a push to what cannot take it says why" {
  succeeds on laptop dev-infra init
  git clone -q --bare laptop/.dev-infra checked.git
  git clone -q checked.git checked
  project laptop app
  succeeds on laptop dev-infra register app
  succeeds on laptop dev-infra remote add files "$WORLD/checked"
  refuses 128 'branch is currently checked out' on laptop dev-infra push files
  assert_stderr_line '^hint: .*bare repository'
  git --git-dir=laptop/.dev-infra bundle create -q list.bundle main
  succeeds on laptop dev-infra remote add bundle "$WORLD/list.bundle"
  # What has nothing to send does not ask whether it could.
  succeeds on laptop dev-infra push bundle
  succeeds on laptop dev-infra set app description=New
  runs 128 on laptop dev-infra push bundle
  assert_stderr_line '^hint: .*bundle can be pulled from'
}

@test "show --state: what is left undone in each checkout here" {
  local line
  app_lib_and_site
  touch laptop/src/app/{a,b}
  quietly on laptop dev-infra show --state app
  assert_output_has 'state:          main, 2 untracked, 1 branch not pushed'
  git -C laptop/src/app checkout -q --detach
  quietly on laptop dev-infra show --state --history app
  assert_output_has 'state:          no branch, 2 untracked'
  git -C laptop/src/app worktree add -q ../fix -b fix
  quietly on laptop dev-infra register src/fix
  quietly on laptop dev-infra show --state app
  assert_output_has "state:          $WORLD/laptop/src/fix: fix, 2 "
  assert_output_has "state:          $WORLD/laptop/src/app: no branch, 2 untracked"
  equal "$(on laptop dev-infra show --state --json app | jq -c '[.state[].untracked] | sort')" '[0,2]'
  equal "$(on laptop dev-infra show --json app | jq -c .state)" null
  rm -r laptop/src/lib
  quietly on laptop dev-infra show --state lib
  assert_output_has 'state:          gone'
  printf garbage >laptop/src/site/.git/HEAD
  quietly on laptop dev-infra show --state site
  line=$(grep '^state:' <<<"$output")
  holds "$line" 'src/site'
}

@test "archive: one commit for many, also in the file that says so, and undone" {
  local before
  app_lib_and_site
  printf 'classification: primary # for now\n' >>laptop/src/site/.dev-infra.yml
  succeeds on laptop dev-infra refresh
  before=$(commits_of laptop)
  quietly on laptop dev-infra archive -n app site
  assert_output "$(printf '%s\n' 'would archive app' 'would archive site')"
  equal "$(commits_of laptop)" "$before"
  quietly on laptop dev-infra archive app site
  assert_output_has 'archived app'
  assert_output_has "changed $WORLD/laptop/src/site/.dev-infra.yml"
  equal "$(commits_of laptop)" "$((before + 1))"
  equal "$(names_of laptop --where classification:archive)" 'app site'
  grep -qx 'classification: archive # for now' laptop/src/site/.dev-infra.yml
  quietly on laptop dev-infra archive --where '!classification:archive'
  assert_output 'archived lib'
  quietly on laptop dev-infra archive lib
  assert_output 'unchanged lib'
  succeeds on laptop dev-infra undo
  equal "$(names_of laptop --where classification:archive)" 'app site'
  refuses 129 'which project?' on laptop dev-infra archive
  refuses 1 nosuch on laptop dev-infra archive lib nosuch
}

@test "homepage: from .dev-infra.yml, by set, in every list, and to another machine" {
  machine desk
  succeeds on laptop dev-infra init --name laptop
  project laptop app
  printf 'name: app\n# the page\nhomepage: https://example.org/app\n' >laptop/app/.dev-infra.yml
  succeeds on laptop dev-infra register app
  equal "$(on laptop dev-infra-ls-projects --format '%(homepage)')" 'https://example.org/app'
  equal "$(on laptop dev-infra-ls-projects --json | jq -r .homepage)" 'https://example.org/app'
  quietly on laptop dev-infra show app
  assert_output_has 'https://example.org/app'
  succeeds on laptop dev-infra set app homepage=http://example.org/other
  equal "$(cat laptop/app/.dev-infra.yml)" $'name: app\n# the page\nhomepage: http://example.org/other'
  refuses 129 'without user name, password or token' on laptop dev-infra set app homepage=https://me:pw@example.org/
  lacks "$stderr" ':pw@'
  git init -q --bare "$WORLD/hub.git"
  succeeds on laptop dev-infra remote add origin "$WORLD/hub.git"
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra init --name desk "$WORLD/hub.git"
  equal "$(on desk dev-infra-ls-projects --all --format '%(homepage)')" 'http://example.org/other'
  succeeds on laptop dev-infra set app homepage=
  equal "$(cat laptop/app/.dev-infra.yml)" 'name: app'
  equal "$(on laptop dev-infra-ls-projects --json | jq -r '.homepage // "none"')" none
}

@test "set: a tag is added to .dev-infra.yml in the file's own order, and a file that cannot be read is named" {
  succeeds on laptop dev-infra init --name laptop
  project laptop app
  printf 'name: app\ntags:\n  # the product line\n  - zeta\n  # who pays\n  - acme   # until 2027\n' >laptop/app/.dev-infra.yml
  succeeds on laptop dev-infra register app
  succeeds on laptop dev-infra set app tags+=mid
  equal "$(cat laptop/app/.dev-infra.yml)" $'name: app\ntags:\n  # the product line\n  - zeta\n  # who pays\n  - acme   # until 2027\n  - mid'
  equal "$(field laptop app tags)" '["acme","mid","zeta"]'
  succeeds on laptop dev-infra set app tags-=zeta
  equal "$(cat laptop/app/.dev-infra.yml)" $'name: app\ntags:\n  # who pays\n  - acme   # until 2027\n  - mid'
  printf 'name: app\ndefaults: &d {region: eu}\nstaging:\n  <<: *d\nstatus: active\n' >laptop/app/.dev-infra.yml
  succeeds on laptop dev-infra set app status=paused
  equal "$(cat laptop/app/.dev-infra.yml)" $'name: app\ndefaults: &d {region: eu}\nstaging:\n  <<: *d\nstatus: paused'
  printf 'name: app\nname: again\n' >laptop/app/.dev-infra.yml
  refuses 128 '.dev-infra.yml failed: line 2, column 1' on laptop dev-infra set app status=active
}
