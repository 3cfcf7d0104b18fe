#!/bin/sh
# Summary: Build the toolset, install it to a scratch place, and show its main job there: two machines, one registry
# Usage: Tests/Demo/demo.sh
#
# Everything happens in a temporary directory that is removed at the end; the caller's own registry is not touched. The
# projects are real clones: this one, and those of the libraries that the build has fetched.
set -eu
cd -- "$(dirname -- "$0")/../.."
source=$PWD

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# say TEXT: what the next step shows
say() {
	if [ -t 1 ]; then printf '\n\033[1m== %s\033[0m\n' "$1"; else printf '\n== %s\n' "$1"; fi
}

# run COMMAND...: shows it and runs it
run() {
	printf '%s $ %s\n' "$machine" "$*"
	"$@"
}

# on NAME: what follows happens on the machine NAME, which is a home directory of its own
on() {
	machine=$1
	HOME=$scratch/$1
	export HOME
	mkdir -p -- "$HOME"
	cd -- "$HOME"
	git config --global user.name "Ann on $1"
	git config --global user.email "ann@$1.example"
}

say 'Building and installing to a scratch place'
# The server takes most of the time of a build, and what makes programs fast most of the rest. What is built already is taken as it is.
configuration=release
if [ ! -x .build/release/dev-infra-daemon ]; then
	DEV_INFRA_SERVER=0
	export DEV_INFRA_SERVER
	if [ ! -x .build/release/dev-infra ]; then
		configuration=debug
		printf 'without the server, and not optimized; all of it takes less than three minutes on two cores\n'
	fi
fi
{
	status=0
	{ make deps && make install CONFIGURATION="$configuration" PREFIX="$scratch/prefix"; } 2>&1 || status=$?
	printf '%s\n' "$status" >"$scratch/status"
} | Tests/Demo/progress.sh "$scratch/log"
if [ "$(cat "$scratch/status")" -ne 0 ]; then
	grep -E '(error|fatal):' "$scratch/log" >&2 || tail -n 20 "$scratch/log" >&2
	printf 'fatal: building failed; make shows all that the build says\n' >&2
	exit 1
fi
for name in $(env | sed -n -e 's/^\(GIT_[A-Za-z0-9_]*\)=.*/\1/p' -e 's/^\(DEV_INFRA_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
export GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat PAGER=cat
# This checkout may belong to another user than the one who runs the demo, as in a container.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
PATH=$scratch/prefix/bin:$PATH

on laptop
say 'A registry on the first machine; it is a git repository, and no network is needed'
run dev-infra init --name laptop
say 'Register projects: this checkout, and the clones of the libraries that it was built with'
run dev-infra register "$source"
run dev-infra register --recursive "$source/.build/checkouts"
say 'What is on this machine'
run dev-infra list

say 'Somewhere to keep it: here a bare repository on disk, elsewhere any URL that git can push to'
run git init -q --bare -b main "$scratch/backup.git"
run dev-infra remote add origin "$scratch/backup.git"
run dev-infra push

on desktop
say 'The second machine starts from there'
run dev-infra init --name desktop "$scratch/backup.git"
say 'What is known there of all machines: the same projects, and where they are'
run dev-infra list --all
say 'A change on the second machine, pushed ...'
run dev-infra set swift-argument-parser status=active tags+=library
run dev-infra push

on laptop
say '... and pulled on the first'
run dev-infra pull
run dev-infra list
say 'The history: who changed what, and on which machine'
run dev-infra log -n 3

say 'Both machines know the same'
dev-infra-ls-projects --all --format='%(id) %(name) %(status)' >"$scratch/laptop.list"
on desktop
dev-infra-ls-projects --all --format='%(id) %(name) %(status)' >"$scratch/desktop.list"
printf 'laptop:\n' && cat "$scratch/laptop.list"
printf 'desktop:\n' && cat "$scratch/desktop.list"
cmp "$scratch/laptop.list" "$scratch/desktop.list"
printf '\nBoth lists are the same. The scratch machines are removed; nothing of yours was touched.\n'
