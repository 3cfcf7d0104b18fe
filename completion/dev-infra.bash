# shellcheck shell=bash
# bash completion for dev-infra. What there is to complete comes from dev-infra-complete(1), already quoted for the place
# at the cursor; where it has nothing, bash completes files.
_dev_infra() {
	COMPREPLY=()
	# bash 3 has no mapfile.
	if [ "${BASH_VERSINFO[0]}" -ge 4 ]; then
		\builtin mapfile -t COMPREPLY < <(_dev_infra_replies)
	else
		local reply
		while IFS= \builtin read -r reply; do COMPREPLY+=("$reply"); done < <(_dev_infra_replies)
	fi
}

# The first word may be an alias to which a person has bound this function: it stands for what the alias says, and
# anything else for dev-infra.
_dev_infra_replies() {
	local line=${COMP_LINE:0:COMP_POINT} word meaning=
	word=${line%%[[:space:]]*}
	case ${word##*/} in
	dev-infra | dev-infra-*) meaning=$word ;;
	*)
		if [ "${BASH_VERSINFO[0]}" -ge 4 ]; then meaning=${BASH_ALIASES[$word]-}; fi
		case $meaning in
		dev-infra | 'dev-infra '* | dev-infra-* | */dev-infra | */'dev-infra '* | */dev-infra-*) ;;
		*) meaning=dev-infra ;;
		esac
		;;
	esac
	\command dev-infra-complete --bash --breaks "${COMP_WORDBREAKS-}" -- "$meaning${line#"$word"}" 2>/dev/null
}

complete -o bashdefault -o default -F _dev_infra dev-infra
