#!/usr/bin/env node
import { runCli } from '../dist/node/run-cli.js'

await runCli(process)
