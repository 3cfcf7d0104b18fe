#!/bin/sh
# Summary: The main job of the installed toolset, done by an ordinary user on a system that has nothing else
# Usage: story.sh, in an empty home directory with dev-infra on PATH
#
# packaging/check runs it on the systems that it makes.
set -eu

# say WHAT: what the next steps show
say() { printf '  %s\n' "$1"; }

# wanted WHAT EXPECTED GOT
wanted() {
	if [ "$2" != "$3" ]; then
		printf 'fatal: %s: expected %s, got %s\n' "$1" "'$2'" "'$3'" >&2
		exit 1
	fi
}

world=$HOME
# on NAME: what follows happens on that machine
on() {
	HOME=$world/$1
	export HOME
	mkdir -p -- "$HOME"
	cd -- "$HOME"
	git config --global user.name Ann
	git config --global user.email ann@example.org
	git config --global init.defaultBranch main
}

say 'a registry, two projects, and a push'
git init -q --bare -b main "$world/forge/registry.git"
git init -q --bare -b main "$world/forge/app.git"
git init -q --bare -b main "$world/forge/later.git"
on laptop
dev-infra init --name laptop >/dev/null
git clone -q "$world/forge/app.git" src/app 2>/dev/null
git -C src/app commit -q --allow-empty -m 'Start'
git -C src/app push -q origin main
git init -q src/lib
git -C src/lib commit -q --allow-empty -m 'Start'
dev-infra register -q --recursive src
dev-infra set app status=paused tags+=writing >/dev/null
dev-infra remote add origin "$world/forge/registry.git"
dev-infra push >/dev/null 2>&1

say 'another machine pulls, clones and changes'
on desktop
dev-infra init --name desktop "$world/forge/registry.git" >/dev/null 2>&1
wanted 'the projects of the registry' 'app lib' "$(dev-infra-ls-projects --all --sort name --format '%(name)' | paste -s -d ' ' -)"
dev-infra clone app >/dev/null 2>&1
wanted 'the clone' Start "$(git -C "$(dev-infra path app)" log -1 --format=%s)"
dev-infra set app tags+=cloned >/dev/null
dev-infra push >/dev/null 2>&1

say 'the first one pulls it'
on laptop
dev-infra pull >/dev/null 2>&1
wanted 'the tags of app' 'cloned,writing' "$(dev-infra-ls-projects --where name:app --format '%(tags)')"

say 'a repository registers itself with its first push'
dev-infra hooks install --global >/dev/null
git clone -q "$world/forge/later.git" src/later 2>/dev/null
git -C src/later commit -q --allow-empty -m 'Start'
git -C src/later push -q origin main
wanted 'what the hook registered' "$HOME/src/later" "$(dev-infra path later)"
dev-infra hooks uninstall --global >/dev/null

say 'manual pages, completion and templates are where they belong'
dev-infra completion bash | grep -q dev-infra-complete
dev-infra completion zsh | grep -q '#compdef dev-infra'
dev-infra completion fish | grep -q dev-infra
wanted 'completion' list "$(dev-infra-complete dev-infra lis)"
dev-infra new tide >/dev/null 2>&1
test -f tide/README.md
dev-infra doctor >/dev/null || [ $? -eq 1 ]
dev-infra verify >/dev/null
