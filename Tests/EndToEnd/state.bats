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
  in_shop 'echo 1 >a; mkdir d; echo 2 >d/b; git add .; git commit -qm first
    git remote add origin https://far.example/shop.git
    git update-ref refs/remotes/origin/main main; git branch -q -u origin/main'
  succeeds on laptop dev-infra register src/shop
}

# in_shop SCRIPT: a line of shell in the shop's directory.
in_shop() { at laptop src/shop sh -c "$1"; }

# saved DIR: what is committed in a repository there is on a remote elsewhere.
saved() {
  # shellcheck disable=SC2016 # of that shell
  at laptop "$1" sh -c 'git remote add origin "https://far.example/${PWD##*/}.git" 2>/dev/null
    git for-each-ref --format="%(refname:lstrip=2)" refs/heads | while read -r name; do
      git update-ref "refs/remotes/origin/$name" "refs/heads/$name"
    done'
}

# atoms FORMAT: of the shop.
atoms() { at laptop src/shop dev-infra-ls-state --format "$1" .; }

# as_git WHAT [UNTRACKED]: the shop's numbers are those of git; UNTRACKED is what git is to show.
as_git() {
  local status
  status=$(in_shop "git --no-optional-locks status --porcelain=v2 --untracked-files=${2:-normal}")
  equal "$(atoms 'staged %(staged) changed %(changed) untracked %(untracked) conflicted %(conflicted) submodules %(submodules)')" \
    "$(awk '$1 == 1 || $1 == 2 { staged += substr($2, 1, 1) != "."; changed += substr($2, 2, 1) != "."
        submodules += substr($3, 1, 1) == "S" && substr($2, 2, 1) != "." }
      $1 == "u" { conflicted++ } $1 == "?" { untracked++ }
      END { printf "staged %d changed %d untracked %d conflicted %d submodules %d\n", staged, changed, untracked, conflicted, submodules }' \
      <<<"$status")" "$1"
}

# unsaved: the kinds and numbers of what exists here only, without the registry's own.
unsaved() {
  at laptop . dev-infra state --unsaved "$@" 2>/dev/null | cut -f 2,3 | grep -v '^registry' | tr '\t\n' '= ' | sed 's/ $//'
}

@test "a repository of a home directory's files is one, and is not said to be saved while files may differ" {
  local place
  # As people make it by hand, as yadm does, and as vcsh does.
  at laptop . git init -q --bare .dotfiles
  at laptop . git init -q --bare .local/share/yadm/repo.git
  at laptop . git init -q --bare .config/vcsh/repo.d/vim.git
  for place in .local/share/yadm/repo.git .config/vcsh/repo.d/vim.git; do
    at laptop . git --git-dir="$place" config core.bare false
    at laptop . git --git-dir="$place" config core.worktree "$WORLD/laptop"
  done
  for place in .dotfiles .local/share/yadm/repo.git .config/vcsh/repo.d/vim.git; do
    at laptop . git --git-dir="$place" --work-tree="$WORLD/laptop" add .gitconfig
    at laptop . git --git-dir="$place" --work-tree="$WORLD/laptop" commit -q -m dots
    at laptop . git --git-dir="$place" config remote.origin.url "https://far.example/${place##*/}"
    at laptop . git --git-dir="$place" config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
    at laptop . git --git-dir="$place" update-ref refs/remotes/origin/main HEAD
    succeeds on laptop dev-infra register "$place"
  done
  # The home directory has become nobody's work tree.
  equal "$(on laptop dev-infra list | cut -f 5 | LC_ALL=C sort)" \
    "$WORLD/laptop/.config/vcsh/repo.d/vim.git"$'\n'"$WORLD/laptop/.dotfiles"$'\n'"$WORLD/laptop/.local/share/yadm/repo.git"
  quietly on laptop dev-infra state --all
  equal "$(unsaved)" 'elsewhere=1 elsewhere=1 elsewhere=1'
  quietly on laptop dev-infra refresh
  # One that nothing was ever staged in has no such files.
  at laptop . git clone -q --bare .dotfiles mirror.git
  at laptop . git --git-dir=mirror.git config remote.origin.url https://far.example/mirror
  at laptop . git --git-dir=mirror.git update-ref refs/remotes/origin/main HEAD
  succeeds on laptop dev-infra register mirror.git
  equal "$(unsaved)" 'elsewhere=1 elsewhere=1 elsewhere=1'
}

@test "ls-state: what is in progress is what git has begun" {
  local word begin end row
  shop
  in_shop 'git checkout -q -b other; echo other >a; git commit -q -a -m other; git checkout -q main; echo main >a; git commit -q -a -m main
    git format-patch -q -1 --stdout other >../patch'
  equal "$(atoms '%(operation)')" ''
  # The index that libgit2 reads, and the one that only git does.
  for row in --no-split-index --split-index; do
    in_shop "git update-index $row"
    while IFS='|' read -r word begin end; do
      in_shop "$begin >/dev/null 2>&1 || :"
      equal "$(atoms '%(operation)')" "$word" "$row: $begin"
      equal "$(at laptop src/shop dev-infra-ls-state --json . | jq -r .operation)" "$word" "$row: $begin"
      equal "$(on laptop dev-infra list --where busy --format='%(name)')" shop "$begin"
      holds "$(on laptop script -qec 'stty columns 80; NO_COLOR=1 TERM=xterm dev-infra state' /dev/null)" "$word" "$begin"
      in_shop "$end >/dev/null"
      equal "$(atoms '%(operation)')" '' "$row: $end"
      equal "$(at laptop src/shop dev-infra-ls-state --json . | jq -c .operation)" null "$row: $end"
    done <<'END'
merge|git merge other|git merge --abort
rebase|git rebase other|git rebase --abort
cherry-pick|git cherry-pick other|git cherry-pick --abort
revert|git revert --no-edit other|git revert --abort
am|git am ../patch|git am --abort
bisect|git bisect start|git bisect reset 2>&1
END
  done
}

@test "ls-state: the time of the last fetch is that of git's own file" {
  shop
  equal "$(atoms '%(last_fetch)')" ''
  equal "$(at laptop src/shop dev-infra-ls-state --json . | jq -c .last_fetch)" null
  equal "$(on laptop dev-infra list --where '!has:last_fetch' --format='%(name)')" shop
  git -C "$WORLD/far.git" fetch -q "$WORLD/laptop/src/shop" main:main
  in_shop 'git fetch -q nothing: main; touch -d 2024-05-06T07:08:09Z .git/FETCH_HEAD'
  equal "$(atoms '%(last_fetch)')" 2024-05-06T07:08:09.000Z
  equal "$(at laptop src/shop dev-infra-ls-state --json . | jq -r .last_fetch)" 2024-05-06T07:08:09.000Z
  equal "$(on laptop dev-infra list --where 'last_fetch>1y' --format='%(name)')" shop
  equal "$(on laptop dev-infra list --where 'last_fetch<1y' --format='%(name)')" ''
  in_shop 'git fetch -q nothing: main'
  equal "$(on laptop dev-infra list --where 'last_fetch<1y' --format='%(name)')" shop
}

@test "ls-state: counts and branches, as git tells them" {
  shop
  equal "$(atoms '%(branch) %(staged)%(changed)%(untracked) %(ahead)%(behind) %(upstream)')" 'main 000 00 origin/main'
  in_shop 'echo x >>a; echo z >new; git commit -q --allow-empty -m two'
  equal "$(atoms '%(changed) %(untracked) %(ahead)')" '1 1 1'
  in_shop 'git stash -q; git checkout -q --detach'
  equal "$(atoms '%(branch)|%(stashes)|%(unpushed)')" '|1|1'
}

@test "commits that a detached HEAD alone has are work to be seen to" {
  local row
  shop
  in_shop 'git checkout -q --detach'
  equal "$(atoms '%(unpushed)')" 0 'the commit of a branch'
  in_shop 'git commit -q --allow-empty -m lost; git commit -q --allow-empty -m lost'
  equal "$(atoms '%(unpushed)')" 1
  equal "$(at laptop src/shop dev-infra-ls-state --json . | jq -c '[.head_only, .branches[].on_remote]')" '[2,true]'
  succeeds on laptop dev-infra register src/shop
  equal "$(on laptop dev-infra list --where unpushed --format='%(name)')" shop
  runs 1 on laptop dev-infra state --exit-code
  row=$(on laptop script -qec "stty columns 80; NO_COLOR=1 TERM=xterm dev-infra state" /dev/null)
  holds "$row" 'unpushed: HEAD⇡2'
  # A tag keeps them, and so does a branch; git says the same where libgit2 cannot.
  in_shop 'git tag -a -m kept kept'
  equal "$(atoms '%(unpushed)')" 0
  in_shop 'git tag -d kept >/dev/null; git update-index --split-index'
  equal "$(at laptop src/shop dev-infra-ls-state --json . | jq -c '[.head_only, .branches[].on_remote]')" '[2,true]'
  in_shop 'git branch keeps'
  equal "$(atoms '%(unpushed)')" 1 'the branch, and not HEAD'
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
  in_shop "
    git config core.fsmonitor 'touch $WORLD/pwned'; git config filter.evil.clean 'touch $WORLD/pwned; cat'
    git config filter.evil.process 'touch $WORLD/pwned'; git config core.hooksPath hooks
    echo 'a filter=evil' >.gitattributes; git -c core.fsmonitor= -c filter.evil.clean= -c filter.evil.process= add .gitattributes"
  rm -f "$WORLD/pwned"
  before=$(in_shop 'echo x >>a; cksum .git/index; ls -la --time-style=full-iso .git')
  equal "$(atoms '%(changed) %(unsure) %(staged)')" '0 1 1'
  equal "$(in_shop 'cksum .git/index; ls -la --time-style=full-iso .git')" "$before"
  nothing_ran
}

@test "ls-state: what differs is what git says, whatever is between a file and its blob" {
  shop
  at laptop . git config --global filter.upper.clean 'tr a-z A-Z'
  at laptop . git config --global filter.upper.smudge 'tr A-Z a-z'
  in_shop "echo 'early.* filter=upper' >.gitattributes
    echo x >early.1; echo x >late.1; printf 'x\000\n\000' >wide.1; echo x >coded.1; git add -A; git commit -qm all
    echo '*.1 filter=upper' >.gitattributes; git add .gitattributes; git commit -qm filter"
  # Nothing differs by its bytes but early.1, which does not by its filter. The others were added without one.
  in_shop 'touch -d 2001-02-03 *.1'
  as_git 'early.1 is as it was added'
  in_shop 'echo y >early.1; touch -d 2002-02-03 early.1'
  as_git 'and changed'
  in_shop "echo '*.1 working-tree-encoding=UTF-16LE' >.gitattributes; git commit -qam coded; touch -d 2003-02-03 *.1"
  as_git 'an encoding'
  in_shop "echo '*.1 -text' >.gitattributes; git commit -qam none; touch -d 2004-02-03 *.1"
  as_git 'none'
}

@test "ls-state: settings count wherever git finds them, and no rules are read from a link" {
  shop
  # numbers WHAT [DIR]: those of git, whose settings are the question, of a directory.
  numbers() {
    equal "$(at laptop "${2:-src/shop}" dev-infra-ls-state --format '%(changed) %(untracked)' .)" \
      "$(at laptop "${2:-src/shop}" git --no-optional-locks status --porcelain | awk '/^ M/ { c++ } /^[?]/ { u++ } END { print c + 0, u + 0 }')" "$1"
  }
  # A work tree's own, which git reads whatever the format of the repository says.
  in_shop 'git config extensions.worktreeConfig true; git worktree add -q ../linked; echo "*.o" >../rules; touch x.o ../linked/x.o u ../linked/u'
  in_shop 'git config --worktree core.excludesFile ~/src/rules; git -C ../linked config --worktree status.showUntrackedFiles no'
  numbers 'its own ignored files'
  numbers 'its own untracked files' src/linked
  in_shop 'git config status.showUntrackedFiles no; git -C ../linked config --worktree status.showUntrackedFiles all'
  numbers 'none for all'
  numbers 'its own in place of none' src/linked
  in_shop 'git config core.fileMode false; git -C ../linked config --worktree core.fileMode true; chmod +x a ../linked/a'
  numbers 'modes that do not count'
  numbers 'modes that count here' src/linked
  in_shop 'chmod -x a; git worktree remove --force ../linked; rm .git/config.worktree u; git config --unset extensions.worktreeConfig
    git config --unset core.fileMode; git config --unset status.showUntrackedFiles'
  # Under conditions that libgit2 does not know.
  printf '[core]\n\texcludesFile = ~/src/rules\n' >"$WORLD/laptop/more"
  at laptop . git config --global 'includeIf.hasconfig:remote.*.url:https://far.example/**.path' "$WORLD/laptop/more"
  numbers 'ignored by the remote that it has'
  printf '[user]\n\temail = other@example.org\n' >"$WORLD/laptop/more"
  numbers 'nothing that counts is included'
  at laptop . git config --global --remove-section 'includeIf.hasconfig:remote.*.url:https://far.example/**'
  # A link is not followed, and is a file itself.
  in_shop 'rm x.o; ln -s ../rules .gitignore; touch y.o'
  numbers 'a link at the top'
  in_shop 'rm .gitignore; ln -s ../../rules d/.gitignore; git add d/.gitignore; touch d/y.o'
  numbers 'a link below'
}

@test "ls-state: which differences of a submodule count is said by settings before .gitmodules, and by both before what is for all" {
  local kind file own all reader
  shop
  at laptop . sh -c 'git init -q -b main lib; echo 1 >lib/f; git -C lib add f; git -C lib commit -q -m lib'
  # shellcheck disable=SC2016 # of that shell
  in_shop 'git -c protocol.file.allow=always submodule --quiet add --name "li b" "$PWD/../../lib" lib; git commit -qm lib'
  # The second time its settings are such that git reads it.
  for reader in library git; do
    [ "$reader" = library ] || in_shop 'git config extensions.worktreeConfig true; git config --worktree some.thing here'
    for kind in 'touch lib/new' 'echo 2 >lib/f' 'git -C lib commit -q --allow-empty -m more'; do
      in_shop "git -C lib reset -q --hard; git -C lib clean -q -f; git submodule --quiet update; $kind"
      for file in '' none all dirty; do
        for own in '' none untracked; do
          for all in '' all; do
            # shellcheck disable=SC2016 # of that shell
            at laptop src/shop env FILE="$file" OWN="$own" ALL="$all" sh -c 'set -- "submodule.li b.ignore"
              git config -f .gitmodules --unset "$1"; git config --unset "$1"; git config --unset diff.ignoreSubmodules
              [ -z "$FILE" ] || git config -f .gitmodules "$1" "$FILE"; [ -z "$OWN" ] || git config "$1" "$OWN"
              [ -z "$ALL" ] || git config diff.ignoreSubmodules "$ALL"; git add .gitmodules; git commit -q --allow-empty -m set'
            as_git "$reader, $kind: .gitmodules '$file', settings '$own', for all '$all'" || return
          done
        done
      done
    done
  done
}

@test "state: a bare repository with worktrees stays what it is once its settings are parted" {
  at laptop . sh -c 'git init -q -b main seed; mkdir seed/d; touch seed/d/1; git -C seed add .; git -C seed commit -qm 1; mkdir -p src/proj
    git clone -q --bare seed src/proj/.bare; echo "gitdir: ./.bare" >src/proj/.git; git -C src/proj worktree add -q main'
  succeeds on laptop dev-infra register --recursive src
  equal "$(at laptop src/proj dev-infra-ls-repos --worktrees .. | wc -l)" 2
  at laptop src/proj/main git sparse-checkout set d
  # That is what it is about.
  equal "$(git config --file "$WORLD/laptop/src/proj/.bare/config.worktree" core.bare)" true
  equal "$(at laptop src/proj dev-infra-ls-repos --worktrees .. | wc -l)" 2
  succeeds on laptop dev-infra register --recursive src
  equal "$(at laptop . dev-infra state --all | cut -f 4,6)" "$(printf '0\t0\n0\t0')"
  # A remote there is one.
  at laptop . sh -c 'git init -q -b main src/one; git -C src/one commit -q --allow-empty -m 1; git -C src/one config extensions.worktreeConfig true
    git -C src/one config --worktree remote.origin.url https://far.example/one.git'
  succeeds on laptop dev-infra register src/one
  equal "$(at laptop . dev-infra list --format '%(remote_url)' one)" https://far.example/one.git
}

@test "ls-state: a file that git is not to look at is still counted where it is staged" {
  shop
  in_shop 'git update-index --assume-unchanged a; git checkout -q --orphan fresh'
  as_git 'before the first commit'
  in_shop 'git commit -qm first; git update-index --no-assume-unchanged a; echo 9 >a; echo 9 >n; git add a n
    git update-index --assume-unchanged a n'
  as_git 'changed, and new'
  in_shop 'echo hidden >>a'
  as_git 'and its work tree is not looked at'
}

@test "ls-state: a directory in the place of a file in conflict, and submodules where nothing untracked is shown" {
  shop
  in_shop 'git checkout -q -b other; echo l >a; git commit -qam l; git checkout -q main; echo r >a; git commit -qam r
    git merge -q other >/dev/null || true; rm a; mkdir a; echo 1 >a/inside'
  as_git 'in conflict'
  in_shop "git merge --abort || git reset -q --hard; git reset -q --hard
    git -c protocol.file.allow=always submodule -q add $WORLD/laptop/src/shop sub; git commit -qm sub; echo 1 >sub/new"
  as_git 'untracked in a submodule'
  in_shop 'git config status.showUntrackedFiles no'
  as_git 'and not shown' no
  in_shop 'echo 1 >>sub/a'
  as_git 'but what is changed there' no
}

@test "ls-state: files of Git LFS are judged by their sum" {
  command -v git-lfs >/dev/null || skip 'there is no git-lfs'
  shop
  at laptop . git lfs install --skip-repo >/dev/null
  in_shop 'git lfs track "*.bin" >/dev/null; seq 5000 >x.bin; git add .; git commit -qm lfs; touch x.bin'
  equal "$(atoms '%(changed) %(unsure)')" '0 0'
  in_shop 'tr 1 2 <x.bin >y; cat y >x.bin; rm y'
  equal "$(atoms '%(changed) %(unsure)')" '1 0'
}

@test "state: without a terminal a record for every checkout, and JSON with the project" {
  shop
  succeeds at laptop . dev-infra state
  assert_output "$(printf 'shop\t%s\tmain\t0\t0\t0\t0\t0\t0\t0\t0\t' "$WORLD/laptop/src/shop")"
  succeeds at laptop . dev-infra state --json
  assert_output_has '"name": "shop"'
  in_shop 'echo x >>a'
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
  in_shop 'git update-index --assume-unchanged a; echo x >>a'
  equal "$(unsaved)" 'hidden=1'
  in_shop 'git update-index --no-assume-unchanged a; git update-index --skip-worktree a'
  equal "$(unsaved)" 'hidden=1'
  in_shop 'git update-index --no-skip-worktree a; git checkout -q a; echo notes >.git/info/exclude; echo n >notes'
  equal "$(unsaved)" 'ignored=1'
  in_shop 'rm notes; git config status.showUntrackedFiles no; echo n >new'
  equal "$(unsaved)" 'untracked=1'
  in_shop 'rm new; git checkout -q --detach; git commit -q --allow-empty -m lost; git checkout -q main'
  equal "$(unsaved)" 'commits=1'
}

@test "state: --unsaved finds what a .gitignore that nobody else has hides, but for caches" {
  shop
  in_shop 'mkdir notes; echo "*" >notes/.gitignore; echo n >notes/n; mkdir notes/deep; echo n >notes/deep/n'
  equal "$(unsaved)" 'ignored=2'
  in_shop 'rm -r notes; mkdir -p private/notes; echo "*" >private/notes/.gitignore; echo n >private/notes/n; mkdir notes'
  equal "$(unsaved)" 'ignored=1'
  in_shop 'rm -r private'
  # By this file of its own, and by one that everybody has.
  in_shop 'rm -r notes; printf ".gitignore\nplan*\n" >d/.gitignore; echo p >d/plan1; echo p >"d/plan
2"; echo o >d/x.o'
  equal "$(unsaved)" 'ignored=2 untracked=1' || equal "$(unsaved)" 'untracked=1 ignored=2'
  in_shop 'rm d/x.o; rm d/plan*; rm d/.gitignore'
  in_shop 'printf ".gitignore\nsecret\n" >.gitignore; echo s >secret'
  equal "$(unsaved)" 'ignored=1'
  in_shop 'rm .gitignore secret'
  # A cache says that it is one, and an environment of Python holds nothing of a person.
  # shellcheck disable=SC2016 # of that shell
  in_shop 'mkdir cache .venv; for d in cache .venv; do echo "*" >$d/.gitignore; echo x >$d/x; done
    echo "Signature: 8a477f597d28d172789f06886806bc55" >cache/CACHEDIR.TAG; echo home >.venv/pyvenv.cfg'
  equal "$(unsaved)" ''
  # What a rule of everybody ignores as a whole is not looked into.
  in_shop 'echo build/ >.gitignore; git add .gitignore; git commit -qm Ignore; git update-ref refs/remotes/origin/main main
    mkdir build; echo "*" >build/.gitignore; echo x >build/x'
  equal "$(unsaved)" ''
}

@test "state: --unsaved does not say that all is saved where nothing was looked at" {
  at laptop . dev-infra init
  refuses 1 'no project is registered on this machine' at laptop . dev-infra state --unsaved
  equal "$(at laptop . dev-infra state --unsaved --json 2>/dev/null)" '[]'
  at laptop . mkdir -p src
  quietly at laptop . dev-infra state --unsaved --outside src
  refute_stderr_has 'no project is registered'
}

@test "state: --unsaved knows worktrees, submodules, tags, notes and stashes" {
  shop
  in_shop 'git worktree add -q ../linked; echo n >../linked/new'
  equal "$(unsaved)" 'untracked=1'
  in_shop 'git worktree remove --force ../linked; git branch -q -D linked; git tag mine'
  equal "$(unsaved)" 'tags=1'
  in_shop 'git tag -d mine >/dev/null; git notes add -m note'
  equal "$(unsaved)" 'notes=1'
  in_shop 'git update-ref -d refs/notes/commits; echo x >>a; git stash -q'
  equal "$(unsaved)" 'stashes=1'
}

@test "state: --unsaved says of worktrees that are not where they were that nobody can say what they have" {
  shop
  in_shop 'git worktree add -q ../linked && git update-ref refs/remotes/origin/linked linked && git worktree lock ../linked'
  equal "$(unsaved)" ''
  at laptop src mv linked moved
  equal "$(unsaved)" 'error=1'
  # Where it is now it belongs to nothing that was looked at.
  equal "$(unsaved --outside src)" 'error=1 unregistered=1'
  at laptop src mv moved linked
  equal "$(unsaved --outside src)" ''
  at laptop src cp -r linked copy
  equal "$(unsaved --outside src)" 'unregistered=1'
  at laptop src rm -rf copy linked
  in_shop 'git worktree unlock ../linked && git worktree prune && git branch -q -D linked && git update-ref -d refs/remotes/origin/linked'
  equal "$(unsaved)" ''
}

@test "state: --outside finds repositories that another one ignores, and the user's own templates" {
  shop
  in_shop 'printf "api/\n" >.gitignore && git add .gitignore && git commit -q -m Ignore && git update-ref refs/remotes/origin/main main'
  equal "$(unsaved --outside src)" ''
  in_shop 'git init -q api && git init -q api/deep/inner'
  equal "$(unsaved --outside src)" 'unregistered=1 unregistered=1'
  in_shop 'rm -rf api'
  at laptop . sh -c 'mkdir -p .dev-infra/templates/mine && echo x >.dev-infra/templates/mine/x'
  holds "$(unsaved --outside .)" 'files=1'
}

@test "state: --unsaved does not take a remote on this computer for elsewhere" {
  shop
  for url in "$WORLD/far.git" "file://$WORLD/far.git" ../far.git ssh://localhost/far.git 'user@127.0.0.1:far.git' nothing:x \
    http://ip6-localhost/far.git localhost.localdomain:far.git 'http://[::ffff:127.0.0.1]/far.git' "ssh://$(uname -n)./far.git" \
    "ssh://$(uname -n | cut -d. -f1).local/far.git"; do
    at laptop src/shop git remote set-url origin "$url"
    equal "$(unsaved)" 'commits=1 noremote=1' "$url"
  done
  in_shop 'git remote set-url origin https://far.example/shop.git; git config remote.origin.pushurl /elsewhere'
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

@test "state: --unsaved counts what the registry has and no remote of it elsewhere has" {
  local url
  shop
  registry_line() { at laptop . dev-infra state --unsaved 2>/dev/null | cut -f 2,3 | grep '^registry' || true; }
  succeeds on laptop dev-infra remote add origin https://far.example/registry.git
  registry_git laptop update-ref refs/remotes/origin/main main
  quietly on laptop dev-infra state --unsaved
  assert_output ''
  quietly on laptop dev-infra set --quiet shop tags=x
  equal "$(registry_line)" $'registry\t1' 'one that was changed since'
  project laptop src/other
  saved src/other
  succeeds on laptop dev-infra register --quiet src/other
  equal "$(registry_line)" $'registry\t2' 'and one that is new'
  runs 1 on laptop dev-infra state --unsaved --json
  equal "$(jq -c '[.[] | select(.kind == "registry") | .count]' <<<"$output")" '[2]'
  registry_git laptop update-ref refs/remotes/origin/main main
  equal "$(registry_line)" '' 'pushed'
  # A remote on this computer goes with the disk.
  for url in "$WORLD/far.git" "file://$WORLD/far.git" ssh://localhost/far.git; do
    succeeds on laptop dev-infra remote set-url origin "$url"
    equal "$(registry_line)" $'registry\t2' "$url" || return
  done
}

@test "state: --outside finds files in no repository and repositories that are not registered" {
  shop
  at laptop . sh -c 'mkdir -p src/papers/deep; echo 1 >src/papers/deep/x; echo 2 >src/papers/y; echo 3 >src/alone; git init -q src/other'
  equal "$(unsaved --outside src | tr ' ' '\n' | LC_ALL=C sort | tr '\n' ' ')" 'file=1 files=2 unregistered=1 '
  refuses 129 unsaved at laptop . dev-infra state --outside src
  refuses 128 'not a directory' at laptop . dev-infra state --unsaved --outside src/none
}

@test "state: --unsaved looks into submodules, also those that are not checked out or that the branch does not have" {
  shop
  at laptop . sh -c 'git init -q -b main lib; git -C lib commit -q --allow-empty -m lib'
  # shellcheck disable=SC2016 # of that shell
  in_shop 'git submodule --quiet add "$PWD/../../lib" lib; git commit -qm lib; git branch -q -u origin/main; git branch -q bare-of-it HEAD~'
  saved src/shop
  at laptop src/shop/lib git remote set-url origin https://far.example/lib.git
  equal "$(unsaved)" ''
  in_shop 'echo n >lib/new'
  equal "$(unsaved)" 'changed=1 untracked=1'
  in_shop 'rm lib/new; git -C lib commit -q --allow-empty -m mine; git add lib; git commit -qm more'
  saved src/shop
  equal "$(unsaved)" 'commits=1'
  # A branch that does not have it, and then not checked out at all.
  in_shop 'echo n >lib/n; git -C lib add n; git -C lib stash -q; git checkout -q bare-of-it 2>/dev/null; rm -rf lib'
  saved src/shop
  equal "$(unsaved)" 'stashes=1 commits=1' 'the repository of a submodule without a work tree'
  in_shop 'git checkout -q main; git submodule --quiet update --init lib; git -C lib checkout -q main
    git checkout -q bare-of-it; test -d lib && echo lib >>.git/info/exclude'
  equal "$(unsaved | tr ' ' '\n' | grep commits)" 'commits=1' 'one that another branch left behind'
}

@test "state: --unsaved counts files of Git LFS where nothing says that they are uploaded" {
  command -v git-lfs >/dev/null || skip 'there is no git-lfs'
  shop
  at laptop . git lfs install --skip-repo >/dev/null
  in_shop 'git lfs track "*.bin" >/dev/null; seq 5000 >x.bin; git add .; git commit -qm lfs; rm -f .git/hooks/pre-push'
  saved src/shop
  equal "$(unsaved)" 'lfs=1' 'without its hook nothing is uploaded'
  in_shop 'git lfs update --force >/dev/null'
  equal "$(unsaved)" ''
  # Where they are uploaded to may be this computer.
  in_shop "git config lfs.url file://$WORLD/lfs"
  equal "$(unsaved)" 'lfs=1'
  in_shop "git config --unset lfs.url; git config -f .lfsconfig lfs.url file://$WORLD/lfs; git add .; git commit -qm elsewhere"
  saved src/shop
  equal "$(unsaved)" 'lfs=1' 'what the project itself says'
  in_shop 'git config lfs.url https://lfs.example/shop'
  equal "$(unsaved)" '' 'what the user says goes before'
  in_shop 'git config --unset lfs.url; git config remote.origin.lfsurl http://localhost/lfs; git config -f .lfsconfig --unset lfs.url
    git commit -qam one'
  saved src/shop
  equal "$(unsaved)" 'lfs=1'
  # Kept elsewhere.
  in_shop 'git config --unset remote.origin.lfsurl; git config lfs.storage ../../store; mkdir -p ../store; mv .git/lfs/objects ../store
    rm .git/hooks/pre-push'
  equal "$(unsaved)" 'lfs=1'
  # A file of settings that cannot be read is not taken for none.
  in_shop 'git config --unset lfs.storage; mv ../store/objects .git/lfs; git lfs update --force >/dev/null; echo "[lfs" >.lfsconfig
    git commit -qam broken'
  saved src/shop
  equal "$(unsaved)" 'error=1'
}

# annexed_shop: a shop with one file whose content git-annex keeps, and all else on a remote.
annexed_shop() {
  command -v git-annex >/dev/null || skip 'there is no git-annex'
  shop
  in_shop 'git annex init laptop && seq 10 >x.bin && git annex add x.bin && git commit -qm annexed' >/dev/null 2>&1
  saved src/shop
}

@test "state: --unsaved counts content of git-annex that no repository elsewhere is known to have" {
  local uuid=11111111-2222-3333-4444-555555555555
  annexed_shop
  equal "$(unsaved)" 'annex=1'
  # The journal, before anything is committed to the branch, of a name that is escaped there.
  in_shop 'git config annex.alwayscommit false; seq 20 >x_y.b__n; git annex add -q x_y.b__n; git commit -qm more' >/dev/null 2>&1
  saved src/shop
  equal "$(unsaved)" 'annex=2'
  # What a special remote has, by the log, is elsewhere.
  for name in x.bin x_y.b__n; do
    in_shop "git annex setpresentkey \"\$(git annex lookupkey $name)\" $uuid 1" >/dev/null 2>&1
  done
  equal "$(unsaved)" '' 'by the journal'
  in_shop 'git config annex.alwayscommit true; git annex merge' >/dev/null 2>&1
  saved src/shop
  equal "$(unsaved)" '' 'by the branch'
  # A directory of this computer is no other place, nor is a clone here.
  in_shop "git config remote.disk.annex-directory /mnt; git config remote.disk.annex-uuid $uuid"
  equal "$(unsaved)" 'annex=2' 'a directory'
  in_shop 'git config --unset remote.disk.annex-directory; git config remote.disk.url ../copy'
  equal "$(unsaved)" 'annex=2' 'a clone on this computer'
  in_shop 'git config remote.disk.url ssh://far.example/x'
  equal "$(unsaved)" ''
  # Gone, and gone for ever.
  in_shop "git annex setpresentkey \"\$(git annex lookupkey x.bin)\" $uuid 0" >/dev/null 2>&1
  saved src/shop
  equal "$(unsaved)" 'annex=1'
  in_shop "git annex dead $uuid" >/dev/null 2>&1
  saved src/shop
  equal "$(unsaved)" 'annex=2'
  # A branch that a remote has, and that was not merged here yet, tells of others.
  in_shop "git annex semitrust $uuid; git update-ref refs/remotes/origin/git-annex git-annex; git annex setpresentkey \"\$(git annex lookupkey x.bin)\" $uuid 1
    git update-ref refs/remotes/origin/git-annex git-annex; git update-ref refs/heads/git-annex git-annex~" >/dev/null 2>&1
  equal "$(unsaved)" ''
  # Without a word of where it is, and without the log.
  in_shop 'git config --unset annex.uuid'
  equal "$(unsaved)" 'annex=2'
}

@test "state: --unsaved says of content of git-annex that it could not be judged" {
  annexed_shop
  # The tree of its branch is damaged.
  # shellcheck disable=SC2016 # of that shell
  in_shop 'id=$(git rev-parse "git-annex^{tree}"); f=.git/objects/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)
    chmod u+w "$f"; : >"$f"'
  equal "$(unsaved)" 'partial=1'
}

# odd FORMAT: a repository that libgit2 does not read, with all that it has on a remote.
odd() {
  case $1 in
    sha256) at laptop . git init -q -b main --object-format=sha256 src/odd ;;
    reftable) at laptop . git init -q -b main --ref-format=reftable src/odd 2>/dev/null || return ;;
    *) at laptop . git init -q -b main src/odd ;;
  esac
  at laptop src/odd sh -c 'echo 1 >a; mkdir d; echo 2 >d/b; git add .; git commit -qm first'
  case $1 in
    sparse) at laptop src/odd sh -c 'git sparse-checkout set d && git config extensions.worktreeConfig true' ;;
    partial) at laptop src/odd sh -c 'git config core.repositoryFormatVersion 1; git config extensions.partialClone origin' ;;
  esac
  saved src/odd
  succeeds on laptop dev-infra register src/odd
}

@test "state: --unsaved looks into formats that only git reads as into others" {
  local format
  for format in sha256 sparse partial reftable; do
    if ! odd "$format"; then continue; fi
    in_odd() { at laptop src/odd sh -c "$1"; }
    equal "$(unsaved)" '' "$format: all is saved"
    in_odd 'git checkout -q --detach; git commit -q --allow-empty -m lost; git checkout -q main'
    equal "$(unsaved)" 'commits=1' "$format: left behind with HEAD detached"
    in_odd 'git reflog expire --expire=now --all; git commit -q --allow-empty -m mine'
    equal "$(unsaved)" 'commits=1' "$format: not pushed"
    saved src/odd
    in_odd 'git tag -a -m mine mine; git tag light HEAD~'
    equal "$(unsaved)" 'tags=2' "$format: tags"
    in_odd 'git tag -d mine light >/dev/null; git notes add -m note'
    equal "$(unsaved)" 'notes=1' "$format: notes"
    in_odd 'git update-ref -d refs/notes/commits; echo x >>d/b; git stash -q'
    equal "$(unsaved)" 'stashes=1' "$format: stashes"
    in_odd 'git stash drop -q; git worktree add -q ../linked; echo n >../linked/new'
    saved src/odd
    equal "$(unsaved)" 'untracked=1' "$format: a linked worktree"
    in_odd 'git worktree remove --force ../linked; git branch -q -D linked; git update-ref -d refs/remotes/origin/linked
      git update-index --assume-unchanged d/b'
    equal "$(unsaved)" '' "$format: what git is told not to look at, unchanged"
    in_odd 'echo x >>d/b'
    equal "$(unsaved)" 'hidden=1' "$format: what git is told not to look at"
    in_odd 'git update-index --no-assume-unchanged d/b; git checkout -q d/b; echo notes >>.git/info/exclude; echo n >d/notes'
    equal "$(unsaved)" 'ignored=1' "$format: ignored here only"
    in_odd 'rm d/notes; mkdir -p .git/lfs/objects/aa/bb; echo 1 >.git/lfs/objects/aa/bb/x'
    equal "$(unsaved)" 'lfs=1' "$format: Git LFS"
    in_odd 'git remote set-url origin ../far.git; rm -r .git/lfs'
    equal "$(unsaved)" "commits=$(at laptop src/odd git rev-list --count --branches) noremote=1" "$format: a remote on this computer"
    succeeds on laptop dev-infra forget src/odd
    rm -rf laptop/src/odd
  done
}

@test "state: --unsaved names a repository that does not answer, and one of another user, and goes on" {
  shop
  at laptop . sh -c 'git init -q -b main src/slow; git init -q -b main src/theirs; echo 1 >src/shop/new'
  at laptop src/slow git commit -q --allow-empty -m slow
  at laptop src/theirs git commit -q --allow-empty -m theirs
  saved src/slow
  saved src/theirs
  succeeds on laptop dev-infra register src/slow src/theirs
  # Nobody ever writes to it.
  mkfifo pipe
  at laptop src/slow git config core.excludesFile "$WORLD/pipe"
  run --separate-stderr timeout 30 env HOME="$WORLD/laptop" dev-infra state --unsaved slow shop
  assert_status 1
  grep -qE $'/src/slow\terror\t1\t' <<<"$output" || explain 'the slow one is not named'
  grep -qE $'/src/shop\tuntracked\t1\t' <<<"$output" || explain 'the other one is not there'
  rm -rf laptop/src/slow
  [ "$(id -u)" -eq 0 ] || skip 'giving files away needs root'
  chown -R 65534 laptop/src/theirs
  run --separate-stderr on laptop dev-infra state --unsaved theirs shop
  assert_status 1
  grep -qE $'/src/theirs\terror\t1\t.*another user' <<<"$output" || explain 'the other user is not named'
  grep -qE $'/src/shop\tuntracked\t1\t' <<<"$output" || explain 'the other one is not there'
}

@test "state on a terminal: within its width, the most urgent first, and what it means with -v" {
  local columns
  command -v tmux >/dev/null || skip 'there is no tmux'
  shop
  at laptop . sh -c 'git init -q -b main "src/wide-名前-that-is-long-enough-to-be-cut"; git init -q -b main src/clean'
  at laptop . sh -c 'cd src/wide*; git commit -q --allow-empty -m w; echo 1 >new'
  at laptop src/clean git commit -q --allow-empty -m c
  saved src/clean
  succeeds on laptop sh -c 'dev-infra register src/clean src/wide*'
  in_shop 'echo x >>a; git add a; echo y >>a'
  export TMUX_TMPDIR=$WORLD
  unset TMUX
  for columns in 40 80 200; do
    env HOME="$WORLD/laptop" TERM=screen-256color tmux -L "state$columns" -f /dev/null new-session -d -x "$columns" -y 30 \
      "cd '$WORLD/laptop'; dev-infra state -v; echo ENDED; exec sleep 60" \; set-option -g status off
    eventually sh -c "tmux -L state$columns capture-pane -p >shown && grep -q ENDED shown"
    tmux -L "state$columns" kill-server
    grep -qE '^shop +main +\+1 !1' shown || { cat shown; return 1; }
    grep -qE '^wide' shown || { cat shown; return 1; }
    equal "$(grep -cE '^clean ' shown || true)" 0 "at $columns: what needs no attention"
    grep -q '^2 of 3 need attention' shown || { cat shown; return 1; }
    grep -q '^~ conflicts' shown || { cat shown; return 1; }
    equal "$(grep -nE '^(shop|wide)' shown | sed 's/[^:]*://; s/[ -].*//' | tr '\n' ' ')" 'shop wide ' "at $columns: the order"
    # No line goes on in the next: each begins as one that was printed.
    equal "$(sed '/^ENDED/,$d' shown | grep -vE '^(shop |wide-|2 of 3 |[~+!%?*⇡⇣@] |gone: |unpushed: |$)')" '' "at $columns" || return
  done
}

@test "state on a terminal: colours, but where NO_COLOR, the terminal or git's settings forbid them" {
  local command
  shop
  in_shop 'echo x >>a; git add a; echo y >>a'
  # on_terminal LINE
  on_terminal() { on laptop env TERM=xterm script -qec "stty cols 80; $1" /dev/null </dev/null | tr -d '\r'; }
  holds "$(on_terminal 'dev-infra state')" $'\e[33m+1\e[m'
  holds "$(on_terminal 'NO_COLOR= dev-infra state')" $'\e['
  for command in 'NO_COLOR=1 dev-infra state' 'TERM=dumb dev-infra state' 'dev-infra state | cat' 'dev-infra state --json' \
    'dev-infra -c color.ui=false state' 'dev-infra -c color.ui=never state'; do
    lacks "$(on_terminal "$command")" $'\e[' "$command" || return
    holds "$(on_terminal "$command")" shop "$command" || return
  done
  succeeds on laptop git config --global color.ui false
  lacks "$(on_terminal 'dev-infra state')" $'\e['
  # The registry's own settings go before the user's; those of the repository around decide nothing.
  succeeds on laptop dev-infra config color.ui auto
  holds "$(on_terminal 'dev-infra state')" $'\e['
  in_shop 'git config color.ui false'
  holds "$(on_terminal 'cd src/shop && dev-infra state')" $'\e['
}
