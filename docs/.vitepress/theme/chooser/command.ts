/** A command to copy. */
export interface Command {
  readonly label: string
  readonly text: string
}

/** Signing in where somebody sits at the terminal: it asks for whatever is missing. */
export function askedFor(...flags: readonly string[]): Command {
  return { label: 'In a terminal, which asks for the rest', text: ['pgrants auth login', ...flags].join(' ') }
}

/** Signing in where nobody does. Secrets come by standard input, one a line, from the safe that the script runs with. */
export function piped(secrets: readonly string[], ...flags: readonly string[]): Command {
  return {
    label: 'In a script, with its secrets from the environment',
    text: `${secretsByPipe(secrets)} \\\n  pgrants auth login ${flags.join(' ')}`,
  }
}

/** An account with MFA where nobody sits at a terminal: exit code 4 says that the code is still to come. */
export function pipedInTwoSteps(username: string): Command {
  return {
    label: 'In a script: the password first, then the code',
    text: [
      `${secretsByPipe(['PASSWORD'])} \\\n  pgrants auth login --username ${username} --password-stdin || [ $? -eq 4 ]`,
      `${secretsByPipe(['CODE'])} pgrants auth login --otp-stdin`,
    ].join('\n'),
  }
}

/** Handing over a token that is there already. */
export const tokenByPipe: Command = {
  label: 'By the command line, with the token on standard input',
  text: `${secretsByPipe(['TOKEN'])} pgrants auth login --token-stdin`,
}

/** A token by the environment alone: nothing is kept. */
export const tokenByEnvironment: Command = {
  label: 'In a script, with the token in the environment',
  text: 'export PARTICLE_ACCESS_TOKEN="$TOKEN"\npgrants api GET /v1/devices',
}

function secretsByPipe(names: readonly string[]): string {
  return `printf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')} |`
}
