#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# The settings of git that a person has in ~/.gitconfig, all of git-config(1) at once: every command ends with the same status and
# prints the same as without them. story_settings.bats has how a registry travels under such settings.
#
# Not here: settings of one repository, which hostile_execution.bats has; those at which git itself fails, as at a value that it does
# not know; core.fsyncObjectFiles, of which git warns at each start; commit.gpgSign, init.templateDir and core.hooksPath, which
# `new` and `hooks` follow (new.bats, hooks.bats); gui.*, gitweb.*, sendemail.*, imap.* and the like, which are other programs'.

load helper

setup() { begin; }

# world: a home with repositories of several kinds, like one that is worked in.
world() {
  machine laptop
  git init -q --bare -b main forge/registry.git
  git init -q --bare -b main forge/code.git
  project laptop src/app https://h.invalid/acme/app.git
  project laptop src/lib git@h.invalid:acme/lib.git
  git -C laptop/src/app update-index --split-index
  git init -q --object-format=sha256 laptop/src/wide
  commit_in laptop/src/wide one
  git clone -q forge/code.git laptop/src/code 2>/dev/null
  echo x >laptop/src/code/tracked
  echo x >'laptop/src/code/ünï "file"'
  git -C laptop/src/code add .
  commit_in laptop/src/code one
  git -C laptop/src/code push -q origin HEAD:main
  git -C laptop/src/code checkout -q -b topic
  commit_in laptop/src/code 'topic: Grüße'
  echo y >>laptop/src/code/tracked
  printf 'name: Code\nversion: 1.2.0\ntags:\n  - a\n' >laptop/src/code/.dev-infra.yml
  git -C laptop/src/code worktree add -q ../tree main
  git clone -q forge/code.git laptop/src/behind
  git init -q --separate-git-dir laptop/apart.git laptop/src/apart
  commit_in laptop/src/apart one
}

# walk: every command, one after the other, with what it prints and its status.
walk() {
  local command
  while read -r command; do
    printf '## %s\n' "$command"
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $command </dev/null
    refute_crash || return
    case $command in
      # This is git's own output, for the person whose settings they are.
      'log -p'* | foreach*) ;;
      # It hands on what git warns of, such as of settings that contradict each other.
      update*) printf '%s\n' "$output" "$stderr" | grep -vE "$TRACE|^warning: fetching origin of .*: (fetch normally|attempting to write)" | sed "/^$/d" | masked ;;
      *) printf '%s\n' "$output" "$stderr" | grep -vE "$TRACE" | sed "/^$/d" | masked ;;
    esac
    printf 'status %s\n' "$status"
  done
}

# A line that git writes about itself.
TRACE='^([0-9:]{8}\.[0-9]{6} |\{"event":)'

masked() {
  sed -E 's/\b[0-9a-f]{7,64}\b/ID/g; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+]00:00)/TIME/g; s/[0-9]+ (second|minute)s? ago/AGO/g'
}

commands() {
  cat <<END
register --recursive src
register --json src/app
list
list --json
list --format=%(name)%09%(state)%09%(lastcommit)
show code
show --state code
show --history code
state
state --all
state --unsaved
state --json
path code
log
log --json
log -p code
log -n 1 app
status
set app status=paused tags=x
remote add origin $WORLD/forge/registry.git
remote -v
push
status --json
fetch
pull
sync
undo
machine list
verify
gc
refresh
foreach -- git status
update --dry-run
update app code behind
hooks install --repo src/app
hooks status --repo src/app
hooks uninstall --repo src/app
adopt src/lib
export
export --format=myrepos
config --list --name-only
config dev-infra.timeout 33
config alias.l list
l
rm wide
forget app
clone --all --dry-run
clone app
archive lib
new made
open --print code
version --build-options
complete dev-infra path
ls-state src/code src/app
ls-repos src
hash-project src/code
remote remove origin
END
}

@test "no setting of git's changes what a command prints, or how it ends" {
  local settings
  world
  on laptop dev-infra init --name laptop
  cp -a laptop laptop.before
  cp -a forge forge.before
  commands | walk >plain
  for settings in odd odder oddest; do
    rm -rf laptop forge
    cp -a laptop.before laptop
    cp -a forge.before forge
    cat "$SUPPORT/$settings.gitconfig" >>laptop/.gitconfig
    commands | walk >"$settings"
    diff plain "$settings" || explain "under $settings.gitconfig" || return
  done
}

@test "why git failed is told beside its trace" {
  local setting
  machine laptop
  on laptop dev-infra init
  on laptop dev-infra remote add origin "$WORLD/nowhere.git"
  for setting in GIT_TRACE=1 GIT_TRACE=2 GIT_TRACE_PACKET=1 GIT_TRACE_SETUP=1 GIT_TRACE2=1 GIT_TRACE2_PERF=1 GIT_TRACE2_EVENT=1 \
    GIT_CURL_VERBOSE=1; do
    run --separate-stderr on laptop env "$setting" dev-infra fetch
    equal "$status" 128 "$setting"
    assert_stderr_line "^fatal: fetching from 'origin' .*failed: '$WORLD/nowhere.git' does not appear to be a git repository" || return
  done
}

# left_out NAME: why a setting is in none of the files; nothing where there is no reason. In lower case, `*` for what a person names.
left_out() {
  case $1 in
    # Colours, hints and traces of git's own output, which off a terminal is read by words that are pinned.
    color.* | advice.* | trace2.* | pretty.* | pager.* | column.*) echo "git's own output" ;;
    gui.* | guitool.* | gitweb.* | gitcvs.* | instaweb.* | imap.* | sendemail.* | mailinfo.* | man.* | browser.* | difftool.* | mergetool.* | \
      completion.* | tar.* | bundle.* | ssh.variant) echo "other programs'" ;;
    fsck.* | fetch.fsck.* | fetch.*.* | receive.fsck* | receive.*.* | transfer.fsckobjects) echo 'what is damage is for the person to say' ;;
    user.* | author.* | committer.* | commit.gpgsign | commit.template) echo "who a person is, which 'new' follows (new.bats)" ;;
    url.* | include.* | includeif.* | alias.* | remotes.* | filter.* | safe.directory | init.templatedir | core.hookspath) echo 'meant to be followed (urls.bats, dispatcher.bats, hooks.bats, errors.bats, hostile_execution.bats)' ;;
    credential.* | credentialcache.* | credentialstore.* | core.sshcommand | core.askpass | http.* | protocol.*) echo 'how a remote is reached, which is followed (person.bats, work-prod_faults.bats, story_settings.bats)' ;;
    remote.* | branch.*.* | submodule.* | core.alternaterefscommand) echo "one repository's own (hostile_execution.bats, update.bats, state.bats)" ;;
    core.abbrev | status.showuntrackedfiles | core.fsyncobjectfiles) echo 'see the head of this file and of odd.gitconfig' ;;
    transfer.hiderefs | receive.hiderefs | receive.deny* | receive.procreceiverefs | receive.shallowupdate | receive.maxinputsize) echo 'what a remote shows and takes is for its owner to say' ;;
    'feature.*') echo 'all there are of it are in the files' ;;
    notes.\*.*) echo 'of notes that are merged, which nothing here does' ;;
  esac
}

@test "every setting that this git knows is tried, or is left out for a reason" {
  local name
  cat "$SUPPORT"/odd*.gitconfig >all
  # Names that a person gives stand for all.
  git config --file all --name-only --list | tr '[:upper:]' '[:lower:]' | sed -E 's/^([^.]+)\.(.*)\.([^.]+)$/\1.*.\3/' | LC_ALL=C sort -u >tried
  git help -c | sed -n 's/^\([a-zA-Z][^ ]*\.[^ ]*\)$/\1/p' | tr '[:upper:]' '[:lower:]' |
    sed -E 's/<[^>]*>/*/g; s/^([^.]+)\.(.*)\.([^.]+)$/\1.*.\3/' | LC_ALL=C sort -u >known
  [ "$(wc -l <known)" -gt 500 ] || explain "git lists only $(wc -l <known) settings"
  LC_ALL=C comm -13 tried known >untried
  while read -r name; do
    [ -n "$(left_out "$name")" ] || printf '%s\n' "$name"
  done <untried >forgotten
  equal "$(cat forgotten)" '' 'settings that nobody tried'
}
