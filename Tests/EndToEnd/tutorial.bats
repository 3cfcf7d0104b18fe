#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output is set by bats' run
# The tutorial works as it is printed.

load helper

@test "the commands of dev-infra-tutorial(7) all work, in order, and do what it says" {
  local page=$DEV_INFRA_PREFIX/share/man/man7/dev-infra-tutorial.7
  command -v mandoc >/dev/null || skip 'mandoc is not installed'
  begin
  # Who is known to git by ~/.gitconfig alone is not known in the homes of the tutorial.
  git config --global user.name Somebody
  git config --global user.email somebody@example.org
  git config --global user.useConfigOnly true
  [ -f "$page" ] || page=$page.gz
  { echo 'set -e'; mandoc -T ascii "$page" | col -bx | sed -n 's/^ *[$>] //p'; } >script
  [ "$(wc -l <script)" -ge 40 ] || explain 'the commands were not found in the page'
  run --separate-stderr bash -x script
  equal "$status" 0 "$stderr"
  WORLD=$WORLD/try
  equal "$(on laptop dev-infra-ls-projects --all --format='%(name)' | paste -s -d ' ')" 'blog cart moon shop tide'
  equal "$(on desktop dev-infra path tide)" "$WORLD/desktop/src/tide"
  equal "$(on desktop dev-infra path moon)" "$WORLD/desktop/src/moon"
  equal "$(on desktop git -C src/tide log -1 --format=%s spring)" 'Begin spring tides'
  grep -qx "$WORLD/desktop/src/moon" <<<"$output" || explain 'p went nowhere'
  # A second is not enough for that on a busy computer.
  on laptop dev-infra config dev-infra.stateWait 60
  quietly on laptop dev-infra push --quiet
  quietly on desktop dev-infra pull --quiet
  holds "$(on desktop dev-infra show tide)" 'left on laptop:  1 untracked'
  equal "$(on laptop dev-infra path blog)" "$WORLD/laptop/src/notes"
  equal "$(field laptop blog status)" '"active"' 'the later edit of the conflict'
  equal "$(git --git-dir="$WORLD/office.git" ls-tree -r --name-only main projects/ | wc -l)" 1
}
