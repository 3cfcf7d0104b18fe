#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# Opening a project's page, or its directory: which URL, which program, and that nothing else is run.

load helper

setup() {
  begin
  machine laptop
  project laptop src/app git@github.com:Acme/app.git
  project laptop src/lib https://gitlab.com/acme/tools/lib.git
  project laptop src/local
  succeeds on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra register src/app src/lib src/local
  mkdir tools
  # shellcheck disable=SC2016 # expanded by the script
  printf '#!/bin/sh\nfor word; do printf "<%%s>" "$word"; done >>"%s"; echo >>"%s"\n' "$WORLD/opened" "$WORLD/opened" >tools/browser
  cp tools/browser tools/editor
  chmod +x tools/*
  unset BROWSER VISUAL EDITOR DISPLAY
}

opened() { cat "$WORLD/opened" 2>/dev/null || true; }

@test "the page follows from the URL, for several projects, filters and a directory" {
  quietly on laptop dev-infra open --print app lib
  assert_output "$(printf '%s\n' https://github.com/Acme/app https://gitlab.com/acme/tools/lib)"
  quietly at laptop src/app dev-infra open -p
  assert_output https://github.com/Acme/app
  quietly on laptop dev-infra open -p --where 'remote:gitlab.com/*'
  assert_output https://gitlab.com/acme/tools/lib
  equal "$(on laptop dev-infra open -p -z app lib | tr '\0' ' ')" 'https://github.com/Acme/app https://gitlab.com/acme/tools/lib '
  equal "$(printf 'lib\0app\0' | on laptop dev-infra open -p -z --stdin | tr '\0' ' ')" \
    'https://gitlab.com/acme/tools/lib https://github.com/Acme/app '
  # A part of a name will do, as for path.
  quietly on laptop dev-infra open -p ap
  assert_output https://github.com/Acme/app
}

@test "a project that is not here has its page" {
  succeeds on laptop dev-infra forget app
  quietly on laptop dev-infra open -p app
  assert_output https://github.com/Acme/app
}

@test "what has no page says so, and the others are opened" {
  BROWSER=$WORLD/tools/browser runs 1 on laptop dev-infra open local app
  assert_stderr_has 'error: local has no remote, and so no page'
  equal "$(opened)" '<https://github.com/Acme/app>'
  refuses 1 'nosuch' on laptop dev-infra open -p nosuch
  refuses 1 'no project' at laptop . dev-infra open -p
  git -C laptop/src/local remote add origin /srv/git/local.git
  succeeds on laptop dev-infra register src/local
  refuses 1 'local has no page: its remote is /srv/git/local.git' on laptop dev-infra open -p local
}

@test "the homepage is opened where it is asked for" {
  refuses 1 'app has no homepage' on laptop dev-infra open -p --homepage app
  succeeds on laptop dev-infra set app local "homepage=https://shop.example/?a=b&c=\$(touch%20pwned)'"
  quietly on laptop dev-infra open -p --homepage app
  assert_output 'https://shop.example/?a=b&c=%24%28touch%20pwned%29%27'
  BROWSER=$WORLD/tools/browser quietly on laptop dev-infra open --homepage app
  equal "$(opened)" '<https://shop.example/?a=b&c=%24%28touch%20pwned%29%27>'
  runs 1 on laptop dev-infra open -p local
  assert_stderr_has 'hint: it has a homepage, which --homepage opens'
  nothing_ran
}

@test "BROWSER names the browser: the first of its commands that there is, with words and %s" {
  BROWSER="/no/such:$WORLD/tools/browser --new %s x" quietly on laptop dev-infra open app lib
  equal "$(opened)" "$(printf '%s\n' '<--new><https://github.com/Acme/app><x>' '<--new><https://gitlab.com/acme/tools/lib><x>')"
  rm opened
  PATH=$WORLD/tools:$PATH BROWSER='browser &' quietly on laptop dev-infra open app
  equal "$(opened)" '<https://github.com/Acme/app>'
  printf '#!/bin/sh\nexit 3\n' >tools/browser
  BROWSER=$WORLD/tools/browser runs 1 on laptop dev-infra open app
  assert_stderr_has "error: opening https://github.com/Acme/app failed: '$WORLD/tools/browser' ended with status 3"
  assert_stderr_has 'hint: BROWSER, or'
}

@test "git's web.browser goes first, and a repository's own settings say nothing" {
  succeeds on laptop git config --global web.browser mine
  succeeds on laptop git config --global browser.mine.cmd "$WORLD/tools/browser"
  BROWSER=/no/such quietly on laptop dev-infra open app
  equal "$(opened)" '<https://github.com/Acme/app>'
  rm opened
  succeeds on laptop git config --global --unset web.browser
  git -C laptop/src/app config web.browser evil
  git -C laptop/src/app config browser.evil.cmd "touch $WORLD/pwned; true"
  git -C laptop/src/app config browser.mine.cmd "touch $WORLD/pwned; true"
  git -C laptop/src/app config core.editor "touch $WORLD/pwned; true"
  BROWSER=$WORLD/tools/browser quietly at laptop src/app dev-infra open
  succeeds on laptop git config --global web.browser mine
  quietly at laptop src/app dev-infra open
  EDITOR=$WORLD/tools/editor quietly at laptop src/app dev-infra open --editor
  nothing_ran
  equal "$(opened)" "$(printf '%s\n' '<https://github.com/Acme/app>' '<https://github.com/Acme/app>' "<$WORLD/laptop/src/app>")"
}

@test "the system's opener comes next" {
  mv tools/browser tools/xdg-open
  PATH=$WORLD/tools:$PATH quietly on laptop dev-infra open app
  equal "$(opened)" '<https://github.com/Acme/app>'
}

@test "many pages at once are refused, and printed" {
  local n
  for n in {1..21}; do
    project laptop "src/p$n" "https://h.example/p$n"
  done
  succeeds on laptop dev-infra register -r src
  BROWSER=$WORLD/tools/browser refuses 1 'that would open 21 pages at once' on laptop dev-infra open 'p*'
  equal "$(opened)" ''
  quietly on laptop dev-infra open -p 'p*'
  equal "$(wc -l <<<"$output")" 21
}

@test "the editor is git's choice, and gets all directories at once" {
  EDITOR=$WORLD/tools/editor quietly on laptop dev-infra open --editor app lib
  equal "$(opened)" "<$WORLD/laptop/src/app><$WORLD/laptop/src/lib>"
  rm opened
  succeeds on laptop git config --global core.editor "$WORLD/tools/editor --wait"
  EDITOR=/no/such quietly on laptop dev-infra open -e app
  equal "$(opened)" "<--wait><$WORLD/laptop/src/app>"
  rm opened
  GIT_EDITOR=$WORLD/tools/editor quietly on laptop dev-infra open -e app
  equal "$(opened)" "<$WORLD/laptop/src/app>"
  # Its status is the command's.
  run --separate-stderr on laptop env GIT_EDITOR='exit 7;' dev-infra open -e app
  equal "$status" 7
  on laptop git config --global --unset core.editor
  refuses 128 'finding an editor failed: ' on laptop env -u EDITOR TERM=dumb dev-infra open -e app
  refuses 129 'excludes --homepage and --print' on laptop dev-infra open -e -p app
}

@test "an editor opens nothing where one of the projects is not here" {
  rm -r laptop/src/lib
  EDITOR=$WORLD/tools/editor refuses 1 "lib was at $WORLD/laptop/src/lib, which is gone" on laptop dev-infra open -e app lib
  succeeds on laptop dev-infra forget lib
  EDITOR=$WORLD/tools/editor refuses 1 'lib is not on this machine' on laptop dev-infra open -e app lib
  EDITOR=$WORLD/tools/editor refuses 1 "nosuch" on laptop dev-infra open -e app nosuch
  equal "$(opened)" ''
}

@test "hostile names and URLs are arguments, and run nothing" {
  local name
  hostile_names
  for name in "${HOSTILE[@]}"; do
    mkdir -p -- "laptop/evil/$name"
    git init -q -- "laptop/evil/$name"
    commit_in "laptop/evil/$name" start
    git -C "laptop/evil/$name" remote add origin "https://h.example/$(printf %s "$name" | tr -d '\n\t\a\033')" || true
  done
  run --separate-stderr on laptop dev-infra register -r evil
  : >opened
  BROWSER=$WORLD/tools/browser run --separate-stderr on laptop dev-infra open --where "path:$WORLD/laptop/evil/*"
  ! grep -vE '^<https://h\.example/[A-Za-z0-9._~+@:,=%/-]*>$' opened || explain "$(opened)"
  [ "$(wc -l <opened)" -ge 5 ]
  : >opened
  EDITOR=$WORLD/tools/editor run --separate-stderr on laptop dev-infra open -e --where "path:$WORLD/laptop/evil/*"
  equal "$status" 0
  nothing_ran
}
