#!/bin/sh
# Summary: Measure the toolset against what people use otherwise, or how its cost grows, and write what came of it
# Usage: Tests/Benchmarks/bench.sh [scaling]
#
# ROWS=PATTERN runs only the rows whose key or group matches (a shell pattern, several with spaces between; rows.py has the keys).
# The groups are main (at most six minutes), large, long and beside. WRITE=1 writes the results to docs/performance.json and the
# tables of docs/performance.md, and keeps there what was not measured. SCALE=0.1 shrinks all sizes. STRICT=1 ends with 1 where a
# row is missed, failed, or unclear, since its limit is within the spread of what was measured.
# With `scaling`: see scaling.py.
# DEV_INFRA_PREFIX names an installed tree; without it one is built and installed to a scratch place. Everything happens below
# TMPDIR and is removed at the end.
set -eu
cd -- "$(dirname -- "$0")/../.."
program=${1:-bench}
case $program in
bench | scaling) ;;
*)
	sed -n 's/^# Usage: /usage: /p' "$0" >&2
	exit 129
	;;
esac

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

.ci/deps bench >&2
if [ -z "${DEV_INFRA_PREFIX-}" ]; then
	DEV_INFRA_PREFIX=$scratch/prefix
	make install DESTDIR= PREFIX="$DEV_INFRA_PREFIX" >&2
fi
for name in $(env | sed -n 's/^\(GIT_[A-Za-z0-9_]*\|DEV_INFRA_DIR\|DEV_INFRA_EXEC_PATH\|XDG_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
if [ -z "${SWIFT_VERSION-}" ]; then
	# Only for the machine's description; afterwards nothing of the toolchain is in reach.
	SWIFT_VERSION=$(swiftc --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' || :)
fi
export SWIFT_VERSION
PATH=$DEV_INFRA_PREFIX/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
HOME=$scratch/home
export PATH HOME DEV_INFRA_PREFIX GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
mkdir -- "$HOME"
git config --global user.name 'Ann Benchmark'
git config --global user.email 'ann@bench.example'
git config --global init.defaultBranch main
git config --global protocol.file.allow always

status=0
python3 "Tests/Benchmarks/$program.py" "$scratch" || status=$?
exit "$status"
