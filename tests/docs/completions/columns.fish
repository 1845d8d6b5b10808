# The columns of a command, behind what is typed in front of the last of them.
function __fish_bpfdbg_columns
    set -l head (commandline -ct | string replace -r '^(?:--[a-z]+=)?(.*[,+-])?[^,+-]*$' '$1')
    switch $argv[1]
@columns@
    end
end
