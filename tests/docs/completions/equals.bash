    prev="$3"
    # Bash makes three words of --option=value.
    if [[ "${prev}" == "=" ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
