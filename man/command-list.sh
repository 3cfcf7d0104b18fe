#!/bin/sh
# Summary: Print the installed form of the catalogue: each line with the summary from its manual page
# Usage: man/command-list.sh
#
# NAME TAB CATEGORY TAB GROUP TAB SUMMARY, in the catalogue's order. A summary is what stands behind the dash of the
# page's NAME section, in mdoc's `.Nd` or in man's `name \- summary`; it is empty where there is no page.
set -eu
cd -- "$(dirname -- "$0")"
tab=$(printf '\t')

summary() {
	for page in man[157]/"$1".[157]; do
		if [ -f "$page" ]; then
			sed -n -e 's/^\.Nd *//p' -e '/^\.SH "\{0,1\}NAME"\{0,1\}/,/^\.S[Hh] "\{0,1\}[^N]/s/^.* \\-\\\{0,1\}-* //p' -- "$page" |
				sed -e 's/\\-/-/g' -e q
			return
		fi
	done
}

sed -e '/^#/d' -e '/^$/d' command-list.txt >"${TMPDIR:-/tmp}/command-list.$$"
trap 'rm -f -- "${TMPDIR:-/tmp}/command-list.$$"' EXIT
while IFS="$tab" read -r name category group; do
	printf '%s\t%s\t%s\t%s\n' "$name" "$category" "$group" "$(summary "$name")"
done <"${TMPDIR:-/tmp}/command-list.$$"
