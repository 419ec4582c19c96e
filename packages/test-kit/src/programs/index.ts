export { buildProgram } from './build-program.ts'
export { onProcessEnd } from './on-process-end.ts'
export { type Exit, type Program, type RunOptions, runProgram } from './run-program.ts'
