#!/bin/sh
# Summary: Print the installed form of the catalogue: each line with the summary from its manual page
# Usage: man/command-list.sh
#
# NAME TAB CATEGORY TAB GROUP TAB SUMMARY, in the catalogue's order. A summary is what the page's NAME section says behind
# the dash (`.Nd`); it is empty where there is no page.
set -eu
cd -- "$(dirname -- "$0")"
summary() {
	for page in man[157]/"$1".[157]; do
		if [ -f "$page" ]; then
			sed -n 's/^\.Nd //p' -- "$page"
			return
		fi
	done
}

# A tab that separates would be white space to the shell's read, and two of them one.
awk -F '\t' '/^[^#]/ { print $1 "|" $2 "|" $3 }' command-list.txt | while IFS='|' read -r name category group; do
	printf '%s\t%s\t%s\t%s\n' "$name" "$category" "$group" "$(summary "$name")"
done
