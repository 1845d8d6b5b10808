# Completes lines as fish does: ask.fish COMPLETIONS LINE...
source $argv[1]; or exit
for line in $argv[2..-1]
    echo (complete -C $line | string replace -r '\t.*' '')
end
