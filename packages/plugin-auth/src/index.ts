export { isInvalidTokenError } from '@particle-grants/core'
export type { AnySession, Connection, Connections } from '@particle-grants/node/sessions'
export { AuthenticatedCommand } from './command/authenticated-command.ts'
export { connectionFlags, GrantsCommand } from './command/grants-command.ts'
export { commands } from './commands.ts'
export {
  CliError,
  type CliErrorCode,
  type CliErrorOptions,
  type CommandCall,
  type ExitCode,
  exitCodes,
} from './errors/cli-error.ts'
export {
  describeError,
  type ErrorDescription,
  type PrintErrorOptions,
  reportError,
} from './errors/describe-error.ts'
export type { CommandContext } from './errors/format-command.ts'
export { isRepeatable, unknownCommand } from './errors/wrong-call.ts'
export {
  type ApiRequest,
  type ApiResponse,
  callApi,
  notFromParticle,
  parseJson,
  toApiError,
} from './network/api-call.ts'
export { platformFetch, withResponseTimeout } from './network/fetch.ts'
export { type ReadStdinOptions, readStdin } from './output/stdin.ts'
