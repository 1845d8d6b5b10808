# Completes lines as zsh does, on a terminal of their own: ask.zsh COMPLETIONS LINE...
zmodload zsh/zpty || exit
zpty shell zsh -f -i
zpty -w shell "PROMPT= fpath=(${(q)1:h} \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w shell 'answer() { zle -I; print -r -- "<$BUFFER>"; BUFFER= }'
zpty -w shell 'zle -N answer; bindkey "^X" answer; print -r -- "<"ready">"'
zpty -r shell output '*<ready>*'
shift
for line; do
    zpty -w -n shell "$line"$'\t\C-X'
    zpty -r shell output '*<*>*'
    line=${${output%>*}##*<}
    print -r -- ${${line% }##* }
done
zpty -d shell
