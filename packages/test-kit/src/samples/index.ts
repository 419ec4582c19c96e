export { fences } from './fences.ts'
export { type CommandOptions, type Run, runCommand } from './run-command.ts'
export { typeErrors, withoutTypes } from './type-errors.ts'
