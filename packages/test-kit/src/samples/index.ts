export { fences } from './fences.ts'
export { type CommandOptions, type Run, runCommand } from './run-command.ts'
