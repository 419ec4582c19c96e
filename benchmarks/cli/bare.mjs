// The least a script could do: print the token that a file holds.
import { readFileSync } from 'node:fs'

process.stdout.write(`${JSON.parse(readFileSync(process.argv[2], 'utf8')).token}\n`)
