#!/usr/bin/env bats
# dev-infra state and dev-infra-ls-state: what is left undone, and what exists on this machine only.

load helper

setup() {
  begin
  machine laptop
  git init -q --bare "$WORLD/far.git"
  at laptop . git config --global url."$WORLD/far.git".insteadOf nothing:
}

# shop: a project with a commit that its remote has. The remote has a URL of another computer, and is served from a directory.
shop() {
  at laptop . git init -q -b main src/shop
  at laptop src/shop sh -c 'echo 1 >a; mkdir d; echo 2 >d/b; git add .; git commit -qm first
    git remote add origin https://far.example/shop.git
    git update-ref refs/remotes/origin/main main; git branch -q -u origin/main'
  succeeds on laptop dev-infra register src/shop
}

# atoms FORMAT: of the shop.
atoms() { at laptop src/shop dev-infra-ls-state --format "$1" .; }

# unsaved: the kinds and numbers of what exists here only, without the registry's own.
unsaved() {
  at laptop . dev-infra state --unsaved "$@" 2>/dev/null | cut -f 2,3 | grep -v '^registry' | tr '\t\n' '= ' | sed 's/ $//'
}

@test "ls-state: counts, branches and what is in progress, as git has them" {
  shop
  equal "$(atoms '%(branch) %(staged)%(changed)%(untracked) %(ahead)%(behind) %(upstream)')" 'main 000 00 origin/main'
  at laptop src/shop sh -c 'echo x >>a; echo z >new; git commit -q --allow-empty -m two'
  equal "$(atoms '%(changed) %(untracked) %(ahead)')" '1 1 1'
  at laptop src/shop sh -c 'git stash -q; git checkout -q --detach'
  equal "$(atoms '%(branch)|%(stashes)|%(unpushed)')" '|1|1'
}

@test "ls-state: a repository that cannot be read is named, and the rest goes on" {
  shop
  at laptop . sh -c 'mkdir -p src/bad; git init -q src/bad; rm src/bad/.git/HEAD; mkfifo src/bad/.git/HEAD'
  run --separate-stderr at laptop . dev-infra-ls-state --format '%(path) %(branch)' src/bad src/none src/shop
  assert_status 1
  assert_output_has "$WORLD/laptop/src/shop main"
  assert_stderr_has 'named pipe'
  assert_stderr_has "$WORLD/laptop/src/none does not exist"
}

@test "ls-state: writes nothing, and runs nothing that a repository says" {
  shop
  at laptop src/shop sh -c "
    git config core.fsmonitor 'touch $WORLD/pwned'; git config filter.evil.clean 'touch $WORLD/pwned; cat'
    git config filter.evil.process 'touch $WORLD/pwned'; git config core.hooksPath hooks
    echo 'a filter=evil' >.gitattributes; git -c core.fsmonitor= -c filter.evil.clean= -c filter.evil.process= add .gitattributes"
  rm -f "$WORLD/pwned"
  before=$(at laptop src/shop sh -c 'echo x >>a; cksum .git/index; ls -la --time-style=full-iso .git')
  equal "$(atoms '%(changed) %(unsure) %(staged)')" '0 1 1'
  equal "$(at laptop src/shop sh -c 'cksum .git/index; ls -la --time-style=full-iso .git')" "$before"
  nothing_ran
}

@test "ls-state: files of Git LFS are judged by their sum" {
  command -v git-lfs >/dev/null || skip 'there is no git-lfs'
  shop
  at laptop . git lfs install --skip-repo >/dev/null
  at laptop src/shop sh -c 'git lfs track "*.bin" >/dev/null; seq 5000 >x.bin; git add .; git commit -qm lfs; touch x.bin'
  equal "$(atoms '%(changed) %(unsure)')" '0 0'
  at laptop src/shop sh -c 'tr 1 2 <x.bin >y; cat y >x.bin; rm y'
  equal "$(atoms '%(changed) %(unsure)')" '1 0'
}

@test "state: without a terminal a record for every checkout, and JSON with the project" {
  shop
  succeeds at laptop . dev-infra state
  assert_output "$(printf 'shop\t%s\tmain\t0\t0\t0\t0\t0\t0\t0\t0\t' "$WORLD/laptop/src/shop")"
  succeeds at laptop . dev-infra state --json
  assert_output_has '"name": "shop"'
  at laptop src/shop sh -c 'echo x >>a'
  run at laptop . dev-infra state --exit-code
  assert_status 1
  refuses 1 nosuch at laptop . dev-infra state nosuch
}

@test "state: --unsaved finds nothing where all is elsewhere" {
  shop
  equal "$(unsaved)" ''
}

@test "state: --unsaved finds every way in which git hides work" {
  shop
  at laptop src/shop sh -c 'git update-index --assume-unchanged a; echo x >>a'
  equal "$(unsaved)" 'hidden=1'
  at laptop src/shop sh -c 'git update-index --no-assume-unchanged a; git update-index --skip-worktree a'
  equal "$(unsaved)" 'hidden=1'
  at laptop src/shop sh -c 'git update-index --no-skip-worktree a; git checkout -q a; echo notes >.git/info/exclude; echo n >notes'
  equal "$(unsaved)" 'ignored=1'
  at laptop src/shop sh -c 'rm notes; git config status.showUntrackedFiles no; echo n >new'
  equal "$(unsaved)" 'untracked=1'
  at laptop src/shop sh -c 'rm new; git checkout -q --detach; git commit -q --allow-empty -m lost; git checkout -q main'
  equal "$(unsaved)" 'commits=1'
}

@test "state: --unsaved knows worktrees, submodules, tags, notes and stashes" {
  shop
  at laptop src/shop sh -c 'git worktree add -q ../linked; echo n >../linked/new'
  equal "$(unsaved)" 'untracked=1'
  at laptop src/shop sh -c 'git worktree remove --force ../linked; git branch -q -D linked; git tag mine'
  equal "$(unsaved)" 'tags=1'
  at laptop src/shop sh -c 'git tag -d mine >/dev/null; git notes add -m note'
  equal "$(unsaved)" 'notes=1'
  at laptop src/shop sh -c 'git update-ref -d refs/notes/commits; echo x >>a; git stash -q'
  equal "$(unsaved)" 'stashes=1'
}

@test "state: --unsaved does not take a remote on this computer for elsewhere" {
  shop
  for url in "$WORLD/far.git" "file://$WORLD/far.git" ../far.git ssh://localhost/far.git 'user@127.0.0.1:far.git' nothing:x; do
    at laptop src/shop git remote set-url origin "$url"
    equal "$(unsaved)" 'commits=1 noremote=1' "$url"
  done
  at laptop src/shop sh -c 'git remote set-url origin https://far.example/shop.git; git config remote.origin.pushurl /elsewhere'
  equal "$(unsaved)" 'commits=1 noremote=1'
}

@test "state: --unsaved counts the registry, directories that are gone and repositories without commits" {
  shop
  run --separate-stderr at laptop . dev-infra state --unsaved
  assert_status 1
  assert_output_has "$(printf 'registry\t1\t')"
  rm -rf "$WORLD/laptop/src/shop"
  equal "$(unsaved)" 'missing=1'
  at laptop . sh -c 'git init -q src/shop; echo 1 >src/shop/a; git -C src/shop add a'
  equal "$(unsaved)" 'staged=1'
}

@test "state: --outside finds files in no repository and repositories that are not registered" {
  shop
  at laptop . sh -c 'mkdir -p src/papers/deep; echo 1 >src/papers/deep/x; echo 2 >src/papers/y; echo 3 >src/alone; git init -q src/other'
  equal "$(unsaved --outside src | tr ' ' '\n' | LC_ALL=C sort | tr '\n' ' ')" 'file=1 files=2 unregistered=1 '
  refuses 129 unsaved at laptop . dev-infra state --outside src
  refuses 128 'not a directory' at laptop . dev-infra state --unsaved --outside src/none
}
