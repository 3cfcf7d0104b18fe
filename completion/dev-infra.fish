# fish completion for dev-infra. What there is to complete comes from dev-infra-complete(1); fish quotes it. Where it has
# nothing, fish completes files. Records end in NUL: a name may hold a newline.
function __dev_infra_complete
    set -l token (commandline -ct | string collect)
    # Within quotes fish itself finds what fits.
    set -l beginning $token
    if string match -qr '[\'"\\\\$]' -- $token
        set beginning ''
    end
    # The first word may be another name that a person has given the command.
    set -l words (commandline -opc)
    if not string match -qr '(^|/)dev-infra(-|$)' -- $words[1]
        set words[1] dev-infra
    end
    set -l found (command dev-infra-complete -z --describe -- $words "$beginning" 2>/dev/null | string split0)
    if set -q found[1]
        string join0 -- $found
    else
        string join0 -- (__fish_complete_path "$token")
    end
end

complete -c dev-infra -f -k -a '(__dev_infra_complete | string split0)'
