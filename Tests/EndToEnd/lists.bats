#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031,SC2016 # bats sets output, stderr and status; `$home` is a word of a list
# Lists of other tools: taken into the registry, printed from it, and read and written by the tools themselves.

load helper

setup() {
  begin
  machine laptop
  LAPTOP=$WORLD/laptop
}

teardown() { nothing_ran; }

# list NAME: makes a file on the laptop of what standard input has.
list() {
  mkdir -p "$(dirname "$LAPTOP/$1")"
  cat >"$LAPTOP/$1"
}

# repositories: a forge with two bare repositories, whose URLs git can clone: SHOP and LIB.
repositories() {
  local name
  for name in shop lib; do
    project forge-work "$name"
    git clone -q --bare "$WORLD/forge-work/$name" "$WORLD/forge/$name.git"
  done
  SHOP=$WORLD/forge/shop.git
  LIB=$WORLD/forge/lib.git
}

# here: two projects on the laptop, with remotes that can be cloned, and tags.
here() {
  repositories
  on laptop git clone -q "$SHOP" src/shop
  on laptop git clone -q "$LIB" 'src/my lib'
  succeeds on laptop dev-infra register src/shop 'src/my lib'
  succeeds on laptop dev-infra set shop tags=web,work 'description=The shop'
  succeeds on laptop dev-infra set 'my lib' tags=work
}

# needs PROGRAM: skips the test where the other tool is not to be had.
needs() { command -v "$1" >/dev/null || skip "$1 is not there"; }

@test "a list is shown first, imported as one commit, known afterwards, and taken back" {
  project laptop src/shop https://github.com/acme/shop.git
  list repos.csv <<<"$LAPTOP/src/shop,shop,,"
  list urls <<<$'https://github.com/acme/lib.git\ngit@github.com:acme/shop.git'
  succeeds on laptop dev-infra init --name laptop
  quietly on laptop dev-infra import -n gita repos.csv
  assert_output "new shop ($LAPTOP/src/shop)"
  equal "$(names_of laptop --all)" ''
  quietly on laptop dev-infra import gita repos.csv
  assert_output "new shop ($LAPTOP/src/shop)"
  local commits
  commits=$(commits_of laptop)
  quietly on laptop dev-infra import urls urls
  assert_output 'new lib (https://github.com/acme/lib.git)'
  equal "$(commits_of laptop)" $((commits + 1))
  quietly on laptop dev-infra import --dry-run urls urls
  assert_output $'known lib (https://github.com/acme/lib.git)\nknown shop (git@github.com:acme/shop.git)'
  quietly on laptop dev-infra import urls urls
  assert_output ''
  equal "$(commits_of laptop)" $((commits + 1)) 'a commit without a change'
  equal "$(names_of laptop --all)" 'lib shop'
  equal "$(names_of laptop)" shop
  succeeds on laptop dev-infra undo
  equal "$(names_of laptop --all)" shop
  sound laptop
}

@test "a URL without a checkout is a project that clone brings" {
  repositories
  list urls <<<"$SHOP"$'\n'"$LIB"
  runs 0 on laptop dev-infra import urls urls
  equal "$(names_of laptop)" ''
  succeeds on laptop dev-infra clone --all
  equal "$(names_of laptop)" 'lib shop'
  git -C "$(path_of shop)" rev-parse -q --verify HEAD
}

@test "the project of a list is the one that registering its clone gives" {
  runs 0 on laptop dev-infra import urls <<<'https://github.com/acme/shop.git'
  local id
  id=$(id_of laptop shop)
  project laptop src/shop git@github.com:acme/shop.git
  succeeds on laptop dev-infra register src/shop
  equal "$(id_of laptop shop)" "$id"
  equal "$(names_of laptop --all)" shop
}

@test "a list fills in what is missing, adds tags, and overwrites only where it is asked to" {
  list one.csv <<'END'
name,remote_url,description,status,tags,default_branch
shop,https://github.com/acme/shop.git,from the list,paused,"b,c",main
END
  project laptop src/shop https://github.com/acme/shop.git
  succeeds on laptop dev-infra register src/shop
  succeeds on laptop dev-infra set shop tags=a
  quietly on laptop dev-infra import csv one.csv
  assert_output 'changed shop (https://github.com/acme/shop.git)'
  equal "$(field laptop shop description)" '"from the list"'
  equal "$(field laptop shop status)" '"active"'
  equal "$(field laptop shop tags)" '["a","b","c"]'
  succeeds on laptop dev-infra set shop description=mine
  quietly on laptop dev-infra import csv one.csv
  assert_output ''
  equal "$(field laptop shop description)" '"mine"'
  quietly on laptop dev-infra import --overwrite csv one.csv
  equal "$(field laptop shop description)" '"from the list"'
  equal "$(field laptop shop status)" '"paused"'
  equal "$(field laptop shop tags)" '["b","c"]'
  sound laptop
}

@test "what the project itself declares stays, whatever a list says" {
  project laptop src/shop https://github.com/acme/shop.git
  printf 'name: Own\ndescription: own\ntags: [x]\n' >"$LAPTOP/src/shop/.dev-infra.yml"
  succeeds on laptop dev-infra register src/shop
  list one.csv <<<$'name,remote_url,description,tags,organization\nshop,https://github.com/acme/shop.git,theirs,b,acme'
  quietly on laptop dev-infra import --overwrite csv one.csv
  equal "$(field laptop Own description)" '"own"'
  equal "$(field laptop Own tags)" '["x"]'
  equal "$(field laptop Own organization)" '"acme"'
  equal "$(cat "$LAPTOP/src/shop/.dev-infra.yml")" $'name: Own\ndescription: own\ntags: [x]'
  list two.csv <<<$'name,paths,description\nshop,'"$LAPTOP/src/shop"',theirs'
  quietly on laptop dev-infra import --overwrite csv two.csv
  equal "$(field laptop Own description)" '"own"'
}

@test "what is bad is named, the rest is imported, and the status is 1" {
  list bad.json <<'END'
[{"name":"good","remote_url":"https://h.example/good"},
 {"name":"bell\u0007\u001b[31m","remote_url":"https://h.example/x"},
 {"name":"ext","remote_url":"ext::sh -c 'touch pwned'"},
 {"name":"option","remote_url":"--upload-pack=touch pwned"},
 {"name":"secret","remote_url":"https://ann:s3cret@h.example/secret"},
 {"name":"gone","paths":["/nowhere/at/all"]}]
END
  runs 1 on laptop dev-infra import json bad.json
  assert_output $'new good (https://h.example/good)\nnew secret (https://h.example/secret)'
  assert_clean_text "$stderr"
  assert_stderr_has 'entry 2'
  assert_stderr_has 'entry 3 (ext)'
  assert_stderr_has 'would run a command'
  assert_stderr_has 'entry 4 (option)'
  assert_stderr_has 'gone is not at /nowhere/at/all, and the list has no URL for it'
  refute_stderr_has s3cret
  equal "$(names_of laptop --all)" 'good secret'
  [[ $(registry_git laptop log --format=%B -p) != *s3cret* ]]
  sound laptop
}

@test "what is not a list of the format, an unknown format, and a file that is not there change nothing" {
  succeeds on laptop dev-infra init --name laptop
  list x <<<'<html>not found</html>'
  refuses 128 'reading x as github failed' on laptop dev-infra import github x
  refuses 128 'reading x as manifest failed' on laptop dev-infra import manifest x
  refuses 128 'reading x as repos failed' on laptop dev-infra import repos x
  refuses 128 'reading x as grm failed' on laptop dev-infra import grm x
  # The parser of TOML throws, in the executable as it is linked.
  list x <<<$'[[trees]]\nroot = 1\nroot = 2'
  refuses 128 'reading x as grm failed: line 3: it is not TOML' on laptop dev-infra import grm x
  refuses 129 "unknown format 'odd'" on laptop dev-infra import odd x
  refuses 129 "unknown format 'odd'" on laptop dev-infra export odd
  refuses 128 'nowhere' on laptop dev-infra import urls nowhere
  refuses 128 'Is a directory' on laptop dev-infra import urls .
}

@test "an empty list makes no registry" {
  runs 0 on laptop dev-infra import urls </dev/null
  assert_output ''
  assert_stderr_has 'warning: found no project in standard input'
  [ ! -e "$LAPTOP/.dev-infra" ]
  quietly on laptop dev-infra import -n urls <<<'https://h.example/x'
  assert_output 'new x (https://h.example/x)'
  [ ! -e "$LAPTOP/.dev-infra" ]
}

@test "a list may be what a command prints, by the descriptor that the shell names" {
  local number=0 command
  for command in 'import urls <(echo https://h.example/a)' 'import urls /dev/stdin <<<https://h.example/b' \
    'import urls /dev/fd/0 <<<https://h.example/c' 'import urls /proc/self/fd/7 7<<<https://h.example/d'; do
    quietly on laptop bash -c "dev-infra $command"
    equal "$(on laptop dev-infra ls-projects --all | wc -l)" "$((++number))" "$command" || return
  done
  quietly on laptop bash -c 'dev-infra-read-list --from urls <(echo https://h.example/e)'
  assert_output_has h.example/e
  runs 0 on laptop bash -c 'dev-infra rank import -n <(echo "1 /nowhere")'
  assert_output_has 'would be taken over from /dev/fd/'
  # A number that is not open, and what only looks like one.
  refuses 128 'reading /dev/fd/77 failed: Bad file descriptor' on laptop dev-infra import urls /dev/fd/77
  refuses 128 'reading /dev/fd/x failed' on laptop dev-infra import urls /dev/fd/x
  refuses 128 'reading /dev/fd failed: Is a directory' on laptop dev-infra import urls /dev/fd/
}

@test "a removed project does not come back by a list" {
  runs 0 on laptop dev-infra import urls <<<'https://h.example/x'
  succeeds on laptop dev-infra rm x
  runs 1 on laptop dev-infra import urls <<<'https://h.example/x'
  assert_stderr_has 'x is passed over: it was removed from the registry'
  equal "$(names_of laptop --all)" ''
}

@test "a folder of another repository, where a clone is to be, is not taken for it" {
  project laptop ws https://h.example/around
  mkdir -p "$LAPTOP/ws/web/shop"
  list ws/mani.yaml <<<$'projects:\n  shop: {path: web/shop, url: "https://h.example/shop"}'
  quietly on laptop dev-infra import mani ws/mani.yaml
  assert_output 'new shop (https://h.example/shop)'
}

@test "a list of directories registers the projects among them and passes over the rest" {
  project laptop src/shop https://github.com/acme/shop.git
  mkdir -p "$LAPTOP/src/shop/lib" "$LAPTOP/music"
  printf '%s\n' "  12.0 $LAPTOP/src/shop/lib" "   4.0 $LAPTOP/music" "   1.0 /gone" >"$LAPTOP/scores"
  quietly on laptop dev-infra import zoxide scores
  assert_output "new shop ($LAPTOP/src/shop)"
  list projects.json <<<'[{"name":"The Shop","rootPath":"$home/src/shop","tags":["web"]},{"name":"music","rootPath":"~/music"}]'
  runs 1 on laptop dev-infra import vscode projects.json
  assert_output "changed shop ($LAPTOP/src/shop)"
  assert_stderr_has music
  equal "$(field laptop shop tags)" '["web"]'
}

@test "a list has all projects where it holds URLs, and those that are here where it holds paths" {
  here
  runs 0 on laptop dev-infra import urls <<<'https://h.example/away'
  quietly on laptop dev-infra export urls
  assert_output $'https://h.example/away\n'"$LIB"$'\n'"$SHOP"
  quietly on laptop dev-infra export vscode
  equal "$(jq -r '.[].name' <<<"$output" | paste -s -d ,)" 'my lib,shop'
  equal "$(jq -r '.[1].rootPath' <<<"$output")" '$home/src/shop'
  quietly on laptop dev-infra export --tag web urls
  assert_output "$SHOP"
  quietly on laptop dev-infra export csv shop
  assert_output_has "shop,$SHOP,$LAPTOP/src/shop"
  quietly on laptop dev-infra export --root "$LAPTOP" repos
  assert_output_has "  src/my lib:"
  refuses 1 "no project matches 'nosuch'" on laptop dev-infra export urls nosuch
  runs 0 on laptop dev-infra export ghq
  assert_stderr_has '2 projects left out of the list: my lib, shop have a URL without a host'
  assert_output h.example/away
}

@test "what ls-projects prints can be written as any list, and a list read and written again" {
  here
  local format
  for format in urls repos mani vscode gita gita-freeze jetbrains csv json backstage mr grm; do
    pipeline laptop "dev-infra-ls-projects --json | dev-infra-write-list --to $format >one"
    pipeline laptop "dev-infra-read-list -z --from $format one | dev-infra-write-list --to $format >two"
    cmp "$LAPTOP/one" "$LAPTOP/two"
    grep -q shop "$LAPTOP/one"
  done
  pipeline laptop 'dev-infra-ls-projects -z --json | dev-infra-write-list --to zoxide | dev-infra-read-list --from zoxide' >"$WORLD/read"
  equal "$(jq -r '.paths[0]' "$WORLD/read" | LC_ALL=C sort)" "$LAPTOP/src/my lib"$'\n'"$LAPTOP/src/shop"
}

@test "a list is written of more projects than are read from anywhere" {
  machine laptop
  seq 100001 | sed 's|.*|{"name":"p&","remote_url":"https://h.example/p&"}|' >many
  pipeline laptop 'dev-infra-write-list --to urls <../many' >urls
  equal "$(wc -l <urls)" 100001
  equal "$(tail -n 1 urls)" https://h.example/p100001
  # What comes from anywhere is bounded as before.
  runs 128 on laptop sh -c 'exec dev-infra-read-list --from urls ../urls >/dev/null'
  assert_stderr_has 'it has more than 100000 projects'
}

@test "everything of a list of ours comes back on another machine" {
  here
  succeeds on laptop dev-infra set shop status=paused homepage=https://shop.example classification=primary
  machine desktop
  local format
  for format in json csv; do
    on laptop dev-infra export "$format" >"$WORLD/list"
    rm -rf "$WORLD/desktop/.dev-infra"
    runs 0 on desktop dev-infra import "$format" "$WORLD/list"
    for name in shop 'my lib'; do
      equal "$(on desktop dev-infra-cat-project "$name" | jq -c 'del(.updated, .updated_by, .root_commit)')" \
        "$(on laptop dev-infra-cat-project "$name" | jq -c 'del(.updated, .updated_by, .root_commit)')"
    done
  done
}

@test "100,000 projects are listed within the memory that a list may take, and one more is refused" {
  seq -f 'https://h.example/acme/p%06g' 100000 >"$LAPTOP/many"
  run --separate-stderr on laptop python3 - <<'END'
import os, resource, subprocess, sys
with open("many") as many, open("records", "w") as records:
    status = subprocess.run(["dev-infra-read-list", "--from", "urls"], stdin=many, stdout=records).returncode
with open("records") as records, open("list", "w") as out:
    status |= subprocess.run(["dev-infra-write-list", "--to", "mani"], stdin=records, stdout=out).returncode
with open("list") as many, open("records", "w") as records:
    subprocess.run(["dev-infra-read-list", "--from", "mani"], stdin=many, stdout=records, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(status)
END
  assert_status 0
  [ "$output" -le 256 ] || explain "it took $output MB"
  equal "$(wc -l <"$LAPTOP/many")" 100000
  echo https://h.example/one-more >>"$LAPTOP/many"
  runs 128 on laptop dev-infra-read-list --from urls many
  assert_stderr_has 'more than 100000 projects'
  truncate -s 65M "$LAPTOP/huge"
  runs 128 on laptop dev-infra-read-list --from json huge
  assert_stderr_has 'larger than 64 MiB'
  runs 128 on laptop dev-infra-read-list --from mani <"$LAPTOP/huge"
}

@test "formats complete" {
  on laptop dev-infra-complete -- dev-infra import gi >"$WORLD/words"
  equal "$(cut -f 1 "$WORLD/words" | paste -s -d ' ')" 'github gitlab gitea gita gita-freeze gita-groups' ||
    equal "$(cut -f 1 "$WORLD/words" | LC_ALL=C sort | paste -s -d ' ')" 'gita gita-freeze gita-groups gitea github gitlab'
  equal "$(on laptop dev-infra-complete -- dev-infra-read-list --from zo)" zoxide
}

# ---------------------------------------------------------------- the other tools themselves

@test "gita reads our list, and we read what it wrote and froze" {
  needs gita
  here
  export XDG_CONFIG_HOME=$LAPTOP/.config
  mkdir -p "$XDG_CONFIG_HOME/gita"
  on laptop dev-infra export gita >"$XDG_CONFIG_HOME/gita/repos.csv"
  equal "$(on laptop gita ls | tr -s ' ' '\n' | LC_ALL=C sort | paste -s -d ' ')" 'lib my shop'
  equal "$(on laptop gita ls shop)" "$LAPTOP/src/shop"
  rm "$XDG_CONFIG_HOME/gita/repos.csv"
  on laptop gita add src/shop 'src/my lib'
  on laptop gita group add shop -n web
  quietly on laptop dev-infra-read-list --from gita "$XDG_CONFIG_HOME/gita/repos.csv"
  equal "$(jq -r 'select(.name == "shop").tags[]' <<<"$output")" web
  equal "$(jq -r '.paths[]' <<<"$output" | LC_ALL=C sort | paste -s -d ,)" "$LAPTOP/src/my lib,$LAPTOP/src/shop"
  on laptop gita freeze >"$LAPTOP/frozen"
  quietly on laptop dev-infra-read-list --from gita-freeze frozen
  equal "$(jq -r '.remote_url' <<<"$output" | LC_ALL=C sort | paste -s -d ,)" "$LIB,$SHOP"
  # Older versions of gita print three values in a row, and read no others; later ones have groups and branches as well.
  on laptop dev-infra export gita-freeze >"$LAPTOP/ours"
  equal "$(cut -d , -f 1-3 "$LAPTOP/ours" | grep -v '^,' | LC_ALL=C sort)" "$(LC_ALL=C sort "$LAPTOP/frozen")"
}

@test "myrepos checks out our list, and we read what it registered" {
  needs mr
  here
  on laptop dev-infra export --root "$LAPTOP/src" mr >"$LAPTOP/ours"
  mkdir "$LAPTOP/new"
  cp "$LAPTOP/ours" "$LAPTOP/new/.mrconfig"
  at laptop new mr -t -c "$LAPTOP/new/.mrconfig" checkout
  [ -e "$LAPTOP/new/shop/.git" ]
  [ -e "$LAPTOP/new/my lib/.git" ]
  at laptop src/shop mr -c "$LAPTOP/.mrconfig" register
  quietly on laptop dev-infra-read-list --from mr .mrconfig
  equal "$(jq -r '[.remote_url, .paths[0]] | join(" ")' <<<"$output")" "$SHOP $LAPTOP/src/shop"
}

@test "vcstool imports our list, and we read what it exports" {
  needs vcs
  here
  on laptop dev-infra export --root "$LAPTOP/src" repos >"$LAPTOP/ours"
  mkdir "$LAPTOP/new"
  at laptop new vcs import --input ../ours
  [ -e "$LAPTOP/new/shop/.git" ]
  [ -e "$LAPTOP/new/my lib/.git" ]
  at laptop src vcs export . >"$LAPTOP/theirs"
  quietly on laptop dev-infra-read-list --root src --from repos theirs
  equal "$(jq -r '[.remote_url, .paths[0], .default_branch] | join(" ")' <<<"$output" | LC_ALL=C sort | tail -n 1)" \
    "$SHOP $LAPTOP/src/shop main"
}

@test "zoxide reads our list, and we read what it has counted" {
  needs zoxide
  here
  export _ZO_DATA_DIR=$LAPTOP/zoxide
  mkdir "$_ZO_DATA_DIR"
  on laptop dev-infra export zoxide >"$_ZO_DATA_DIR/db.zo"
  equal "$(on laptop zoxide query -l | LC_ALL=C sort)" "$LAPTOP/src/my lib"$'\n'"$LAPTOP/src/shop"
  on laptop zoxide add "$LAPTOP/src"
  quietly on laptop dev-infra-read-list --from zoxide zoxide/db.zo
  equal "$(jq -r '.paths[0]' <<<"$output" | LC_ALL=C sort | head -n 1)" "$LAPTOP/src"
  pipeline laptop 'zoxide query -ls | dev-infra-read-list --from zoxide' >"$WORLD/read"
  equal "$(wc -l <"$WORLD/read")" 3
}
