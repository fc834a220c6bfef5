import type { Shell } from '../setup-commands.js'

/*
 * Each script hands the words of the line over, and shows what comes back: a proposal a line, with its description behind
 * a tab; `:files` with endings, or `:folders`, where the shell itself knows best. So the scripts need not be written anew
 * with a new version.
 */

const bash = (
  question: string,
) => `# xdrlab completion for bash. For this shell: eval "$(xdrlab completion bash)"
# For every one: xdrlab completion bash > ~/.local/share/bash-completion/completions/xdrlab
_xdrlab() {
  local word words=() rest=\${COMP_LINE:0:COMP_POINT} line value ending
  # bash breaks words at = @ and : as well; what stands together is one word.
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ \${#words[@]} == 0 || $rest == [[:space:]]* ]]; then
      words+=("$word")
    else
      words[\${#words[@]}-1]+=$word
    fi
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    rest=\${rest#"$word"}
  done
  local current=\${words[\${#words[@]}-1]} last=\${COMP_WORDS[COMP_CWORD]}
  # Only what stands behind the last break is replaced.
  [[ $last == [=@:] ]] && last=
  local before=\${current%"$last"}
  # Of the breaks, this one belongs to what follows.
  before=\${before%@}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :folders | :files*)
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$last")
        [[ $line == :files ]] && while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$last")
        [[ $line == ":files "* ]] && for ending in \${line#:files }; do
          while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -X "!*.$ending" -- "$last")
        done
        ;;
      *)
        value=\${line%%$'\\t'*}
        [[ $value == "$current"* ]] && COMPREPLY+=("\${value#"$before"}")
        ;;
    esac
  done < <("$1" ${question} "\${words[@]:1}" 2>/dev/null)
}
complete -F _xdrlab xdrlab
`

const zsh = (question: string) => `#compdef xdrlab
# xdrlab completion for zsh. For this shell: source <(xdrlab completion zsh)
# For every one: xdrlab completion zsh > a folder of your $fpath, as _xdrlab; then start zsh anew.
_xdrlab() {
  local line ending
  local -a proposals patterns
  for line in "\${(@f)$("\${(Q)words[1]}" ${question} "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :folders) _files -/ ;;
      :files) _files ;;
      ":files "*)
        patterns=()
        for ending in \${=line#:files }; do patterns+=("*.$ending"); done
        _files -g "\${(j: :)patterns}"
        ;;
      ?*) proposals+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( \${#proposals} )) && _describe -t xdrlab 'xdrlab' proposals
}
if [[ $funcstack[1] == _xdrlab ]]; then
  _xdrlab "$@"
else
  compdef _xdrlab xdrlab
fi
`

const fish = (
  question: string,
) => `# xdrlab completion for fish. For this shell: xdrlab completion fish | source
# For every one: xdrlab completion fish > ~/.config/fish/completions/xdrlab.fish
# Of a command that has no name, fish completes the paths.
function __xdrlab_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] ${question} $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':folders'
                complete -C "'' $current" | string match -r '.*/$'
            case ':files'
                complete -C "'' $current"
            case ':files *'
                set -l endings (string replace ':files ' '' -- $line | string replace -a ' ' '|')
                complete -C "'' $current" | string match -r ".*(?:/|\\.(?:$endings))\\$"
            case '*'
                echo $line
        end
    end
end
complete -c xdrlab -f -a '(__xdrlab_complete)'
`

const scripts: Record<Shell, (question: string) => string> = { bash, zsh, fish }

/**
 * The script that a shell reads.
 *
 * @param question the command that it asks
 */
export function completionScript(shell: Shell, question: string): string {
  return scripts[shell](question)
}
