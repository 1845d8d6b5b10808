# shellcheck shell=bash
# The table of one kernel: a line a program and way to load it, a column a compiler.

# Fails where something is refused, or nothing was loaded at all.
table() {
    local kernel=$1 lines=$2
    shift 2
    awk -v kernel="$kernel" -v labels="$*" '
        {
            row = $3 " " ($1 == "plain" ? "" : $1)
            if (!(row in seen)) {
                seen[row] = ++rows
                order[rows] = row
            }
            why = $0
            sub(/^([^ ]* ){4}/, "", why)
            cell[row, $2] = $4
            if ($4 == "loads")
                loaded = 1
            else
                reason[row, $2] = why
        }
        END {
            count = split(labels, label, " ")
            printf "%-36s", kernel
            for (i = 1; i <= count; i++)
                printf " %-8s", label[i]
            print ""
            for (n = 1; n <= rows; n++) {
                row = order[n]
                printf "%-36s", row
                notes = ""
                for (i = 1; i <= count; i++) {
                    word = cell[row, label[i]]
                    printf " %-8s", word == "" ? "missing" : word
                    if (word != "loads" && word != "-")
                        failed = 1
                    if (word == "-")
                        notes = reason[row, label[i]]
                }
                print notes
            }
            for (n = 1; n <= rows; n++)
                for (i = 1; i <= count; i++)
                    if (cell[order[n], label[i]] == "refused")
                        printf "%s, %s, %s: %s\n", kernel, label[i], order[n], reason[order[n], label[i]]
            exit failed || !loaded
        }' "$lines"
}
