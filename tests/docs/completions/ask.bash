# Completes lines as bash does: ask.bash COMPLETIONS LINE...
source "$1" || exit
shift
specification=($(complete -p bpfdbg))
for ((i = 0; i < ${#specification[@]}; i++)); do
    [[ ${specification[i]} == -F ]] && function=${specification[i + 1]}
done
compopt() { :; } # Only bash itself may call it.
for line; do
    COMP_WORDS=(${line//=/ = })
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    "$function" bpfdbg "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
    echo "${COMPREPLY[*]}"
done
