#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2016 # a hook is written down as it is
# The story of people whose configuration of git, which is for their code, says the worst: none of it changes how a registry
# travels. git-config(1) was gone through; what is not here is in the table of GitEnvironment, with what becomes of it.
#
# Left out, as git has no way to take an entry of them back: fetch.fsck.skipList, fsck.skipList and gc.recentObjectsHook of the
# user's own, and a remote.<name>.pushurl that is theirs for every `origin`. Left out as they are how one connects, and stay in
# force: url.*, http.*, credential.*, core.sshCommand, protocol.*.

load helper
load support/story

# Over HTTP: a remote that is a path is a repository of theirs, whose hooks and receive.* are a server's.
transport_start() { start_http "$WORLD/forge"; }

transport_url() { printf '%s\n' "forge:$1.git"; }

transport_machine() {
  cat >>"$WORLD/$1/.gitconfig" <<END
[url "$HTTP_URL/"]
	insteadOf = forge:
[advice]
	pushUpdateRejected = false
	pushNonFFCurrent = false
[branch]
	autoSetupMerge = always
	autoSetupRebase = always
	sort = -committerdate
[checkout]
	defaultRemote = upstream
[color]
	ui = always
	advice = always
	push = always
	remote = always
	transport = always
	diff = always
	branch = always
[column]
	ui = always
[commit]
	gpgSign = true
	template = /nowhere
[core]
	abbrev = 4
	bigFileThreshold = 1
	commitGraph = false
	compression = 0
	editor = false
	fsync = none
	fsyncMethod = writeout-only
	hooksPath = $WORLD/hooks
	ignoreCase = true
	logAllRefUpdates = false
	looseCompression = 0
	pager = false
	quotePath = false
	warnAmbiguousRefs = false
[diff]
	external = false
	mnemonicPrefix = true
	noprefix = true
	relative = true
	renames = copies
[feature]
	experimental = true
	manyFiles = true
[fetch]
	all = true
	fsckObjects = false
	negotiationAlgorithm = noop
	output = compact
	parallel = 0
	prune = false
	pruneTags = true
	recurseSubmodules = true
	showForcedUpdates = false
	unpackLimit = 100000
	writeCommitGraph = true
[format]
	pretty = oneline
	notes = true
[fsck]
	missingEmail = ignore
[gc]
	aggressiveDepth = 1
	auto = 1
	autoDetach = true
	autoPackLimit = 1
	bigPackThreshold = 1
	cruftPacks = true
	packRefs = false
	pruneExpire = now
	reflogExpire = now
	reflogExpireUnreachable = now
	repackFilter = blob:none
[gpg]
	program = false
[i18n]
	commitEncoding = ISO-8859-1
	logOutputEncoding = ISO-8859-1
[index]
	threads = 1
	version = 4
[init]
	templateDir = $WORLD/template
	defaultBranch = trunk
[log]
	abbrevCommit = true
	date = raw
	decorate = full
	diffMerges = off
	follow = true
	showRoot = false
	showSignature = true
[maintenance]
	auto = true
	strategy = incremental
[merge]
	ff = only
	verifySignatures = true
[notes]
	displayRef = refs/heads/*
[pack]
	depth = 0
	indexVersion = 1
	packSizeLimit = 1m
	useBitmaps = false
	window = 0
	writeReverseIndex = false
[pager]
	config = true
	log = false
	remote = true
	for-each-ref = true
[pull]
	rebase = true
	ff = only
[push]
	autoSetupRemote = true
	default = nothing
	followTags = true
	gpgSign = true
	negotiate = true
	pushOption = ci.skip
	recurseSubmodules = check
	useForceIfIncludes = true
[rebase]
	autoStash = true
[remote]
	pushDefault = elsewhere
[remote "origin"]
	fetch = +refs/pull/*/head:refs/remotes/origin/pr/*
	followRemoteHEAD = always
	mirror = true
	partialCloneFilter = blob:none
	promisor = true
	prune = true
	push = refs/heads/nothing
	tagOpt = --tags
[repack]
	updateServerInfo = true
	useDeltaIslands = true
	writeBitmaps = false
[status]
	short = true
[submodule]
	fetchJobs = 0
	recurse = true
[tag]
	forceSignAnnotated = true
	gpgSign = true
	sort = -version:refname
[transfer]
	fsckObjects = false
	unpackLimit = 100000
[user]
	signingKey = nobody
END
  mkdir -p "$WORLD/hooks" "$WORLD/template/hooks"
  printf '#!/bin/sh\necho "$0" >>%q/hooks-ran\nexit 1\n' "$WORLD" >"$WORLD/hooks/hook"
  chmod +x "$WORLD/hooks/hook"
  for hook in pre-push reference-transaction post-checkout pre-auto-gc post-rewrite; do
    cp "$WORLD/hooks/hook" "$WORLD/template/hooks/$hook"
    ln -sf hook "$WORLD/hooks/$hook"
  done
}

setup_file() {
  # The repositories of the world are not made by these people.
  story_begin
}

setup() { story_reset; }

teardown_file() { stop_servers; }

teardown() { equal "$(cat "$WORLD/hooks-ran" 2>/dev/null)" '' 'hooks that ran'; }

@test "settings: each machine lists what is on it, and with --all what is anywhere" { chapter_lists; }

@test "settings: a push leaves main alone, a pull leaves the remote alone, and neither loses anything" { chapter_push_and_pull; }

@test "settings: edits of different fields on two machines are both kept" { chapter_different_fields; }

@test "settings: of two edits of the same field the later wins on both machines, and is reported" { chapter_same_field; }

@test "settings: a project that is removed is gone everywhere" { chapter_removed; }

@test "settings: projects registered on two machines before they ever synced become one" { chapter_registered_on_both_before; }

@test "settings: nothing but the registry's own branch, and the states of machines, is sent, brought or kept" {
  local states='^refs/dev-infra/state/[0-9a-f]{16}$'
  succeeds on laptop dev-infra set app description='Grüße'
  succeeds on laptop dev-infra sync
  equal "$(git --git-dir="$REMOTE" for-each-ref --format='%(refname)' | grep -vE "$states")" refs/heads/main
  equal "$(registry_git laptop for-each-ref --format='%(refname)' | grep -vE "$states")" $'refs/heads/main\nrefs/remotes/origin/main'
  [ ! -e "$WORLD/laptop/.dev-infra/objects/info/commit-graphs" ]
}

@test "settings: log tells the same, and in UTF-8" {
  local plain
  succeeds on laptop dev-infra set app description='Grüße'
  succeeds on laptop dev-infra log --json
  plain=$(HOME=$WORLD/nobody DEV_INFRA_DIR=$WORLD/laptop/.dev-infra dev-infra log --json)
  equal "$output" "$plain"
  succeeds on laptop dev-infra log -p app
  assert_output_has 'Grüße'
  # The first commit of the project shows what it brought.
  assert_output_has '  "name": "app"'
}

@test "settings: gc keeps all, and the time to take something back" {
  local before
  before=$(registry_git laptop rev-list --all --objects | wc -l)
  succeeds on laptop dev-infra set app description=new
  succeeds on laptop dev-infra undo
  succeeds on laptop dev-infra gc
  succeeds on laptop dev-infra verify
  sound laptop
  [ "$(registry_git laptop rev-list --all --objects | wc -l)" -ge "$before" ]
  [ "$(registry_git laptop reflog main | wc -l)" -gt 1 ] || explain 'the log of main is gone'
  succeeds on laptop dev-infra push
}
