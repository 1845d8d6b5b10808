# Completes columns: `output` several by commas, `sort` one.
(( $+functions[_bpfdbg_columns] )) ||
_bpfdbg_columns() {
    local -a columns
    # Behind a command, too, an option may be completed as one of bpfdbg's own: the words tell.
    case ${words[(r)(@nouns@)]} in
@columns@
    esac
    # A sign may stand in front: what is added, or sorted downwards.
    compset -P '[+-]'
    if [[ $1 == output ]]; then
        _sequence -s , _describe column columns -
    else
        _describe column columns
    fi
}
