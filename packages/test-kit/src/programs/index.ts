export { atEnd } from './at-end.ts'
export { buildProgram } from './build-program.ts'
export { type Exit, type Program, type RunOptions, runProgram } from './run-program.ts'
