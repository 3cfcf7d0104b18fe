#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154,SC2016 # output and stderr are set by bats' run; tags and scripts are as they are
# A template may come from anywhere: everything in it has a bound, nothing in it is run, and nothing leaves the project.

load helper

setup() {
  begin
  machine laptop
  mkdir "$WORLD/t"
}

# bounded COMMAND…: runs it with 256 MB of memory and 20 s.
bounded() { (ulimit -v 262144 && timeout -k 1 60 "$@"); }

# fills_not TEXT: the template t is refused with this in the message, within the bounds, and nothing is left.
fills_not() {
  runs 128 bounded "$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-fill-template" --set name=x --set up=.. --set d=it --set a= --set none= "$WORLD/t" "$WORLD/p"
  assert_stderr_line '^fatal: '
  assert_stderr_has "$1"
  assert_clean_text "$stderr"
  equal "$(find "$WORLD" -maxdepth 1 ! -name t ! -name nobody ! -name laptop ! -path "$WORLD")" '' 'what is left'
}

# repeat TEXT NUMBER
repeat() { yes "$1" | head -n "$2" | tr -d '\n'; }

@test "a file of 2 GB is refused by name; one of 100 MB is copied; neither takes memory" {
  truncate -s 2G "$WORLD/t/huge"
  fills_not "$WORLD/t/huge failed: the template has more than 1024 MiB"
  rm "$WORLD/t/huge"
  truncate -s 100M "$WORLD/t/two"
  printf '{{name}}' >>"$WORLD/t/two"
  runs 0 bounded "$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-fill-template" --set name=x "$WORLD/t" "$WORLD/p"
  cmp "$WORLD/t/two" "$WORLD/p/two"
}

@test "sections and tags have a bound, whatever the delimiters are" {
  repeat '{{#a}}' 5000 >"$WORLD/t/f"
  fills_not "$WORLD/t/f failed: its sections are nested deeper than 64"
  { printf '{{=<%% %%>=}}' && repeat '<%#a%>' 5000; } >"$WORLD/t/f"
  fills_not 'nested deeper than 64'
  { printf '{{=[ ]=}}' && repeat '[^a]' 3000; } >"$WORLD/t/f"
  fills_not 'nested deeper than 64'
  # What is not an end: in comments, and where a mark that joins the next character hides the delimiter.
  rm "$WORLD/t/f"
  repeat '{{#a}}{{! {{/a}} }}' 3000 >"$WORLD/t/f.mustache"
  fills_not 'nested deeper than 64'
  rm "$WORLD/t/f.mustache"
  repeat $'{{#a}}\xd8\x80{{/a}}' 3000 >"$WORLD/t/f"
  fills_not 'more than 2000 tags'
  { printf '{{=a b=}}' && repeat 'a#xb' 3000; } >"$WORLD/t/f"
  fills_not 'a delimiter is at most'
  repeat '{{a}}' 40000 >"$WORLD/t/f"
  fills_not "$WORLD/t/f failed: it has more than 2000 tags"
  rm "$WORLD/t/f"
  local number
  for number in {1..11}; do repeat '{{a}}' 1999 >"$WORLD/t/f$number"; done
  fills_not 'the template has more than 20000 tags'
  rm "$WORLD/t"/f*
  repeat '{{#a}}' 40 >"$WORLD/t/{{#a}}"
  fills_not 'filling the name of'
  rm "$WORLD/t"/*
  # What is not a tag of a value is text, however much of it there is, and whatever of it has no end.
  repeat '{{b' 349000 >"$WORLD/t/b"
  repeat '{{!' 349000 >"$WORLD/t/c.mustache"
  { printf '{{' && repeat '{' 1000000; } >"$WORLD/t/d"
  # shellcheck disable=SC2016
  repeat '${{b' 250000 >"$WORLD/t/e"
  runs 0 bounded "$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-fill-template" --set name=x "$WORLD/t" "$WORLD/p"
  cmp "$WORLD/t/b" "$WORLD/p/b" && cmp "$WORLD/t/c.mustache" "$WORLD/p/c" && cmp "$WORLD/t/d" "$WORLD/p/d" && cmp "$WORLD/t/e" "$WORLD/p/e"
  rm -rf "$WORLD/p" "$WORLD/t"/*
  { repeat '{{#name}}' 60 && printf y && repeat '{{/name}}' 60; } >"$WORLD/t/f"
  runs 0 bounded "$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-fill-template" --set name=x "$WORLD/t" "$WORLD/p"
  equal "$(cat "$WORLD/p/f")" y
}

@test "files and directories have a bound" {
  (cd "$WORLD/t" && seq 20001 | xargs touch)
  fills_not 'more than 20000 files'
  rm -rf "$WORLD/t" && mkdir "$WORLD/t"
  (cd "$WORLD/t" && mkdir -p "$(printf 'd/%.0s' {1..70})")
  fills_not 'deeper than 64'
}

@test "names that become git's own, or lead out, in any spelling" {
  local name
  for name in '.g{{d}}' '.G{{d}}' '.g{{d}} ' '.g{{d}}.' 'g{{d}}~1' $'.g\xe2\x80\x8d{{d}}' '.g{{d}}::$DATA' '{{up}}' '{{none}}'; do
    rm -rf "$WORLD/t" && mkdir -p "$WORLD/t/$name/hooks"
    fills_not 'filling the name of'
    rm -rf "$WORLD/t" && mkdir "$WORLD/t" && printf x >"$WORLD/t/$name"
    fills_not 'filling the name of'
  done
  for name in '.GIT/hooks/x' 'git~1/config' '.git /config' '{{up}}/x' '/etc/passwd' 'a/../../x' '.g{{d}}/config'; do
    rm -rf "$WORLD/t" && mkdir "$WORLD/t" && ln -s "$name" "$WORLD/t/l"
    fills_not 'copying the symbolic link'
  done
  rm -rf "$WORLD/t" && mkdir "$WORLD/t" && mkfifo "$WORLD/t/pipe"
  fills_not 'neither file, directory nor link'
  rm "$WORLD/t/pipe" && printf x >"$WORLD/t/s" && chmod 6755 "$WORLD/t/s"
  runs 0 bounded "$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-fill-template" "$WORLD/t" "$WORLD/p"
  equal "$(stat -c %a "$WORLD/p/s")" 755
}

# served COMMAND: a template repository in the world's forge with what the command makes.
served() {
  rm -rf "$WORLD/maker" "$WORLD/forge"
  mkdir -p "$WORLD/forge"
  git init -q -b main "$WORLD/maker"
  git -C "$WORLD/maker" config user.name maker
  git -C "$WORLD/maker" config user.email maker@example.org
  (cd "$WORLD/maker" && eval "$1" && git add -A) || return
  commit_in "$WORLD/maker" template
  git clone -q --bare "$WORLD/maker" "$WORLD/forge/t.git"
}

# makes_not TEXT: no project is made of the served template.
makes_not() {
  refuses 128 "$1" on laptop dev-infra new --template "$WORLD/forge/t.git" made
  [ ! -e "$WORLD/laptop/made" ]
  equal "$(find "$WORLD/laptop" -name '.dev-infra-*')" '' 'scratch directories'
}

@test "a template repository: files without number or bound are refused before they are written out" {
  local blob tree number
  on laptop dev-infra init --name laptop
  # Ten levels of ten times the same directory are ten files in the store, and ten thousand millions in a work tree.
  served 'touch f'
  blob=$(git -C "$WORLD/maker" hash-object -w --stdin <<<x)
  tree=$(for number in {1..10}; do printf '100644 blob %s\tf%s\n' "$blob" "$number"; done | git -C "$WORLD/maker" mktree)
  for _ in {1..9}; do
    tree=$(for number in {1..10}; do printf '040000 tree %s\td%s\n' "$tree" "$number"; done | git -C "$WORLD/maker" mktree)
  done
  git -C "$WORLD/maker" update-ref refs/heads/main "$(git -C "$WORLD/maker" commit-tree -m bomb "$tree")"
  git -C "$WORLD/maker" push -q -f "$WORLD/forge/t.git" main
  makes_not 'more than 20000 files'
  # So is one file of 32 MB, by many names.
  served 'truncate -s 32M huge'
  blob=$(git -C "$WORLD/maker" rev-parse HEAD:huge)
  tree=$(for number in {1..33}; do printf '100644 blob %s\tf%s\n' "$blob" "$number"; done | git -C "$WORLD/maker" mktree)
  git -C "$WORLD/maker" update-ref refs/heads/main "$(git -C "$WORLD/maker" commit-tree -m large "$tree")"
  git -C "$WORLD/maker" push -q -f "$WORLD/forge/t.git" main
  makes_not 'more than 1024 MiB'
  # A name that is git's own, as no git would make it.
  served 'touch f'
  tree=$(printf '040000 tree %s\t.GIT\n' "$(git -C "$WORLD/maker" rev-parse 'HEAD^{tree}')" | git -C "$WORLD/maker" mktree)
  git -C "$WORLD/maker" update-ref refs/heads/main "$(git -C "$WORLD/maker" commit-tree -m odd "$tree")"
  git -C "$WORLD/maker" push -q -f "$WORLD/forge/t.git" main
  makes_not 't.git'
}

@test "nothing of a template is run: not its hooks, its filters, or its modules; and no hooks that the user's settings look for in it" {
  on laptop dev-infra init --name laptop
  served 'mkdir hooks .githooks && for h in pre-commit post-commit post-checkout prepare-commit-msg reference-transaction; do
    printf "#!/bin/sh\ntouch %s/pwned\n" "$WORLD" | tee hooks/$h >.githooks/$h; chmod +x hooks/$h .githooks/$h; done
    printf "* filter=evil\n" >.gitattributes
    printf "[submodule \"x\"]\n\tpath = x\n\turl = ext::touch%% $WORLD/pwned\n" >.gitmodules'
  succeeds on laptop dev-infra new --template "$WORLD/forge/t.git" one
  [ ! -e "$WORLD/pwned" ]
  for hooks in hooks .githooks ./hooks; do
    git config --file "$WORLD/laptop/.gitconfig" core.hooksPath "$hooks"
    succeeds on laptop dev-infra new --template "$WORLD/forge/t.git" "with${hooks//[.\/]/-}"
    [ ! -e "$WORLD/pwned" ] || explain "with core.hooksPath $hooks a file of the template ran"
  done
  # Also where only the remote makes it that.
  git config --file "$WORLD/laptop/.gitconfig" --remove-section core
  printf '[core]\n\thooksPath = .githooks\n' >"$WORLD/laptop/relative"
  git config --file "$WORLD/laptop/.gitconfig" 'includeIf.hasconfig:remote.*.url:https://h.example/**.path' relative
  succeeds on laptop dev-infra new --template "$WORLD/forge/t.git" --remote https://h.example/two two
  [ ! -e "$WORLD/pwned" ] || explain 'with core.hooksPath by the remote a file of the template ran'
}

@test "each URL has a copy of its own" {
  on laptop dev-infra init --name laptop
  served 'echo one >f'
  mv "$WORLD/forge/t.git" "$WORLD/one.git"
  served 'echo two >f'
  mv "$WORLD/forge/t.git" "$WORLD/two.git"
  succeeds on laptop dev-infra new --template "$WORLD/one.git" one
  succeeds on laptop dev-infra new --template "$WORLD/two.git#main" two
  rm -rf "$WORLD/two.git"
  runs 0 on laptop dev-infra new --template "$WORLD/two.git#main" three
  assert_stderr_has 'the copy that was fetched before is used'
  equal "$(cat laptop/one/f laptop/two/f laptop/three/f)" $'one\ntwo\ntwo'
}
