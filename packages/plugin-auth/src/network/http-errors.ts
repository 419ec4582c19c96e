import { GrantsError } from '@particle-grants/core'
import type { AxiosError } from 'axios'
import type { CliError } from '../errors/cli-error.ts'
import { noAnswer, refusedCall } from './api-call.ts'

/** An error of an Axios call, as the commands show it. What is none of Axios' comes back as it is. */
export function explainHttpError(thrown: unknown, what = 'The call failed'): CliError | GrantsError | Error {
  if (GrantsError.isInstance(thrown)) return thrown
  if (!isAxiosError(thrown)) return thrown instanceof Error ? thrown : new Error(String(thrown))
  const { cause, response } = thrown
  if (GrantsError.isInstance(cause)) return cause
  if (response === undefined) return noAnswer(thrown, thrown.config?.baseURL)
  return refusedCall({ status: response.status, data: response.data }, what)
}

/** By its mark: importing Axios only to look would cost every command its loading. */
function isAxiosError(thrown: unknown): thrown is AxiosError {
  return thrown instanceof Error && (thrown as { isAxiosError?: unknown }).isAxiosError === true
}
