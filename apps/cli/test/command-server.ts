import { createInterface } from 'node:readline'
import { runInProcess } from '@particle-grants/test-kit/in-process'
import { runProgram } from './program.ts'

/** A command to run, as one line of JSON on standard input. */
export interface CommandRequest {
  readonly args: readonly string[]
  readonly stdin: string
}

// Runs many commands in one process, for tests whose environment Node reads only at start-up.
const env = { ...process.env } as Record<string, string>
for await (const line of createInterface({ input: process.stdin })) {
  const { args, stdin } = JSON.parse(line) as CommandRequest
  const run = await runInProcess(() => runProgram(args), { env, cwd: process.cwd(), stdin })
  process.stdout.write(`${JSON.stringify(run)}\n`)
}
