# Completes the last of the columns by commas, behind a sign in front.
_bpfdbg_columns() {
    local last="${cur##*[,+-]}"
    compgen -P "${cur%"$last"}" -W "$*" -- "$last"
}
