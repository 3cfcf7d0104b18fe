#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# What a remote may hold, hostile or broken: the bad is set aside and named, the good comes, and nothing is lost or run.

load helper

setup() {
  begin
  machine laptop
  app_and_lib
  pushed_to_origin
}

# blob: its id, of stdin, on the remote.
blob() { git --git-dir="$REMOTE" hash-object -w --stdin; }

# tree: makes a tree of the `MODE TYPE ID<TAB>NAME` records on stdin, whatever they are, and prints its id. `git mktree` would refuse
# names that a server could well send.
tree() {
  local mode id name
  # In git's order, which has directories as if their names ended in a slash.
  awk -F '\t' '{ print $2 ($1 ~ /^0?40000/ ? "/" : "") "\t" $0 }' | LC_ALL=C sort -t $'\t' -k 1,1 | cut -f 2- | while IFS=$' \t' read -r mode _ id name; do
    printf '%s %s\0' "${mode#0}" "$name"
    # shellcheck disable=SC2059 # the bytes that the hash spells
    printf "$(printf '%s\n' "$id" | sed 's/../\\x&/g')"
  done | git --git-dir="$REMOTE" hash-object --literally -w -t tree --stdin
}

# publish TREE: a commit of it becomes the remote's main.
publish() {
  git --git-dir="$REMOTE" update-ref refs/heads/main \
    "$(git --git-dir="$REMOTE" -c user.name=x -c user.email=x@example.org commit-tree -p main -m hostile "$1")"
}

# hash_of IDENTITY: the id of the project of that identity.
hash_of() { printf '%s\n' "$1" | git hash-object --stdin; }

# entry_for IDENTITY [FILTER]: a faultless entry of that project, but for what jq's FILTER does to it.
entry_for() {
  on laptop dev-infra-cat-project lib | jq -S --arg identity "$1" --arg id "$(hash_of "$1")" \
    '.identity = $identity | .id = $id | .name = "evil" | del(.remote_url, .root_commit) | '"${2:-.}"
}

# entry_of TREEISH PATH: its `MODE TYPE ID` on the remote.
entry_of() { git --git-dir="$REMOTE" rev-parse "$1:$2"; }

@test "tree entries ..,  .git, symlinks, gitlinks and the like, at every level: set aside by name, and the good change comes" {
  local good rubbish fan id projects other mode modes=()
  joined desktop
  succeeds on laptop dev-infra set app description='a good change'
  succeeds on laptop dev-infra push
  id=$(id_of laptop app)
  fan=${id:0:2}
  rubbish=$(printf 'touch pwned' | blob)
  good=$(entry_of main "projects/$fan/${id:2}.json")
  # Entries without a fault but the kind of file that they are.
  for mode in '120000 blob' '100755 blob'; do
    other=$(hash_of "remote example.org/${mode% *}")
    modes+=("$(printf '040000 tree %s\t%s' "$(printf '%s %s\t%s.json\n' "$mode" "$(entry_for "remote example.org/${mode% *}" | blob)" "${other:2}" | tree)" \
      "${other:0:2}")")
  done
  fanned=$(tree <<END
040000 tree $(printf '' | tree)	..
100644 blob $rubbish	.git
120000 blob $rubbish	$(printf 'a%.0s' {1..38}).json
160000 commit $good	$(printf 'b%.0s' {1..38}).json
100755 blob $rubbish	$(printf 'c%.0s' {1..38}).json
100644 blob $good	${id:2}.json
END
  )
  projects=$(
    {
      git --git-dir="$REMOTE" ls-tree main:projects | grep -v "	$fan\$" || true
      printf '040000 tree %s\t%s\n' "$fanned" "$fan"
      printf '120000 blob %s\tff\n' "$rubbish"
      printf '160000 commit %s\tfe\n' "$good"
      printf '040000 tree %s\t.git\n' "$fanned"
      printf '040000 tree %s\tFF\n' "$fanned"
      printf '%s\n' "${modes[@]}"
    } | tree
  )
  publish "$(
    {
      git --git-dir="$REMOTE" ls-tree main | grep -v '	projects$'
      printf '040000 tree %s\tprojects\n' "$projects"
      printf '040000 tree %s\t..\n' "$fanned"
      printf '040000 tree %s\t.git\n' "$fanned"
      printf '120000 blob %s\t.gitmodules\n' "$rubbish"
      printf '100755 blob %s\thooks\n' "$rubbish"
    } | tree
  )"
  run --separate-stderr on desktop timeout 60 dev-infra pull
  assert_status 0
  assert_stderr_line '^warning: set aside '
  for name in 'projects/FF' 'projects/ff' 'projects/fe' 'projects/.git' "projects/$fan/.git" "projects/$fan/\\.\\." "aaaa\\.json" \
    'bbbb\.json' 'cccc\.json' 'hooks' '\.gitmodules'; do
    assert_stderr_line "^warning: set aside .*$name" || return
  done
  assert_clean_text "$stderr"
  equal "$(field desktop app description)" '"a good change"'
  equal "$(names_of desktop --all)" 'app lib'
  equal "$(registry_git desktop ls-tree --name-only main | paste -s -d ' ')" 'format machines projects'
  nothing_ran
  succeeds on desktop dev-infra verify
  # What this machine sends afterwards puts the remote right.
  succeeds on desktop dev-infra push
  equal "$(git --git-dir="$REMOTE" ls-tree --name-only main | paste -s -d ' ')" 'format machines projects'
  succeeds on laptop dev-infra pull
  equal "$(tree_of laptop)" "$(tree_of desktop)"
}

# with_entry PATH JSON…: publishes main with these as blobs at these paths.
with_entries() {
  (
    GIT_DIR=$REMOTE GIT_INDEX_FILE=$BATS_TEST_TMPDIR/index
    export GIT_DIR GIT_INDEX_FILE
    rm -f "$GIT_INDEX_FILE"
    git read-tree main
    while [ $# -gt 0 ]; do
      git update-index --add --cacheinfo "100644,$2,$1"
      shift 2
    done
    git update-ref refs/heads/main "$(git -c user.name=x -c user.email=x@x commit-tree -p main -m evil "$(git write-tree)")"
  )
}

@test "entries that are not JSON, not theirs, too large or too deep are set aside by name; the good ones come" {
  local id other entry before name number=0 arguments=()
  joined desktop
  before=$(on desktop dev-infra-cat-project lib)
  id=$(id_of laptop lib)
  entry=$(on laptop dev-infra-cat-project lib)
  add() {
    number=$((number + 1))
    arguments+=("projects/$(printf '%02x' "$number")/$(printf '%038d' "$number").json" "$(blob)")
  }
  # By redirection: in a pipe's subshell nothing would be remembered.
  for name in '' 'null' '[]' '"text"' '{"id": 1}' '{' '{}{}' '{"a":1,"a":2}' "$entry" "$(jq '.id = "zz"' <<<"$entry")" \
    "$(jq '.status = "sideways"' <<<"$entry")" "$(jq '.updated = "yesterday"' <<<"$entry")" "$(jq 'del(.name)' <<<"$entry")" \
    "$(jq '.remote_url = "ext::sh -c touch% pwned"' <<<"$entry")" "$(jq '.tags = "no list"' <<<"$entry")"; do
    add <<<"$name"
  done
  add < <(printf '\377\376{}')
  add < <(printf '{"x": %s1%s}' "$(printf '[%.0s' {1..5000})" "$(printf ']%.0s' {1..5000})")
  add < <(printf '{"x": "%s"}' "$(head -c 300000 /dev/zero | tr '\0' x)")
  # Its own place, and not its identity.
  arguments+=("projects/${id:0:2}/${id:2}.json" "$(jq -S '.identity = "remote example.org/other"' <<<"$entry" | blob)")
  # Its own place and identity, and not its id.
  other=$(hash_of 'remote example.org/impostor')
  arguments+=("projects/${other:0:2}/${other:2}.json" "$(entry_for 'remote example.org/impostor' ".id = \"$id\"" | blob)")
  arguments+=("machines/$(on laptop dev-infra config dev-infra.machine)/machine.json" "$(blob <<<'{"id":"else"}')")
  with_entries "${arguments[@]}"
  project laptop src/new https://github.com/acme/new.git
  succeeds on laptop dev-infra register src/new
  run --separate-stderr on laptop timeout 60 dev-infra push
  assert_status 0
  run --separate-stderr on desktop timeout 60 dev-infra pull
  assert_status 0
  equal "$(names_of desktop --all)" 'app lib new'
  equal "$(on desktop dev-infra-cat-project lib)" "$before" 'the entry that was spoilt'
  nothing_ran
  sound laptop desktop
  # Without a push in between that puts it right, they are named.
  with_entries "${arguments[@]}"
  run --separate-stderr on desktop timeout 60 dev-infra pull
  assert_status 0
  equal "$(grep -c '^warning: set aside ' <<<"$stderr")" "$((${#arguments[@]} / 2))" 'those that are named'
  assert_stderr_line "^warning: set aside projects/01/"
  assert_stderr_line '^warning: set aside .*larger than 262144 bytes'
  assert_clean_text "$stderr"
  equal "$(names_of desktop --all)" 'app lib new'
  equal "$(on desktop dev-infra-cat-project lib)" "$before"
  sound desktop
}

@test "an entry that was edited by hand at the remote comes, in the canonical form again, and two machines that pull it agree" {
  local id path edited
  machine desktop
  succeeds on desktop dev-infra init --name desktop "$REMOTE"
  id=$(on laptop dev-infra-ls-projects --format='%(id)' app)
  path=projects/${id:0:2}/${id:2}.json
  # Another order of the keys, no indentation, no newline at the end: what editors of git hosts, and scripts, leave behind.
  edited=$(git --git-dir="$REMOTE" show "main:$path" | jq -c 'to_entries | reverse | from_entries | .status = "paused"' | tr -d '\n' | blob)
  git --git-dir="$REMOTE" ls-tree -r main >"$BATS_TEST_TMPDIR/tree"
  sed -i "s|blob [0-9a-f]*\(.$path\)|blob $edited\1|" "$BATS_TEST_TMPDIR/tree"
  GIT_INDEX_FILE=$BATS_TEST_TMPDIR/index git --git-dir="$REMOTE" update-index --index-info <"$BATS_TEST_TMPDIR/tree"
  publish "$(GIT_INDEX_FILE=$BATS_TEST_TMPDIR/index git --git-dir="$REMOTE" write-tree)"

  succeeds on laptop dev-infra pull
  equal "$(field laptop app status)" '"paused"'
  sound laptop
  succeeds on desktop dev-infra pull
  sound desktop
  equal "$(registry_git laptop rev-parse 'main^{tree}')" "$(registry_git desktop rev-parse 'main^{tree}')"
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(main_of laptop)" "$(git --git-dir="$REMOTE" rev-parse main)"
  equal "$(git --git-dir="$REMOTE" rev-parse "main:$path")" "$(git --git-dir="$REMOTE" show "main:$path" | jq -S . | git hash-object --stdin)"
}

@test "a remote that was rewound or emptied: said, nothing here is lost, and the next push gives it all back" {
  local old
  joined desktop
  old=$(remote_main)
  succeeds on laptop dev-infra set app description=newer
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull
  git --git-dir="$REMOTE" update-ref refs/heads/main "$old"
  runs 0 on desktop dev-infra pull
  assert_stderr_line '^warning: .*rewound'
  equal "$(field desktop app description)" '"newer"'
  succeeds on desktop dev-infra push
  runs 0 on laptop dev-infra pull
  equal "$(field laptop app description)" '"newer"'
  # To the very first commit, which every registry has.
  git --git-dir="$REMOTE" update-ref refs/heads/main "$(git --git-dir="$REMOTE" rev-list --max-parents=0 main)"
  runs 0 on laptop dev-infra pull
  assert_stderr_line '^warning: .*rewound'
  equal "$(names_of laptop --all)" 'app lib'
  runs 0 on laptop dev-infra push
  equal "$(remote_tree)" "$(tree_of laptop)"
  runs 0 on desktop dev-infra pull
  equal "$(names_of desktop --all)" 'app lib'
  # Emptied, and made anew elsewhere.
  git --git-dir="$REMOTE" update-ref -d refs/heads/main
  runs 0 on desktop dev-infra pull
  assert_stderr_line '^warning: .*emptied'
  equal "$(names_of desktop --all)" 'app lib'
  runs 0 on desktop dev-infra push
  equal "$(remote_tree)" "$(tree_of desktop)"
  rm -rf "$REMOTE"
  bare_remote registry
  runs 0 on laptop dev-infra pull
  runs 0 on laptop dev-infra push
  equal "$(remote_tree)" "$(tree_of laptop)"
  sound laptop desktop
}

@test "a remote whose objects are truncated or missing is a fatal by name; nothing here changes, and it works again once mended" {
  local id file
  joined desktop
  succeeds on laptop dev-infra set app description=newer
  succeeds on laptop dev-infra push
  id=$(entry_of main "$(file_of laptop app)")
  git --git-dir="$REMOTE" unpack-objects < <(find "$REMOTE/objects/pack" -name '*.pack' -exec cat {} +) 2>/dev/null || true
  file=$REMOTE/objects/${id:0:2}/${id:2}
  [ -f "$file" ]
  cp "$file" whole
  chmod +w "$file"
  truncate -s 10 "$file"
  refuses 128 origin on desktop timeout 60 dev-infra pull
  rm -f "$file"
  refuses 128 origin on desktop timeout 60 dev-infra pull
  equal "$(field desktop app description)" null
  cp whole "$file"
  succeeds on desktop dev-infra pull
  equal "$(field desktop app description)" '"newer"'
  sound desktop
}

@test "a remote's main that is a blob or a tree is a fatal; nothing changes" {
  local kind
  joined desktop
  for kind in 'main:format' 'main^{tree}'; do
    kind=$(git --git-dir="$REMOTE" rev-parse "$kind")
    printf '%s\n' "$kind" >"$REMOTE/refs/heads/main"
    run --separate-stderr on desktop timeout 60 dev-infra pull
    refute_crash
    assert_status 128
    assert_stderr_line '^fatal: .'
    equal "$(names_of desktop --all)" 'app lib'
    printf '%s\n' "$(main_of laptop)" >"$REMOTE/refs/heads/main"
  done
  succeeds on desktop dev-infra pull
  sound desktop
}

# ---------------------------------------------------------------- transports

@test "a URL that came into the settings past the check runs nothing, even where the user's git allows its transport" {
  local url command
  succeeds on laptop dev-infra init --name laptop
  project laptop app
  succeeds on laptop dev-infra register app
  printf '[protocol "ext"]\n\tallow = always\n[url "ext::"]\n\tinsteadOf = alias:\n' >>laptop/.gitconfig
  for url in "ext::sh -c touch% $WORLD/pwned" "alias:sh -c touch% $WORLD/pwned"; do
    git --git-dir=laptop/.dev-infra config remote.evil.url "$url"
    # The control: git alone would run it.
    on laptop git --git-dir=.dev-infra fetch -q evil 2>/dev/null || true
    [ -e pwned ]
    rm pwned
    for command in pull push fetch; do
      refuses 128 "transport 'ext' not allowed" on laptop dev-infra "$command" evil
      nothing_ran
    done
  done
  sound laptop
}

@test "a lock that a killed push left on the remote is told of, and nothing is lost" {
  local before
  before=$(remote_main)
  succeeds on laptop dev-infra set app status=paused
  : >"$REMOTE/refs/heads/main.lock"
  runs 1 on laptop dev-infra push --timeout 1
  assert_stderr_has "error: pushing to 'origin' failed: it is locked by another push; nothing has been sent"
  assert_stderr_has 'refs/heads/main.lock'
  runs 1 on laptop dev-infra-send-pack origin
  assert_stderr_has "error: 'origin' is locked by another push; nothing has been sent"
  runs 1 on laptop dev-infra-send-pack --porcelain origin
  [[ $output == $'!\t'*$'\t[rejected] (locked)' ]] || explain 'not the line of a rejection'
  equal "$(remote_main)" "$before"
  rm "$REMOTE/refs/heads/main.lock"
  succeeds on laptop dev-infra push
  equal "$(remote_tree)" "$(tree_of laptop)"
}
