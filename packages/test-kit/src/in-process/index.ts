export { type ProcessInput, type ProcessResult, runInProcess } from './run-in-process.ts'
