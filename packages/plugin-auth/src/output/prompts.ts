import { Secret } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'

/** Whether prompts can be shown: stdin and stderr are terminals. stdout may be piped, because prompts are on stderr. */
export function canPrompt(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** A prompt, and the flag that replaces it where there is no terminal. */
export interface Prompt {
  readonly message: string
  readonly flag: string
}

export interface TextPrompt extends Prompt {
  readonly default?: string | undefined
  /** Returns what is wrong with an input; `undefined`: nothing. The prompt then stays open. */
  readonly validate?: (input: string) => string | undefined
  /** Whether an invalid input is removed. @default false */
  readonly clearsInvalid?: boolean
}

/** Prompts for a line of text. */
export async function promptText({ default: preset, validate, clearsInvalid, ...prompt }: TextPrompt): Promise<string> {
  assertCanPrompt(prompt)
  const { default: input } = await import('@inquirer/input')
  const answer = await input(
    {
      message: prompt.message,
      required: true,
      ...(preset !== undefined && { default: preset }),
      validate: (given) => validate?.(given.trim()) ?? true,
      theme: { validationFailureMode: clearsInvalid ? 'clear' : 'keep' },
    },
    { output: process.stderr },
  )
  return answer.trim()
}

/** Prompts for a code of six digits that was not rejected before, or for what `alternative` matches. */
export async function promptCode({
  rejected,
  alternative,
  ...prompt
}: Prompt & { readonly rejected: ReadonlySet<string>; readonly alternative?: RegExp }): Promise<string> {
  const normalize = (input: string) => input.replace(/\s/g, '')
  const given = await promptText({
    ...prompt,
    clearsInvalid: true,
    validate(input) {
      const code = normalize(input)
      if (rejected.has(code)) return 'Already rejected; not resent. Wait for a new code.'
      const isOther = alternative?.test(code) ?? false
      return /^\d{6}$/.test(code) || isOther ? undefined : 'Enter 6 digits.'
    },
  })
  return normalize(given)
}

/** Prompts for a secret, which is not shown. */
export async function promptSecret(prompt: Prompt): Promise<Secret> {
  assertCanPrompt(prompt)
  const { default: password } = await import('@inquirer/password')
  const validate = (given: string) => given !== '' || 'Required.'
  return new Secret(await password({ message: prompt.message, validate }, { output: process.stderr }))
}

/** Prompts for one of several choices. */
export async function promptChoice<V>({
  choices,
  ...prompt
}: Prompt & {
  readonly choices: readonly { readonly value: V; readonly name: string; readonly description?: string }[]
}): Promise<V> {
  assertCanPrompt(prompt)
  const { default: select } = await import('@inquirer/select')
  return select<V>({ message: prompt.message, choices: [...choices] }, { output: process.stderr })
}

function assertCanPrompt({ message, flag }: Prompt): void {
  if (canPrompt()) return
  throw new CliError('no_terminal', {
    what: `No terminal to ask for: ${message.replace(/[:?]$/, '')}.`,
    remedy: `Pass it with ${flag}.`,
  })
}

/** Runs an operation. A terminal shows a spinner on stderr until it ends. */
export async function withProgress<T>(text: string, run: () => Promise<T>): Promise<T> {
  // A dumb terminal cannot erase the spinner.
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return run()
  const { default: createSpinner } = await import('yocto-spinner')
  const spinner = createSpinner({ text, stream: process.stderr }).start()
  return run().finally(() => spinner.stop())
}
