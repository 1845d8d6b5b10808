# The columns of a command, behind what is typed in front of the last of them.
function __fish_bpfdbg_columns
    set -l head (commandline -ct | string replace -r '^(?:--[a-z]+=)?(.*[,+-])?[^,+-]*$' '$1')
    switch $argv[1]
        case progs
            printf "$head%s\t%s\n" \
                id 'The id that the kernel gave the program.' \
                type 'The type of the program.' \
                name 'The full name: that of the main function in the program'\''s BTF.' \
                attached 'What the program is attached to, or was loaded to be attached to.' \
                attachment 'What is known of it: attached, loaded, detached, unattached or unknown.' \
                unread 'If that is unknown, the ways of attaching the program that were not read.' \
                attach_type 'The attach type that the program was loaded with.' \
                tag 'A hash over the instructions.' \
                gpl 'Whether the license is compatible with the GPL.' \
                orphaned 'Whether the program was loaded into a device that is gone.' \
                run_time 'Time spent in the program while the kernel counted.' \
                run_cnt 'Number of runs while the kernel counted.' \
                run_avg 'Time of a run on average, over all that the kernel counted.' \
                run_rate 'Runs a second since the look before, with --watch or --stats.' \
                run_mean 'Time of a run on average since the look before.' \
                run_load 'Time spent in the program in a second since the look before, on all CPUs.' \
                misses 'Runs left out, for the program was already running on that CPU.' \
                loaded_at 'When the program was loaded.' \
                load_time 'Time from boot to load.' \
                uid 'The user who loaded the program.' \
                bytes_xlated 'Size of the instructions after the verifier'\''s rewriting.' \
                jited 'Whether the program was compiled to machine code.' \
                bytes_jited 'Size of the machine code.' \
                bytes_memlock 'Size of the memory that holds the program.' \
                map_ids 'The ids of the maps that the program uses.' \
                map_memory 'Size of the memory of those maps, also of those that other programs use.' \
                btf_id 'The id of the program'\''s BTF object.' \
                verified_insns 'Number of instructions that the verifier looked at.' \
                pinned 'The paths at which the program is pinned.' \
                pids 'The processes that have a descriptor of the program, by name and id.'
        case maps
            printf "$head%s\t%s\n" \
                id 'The id that the kernel gave the map.' \
                type 'The type of the map.' \
                name 'The name of the map; in a table, the whole one, where it is known.' \
                full_name 'The whole name of a map of which the kernel keeps 15 characters, from its BTF.' \
                flags 'The BPF_F_ flags that the map was made with, as a number; in a table, as words.' \
                key 'Size of a key.' \
                value 'Size of a value.' \
                max_entries 'Number of entries that the map may hold; bytes, for a ring buffer.' \
                cur_entries 'Number of entries now, of types that count them; bytes that wait, for a ring buffer.' \
                used 'How full the map is, where its entries are counted.' \
                bytes_memlock 'Size of the memory that the kernel reports for the map.' \
                owner_prog_type 'The type of the programs that a program array is bound to.' \
                owner_jited 'Whether those programs are compiled.' \
                frozen 'Is 1 where user space has given up writing to the map.' \
                btf_id 'The id of the BTF object that describes key and value.' \
                value_type 'The name of the value'\''s type in that BTF.' \
                used_by 'The programs that use the map, by name and id.' \
                pinned 'The paths at which the map is pinned.' \
                pids 'The processes that have a descriptor of the map, by name and id.'
        case links
            printf "$head%s\t%s\n" \
                id 'The id that the kernel gave the link.' \
                type 'The type of the link.' \
                prog_id 'The id of the link'\''s program.' \
                name 'The full name of that program.' \
                prog_type 'The type of that program.' \
                attached 'Where the program is attached.' \
                attach_type 'The attach type.' \
                target_obj_id 'The id of the program or BTF object that has the function.' \
                target_btf_id 'The id of the function'\''s type in that BTF.' \
                tp_name 'The raw tracepoint.' \
                tracepoint 'The tracepoint of a perf event.' \
                func 'The kernel function that a kprobe is in.' \
                path 'The file that many uprobes are in.' \
                file 'The file that the uprobe of a perf event is in.' \
                offset 'The offset in the function or file.' \
                ref_ctr_offset 'The offset of a uprobe'\''s reference counter in the file.' \
                func_cnt 'The number of functions or offsets.' \
                funcs 'The first of these functions or offsets.' \
                missed 'Hits of the probe that ran no program.' \
                retprobe 'Whether the program runs at the return.' \
                cookie 'What the program gets to tell its attachments apart.' \
                event_type 'The type of a perf event.' \
                event_config 'What a perf event counts.' \
                devname 'The device.' \
                ifindex 'The index of the device.' \
                netns_ino 'The inode number of the network namespace, the device'\''s if there is one.' \
                cgroup_id 'The id of the cgroup.' \
                cgroup 'The path of the cgroup.' \
                target_name 'What an iterator is of.' \
                map_id 'The id of the map.' \
                tid 'The thread that an iterator is confined to.' \
                pid 'The process that the link is confined to.' \
                pf 'The protocol family of a netfilter hook.' \
                hook 'The netfilter hook.' \
                prio 'The priority at that hook.' \
                flags 'The flags of a netfilter link.' \
                pinned 'The paths at which the link is pinned.' \
                pids 'The processes that have a descriptor of the link, by name and id.'
    end
end

complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs prog" -f -a "show list id name tag pinned"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps map" -f -a "show list id name pinned"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links link" -f -a "show list id name pinned"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -f -a "show list id name tag pinned"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -f -a "progs maps links"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -f -a "bash zsh fish"

# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_bpfdbg_global_optspecs
    string join \n umd j/json p/pretty format= o/output= O/output-all x/sort= n/no-header b/bytes total f/show-pinned color= W/watch= stats= bpffs= d/debug id= name= type= tag= uid= map= prog= pinned= pid= comm= kind= attached-to= unattached fuller-than= since= h/help V/version
end

function __fish_bpfdbg_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_bpfdbg_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_bpfdbg_global_optspecs) -- $cmd[1..-2] 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_bpfdbg_using_subcommand
    set -l cmd (__fish_bpfdbg_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l umd -d 'Serve the kernel as its usermode driver, on fd 0 and 1'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -s V -l version -d 'Print version'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "progs" -d 'List the loaded programs'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "prog" -d 'List the loaded programs'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "maps" -d 'List the maps'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "map" -d 'List the maps'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "links" -d 'List the links: which program is attached where'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "link" -d 'List the links: which program is attached where'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "tree" -d 'Show what is attached where as a tree, with the maps of each program'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "metrics" -d 'Write what is loaded and attached in numbers, for Prometheus'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "install" -d 'Install the iterators, so that a listing needs no privilege'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "uninstall" -d 'Take away what install made'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "status" -d 'Show which files can be read, by whom, and what to type next'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "columns" -d 'List the columns of a listing, or of all'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "version" -d 'Show the version, of the iterators and of JSON too'
complete -c bpfdbg -n "__fish_bpfdbg_needs_command" -f -a "completions" -d 'Print the completions for a shell'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand progs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand prog" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns maps)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns maps)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand maps" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns maps)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns maps)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand map" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns links)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns links)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand links" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns links)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns links)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand link" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand tree" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l out -d 'Write to FILE, which is replaced as a whole' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l max-series -d 'At most N series of each metric; the others are counted' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l openmetrics -d 'The format of OpenMetrics, in place of Prometheus\' own'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l by-id -d 'Run counters too, a series for each program'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand metrics" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l group -d 'Let the members of GROUP read the files (mode 0440, directory 0750)' -r -f -a "(__fish_complete_groups)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l public -d 'Let everybody read the files (mode 0444, directory 0755)'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l private -d 'Let only root read the files (mode 0400, directory 0700)'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l holders -d 'Tell, too, which processes hold what; never to everybody'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l no-holders -d 'Do not tell, or no longer, which processes hold what'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l restore -d 'Only bring back what is missing from what is installed'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand uninstall" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand columns" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l format -d 'The format of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
ndjson\t'One JSON object a line'
csv\t'Comma-separated values'
raw\t'One blank between cells, none within'
dot\t'A graph for Graphviz, of a tree'
mermaid\t'A flowchart for Mermaid, of a tree'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s o -l output -d 'Comma-separated columns; +COL adds to the default' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s x -l sort -d 'Sort by a column; -COL sorts in descending order' -r -f -a "(__fish_bpfdbg_columns progs)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'In any case'
never\t'In no case'"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s W -l watch -d 'List anew every second, or every SECONDS, and show changes' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l stats -d 'Have the kernel count runs for a second, or for SECONDS' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l bpffs -d 'The directory of progs.debug, and of the files beside it' -r -f -a "(__fish_complete_directories)"
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l id -d 'Only those with these ids' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l name -d 'Only those of these names; of a link, the name of its program' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l type -d 'Only those of these types, such as xdp, hash or kprobe_multi' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l tag -d 'Only programs with these tags' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l uid -d 'Only programs that these users loaded, by name or number' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l map -d 'Only what has to do with these maps, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l prog -d 'Only what has to do with these programs, by id or name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l pinned -d 'Only what is pinned at one of these paths' -r -F
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l pid -d 'Only what these processes have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l comm -d 'Only what processes of this name have a descriptor of' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l kind -d 'Only what is attached in these ways, such as kprobe or xdp' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l attached-to -d 'Only what is attached to a function, device, ... of this name' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l fuller-than -d 'Only maps that are fuller than so many percent' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l since -d 'Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d' -r
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s j -l json -d 'JSON, as --format json'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s p -l pretty -d 'JSON for people, indented'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s O -l output-all -d 'All columns'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s n -l no-header -l noheadings -d 'No header line'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s b -l bytes -d 'Sizes and durations as exact numbers'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l total -d 'A last line with the sum of the memory of the maps, each counted once'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s f -l show-pinned -d 'Show the paths at which objects are pinned'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s d -l debug -d 'Show what libbpf and the verifier say about an error'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -l unattached -d 'Only programs attached nowhere, and links whose target is gone'
complete -c bpfdbg -n "__fish_bpfdbg_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
