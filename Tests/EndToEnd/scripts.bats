#!/usr/bin/env bats
# The porcelain that is shell: what the scripts do with their arguments, and with each answer of the plumbing below them.
# Here the plumbing is stubs that answer what a test wants, in a world with real git.

# shellcheck disable=SC2016 # what the stubs are made of
# shellcheck disable=SC2030,SC2031,SC2154 # every test is a shell of its own; bats' run sets stderr

load helper

setup() {
  begin
  machine laptop
  HOME=$WORLD/laptop
  cd "$HOME" || return
  REGISTRY=$HOME/.dev-infra
  git init -q --bare -b main "$REGISTRY"
  git -C "$REGISTRY" config dev-infra.machine 00000000000000aa
  # A machine with one checkout.
  tree=$(
    GIT_INDEX_FILE=$WORLD/index
    export GIT_INDEX_FILE
    git -C "$REGISTRY" update-index --add --cacheinfo \
      "100644,$(git -C "$REGISTRY" hash-object -w --stdin <<<'{}'),machines/00000000000000aa/checkouts/00/00.json"
    git -C "$REGISTRY" write-tree
  )
  git -C "$REGISTRY" update-ref refs/heads/main "$(git -C "$REGISTRY" commit-tree -m Start "$tree")"
  MAIN=$(git -C "$REGISTRY" rev-parse main)
  TMPDIR=$WORLD/tmp
  mkdir "$TMPDIR"
  export TMPDIR
  # The real scripts among stubs.
  STUBS=$WORLD/stubs
  mkdir "$STUBS"
  for script in "$DEV_INFRA_PREFIX"/libexec/dev-infra/*; do
    [ -f "$script" ] || continue
    if [ "$(head -c 2 "$script")" = '#!' ] || [ "${script##*/}" = dev-infra-sh-setup ]; then cp "$script" "$STUBS"; fi
  done
  for name in fetch-pack send-pack merge-registry update-registry diff-registry refresh cat-project verify-registry; do
    stub "$name" <<<'exit 0'
  done
  # How main stands to what the remote has is what the references say.
  stub fetch-pack <<'END'
case " $* " in *' --compare '*) ;; *) exit 0 ;; esac
for remote; do :; done
main=$(git -C "$HOME/.dev-infra" rev-parse main)
theirs=$(git -C "$HOME/.dev-infra" rev-parse -q --verify "refs/remotes/$remote/main" || printf '%040d' 0)
case $theirs in
"$main") word=same ;;
*[!0]*) if git -C "$HOME/.dev-infra" merge-base --is-ancestor "$theirs" "$main" 2>&-; then word=ahead; else word=other; fi ;;
*) word=none ;;
esac
echo "$word $main $theirs"
END
  for name in escape-text update-settings; do ln -s "$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-$name" "$STUBS"; done
  # A URL is as it may be stored.
  stub check-url <<<'printf "%s\n" "$2"'
  # It runs beside the others, so that no order of calls has a place for it.
  printf '#!/bin/sh\n' >"$STUBS/dev-infra-update-state"
  chmod +x "$STUBS/dev-infra-update-state"
  export DEV_INFRA_EXEC_PATH=$STUBS
}

# stub NAME: the plumbing dev-infra-NAME is the script on stdin; its calls are told in $WORLD/calls.
stub() {
  {
    printf '#!/bin/sh\nprintf "%%s\\n" "${0##*/dev-infra-} $*" >>"%s"\n' "$WORLD/calls"
    cat
  } >"$STUBS/dev-infra-$1"
  chmod +x "$STUBS/dev-infra-$1"
}

calls() { cat "$WORLD/calls"; }

# commit MESSAGE: one more commit on main's, which is not moved
commit() { git -C "$REGISTRY" commit-tree -m "$1" -p "$MAIN" "$MAIN^{tree}"; }

# remote_has COMMIT: as of the last fetch
remote_has() { git -C "$REGISTRY" update-ref refs/remotes/origin/main "$1"; }

no_litter() { equal "$(ls -A "$TMPDIR")" '' 'temporary files'; }

# ---------------------------------------------------------------- what all have in common

@test "without a registry every script says so, and how to make one" {
  rm -rf "$REGISTRY"
  for words in push pull fetch sync 'sync push' 'sync pull' remote 'remote add a b' log 'config --list' verify; do
    # shellcheck disable=SC2086 # words are words here
    refuses 128 "no registry at $REGISTRY" dev-infra $words
    assert_stderr_has 'hint: '
    assert_stderr_has 'dev-infra init'
  done
  [ ! -e "$WORLD/calls" ]
}

@test "wrong arguments end with 129 and the usage, before anything is done" {
  rm -rf "$REGISTRY"
  for words in 'push a b' 'push --nonsense' 'push --timeout' 'push --quiet=yes' 'push -x' 'push -qx' 'push -3' 'fetch --no-x' 'pull --strategy' 'fetch --all a' \
    'sync sideways' 'remote add' 'remote add a' 'remote add a b c' 'remote rename a' 'remote remove' 'remote get-url' \
    'remote frob' 'remote -v add a b' 'log -n' 'log -n many' 'log -p --json' 'verify x' config; do
    # shellcheck disable=SC2086
    refuses 129 'USAGE: dev-infra' dev-infra $words
  done
  refuses 129 'unknown option' dev-infra push '--quiet dry-run'
  refuses 129 'unknown option' dev-infra push '--dry-run;touch${IFS}pwned'
  [ -z "$(find "$WORLD" -name 'pwned*')" ]
}

@test "options may stand before and behind operands, and take their value either way" {
  git -C "$REGISTRY" remote add origin "$WORLD/nowhere"
  for words in '--timeout 5 origin --quiet' '--quiet --timeout=5 origin' 'origin --quiet --timeout 5' '--quiet --timeout=5 -- origin'; do
    rm -f "$WORLD/calls"
    # shellcheck disable=SC2086
    runs 0 dev-infra fetch $words
    equal "$(calls)" 'fetch-pack --quiet --timeout=5 -- origin'
  done
}

@test "-h prints the script's own header, also where everything else is wrong" {
  rm -rf "$REGISTRY"
  runs 129 dev-infra push a b -h
  equal "${lines[0]}" 'OVERVIEW: Send this machine'"'"'s registry to a remote'
  runs 0 "$STUBS/dev-infra-push" --help
  refuses 129 'unknown option' dev-infra push -- -h --nonsense a || refuses 129 'too many' dev-infra push -- -h --nonsense a
}

@test "a hook's repository is not taken for the registry" {
  project laptop app
  git -C "$REGISTRY" remote add origin "$WORLD/nowhere"
  quietly env GIT_DIR="$HOME/app/.git" GIT_WORK_TREE="$HOME/app" GIT_INDEX_FILE=x GIT_QUARANTINE_PATH=x dev-infra remote
  assert_output origin
}

@test "a script that is run by its path finds the rest of the toolset" {
  unset DEV_INFRA_EXEC_PATH
  git -C "$REGISTRY" remote add origin "$WORLD/nowhere"
  runs 0 "$STUBS/dev-infra-fetch"
  cd "$STUBS"
  runs 0 ./dev-infra-fetch
  equal "$(calls)" $'fetch-pack -- origin\nfetch-pack -- origin'
}

@test "a full disk as standard output is fatal" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  remote_has "$MAIN"
  stub merge-registry <<<"echo $MAIN"
  for words in 'push -h' pull 'remote' 'remote -v' 'remote get-url origin' log 'log --json' 'config --list'; do
    # shellcheck disable=SC2086
    run --separate-stderr bash -c 'exec dev-infra "$@" >/dev/full' bash $words
    assert_status 128 || explain "$words"
    assert_stderr_line '^fatal: '
    # In our words alone, not in those of what a script is made of.
    equal "$(grep -v '^fatal: ' <<<"$stderr")" '' "$words" || return
  done
}

# ---------------------------------------------------------------- the default remote

@test "the default remote is the configured one, else origin, else the only one" {
  refuses 128 'there is no remote' dev-infra fetch
  git -C "$REGISTRY" remote add backup "$WORLD/b"
  runs 0 dev-infra fetch
  git -C "$REGISTRY" remote add nas "$WORLD/n"
  refuses 128 'several remotes' dev-infra fetch
  assert_stderr_has backup
  assert_stderr_has nas
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  runs 0 dev-infra fetch
  git -C "$REGISTRY" config dev-infra.remote nas
  runs 0 dev-infra fetch
  runs 0 dev-infra -c dev-infra.remote=backup fetch
  equal "$(calls)" $'fetch-pack -- backup\nfetch-pack -- origin\nfetch-pack -- nas\nfetch-pack -- backup'
}

@test "a remote that does not exist is refused by its name, wherever it was named" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  refuses 128 "no remote 'elsewhere'" dev-infra push elsewhere
  refuses 128 "no remote 'orig'" dev-infra pull orig
  refuses 128 "no remote '--upload-pack=x'" dev-infra fetch -- --upload-pack=x
  git -C "$REGISTRY" config dev-infra.remote gone
  refuses 128 "no remote 'gone'" dev-infra fetch
}

# ---------------------------------------------------------------- push

@test "push to an empty remote sends main as it is" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  runs 0 dev-infra push
  equal "$(calls)" "fetch-pack --no-state --compare -- origin
send-pack --no-state --porcelain -- origin $MAIN"
}

@test "push sends the merge with what the remote has, and leaves main alone" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  theirs=$(commit theirs)
  merged=$(commit merged)
  remote_has "$theirs"
  stub merge-registry <<<"echo $merged"
  runs 0 dev-infra push --quiet --dry-run --timeout 3
  equal "$(calls)" "fetch-pack --quiet --timeout=3 --no-state --compare -- origin
merge-registry --quiet $MAIN refs/remotes/origin/main
send-pack --quiet --timeout=3 --no-state --dry-run --porcelain -- origin $merged"
  equal "$(main_of laptop)" "$MAIN"
}

@test "push merges nothing where main has all that the remote has" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  remote_has "$MAIN"
  later=$(git -C "$REGISTRY" commit-tree -p "$MAIN" -m later "$MAIN^{tree}")
  git -C "$REGISTRY" update-ref refs/heads/main "$later"
  runs 0 dev-infra push
  equal "$(calls)" "fetch-pack --no-state --compare -- origin
send-pack --no-state --porcelain -- origin $later"
}

@test "push sends nothing to a remote that has main and need not be asked again" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  remote_has "$MAIN"
  runs 0 dev-infra push
  equal "$(calls)" "fetch-pack --no-state --compare -- origin
send-pack --no-state --porcelain -- origin $MAIN"
  stub fetch-pack <<<"echo settled $MAIN $MAIN"
  rm "$WORLD/calls"
  runs 0 dev-infra push
  equal "$stderr" 'Everything up to date'
  runs 0 dev-infra push --quiet --dry-run
  equal "$stderr" ''
  equal "$(calls)" $'fetch-pack --no-state --compare -- origin\nfetch-pack --quiet --no-state --compare -- origin'
}

# clock_of SECONDS: every look at the clock is so much later, and nobody sleeps.
clock_of() {
  stub date <<<"n=\$(cat '$WORLD/clock' 2>/dev/null || echo 0); echo \$((n + $1)) | tee '$WORLD/clock'"
  stub sleep <<<'exit 0'
  mv "$STUBS/dev-infra-date" "$STUBS/date"
  mv "$STUBS/dev-infra-sleep" "$STUBS/sleep"
}

@test "push tries again when another machine was faster, for a minute or the time limit and a hundred times, and then says so" {
  clock_of 10
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  faster='printf "!\t%s:refs/heads/main\t[rejected] (fetch first)\n" "$MAIN"; exit 1'
  stub send-pack <<<'[ -e "$HOME/second" ] && exit 0; : >"$HOME/second"; '"$faster"
  runs 0 dev-infra push
  equal "$(calls | grep -c send-pack)" 2
  stub send-pack <<<"$faster"
  runs 1 dev-infra push
  assert_stderr_line "^error: pushing to 'origin' failed: other machines have been faster 100 times"
  equal "$(calls | grep -c send-pack)" 102
  runs 1 dev-infra push --timeout 1200
  assert_stderr_line "^error: pushing to 'origin' failed: other machines have been faster 121 times"
}

@test "push gives up what stays locked after the time limit, and what was said in passing decides nothing" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  clock_of 3
  stub send-pack <<<'printf "!\tx:refs/heads/main\t[rejected] (locked)\n"; exit 1'
  runs 1 dev-infra push --timeout 6
  assert_stderr_line "^error: pushing to 'origin' failed: it is locked"
  stub send-pack <<<'printf "!\tx:refs/heads/main\t[remote rejected] ([rejected] (fetch first))\n"; exit 1'
  : >"$WORLD/calls"
  runs 1 dev-infra push
  equal "$(calls | grep -c send-pack)" 1
}

@test "push does not try again what the remote took in part, and shows what was said meanwhile" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  stub send-pack <<<'printf "!\tx:refs/heads/main\t[remote rejected] (one project was refused)\n"; echo "error: no" >&2; exit 1'
  runs 1 dev-infra push
  assert_stderr_line '^error: no$'
  equal "$stdout" ''
  equal "$(calls | grep -c send-pack)" 1
}

@test "push ends as the part of it that failed" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  theirs=$(commit theirs)
  remote_has "$theirs"
  for name in fetch-pack merge-registry send-pack; do
    stub "$name" <<<'exit 128'
    runs 128 dev-infra push
    equal "$(calls | tail -n 1 | cut -d ' ' -f 1)" "$name"
    stub "$name" <<<"echo other $MAIN $theirs"
  done
  stub fetch-pack <<<'exit 0'
  refuses 128 "did not say what 'origin' has" dev-infra push
}

# ---------------------------------------------------------------- pull

@test "pull from an empty remote does nothing and says so" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  quietly dev-infra pull
  assert_output_has 'no registry yet'
  equal "$(calls)" 'fetch-pack -- origin'
}

@test "pull merges, moves main, and reads again what changed" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  theirs=$(commit theirs)
  merged=$(commit merged)
  remote_has "$theirs"
  stub merge-registry <<<"echo $MAIN $merged"
  stub diff-registry <<<'if [ "$1" = -z ]; then printf "one\0two\0"; fi'
  stub refresh <<<'tr "\0" "\n" >"$HOME/refreshed"'
  runs 0 dev-infra pull --strategy ours
  equal "$(calls)" "fetch-pack -- origin
merge-registry --advance -m pull: merge origin --strategy=ours -- refs/remotes/origin/main
diff-registry -z --name-only $MAIN $merged
refresh -z --stdin
diff-registry --summary $MAIN $merged"
  equal "$(cat refreshed)" $'one\ntwo'
  no_litter
}

@test "pull of nothing new is up to date" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  remote_has "$MAIN"
  stub merge-registry <<<"echo $MAIN $MAIN"
  quietly dev-infra pull
  assert_output 'Already up to date.'
  quietly dev-infra pull --quiet
  assert_output ''
}

@test "pull ends as the merge that failed" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  remote_has "$(commit theirs)"
  stub merge-registry <<<'echo "fatal: no" >&2; exit 128'
  runs 128 dev-infra pull
  assert_stderr_line '^fatal: no$'
  no_litter
}

@test "pull prints records for scripts, and a person's words else" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  merged=$(commit merged)
  remote_has "$merged"
  stub merge-registry <<<"echo $MAIN $merged"
  runs 0 dev-infra pull --porcelain
  holds "$(calls)" "diff-registry $MAIN $merged"
  runs 0 dev-infra pull -z
  equal "$(calls | tail -n 1)" "diff-registry -z $MAIN $merged"
  runs 0 dev-infra pull --quiet
  equal "$(calls | tail -n 1)" "refresh --quiet -z --stdin"
}

@test "pull ends as the part of it that failed" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  remote_has "$(commit theirs)"
  merged="echo $MAIN $(commit merged)"
  stub merge-registry <<<"$merged"
  for name in fetch-pack merge-registry diff-registry refresh; do
    stub "$name" <<<'exit 128'
    runs 128 dev-infra pull
    # What changed is told even where a project could not be read again.
    holds "$(calls | tail -n 2 | cut -d ' ' -f 1)" "$name"
    stub "$name" <<<'exit 0'
    stub merge-registry <<<"$merged"
    no_litter
  done
}

@test "a signal ends pull, is seen by the caller, and leaves nothing behind" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  stub fetch-pack <<<'kill -s "$SIGNAL" $PPID'
  for signal in HUP INT TERM; do
    run env SIGNAL="$signal" dev-infra pull
    [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
    no_litter
  done
}

# ---------------------------------------------------------------- fetch and sync

@test "fetch --all asks every remote, and ends with 1 when one failed" {
  for name in one two three; do git -C "$REGISTRY" remote add "$name" "$WORLD/$name"; done
  quietly dev-infra fetch --all
  equal "$(calls | sort)" $'fetch-pack -- one\nfetch-pack -- three\nfetch-pack -- two'
  stub fetch-pack <<<'[ "$2" != three ] || exit 128; cat; printf "old new\t%s\n" "$2"'
  stub diff-registry <<<'printf "id\nother\n"'
  runs 1 dev-infra fetch --all
  equal "$(grep -o "^'[a-z]*' has 2 projects" <<<"$output" | sort)" $'\'one\' has 2 projects\n\'two\' has 2 projects'
}

@test "fetch --all without a remote does nothing" {
  quietly dev-infra fetch --all
  assert_output ''
}

@test "sync pulls, then pushes; not when the pull failed" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  remote_has "$MAIN"
  # With --advance it tells what main was, too.
  stub merge-registry <<<"case \$1 in --advance) echo $MAIN $MAIN ;; *) echo $MAIN ;; esac"
  runs 0 dev-infra sync
  equal "$(calls | cut -d ' ' -f 1 | paste -sd ' ')" 'fetch-pack merge-registry fetch-pack send-pack'
  stub merge-registry <<<'exit 128'
  runs 128 dev-infra sync
  equal "$(calls | tail -n 1 | cut -d ' ' -f 1)" merge-registry
  equal "$(calls | grep -c send-pack)" 1
}

@test "sync push and sync pull are push and pull, with their arguments" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  runs 0 dev-infra sync push --dry-run origin
  equal "$(calls | tail -n 1)" "send-pack --no-state --dry-run --porcelain -- origin $MAIN"
  runs 0 dev-infra sync pull --quiet
  equal "$(calls | tail -n 1)" 'fetch-pack --quiet -- origin'
}

# ---------------------------------------------------------------- remote

@test "remote add: git knows the remote, and fetches its main where push and pull look for it" {
  git init -q --bare -b main "$WORLD/o.git"
  git -C "$REGISTRY" push -q "$WORLD/o.git" main
  quietly dev-infra remote add origin "$WORLD/o.git"
  git -C "$REGISTRY" fetch -q origin
  equal "$(git -C "$REGISTRY" rev-parse refs/remotes/origin/main)" "$MAIN"
  quietly dev-infra remote
  assert_output origin
  quietly dev-infra remote get-url origin
  assert_output "$WORLD/o.git"
}

@test "remote add: a relative path becomes absolute, a host's stays" {
  mkdir -p "$WORLD/forge/o.git" "$HOME/deep" "$HOME/odd"$'\xff"name'
  quietly dev-infra -C deep remote add one ../../forge/o.git
  quietly dev-infra -C deep remote add two not/there/yet
  quietly dev-infra remote add three git@example.org:o.git
  quietly dev-infra remote add four nas:o.git
  quietly dev-infra remote add five "odd"$'\xff"name'
  equal "$(git -C "$REGISTRY" remote get-url one)" "$WORLD/forge/o.git"
  equal "$(git -C "$REGISTRY" remote get-url two)" "$HOME/deep/not/there/yet"
  equal "$(git -C "$REGISTRY" remote get-url three)" git@example.org:o.git
  equal "$(git -C "$REGISTRY" remote get-url four)" nas:o.git
  equal "$(git -C "$REGISTRY" remote get-url five)" "$HOME/odd"$'\xff"name'
}

@test "remote add and set-url: what the check refuses is not stored, what it cleans is stored clean" {
  stub check-url <<<'exit 128'
  runs 128 dev-infra remote add origin ext::sh
  equal "$(git -C "$REGISTRY" remote)" ''
  stub check-url <<<'echo https://example.org/o.git'
  runs 0 dev-infra remote add origin https://ann:secret@example.org/o.git
  runs 0 dev-infra remote set-url origin https://ann:secret@example.org/o.git
  lacks "$(cat "$REGISTRY/config")" secret
  # In quotes there may be anything, a secret too.
  stub check-url <<<'printf "\"%s\\\"\"\n" https://ann:secret@example.org/'
  refuses 128 'not stored' dev-infra remote set-url origin 'https://ann:secret@example.org/"'
}

@test "remote: names that look like options, or that git refuses, are refused" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  for name in -x '' 'a b' ../x a..b x.lock $'new\nline'; do
    refuses 128 'not a name for a remote' dev-infra remote add -- "$name" "$WORLD/o"
    refuses 128 'not a name for a remote' dev-infra remote rename -- origin "$name"
  done
  refuses 128 "remote 'origin' already" dev-infra remote add origin "$WORLD/o"
  for words in 'remove nothing' 'get-url nothing' 'set-url nothing x' 'rename nothing x'; do
    # shellcheck disable=SC2086
    refuses 128 "no remote 'nothing'" dev-infra remote $words
  done
  refuses 128 'no remote' dev-infra remote remove ''
  refuses 128 'not a URL' dev-infra remote add -- evil --upload-pack=x
  refuses 128 'not a URL' dev-infra remote set-url origin ''
  equal "$(git -C "$REGISTRY" remote)" origin
}

@test "remote -v and get-url show no secret, whatever the configuration holds" {
  git -C "$REGISTRY" remote add one 'https://ann:s3cret@example.org/o.git'
  git -C "$REGISTRY" remote add two 'HTTP://s3cret@example.org/o.git'
  git -C "$REGISTRY" remote add three 'ssh://ann:s3cret@example.org/o.git'
  git -C "$REGISTRY" remote add four 'gh:o.git'
  git -C "$REGISTRY" config url.https://s3cret@example.org/.insteadOf gh:
  quietly dev-infra remote -v
  lacks "$output" s3cret
  holds "$output" $'three\tssh://ann@example.org/o.git (fetch)'
  for name in one two three four; do
    quietly dev-infra remote get-url "$name"
    lacks "$output" s3cret
    holds "$output" example.org/o.git
  done
}

@test "remote rename and remove take the tracking ref and the default along" {
  git -C "$REGISTRY" remote add origin "$WORLD/o"
  remote_has "$MAIN"
  git -C "$REGISTRY" config dev-infra.remote origin
  runs 0 dev-infra remote rename origin nas
  equal "$(git -C "$REGISTRY" rev-parse refs/remotes/nas/main)" "$MAIN"
  equal "$(git -C "$REGISTRY" config dev-infra.remote)" nas
  runs 0 dev-infra remote remove nas
  equal "$(git -C "$REGISTRY" for-each-ref refs/remotes)" ''
  run git -C "$REGISTRY" config dev-infra.remote
  [ "$status" -eq 1 ]
}

# ---------------------------------------------------------------- log, config, verify

@test "log --json is valid whatever commits hold" {
  subject=$'a "quoted" \\ subject \e[31m\twith\x01controls'
  export GIT_AUTHOR_NAME='Ann "A" \ Nobody' GIT_COMMITTER_NAME=laptop GIT_COMMITTER_EMAIL=0123456789abcdef@machine.dev-infra
  git -C "$REGISTRY" update-ref refs/heads/main "$(commit "$subject"$'\n\nbody\nof lines')"
  quietly dev-infra log --json
  equal "$(jq -s length <<<"$output")" 2
  equal "$(jq -rs '.[0].subject' <<<"$output")" "$subject"
  equal "$(jq -rs '.[0] | [.author, .machine, .machine_name, .parents[0]] | join("|")' <<<"$output")" \
    "Ann \"A\" \\ Nobody|0123456789abcdef|laptop|$MAIN"
  equal "$(jq -cs '.[1].parents' <<<"$output")" '[]'
  no_litter
}

@test "log of one project takes the commits that touched its entry or its checkouts" {
  id=00112233445566778899aabbccddeeff00112233
  blob=$(git -C "$REGISTRY" hash-object -w --stdin <<<'{}')
  for path in "projects/00/${id:2}.json" "machines/0123456789abcdef/checkouts/00/${id:2}.json" projects/11/other.json; do
    GIT_INDEX_FILE=$WORLD/index git -C "$REGISTRY" update-index --add --cacheinfo "100644,$blob,$path"
    MAIN=$(git -C "$REGISTRY" commit-tree -m "add $path" -p "$MAIN" "$(GIT_INDEX_FILE=$WORLD/index git -C "$REGISTRY" write-tree)")
  done
  git -C "$REGISTRY" update-ref refs/heads/main "$MAIN"
  stub cat-project <<<"printf '{\n  \"id\": \"$id\",\n  \"name\": \"app\"\n}\n'"
  quietly dev-infra log --json app
  equal "$(jq -s length <<<"$output")" 2
  quietly dev-infra log -n1 --json "$id"
  equal "$(jq -r .subject <<<"$output")" "add machines/0123456789abcdef/checkouts/00/${id:2}.json"
  quietly dev-infra log -p "$id"
  assert_output_has '+{}'
  stub cat-project <<<'exit 1'
  runs 1 dev-infra log nothing
}

@test "log on a terminal lets no escape of a commit through" {
  git -C "$REGISTRY" update-ref refs/heads/main "$(commit $'red \e[2J\e]0;title\a end')"
  for pager in cat 'less -R'; do
    run env TERM=xterm LESS=-FRX GIT_PAGER="$pager" script -qec 'dev-infra log -n 1' /dev/null
    holds "$output" 'end'
    lacks "$output" $'\e[2J'
    lacks "$output" $'\e]0'
    lacks "$output" $'\a'
  done
  run env TERM=xterm script -qec 'dev-infra --no-pager log -n 1' /dev/null
  lacks "$output" $'\e[2J'
}

@test "config is git's on the registry's file" {
  quietly dev-infra config demo.key 'a  value'
  equal "$(git config --file "$REGISTRY/config" demo.key)" 'a  value'
  quietly dev-infra config demo.key
  assert_output 'a  value'
  quietly dev-infra config --get demo.key
  quietly dev-infra config demo.key -h
  quietly dev-infra config demo.key
  assert_output -h
  quietly dev-infra config --unset demo.key
  run dev-infra config demo.key
  [ "$status" -eq 1 ]
  quietly dev-infra config --list
  assert_output_has core.bare=true
}

@test "verify runs both checks whatever the first says, and ends with 1 for findings of either" {
  quietly dev-infra verify
  assert_output ''
  stub verify-registry <<<'echo finding; exit 1'
  runs 1 dev-infra verify
  assert_output finding
  rm -f "$REGISTRY/objects/${MAIN:0:2}/${MAIN:2}"
  stub verify-registry <<<'exit 0'
  runs 1 dev-infra verify
  assert_output_has "$MAIN"
  stub verify-registry <<<'exit 128'
  runs 128 dev-infra verify
}

@test "verify: both checks run at once, and a signal ends both" {
  local real
  real=$(command -v git)
  mkdir "$WORLD/bin"
  # Each waits for the other one.
  stub verify-registry <<<'printf "%s\n" $$ >"$LOG"; exec tail -f /dev/null'
  cat >"$WORLD/bin/git" <<END
#!/bin/sh
case " \$* " in
*' fsck '*)
	until [ -s '$WORLD/rules' ]; do :; done
	kill -s TERM "\$PPID"
	;;
*) exec '$real' "\$@" ;;
esac
END
  chmod 755 "$WORLD/bin/git"
  run timeout 60 env LOG="$WORLD/rules" PATH="$WORLD/bin:$PATH" dev-infra verify
  equal "$status" 143 'the status'
  eventually not kill -0 "$(cat "$WORLD/rules")" || explain 'the check of the rules is still there'
  no_litter
}
