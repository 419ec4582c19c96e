import { Flags } from '@oclif/core'
import { GrantsCommand } from '@particle-grants/plugin-auth'

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const

/** `completion`: the script that completes commands in a shell. */
export class Completion extends GrantsCommand {
  static override summary = 'Print the completion script of a shell.'
  static override description =
    'Load the script when the shell starts. It completes commands, flags, values and profile names.'
  static override examples = [
    { description: 'bash, in ~/.bashrc', command: 'eval "$(pgrants completion -s bash)"' },
    { description: 'zsh, in ~/.zshrc after compinit', command: 'eval "$(pgrants completion -s zsh)"' },
    { description: 'fish', command: 'pgrants completion -s fish > ~/.config/fish/completions/pgrants.fish' },
    {
      description: 'PowerShell, in $PROFILE',
      command: 'pgrants completion -s powershell | Out-String | Invoke-Expression',
    },
  ]
  static override flags = {
    shell: Flags.option({ char: 's', options: shells, required: true, summary: 'The shell.' })(),
  }

  async run() {
    const { shell } = (await this.parse(Completion)).flags
    const script = scripts[shell]
    this.print(script.trimEnd())
    return { shell, script }
  }
}

// Each script passes the word to complete after an equals sign, and then the words before it, to `pgrants __complete`. If
// that prints nothing, the shell completes file names.

/** The completion script of each shell. */
const scripts = {
  bash: `
_pgrants() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(pgrants __complete "=\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -o default -F _pgrants pgrants
`,

  zsh: `#compdef pgrants
_pgrants() {
  local line
  local -a candidates
  for line in "\${(@f)$(pgrants __complete "=\${words[CURRENT]}" "\${(@)words[2,CURRENT-1]}" 2>/dev/null)}"; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#candidates )); then _describe 'pgrants' candidates; else _files; fi
}
if [[ $funcstack[1] == _pgrants ]]; then _pgrants "$@"; else compdef _pgrants pgrants; fi
`,

  fish: `function __pgrants_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l candidates (pgrants __complete "=$current" $words[2..] 2>/dev/null)
  if set -q candidates[1]
    printf '%s\\n' $candidates
  else
    __fish_complete_path "$current"
  end
end
complete -c pgrants -f -a '(__pgrants_complete)'
`,

  powershell: `Register-ArgumentCompleter -Native -CommandName pgrants -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  pgrants __complete "=$wordToComplete" $before 2>$null | ForEach-Object {
    $value, $text = $_ -split "\`t", 2
    if (-not $text) { $text = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
  }
}
`,
} as const
