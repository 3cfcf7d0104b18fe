#!/usr/bin/env bats
# Getting to a project by less than its name, and the counter of uses that decides between several.

load helper

setup() {
  begin
  machine laptop
  succeeds on laptop dev-infra init --name laptop
  project laptop src/globex/api https://github.com/globex/api.git
  project laptop src/globex/api-docs https://github.com/globex/api-docs.git
  project laptop src/acme/webShop https://github.com/acme/webShop.git
  project laptop src/tools/dev-infra https://example.org/tools/dev-infra.git
  succeeds on laptop dev-infra register -r src
  SRC=$WORLD/laptop/src
}

# leads TEXT DIRECTORY: path takes the text for the project there.
leads() { equal "$(on laptop dev-infra path "$1")" "$SRC/$2" "$1"; }

@test "parts of a name lead to the one project that they fit" {
  leads 'globex api' globex/api
  leads 'glo api-' globex/api-docs
  leads glo/docs globex/api-docs
  leads 'docs' globex/api-docs
  leads shop acme/webShop
  leads Shop acme/webShop
  leads 'ACME' acme/webShop 2>/dev/null && return 1
  leads acme acme/webShop
  leads di tools/dev-infra
  leads 'tools devinf' tools/dev-infra
  leads 'infra tools' tools/dev-infra
}

@test "where parts fit several and none is used more, none is taken and each is named" {
  refuses 1 'is ambiguous' on laptop dev-infra path 'glo api'
  assert_stderr_has "$SRC/globex/api,"
  assert_stderr_has "$SRC/globex/api-docs"
  quietly on laptop dev-infra path --visit api-docs
  leads 'glo api' globex/api-docs
  quietly on laptop dev-infra path --visit api
  refuses 1 'is ambiguous' on laptop dev-infra path glo
  quietly on laptop dev-infra path --visit api
  leads ap globex/api
  # What is exact goes first, whatever is used more.
  on laptop dev-infra rank add api-docs api-docs api-docs api-docs
  leads api globex/api
  leads 'globex api' globex/api
}

@test "a name with spaces goes before its words as parts, whatever is used more" {
  project laptop src/other https://github.com/acme/other.git
  printf 'name: globex api\n' >"$SRC/other/.dev-infra.yml"
  quietly on laptop dev-infra register src/other
  on laptop dev-infra rank add globex/api globex/api globex/api
  leads 'globex api' other
  leads 'Globex api' other
  leads 'globex API' other
  # It takes nothing from parts of others.
  leads 'tools devinf' tools/dev-infra
  leads 'glo api-' globex/api-docs
  # A space in the URL alone is one, too.
  project laptop 'src/fork' 'https://github.com/initech/globex api.git'
  printf 'name: fork\n' >"$SRC/fork/.dev-infra.yml"
  quietly on laptop dev-infra register src/fork
  quietly on laptop dev-infra forget src/other
  leads 'initech/globex api' fork
}

@test "one name of two projects is that of the one which is used more; --exact takes neither" {
  project laptop src/acme/api https://github.com/acme/api.git
  quietly on laptop dev-infra register src/acme/api
  refuses 1 'is ambiguous' on laptop dev-infra path api
  quietly on laptop dev-infra path --visit acme/api
  leads api acme/api
  refuses 1 'is ambiguous' on laptop dev-infra path --exact api
  refuses 1 'no project is known by' on laptop dev-infra path --exact docs
  # A directory that is gone gives way to one that is there.
  on laptop dev-infra rank add globex/api
  rm -rf "$SRC/acme/api"
  leads api globex/api
}

@test "path alone counts nothing, and what cannot be counted keeps nobody from getting there" {
  quietly on laptop dev-infra path docs api
  equal "$(on laptop dev-infra rank)" ''
  mkdir "$WORLD/laptop/.dev-infra/cache/uses"
  quietly on laptop dev-infra path --visit docs
  equal "$(on laptop dev-infra rank)" ''
}

@test "no other command takes a part for a name: it names what may have been meant, and changes nothing" {
  local command
  on laptop dev-infra rank add api-docs api-docs
  for command in 'show' 'set --quiet' 'rm' 'forget' 'refresh' 'clone' 'cat-project' 'rank add' 'rank remove'; do
    local words
    read -ra words <<<"$command"
    set -- on laptop dev-infra "${words[@]}" docs
    if [ "${words[0]}" = set ]; then set -- "$@" description=x; fi
    refuses 1 "no project is known by 'docs'; was one of these meant?" "$@" || return
    assert_stderr_has "hint: api-docs ($SRC/globex/api-docs, "
  done
}

@test "rank shows what counts most first, and takes zoxide's list over, twice as once" {
  on laptop dev-infra rank add api
  printf '  12.5 %s\n   4 %s\n 99 /nowhere\n' "$SRC/acme/webShop/lib" "$SRC/acme/webShop" >"$WORLD/list"
  equal "$(on laptop dev-infra rank import -q - <"$WORLD/list")" ''
  on laptop dev-infra rank import -q "$WORLD/list"
  equal "$(on laptop dev-infra rank | cut -f 1,2)" $'16.5\twebShop\n4.0\tapi'
  refuses 128 'line 1 is not a score' on laptop dev-infra rank import "$WORLD/laptop/.gitconfig"
  refuses 128 'db.zo failed: No such file' on laptop dev-infra rank import
  on laptop dev-infra rank remove webShop
  equal "$(on laptop dev-infra rank | cut -f 2)" api
}

@test "zoxide's own database is taken over" {
  command -v zoxide >/dev/null || skip 'zoxide is not installed'
  local directory
  for directory in globex/api acme/webShop globex/api; do
    on laptop env _ZO_DATA_DIR="$WORLD/zo" zoxide add "$SRC/$directory"
  done
  quietly on laptop env _ZO_DATA_DIR="$WORLD/zo" dev-infra rank import
  equal "$(on laptop dev-infra rank | cut -f 2 | paste -s -d ' ')" 'api webShop'
  equal "$(on laptop env _ZO_DATA_DIR="$WORLD/zo" zoxide query -ls | on laptop dev-infra rank import --dry-run - | head -1)" \
    "would import api ($SRC/globex/api)"
}

@test "a use counts for the project around a path, and nothing outside of one" {
  mkdir -p "$SRC/globex/api/deep/er"
  quietly on laptop dev-infra rank add --around src/globex/api/deep/er src /nowhere
  equal "$(on laptop dev-infra rank | cut -f 2)" api
}

@test "no use is lost where many count at once, also where some are killed" {
  local i
  for i in {1..40}; do
    if ((i % 8 == 0)); then
      on laptop timeout -s KILL 0.005 dev-infra path --visit docs >/dev/null 2>&1 &
    else
      on laptop dev-infra path --visit webShop >/dev/null &
    fi
  done
  wait
  # 35 uses, the last a moment ago.
  equal "$(on laptop dev-infra rank | grep webShop | cut -f 1)" 140.0
  equal "$(head -1 "$WORLD/laptop/.dev-infra/cache/uses")" 'dev-infra-uses 1'
}
