// Each script passes the position of the word to complete and the words of the command line to `pgrants __complete`. If
// that prints nothing, the shell completes file names.

/** The completion script of each shell. */
export const scripts = {
  bash: `
_pgrants() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(pgrants __complete "$COMP_CWORD" "\${COMP_WORDS[@]:1}" 2>/dev/null)
}
complete -o default -F _pgrants pgrants
`,

  zsh: `#compdef pgrants
_pgrants() {
  local line
  local -a candidates
  for line in "\${(@f)$(pgrants __complete $((CURRENT - 1)) "\${(@)words[2,-1]}" 2>/dev/null)}"; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#candidates )); then _describe 'pgrants' candidates; else _files; fi
}
if [[ $funcstack[1] == _pgrants ]]; then _pgrants "$@"; else compdef _pgrants pgrants; fi
`,

  fish: `function __pgrants_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l candidates (pgrants __complete (count $words) $words[2..] "$current" 2>/dev/null)
  if test (count $candidates) -gt 0
    printf '%s\\n' $candidates
  else
    __fish_complete_path "$current"
  end
end
complete -c pgrants -f -a '(__pgrants_complete)'
`,

  powershell: `Register-ArgumentCompleter -Native -CommandName pgrants -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  $index = if ($wordToComplete -eq '') { $words.Count + 1 } else { $words.Count }
  pgrants __complete $index $words 2>$null | ForEach-Object {
    $value, $text = $_ -split "\`t", 2
    if (-not $text) { $text = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
  }
}
`,
} as const
