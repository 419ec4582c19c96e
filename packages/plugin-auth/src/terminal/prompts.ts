import { Secret } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'
import { isInteractive, promptOutput } from './interactive.ts'

/** A question, and what to use instead where there is no terminal. */
export interface Question {
  readonly message: string
  /** Such as `--password-stdin`. Named in the error where nobody can be asked. */
  readonly instead: string
}

/** One of several answers. */
export interface Choice<V> {
  readonly value: V
  readonly name: string
  readonly description?: string
}

/** Asks for a line of text. */
export async function askText(
  question: Question & { readonly default?: string | undefined },
): Promise<string> {
  assertAskable(question)
  const { default: input } = await import('@inquirer/input')
  const { message } = question
  const answer = await input(
    { message, required: true, ...(question.default === undefined ? {} : { default: question.default }) },
    context(),
  )
  return answer.trim()
}

/** Asks for a secret, which does not show. */
export async function askSecret(question: Question): Promise<Secret> {
  assertAskable(question)
  const { default: password } = await import('@inquirer/password')
  const answer = await password({ message: question.message, validate: (given) => given !== '' }, context())
  return new Secret(answer)
}

/** Asks for one of several. */
export async function askChoice<V>(
  question: Question & { readonly choices: readonly Choice<V>[] },
): Promise<V> {
  assertAskable(question)
  const { default: select } = await import('@inquirer/select')
  return select<V>({ message: question.message, choices: [...question.choices] }, context())
}

function context() {
  return { output: promptOutput() }
}

function assertAskable({ message, instead }: Question): void {
  if (isInteractive()) return
  throw new CliError('no_terminal', {
    what: `This has to be asked, and there is no terminal to ask at: ${message}`,
    remedy: `Use ${instead}.`,
  })
}
