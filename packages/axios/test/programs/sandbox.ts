// A sandbox in its own process. It prints its URL and serves until it is killed.
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'

const { url } = await listen(createSandbox({ rateLimit: false }))
process.stdout.write(`${url}\n`)
