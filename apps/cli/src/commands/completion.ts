import { Flags } from '@oclif/core'
import { GrantsCommand } from '@particle-grants/plugin-auth'

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const

/** `completion`: the script that completes commands in a shell. */
export class Completion extends GrantsCommand {
  static override summary = 'Print the completion script of a shell.'
  static override description =
    'Load the script when the shell starts. It completes commands, flags, values and profile names.'
  static override examples = [
    { description: 'bash, in ~/.bashrc', command: 'eval "$(<%= config.bin %> <%= command.id %> -s bash)"' },
    {
      description: 'zsh, in ~/.zshrc after compinit',
      command: 'eval "$(<%= config.bin %> <%= command.id %> -s zsh)"',
    },
    {
      description: 'fish',
      command: '<%= config.bin %> <%= command.id %> -s fish > ~/.config/fish/completions/<%= config.bin %>.fish',
    },
    {
      description: 'PowerShell, in $PROFILE',
      command: '<%= config.bin %> <%= command.id %> -s powershell | Out-String | Invoke-Expression',
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

// Each script passes the position of the word to complete and the words of the command line to `pgrants __complete`. If
// that prints nothing, the shell completes file names.

/** The completion script of each shell. */
const scripts = {
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
