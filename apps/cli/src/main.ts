import { runCli } from './run-cli.ts'

void runCli(process.argv.slice(2))
