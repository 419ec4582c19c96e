export { extractFences } from './fences.ts'
export { buildReadmeProgram } from './readme-program.ts'
export { type CommandOptions, type Run, runCommand } from './run-command.ts'
