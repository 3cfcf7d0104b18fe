#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# What a person may call a project.

load helper

setup() {
  begin
  machine laptop
  runs 0 on laptop dev-infra init
}

# two_apis: two projects with one name and different owners, in directories that are called otherwise.
two_apis() {
  project laptop one/api git@github.com:acme/api.git
  project laptop two/api https://github.com/globex/api.git
  quietly on laptop dev-infra register one/api two/api
}

@test "owner and name, or a URL in any form, name a project to every command, from anywhere" {
  local name command
  two_apis
  for name in acme/api github.com/acme/api git@github.com:acme/api.git https://github.com/acme/api ssh://git@ssh.github.com:443/acme/api; do
    for command in path 'show' 'cat-project' 'log' 'refresh'; do
      quietly at laptop two/api dev-infra $command "$name"
    done
    quietly at laptop two/api dev-infra path "$name"
    assert_output "$WORLD/laptop/one/api"
    quietly at laptop two/api dev-infra set "$name" description="by $name"
    equal "$(field laptop acme/api description)" "\"by $name\""
  done
  equal "$(field laptop globex/api description)" null
  quietly on laptop dev-infra forget globex/api
  quietly on laptop dev-infra rm acme/api
  equal "$(names_of laptop --all)" api
}

@test "an ambiguous name lists what can be typed, and each of these is taken" {
  local name
  two_apis
  refuses 1 "'api' is ambiguous" on laptop dev-infra path api
  assert_stderr_has "$WORLD/laptop/one/api"
  for name in $(printf '%s\n' "$stderr" | sed -n 's/^hint: \([^ ]*\) .*/\1/p'); do
    quietly on laptop dev-infra path "$name"
  done
  holds "$stderr$output" ''
  runs 1 on laptop dev-infra set api status=paused
  assert_stderr_has 'acme/api'
  assert_stderr_has 'globex/api'
}

@test "a table shows owners where names are shared, and scripts get names" {
  command -v script >/dev/null || skip 'a terminal needs script(1)'
  two_apis
  project laptop src/app https://github.com/acme/app.git
  quietly on laptop dev-infra register src/app
  output=$(on laptop script -qec 'dev-infra list' /dev/null </dev/null | tr -d '\r')
  assert_output_has 'acme/api '
  assert_output_has 'globex/api '
  refute_output_has 'acme/app '
  quietly on laptop dev-infra list
  refute_output_has 'acme/api'
}

@test "completion offers owner and name" {
  two_apis
  quietly on laptop dev-infra-complete dev-infra path ac
  assert_output acme/api
  quietly on laptop dev-infra-complete dev-infra set globex/
  assert_output globex/api
  quietly on laptop dev-infra-complete dev-infra path github.com/
  assert_output_has github.com/acme/api
  quietly on laptop dev-infra-complete dev-infra path ap
  assert_output api
}

@test "what is here goes before what is elsewhere" {
  machine desk
  runs 0 on desk dev-infra init
  bare_remote registry
  project desk src/app https://github.com/globex/app.git
  quietly on desk dev-infra register src/app
  quietly on desk dev-infra remote add origin "$REMOTE"
  succeeds on desk dev-infra push
  project laptop src/app https://github.com/acme/app.git
  quietly on laptop dev-infra register src/app
  quietly on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra pull
  quietly on laptop dev-infra path app
  assert_output "$WORLD/laptop/src/app"
  quietly on laptop dev-infra set app status=paused
  equal "$(field laptop globex/app status)" '"active"'
  refuses 1 'is not on this machine' on laptop dev-infra path globex/app
}

@test "a dot in a repository within a project is not the project around it" {
  local inner
  project laptop web https://h.example/web
  quietly on laptop dev-infra register web
  project laptop web/vendor/pad https://h.example/pad
  git init -q --bare "$WORLD/laptop/web/mirror.git"
  git -C "$WORLD/laptop/web" worktree add -q "$WORLD/laptop/web/tree" -b tree
  mkdir -p "$WORLD/laptop/web/src/deep" "$WORLD/laptop/web/vendor/pad/lib"
  for inner in vendor/pad vendor/pad/lib mirror.git mirror.git/refs; do
    refuses 1 'no project is known at the path' at laptop "web/$inner" dev-infra set . status=paused
    refuses 1 'no project' on laptop dev-infra path "./web/$inner"
    runs 1 at laptop "web/$inner" dev-infra-ls-projects --path .
    equal "$(field laptop web status)" '"active"'
  done
  # A worktree of the repository is the project, and so is a directory further down.
  quietly at laptop web/tree dev-infra set . status=paused
  equal "$(field laptop web status)" '"paused"'
  quietly at laptop web/src/deep dev-infra set . status=active
  equal "$(field laptop web status)" '"active"'
  quietly at laptop web/src/deep dev-infra path ..
  assert_output "$WORLD/laptop/web"
  quietly at laptop web/.git/hooks dev-infra path .
  assert_output "$WORLD/laptop/web"
  # A bare repository with its worktrees beside it.
  git clone -q --bare "$WORLD/laptop/web" "$WORLD/laptop/layout/.bare"
  git -C "$WORLD/laptop/layout/.bare" worktree add -q "$WORLD/laptop/layout/main" main
  quietly on laptop dev-infra register layout/.bare
  quietly at laptop layout/main dev-infra-ls-projects --path . --format '%(path)'
  assert_output "$WORLD/laptop/layout/.bare"
  # A submodule's .git is a file.
  project laptop lib
  git -C "$WORLD/laptop/web" -c protocol.file.allow=always submodule --quiet add "$WORLD/laptop/lib" sub
  refuses 1 'no project is known at the path' at laptop web/sub dev-infra set . status=paused
}

@test "path says where a directory is gone" {
  project laptop src/app https://h.example/app
  project laptop src/lib https://h.example/lib
  quietly on laptop dev-infra register src/app src/lib
  mv "$WORLD/laptop/src/app" "$WORLD/laptop/elsewhere"
  runs 1 on laptop dev-infra path app lib
  assert_output "$WORLD/laptop/src/lib"
  assert_stderr_has "app was at $WORLD/laptop/src/app, which is gone"
  # Another checkout is still there.
  cp -a "$WORLD/laptop/src/lib" "$WORLD/laptop/src/lib2"
  quietly on laptop dev-infra register src/lib2
  rm -r "$WORLD/laptop/src/lib"
  quietly on laptop dev-infra path lib
  assert_output "$WORLD/laptop/src/lib2"
}

@test "show has every remote" {
  project laptop src/app https://github.com/ann/app.git
  git -C "$WORLD/laptop/src/app" remote add upstream https://github.com/acme/app.git
  project laptop src/lib https://github.com/ann/lib.git
  quietly on laptop dev-infra register src/app src/lib
  quietly on laptop dev-infra show app
  assert_output_has 'https://github.com/ann/app.git'
  [[ $output =~ remote\ upstream:\ +https://github.com/acme/app.git ]] || explain 'upstream is left out'
  quietly on laptop dev-infra show lib
  refute_output_has 'remote origin'
}
