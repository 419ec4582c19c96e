import { runCli } from '../src/node/run-cli.ts'

await runCli(process)
