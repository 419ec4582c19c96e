import { Secret } from '@particle-grants/core'
import { exitCodes } from '../errors/cli-error.ts'

/** How a text is prompted for. */
export interface TextPrompt {
  readonly default?: string | undefined
  /** Returns what is wrong with an input; `undefined`: nothing. The prompt then stays open. */
  readonly validate: (input: string) => string | undefined
  /** Whether an invalid input is removed. @default false */
  readonly clearsInvalid?: boolean
}

/** Prompts for a line of text. */
export async function promptText(message: string, { validate, clearsInvalid, ...preset }: TextPrompt): Promise<string> {
  const { default: input } = await import('@inquirer/input')
  const answer = await input(
    {
      message,
      required: true,
      ...(preset.default !== undefined && { default: preset.default }),
      validate: (given) => validate(given.trim()) ?? true,
      theme: { validationFailureMode: clearsInvalid ? 'clear' : 'keep' },
    },
    { output: process.stderr },
  )
  return answer.trim()
}

/** Prompts for a code of six digits that was not rejected before, or for what `alternative` matches. */
export async function promptCode(
  message: string,
  rejected: ReadonlySet<string>,
  alternative?: RegExp,
): Promise<Secret> {
  const normalize = (input: string) => input.replace(/\s/g, '')
  const validate = (input: string) => {
    const code = normalize(input)
    if (rejected.has(code)) return 'Already rejected; not resent. Wait for a new code.'
    return /^\d{6}$/.test(code) || alternative?.test(code) ? undefined : 'Enter 6 digits.'
  }
  return new Secret(normalize(await promptText(message, { validate, clearsInvalid: true })))
}

/** Prompts for a secret, which is not shown. */
export async function promptSecret(message: string): Promise<Secret> {
  const { default: password } = await import('@inquirer/password')
  const validate = (given: string) => given !== '' || 'Required.'
  return new Secret(await password({ message, validate }, { output: process.stderr }))
}

/** Prompts for one of several choices. */
export async function promptChoice<V>(
  message: string,
  choices: readonly { readonly value: V; readonly name: string }[],
): Promise<V> {
  const { default: select } = await import('@inquirer/select')
  return select<V>({ message, choices: [...choices] }, { output: process.stderr })
}

/** Runs an operation. A terminal shows a spinner on stderr until it ends. */
export async function withProgress<T>(text: string, run: () => Promise<T>): Promise<T> {
  // A dumb terminal cannot erase the spinner.
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return run()
  const { default: createSpinner } = await import('yocto-spinner')
  const spinner = createSpinner({ text, stream: process.stderr })
  // Before the listener of the spinner, which ends the process.
  const interrupt = () => {
    spinner.stop()
    process.stderr.write('Interrupted.\n')
    process.exit(exitCodes.interrupted)
  }
  process.once('SIGINT', interrupt)
  spinner.start()
  return run().finally(() => {
    spinner.stop()
    process.off('SIGINT', interrupt)
  })
}
