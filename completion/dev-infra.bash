# shellcheck shell=bash
# bash completion for dev-infra. What there is to complete comes from dev-infra-complete(1), already quoted for the place
# at the cursor; where it has nothing, bash completes files.
_dev_infra() {
	COMPREPLY=()
	# bash 3 has no mapfile.
	if [ "${BASH_VERSINFO[0]}" -ge 4 ]; then
		mapfile -t COMPREPLY < <(_dev_infra_replies)
	else
		local reply
		while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(_dev_infra_replies)
	fi
}

_dev_infra_replies() {
	dev-infra-complete --bash --breaks "$COMP_WORDBREAKS" -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null
}

complete -o bashdefault -o default -F _dev_infra dev-infra
