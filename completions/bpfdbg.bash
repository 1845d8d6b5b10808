_bpfdbg() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    # Bash makes three words of --option=value.
    if [[ "${prev}" == "=" ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="bpfdbg"
                ;;
            bpfdbg,columns)
                cmd="bpfdbg__subcmd__columns"
                ;;
            bpfdbg,completions)
                cmd="bpfdbg__subcmd__completions"
                ;;
            bpfdbg,install)
                cmd="bpfdbg__subcmd__install"
                ;;
            bpfdbg,link)
                cmd="bpfdbg__subcmd__links"
                ;;
            bpfdbg,links)
                cmd="bpfdbg__subcmd__links"
                ;;
            bpfdbg,map)
                cmd="bpfdbg__subcmd__maps"
                ;;
            bpfdbg,maps)
                cmd="bpfdbg__subcmd__maps"
                ;;
            bpfdbg,metrics)
                cmd="bpfdbg__subcmd__metrics"
                ;;
            bpfdbg,prog)
                cmd="bpfdbg__subcmd__progs"
                ;;
            bpfdbg,progs)
                cmd="bpfdbg__subcmd__progs"
                ;;
            bpfdbg,status)
                cmd="bpfdbg__subcmd__status"
                ;;
            bpfdbg,tree)
                cmd="bpfdbg__subcmd__tree"
                ;;
            bpfdbg,uninstall)
                cmd="bpfdbg__subcmd__uninstall"
                ;;
            bpfdbg,version)
                cmd="bpfdbg__subcmd__version"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        bpfdbg)
            opts="-j -p -o -O -x -n -b -f -W -d -h -V --umd --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help --version progs prog maps map links link tree metrics install uninstall status columns version completions"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__columns)
            opts="-j -p -o -O -x -n -b -f -W -d -h --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help progs maps links"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__completions)
            opts="-j -p -o -O -x -n -b -f -W -d -h --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help bash zsh fish"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__install)
            opts="-j -p -o -O -x -n -b -f -W -d -h --public --private --holders --no-holders --restore --group --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --group)
                    COMPREPLY=($(compgen -g -- "${cur}"))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__links)
            opts="-o -x -j -p -O -n -b -f -W -d -h --output --sort --json --pretty --format --output-all --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help show list id name pinned"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type prog_id name prog_type attached attach_type target_obj_id target_btf_id tp_name tracepoint func path file offset ref_ctr_offset func_cnt funcs missed retprobe cookie event_type event_config devname ifindex netns_ino cgroup_id cgroup target_name map_id tid pid pf hook prio flags pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type prog_id name prog_type attached attach_type target_obj_id target_btf_id tp_name tracepoint func path file offset ref_ctr_offset func_cnt funcs missed retprobe cookie event_type event_config devname ifindex netns_ino cgroup_id cgroup target_name map_id tid pid pf hook prio flags pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type prog_id name prog_type attached attach_type target_obj_id target_btf_id tp_name tracepoint func path file offset ref_ctr_offset func_cnt funcs missed retprobe cookie event_type event_config devname ifindex netns_ino cgroup_id cgroup target_name map_id tid pid pf hook prio flags pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type prog_id name prog_type attached attach_type target_obj_id target_btf_id tp_name tracepoint func path file offset ref_ctr_offset func_cnt funcs missed retprobe cookie event_type event_config devname ifindex netns_ino cgroup_id cgroup target_name map_id tid pid pf hook prio flags pinned pids))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__maps)
            opts="-o -x -j -p -O -n -b -f -W -d -h --output --sort --json --pretty --format --output-all --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help show list id name pinned"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name full_name flags key value max_entries cur_entries used bytes_memlock owner_prog_type owner_jited frozen btf_id value_type used_by pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name full_name flags key value max_entries cur_entries used bytes_memlock owner_prog_type owner_jited frozen btf_id value_type used_by pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name full_name flags key value max_entries cur_entries used bytes_memlock owner_prog_type owner_jited frozen btf_id value_type used_by pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name full_name flags key value max_entries cur_entries used bytes_memlock owner_prog_type owner_jited frozen btf_id value_type used_by pinned pids))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__metrics)
            opts="-j -p -o -O -x -n -b -f -W -d -h --out --openmetrics --max-series --by-id --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --out)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --max-series)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__progs)
            opts="-o -x -j -p -O -n -b -f -W -d -h --output --sort --json --pretty --format --output-all --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help show list id name tag pinned"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__status)
            opts="-j -p -o -O -x -n -b -f -W -d -h --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__tree)
            opts="-j -p -o -O -x -n -b -f -W -d -h --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help show list id name tag pinned"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__uninstall)
            opts="-j -p -o -O -x -n -b -f -W -d -h --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bpfdbg__subcmd__version)
            opts="-j -p -o -O -x -n -b -f -W -d -h --json --pretty --format --output --output-all --sort --noheadings --no-header --bytes --total --show-pinned --color --watch --stats --bpffs --debug --id --name --type --tag --uid --map --prog --pinned --pid --comm --kind --attached-to --unattached --fuller-than --since --help"
            if [[ ${cur} == -* && ${prev} != -x && ${prev} != --sort || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --format)
                    COMPREPLY=($(compgen -W "table json ndjson csv raw dot mermaid" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --sort)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                -x)
                    COMPREPLY=($(_bpfdbg_columns id type name attached attachment unread attach_type tag gpl orphaned run_time run_cnt run_avg run_rate run_mean run_load misses loaded_at load_time uid bytes_xlated jited bytes_jited bytes_memlock map_ids map_memory btf_id verified_insns pinned pids))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --watch)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -W)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stats)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bpffs)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --name)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --type)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tag)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --uid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --map)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prog)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --pinned)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --pid)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --comm)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attached-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --fuller-than)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --since)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

# Completes the last of the columns by commas, behind a sign in front.
_bpfdbg_columns() {
    local last="${cur##*[,+-]}"
    compgen -P "${cur%"$last"}" -W "$*" -- "$last"
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _bpfdbg -o nosort -o bashdefault -o default bpfdbg
else
    complete -F _bpfdbg -o bashdefault -o default bpfdbg
fi
