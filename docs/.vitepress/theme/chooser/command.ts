/** A command to copy. */
export interface Command {
  readonly label: string
  readonly text: string
}

/** Returns a sign-in at a terminal. It prompts for what is missing. */
export function promptedLogin(...flags: readonly string[]): Command {
  return { label: 'In a terminal (prompts for the rest)', text: ['pgrants auth login', ...flags].join(' ') }
}

/** Returns a sign-in in a script. It reads one secret per line from standard input. */
export function pipedLogin(secrets: readonly string[], ...flags: readonly string[]): Command {
  return {
    label: 'In a script, with secrets from environment variables',
    text: `${pipeSecrets(secrets)} \\\n  pgrants auth login ${flags.join(' ')}`,
  }
}

/** Returns an MFA sign-in in a script. Exit code 4 means that the code is missing. */
export function pipedMfaLogin(username: string): Command {
  return {
    label: 'In a script: the password first, then the code',
    text: [
      `${pipeSecrets(['PASSWORD'])} \\\n  pgrants auth login --username ${username} --password-stdin || [ $? -eq 4 ]`,
      `${pipeSecrets(['CODE'])} pgrants auth login --otp-stdin`,
    ].join('\n'),
  }
}

/** A sign-in with an existing token. */
export const pipedToken: Command = {
  label: 'With the command line, and the token on standard input',
  text: `${pipeSecrets(['TOKEN'])} pgrants auth login --with-token`,
}

/** A token from the environment, which is not stored. */
export const tokenFromEnvironment: Command = {
  label: 'In a script, with the token in an environment variable',
  text: 'export PARTICLE_ACCESS_TOKEN="$TOKEN"\npgrants api /v1/devices',
}

function pipeSecrets(names: readonly string[]): string {
  return `printf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')} |`
}
