#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154,SC2016 # output and stderr are set by bats' run; names are as they are
# dev-infra new, new-project.sh and adopt: projects that appear whole or not at all.

load helper
load support/disk

teardown() {
  stop_servers
  drop_disk
}

setup() {
  begin
  machine laptop
  LAPTOP=$WORLD/laptop
}

# own_template NAME: a template of the user's own; sets TEMPLATE to its directory.
own_template() {
  [ -d "$LAPTOP/.dev-infra" ] || on laptop dev-infra init --name laptop >/dev/null
  TEMPLATE=$LAPTOP/.dev-infra/templates/$1
  mkdir -p "$TEMPLATE"
}

# everything DIR: all there is below it, the registry left out.
everything() { (cd "$1" && find . -path ./.dev-infra -prune -o -print | LC_ALL=C sort); }

# makes_nothing STATUS TEXT COMMAND…: refused, and not a file more than before, hidden ones included.
makes_nothing() {
  local before
  before=$(everything "$LAPTOP")
  refuses "$@" || return
  equal "$(everything "$LAPTOP")" "$before" 'files that were left'
}

@test "new makes a repository with one commit, and registers it with the id that it declares" {
  on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra new src/app --description 'Tide <tables> & "more"'
  assert_output "created app ($LAPTOP/src/app)"
  equal "$(git -C "$LAPTOP/src/app" log --format='%an <%ae> %D %s')" \
    'Dev on laptop <dev@laptop.example> HEAD -> main Create app from the template standard-project'
  equal "$(git -C "$LAPTOP/src/app" status --porcelain --ignored)" ''
  equal "$(field laptop app identity)" "\"id $(at laptop src/app dev-infra-read-meta --get id)\""
  equal "$(field laptop app template)" '"standard-project"'
  equal "$(field laptop app description)" '"Tide <tables> & \"more\""'
  equal "$(at laptop src/app dev-infra-read-meta --get created)" "$(date -u +%Y-%m-%d)"
  equal "$(at laptop src/app dev-infra-read-meta --get version)" "$(dev-infra version | cut -d ' ' -f 3)"
  quietly at laptop src/app dev-infra-read-meta --check
  holds "$(cat "$LAPTOP/src/app/README.md")" 'Tide <tables> & "more"'
  lacks "$(cat "$LAPTOP/src/app/README.md")" '{{'
  equal "$(everything "$LAPTOP/src" | grep -c '^./[^/]*$')" 1 'beside the project'
  sound laptop
}

@test "templates of the user's own may be there before the registry" {
  mkdir -p "$LAPTOP/.dev-infra/templates/mine/.hidden" "$LAPTOP/elsewhere"
  printf 'of {{name}}\n' >"$LAPTOP/.dev-infra/templates/mine/README.md"
  ln -s ../nowhere "$LAPTOP/.dev-infra/templates/mine/.hidden/link"
  printf '#!/bin/sh\n' >"$LAPTOP/.dev-infra/templates/mine/run"
  chmod 755 "$LAPTOP/.dev-infra/templates/mine/run"
  local before
  before=$(cd "$LAPTOP/.dev-infra/templates" && find . -printf '%p %y %m %l %T@\n' | LC_ALL=C sort)
  cp -a "$LAPTOP/.dev-infra" "$LAPTOP/kept"
  # A registry that nobody asked for is not made by looking.
  quietly on laptop dev-infra new --list
  assert_output_has mine
  [ ! -e "$LAPTOP/.dev-infra/refs" ]
  rm "$LAPTOP/.dev-infra/templates/mine/.hidden/link"
  succeeds on laptop dev-infra new --template mine app
  equal "$(cat "$LAPTOP/app/README.md")" 'of app'
  sound laptop

  for way in init register; do
    rm -rf "$LAPTOP/.dev-infra"
    cp -a "$LAPTOP/kept" "$LAPTOP/elsewhere/$way"
    # A directory that is kept elsewhere and linked to stays there.
    ln -s "elsewhere/$way" "$LAPTOP/.dev-infra"
    if [ "$way" = init ]; then set -- ; else set -- app; fi
    quietly on laptop dev-infra "$way" "$@"
    sound laptop
    [ -L "$LAPTOP/.dev-infra" ]
    equal "$(cd "$LAPTOP/elsewhere/$way/templates" && find . -printf '%p %y %m %l %T@\n' | LC_ALL=C sort)" "$before" "templates after $way"
    equal "$(ls "$LAPTOP/elsewhere")" "$(for each in init register; do [ ! -e "$LAPTOP/elsewhere/$each" ] || echo "$each"; done)"
  done

  # Whatever else is there is not ours to move.
  rm -rf "$LAPTOP/.dev-infra" "$LAPTOP/elsewhere"
  cp -a "$LAPTOP/kept" "$LAPTOP/.dev-infra"
  touch "$LAPTOP/.dev-infra/mine"
  refuses 128 .dev-infra on laptop dev-infra init
  makes_nothing 128 .dev-infra on laptop dev-infra new other
  equal "$(ls "$LAPTOP/.dev-infra")" $'mine\ntemplates'
}

@test "a template that cannot be had leaves no registry behind" {
  makes_nothing 128 'fetching the template' on laptop dev-infra new --template "$WORLD/nothing.git#main" app
  [ ! -e "$LAPTOP/.dev-infra" ]
  git init -q -b main "$WORLD/service" && printf 'of {{name}}\n' >"$WORLD/service/README.md"
  git -C "$WORLD/service" add -A && git -C "$WORLD/service" -c user.name=x -c user.email=x@y commit -q -m x
  succeeds on laptop dev-infra new --template "file://$WORLD/service" app
  equal "$(cat "$LAPTOP/app/README.md")" 'of app'
  equal "$(everything "$LAPTOP" | grep -F .dev-infra- || :)" ''
  sound laptop
}

@test "hooks of ours do nothing in a project that is being made: it is registered from where it stays, once" {
  on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra hooks install --global --events post-checkout,post-commit
  succeeds on laptop dev-infra new app
  equal "$(on laptop dev-infra path app)" "$LAPTOP/app"
  equal "$(registry_git laptop log -p --format= refs/heads/main | grep -c '^+.*/\.dev-infra-')" 0 'paths of scratch directories'
  equal "$(names_of laptop)" app
}

@test "the first registration makes the registry, and no connection" {
  mkdir bin
  printf '#!/bin/sh\necho called >"%s/ssh-called"\nexit 1\n' "$WORLD" >bin/ssh
  chmod +x bin/ssh
  GIT_SSH=$WORLD/bin/ssh succeeds on laptop dev-infra new app --remote git@example.org:ann/app.git
  equal "$(git -C "$LAPTOP/app" remote get-url origin)" git@example.org:ann/app.git
  [ ! -e ssh-called ]
  equal "$(field laptop app remote_url)" '"git@example.org:ann/app.git"'
}

@test "both templates that are installed are listed, and fill without a tag left over" {
  quietly on laptop dev-infra new --list
  equal "$(cut -f 1,2 <<<"$output")" $'learning-project\tinstalled\nstandard-project\tinstalled'
  succeeds on laptop dev-infra new --template learning-project latin
  equal "$(field laptop latin project_type)" '"Learning"'
  quietly at laptop latin dev-infra-read-meta --get expected_skills
  assert_output_has 'explain the main ideas'
  succeeds on laptop dev-infra new --template standard-project plain
  run grep -r '{{' "$LAPTOP/latin" "$LAPTOP/plain" --exclude-dir=.git
  equal "$output" ''
}

@test "--no-git makes a directory that is registered and no repository" {
  succeeds on laptop dev-infra new --no-git plain
  [ ! -e "$LAPTOP/plain/.git" ]
  equal "$(names_of laptop)" plain
  refuses 129 'needs a repository' on laptop dev-infra new --no-git --remote https://example.org/x other
}

@test "new-project.sh takes everything as options where there is no terminal, and asks on one" {
  succeeds on laptop new-project.sh --template learning-project --description 'A language' greek
  assert_output "created greek ($LAPTOP/greek)"
  refuses 129 'no terminal' on laptop new-project.sh
  runs 129 on laptop new-project.sh -h
  assert_output_has 'USAGE: new-project.sh'
  if ! command -v script >/dev/null; then skip 'script is not installed'; fi
  # shellcheck disable=SC2031
  run on laptop script -qec new-project.sh /dev/null <<<$'asked\nlearning-project\nIt was asked for'
  equal "$(field laptop asked description)" '"It was asked for"'
  equal "$(field laptop asked template)" '"learning-project"'
}

@test "projects may have any name that is one line of text" {
  local name
  hostile_names
  for name in "${HOSTILE[@]}"; do
    if LC_ALL=C grep -q '[[:cntrl:]]' <<<"${name//$'\n'/$'\t'}" || ! iconv -f utf-8 -t utf-8 <<<"$name" >/dev/null 2>&1; then
      makes_nothing 129 'cannot be a project' on laptop dev-infra new -- "$name"
    else
      succeeds on laptop dev-infra new -- "$name"
      [ -f "$LAPTOP/$name/README.md" ] || explain "$name"
      equal "$(head -n 1 "$LAPTOP/$name/README.md")" "# $name"
    fi
  done
  nothing_ran
  sound laptop
  for name in . .. / '' x/.. .git x/.GIT $'next\xc2\x85line' $'csi\xc2\x9b1m'; do makes_nothing 129 'cannot be a project' on laptop dev-infra new -- "$name"; done
  makes_nothing 129 'control character' on laptop dev-infra new --description $'next\xc2\x85line' shop
}

@test "what is there is left alone, and an empty directory may be there" {
  mkdir -p "$LAPTOP/full" "$LAPTOP/empty"
  printf mine >"$LAPTOP/full/.hidden"
  printf mine >"$LAPTOP/file"
  ln -s /nowhere "$LAPTOP/dangling"
  ln -s empty "$LAPTOP/link"
  for name in full file dangling link; do
    makes_nothing 128 'already exists' on laptop dev-infra new "$name"
  done
  succeeds on laptop dev-infra new empty
  [ -d "$LAPTOP/empty/.git" ]
}

@test "without an identity nothing is made" {
  git config --file "$LAPTOP/.gitconfig" --remove-section user
  makes_nothing 128 'does not know who you are' on laptop dev-infra new deep/down/app
  assert_stderr_has 'git config --global user.email'
  succeeds on laptop dev-infra new --no-git app
}

@test "what stops the first commit is told as git tells it: a date, a name" {
  local name
  git config --file "$LAPTOP/.gitconfig" user.name ' '
  makes_nothing 128 'making the first commit failed: name consists only of disallowed characters' on laptop dev-infra new app
  git config --file "$LAPTOP/.gitconfig" user.name Person
  for name in GIT_AUTHOR_DATE GIT_COMMITTER_DATE; do
    refuses 128 'making the first commit failed: invalid date format: tomorrow' on laptop env "$name=tomorrow" dev-infra new app
  done
  [ ! -e laptop/app ]
}

@test "the user's own git is respected: conditional identity, branch, hooks" {
  git config --file "$LAPTOP/.gitconfig" --remove-section user
  printf '[user]\nname = At Work\nemail = work@example.org\n' >"$LAPTOP/work.config"
  git config --file "$LAPTOP/.gitconfig" "includeIf.gitdir:$LAPTOP/work/.path" "$LAPTOP/work.config"
  git config --file "$LAPTOP/.gitconfig" init.defaultBranch trunk
  mkdir -p "$LAPTOP/templates/hooks"
  printf '#!/bin/sh\nprintf "\\nchecked by a hook\\n" >>"$1"\n' >"$LAPTOP/templates/hooks/commit-msg"
  chmod +x "$LAPTOP/templates/hooks/commit-msg"
  git config --file "$LAPTOP/.gitconfig" init.templateDir "$LAPTOP/templates"
  succeeds on laptop dev-infra new work/app
  equal "$(git -C "$LAPTOP/work/app" log --format='%an %D %b')" $'At Work HEAD -> trunk checked by a hook'
  makes_nothing 128 'does not know who you are' on laptop dev-infra new elsewhere/app
}

@test "a hook that refuses the first commit leaves nothing" {
  mkdir -p "$LAPTOP/hooks"
  printf '#!/bin/sh\necho "fatal: not on my watch" >&2\nexit 1\n' >"$LAPTOP/hooks/pre-commit"
  chmod +x "$LAPTOP/hooks/pre-commit"
  git config --file "$LAPTOP/.gitconfig" core.hooksPath "$LAPTOP/hooks"
  makes_nothing 128 'not on my watch' on laptop dev-infra new deep/app
}

@test "GIT_DIR and its like of a hook's environment reach neither the project nor the caller's repository" {
  project laptop other
  local before
  before=$(git -C "$LAPTOP/other" rev-parse HEAD)
  GIT_DIR=$LAPTOP/other/.git GIT_WORK_TREE=$LAPTOP/other GIT_INDEX_FILE=$LAPTOP/other/.git/index \
    succeeds on laptop dev-infra new app
  equal "$(git -C "$LAPTOP/other" rev-parse HEAD)" "$before"
  equal "$(git -C "$LAPTOP/app" rev-list --count HEAD)" 1
}

@test "a template of your own: text and names filled, the rest kept as it is" {
  own_template mine
  mkdir -p "$TEMPLATE/src/{{identifier}}" "$TEMPLATE/.git"
  printf '{{! Summary: Mine }}\nname: "{{name}}"\ntags: [one]\n# kept\n' >"$TEMPLATE/.dev-infra.yml.mustache"
  printf 'hello {{name}}{{#description}}: {{description}}{{/description}}\n' >"$TEMPLATE/src/{{identifier}}/{{name}}.txt"
  printf '#!/bin/sh\n' >"$TEMPLATE/run.sh"
  chmod 755 "$TEMPLATE/run.sh"
  printf '{{name}}\000\377' >"$TEMPLATE/binary"
  printf '{{=<%% %%>=}}\nrun: ${{ github.sha }} <%%name%%>\n' >"$TEMPLATE/workflow.yml"
  ln -s 'src/{{identifier}}/{{name}}.txt' "$TEMPLATE/link"
  printf secret >"$TEMPLATE/.git/config"
  quietly on laptop dev-infra new --list
  assert_output_has $'mine\town\tMine'
  succeeds on laptop dev-infra new --template mine 'my app'
  at laptop 'my app' test -x run.sh
  equal "$(cat "$LAPTOP/my app/link")" 'hello my app'
  cmp "$TEMPLATE/binary" "$LAPTOP/my app/binary"
  equal "$(cat "$LAPTOP/my app/workflow.yml")" 'run: ${{ github.sha }} my app'
  holds "$(cat "$LAPTOP/my app/.dev-infra.yml")" '# kept'
  equal "$(field laptop 'my app' tags)" '["one"]'
  lacks "$(cat "$LAPTOP/my app/.git/config")" secret
}

@test "braces of others in a template stay as they are, and what names a value is filled beside them" {
  own_template service
  mkdir -p "$TEMPLATE/.github/workflows" "$TEMPLATE/chart" "$TEMPLATE/{{cookiecutter.slug}}"
  # shellcheck disable=SC2016 # expressions of GitHub's
  printf 'name: {{name}}\nruns-on: ${{ matrix.os }}\nenv: {T: "${{ secrets.GITHUB_TOKEN }}", N: ${{ name }}}\n' >"$TEMPLATE/.github/workflows/ci.yml"
  printf 'name: {{ .Chart.Name }}-{{ name }}\n{{- if .Values.name }}\n{{- end }}\n' >"$TEMPLATE/chart/d.yaml.mustache"
  printf '{{ name | upper }} {{#if name}}{{name}}{{/if}} {{! kept }}\n' >"$TEMPLATE/{{cookiecutter.slug}}/a.hbs"
  quietly on laptop dev-infra new --template service out
  # shellcheck disable=SC2016
  equal "$(cat "$LAPTOP/out/.github/workflows/ci.yml")" $'name: out\nruns-on: ${{ matrix.os }}\nenv: {T: "${{ secrets.GITHUB_TOKEN }}", N: ${{ name }}}'
  equal "$(cat "$LAPTOP/out/chart/d.yaml")" $'name: {{ .Chart.Name }}-out\n{{- if .Values.name }}\n{{- end }}'
  equal "$(cat "$LAPTOP/out/{{cookiecutter.slug}}/a.hbs")" '{{ name | upper }} {{#if name}}out{{/if}} {{! kept }}'
}

@test "a template that does not parse, or leads out of itself, leaves nothing" {
  local way=0
  while IFS= read -r make; do
    way=$((way + 1))
    own_template "bad$way"
    (cd "$TEMPLATE" && eval "$make")
    makes_nothing 128 '' on laptop dev-infra new --template "bad$way" deep/app || explain "$make"
  done <<'END'
printf '{{#name}}' >f
printf 'x\n{{/name}}' >f
printf '{{name}}: [' >.dev-infra.yml
printf 'id: x\nid: y\n' >.dev-infra.yml
ln -s /etc/passwd f
ln -s ../../config f
mkdir a && ln -s a b && ln -s b/../../../config f
printf x >'{{description}}'
printf x >'.gi{{description}}t'
printf x >app; printf y >'{{name}}'
mkfifo f
END
  makes_nothing 128 'there is no template' on laptop dev-infra new --template missing app
  makes_nothing 128 'not a directory' on laptop dev-infra new --template ./missing app
}

@test "a template from a git URL: as committed, at a ref, and from the copy when the repository is gone" {
  git init -q -b main forge/t
  printf 'v1 {{name}}\n' >forge/t/f
  git -C forge/t add f
  commit_in forge/t one
  git -C forge/t tag v1
  printf 'v2 {{name}}\n' >forge/t/f
  git -C forge/t add f
  commit_in forge/t two
  printf 'not committed\n' >forge/t/g
  succeeds on laptop dev-infra new --template "file://$WORLD/forge/t" two
  equal "$(cat "$LAPTOP/two/f")" 'v2 two'
  [ ! -e "$LAPTOP/two/g" ]
  succeeds on laptop dev-infra new --template "$WORLD/forge/t#v1" one
  equal "$(cat "$LAPTOP/one/f")" 'v1 one'
  equal "$(at laptop one dev-infra-read-meta --get template)" "$WORLD/forge/t#v1"
  mv forge/t forge/gone
  succeeds on laptop dev-infra new --template "$WORLD/forge/t#v1" again
  assert_stderr_has 'the copy that was fetched before is used'
  equal "$(cat "$LAPTOP/again/f")" 'v1 again'
  makes_nothing 128 'fetching the template' on laptop dev-infra new --template "$WORLD/forge/none#v1" other
  sound laptop
}

@test "a template's URL is neither an option, a command nor a secret" {
  local url
  on laptop dev-infra init --name laptop
  for url in 'ext::sh -c touch% pwned' 'ext::touch pwned' '--upload-pack=touch pwned;:x' 'fd::17' 'ftp://example.org/x'; do
    makes_nothing 128 '' on laptop dev-infra new --template="$url" app
  done
  for url in '--upload-pack=x' '-x' '+main' 'a:b' 'a..b' '' 'a b' '*'; do
    makes_nothing 129 'not a branch, tag or commit' on laptop dev-infra new --template="file:///x#$url" app
  done
  nothing_ran
  makes_nothing 128 'failed' on laptop dev-infra new --template='http://user:hunter2@127.0.0.1:9/x' app
  refute_stderr_has hunter2
}

@test "a template that hangs is given up after dev-infra.timeout" {
  start_silent
  on laptop dev-infra init
  on laptop dev-infra config dev-infra.timeout 1
  SECONDS=0
  makes_nothing 128 'said nothing' on laptop dev-infra new --template "http://127.0.0.1:$SILENT_PORT/x" app
  stop_servers
  in_time 60
}

@test "no project where nothing can be written" {
  if [ "$(id -u)" -eq 0 ]; then
    # For root a directory that cannot be written is one in /proc.
    runs 128 on laptop dev-infra new /proc/app
  else
    mkdir "$LAPTOP/locked"
    chmod 555 "$LAPTOP/locked"
    makes_nothing 128 'Permission denied' on laptop dev-infra new locked/app
  fi
}

@test "a disk that fills up half-way leaves nothing" {
  small_disk 300k
  own_template big
  head -c 100000 /dev/zero >"$TEMPLATE/a"
  head -c 900000 /dev/zero >"$TEMPLATE/b"
  run --separate-stderr on laptop dev-infra new --template big "$WORLD/disk/app"
  local left
  left=$(ls -A "$WORLD/disk")
  assert_status 128
  assert_stderr_has 'No space left'
  equal "$left" ''
}

@test "a registry that cannot be used is reported before anything is made" {
  on laptop dev-infra init
  printf 'broken\n' >"$LAPTOP/.dev-infra/refs/heads/main"
  makes_nothing 128 '' on laptop dev-infra new app
}

@test "adopt writes the file once, registers, and keeps the id of a project that is known" {
  project laptop old https://example.org/ann/old.git
  on laptop dev-infra register old
  local id
  id=$(id_of laptop old)
  succeeds on laptop dev-infra adopt old
  equal "$(id_of laptop old)" "$id"
  equal "$(at laptop old dev-infra-read-meta --get version)" unknown
  equal "$(at laptop old dev-infra-read-meta --get migrated)" "$(date -u +%Y-%m-%d)"
  equal "$(at laptop old dev-infra-read-meta --get created)" 2024-05-01
  equal "$(field laptop old created)" '"2024-05-01"'
  equal "$(git -C "$LAPTOP/old" status --porcelain)" '?? .dev-infra.yml'
  refuses 128 'already' on laptop dev-infra adopt old
  ln -s /nowhere "$LAPTOP/link.yml"
  project laptop linked
  ln -s ../escape "$LAPTOP/linked/.dev-infra.yml"
  refuses 128 'already' on laptop dev-infra adopt linked
  [ ! -e "$LAPTOP/escape" ]
  sound laptop
}

@test "adopt refuses what is not a work tree, and takes hostile names" {
  local name
  mkdir "$LAPTOP/plain"
  git init -q --bare "$LAPTOP/bare.git"
  refuses 128 'cannot be adopted' on laptop dev-infra adopt plain
  refuses 128 'work tree' on laptop dev-infra adopt bare.git
  refuses 128 'not a directory' on laptop dev-infra adopt missing
  hostile_names
  for name in "${HOSTILE[@]}"; do
    project laptop "h/$name"
    succeeds at laptop h dev-infra adopt --quiet -- "$name"
    [ -f "$LAPTOP/h/$name/.dev-infra.yml" ] || explain "$name"
  done
  nothing_ran
}
