// For Node, Bun and Deno: the sandbox listens in the same process. Prints the runtime and what passed.
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { testAll } from './all.mjs'

const { bun, deno, node } = process.versions
const runtime = Object.entries({ bun, deno, node }).find(([, version]) => version !== undefined)

const server = await listen(createSandbox())
try {
  const passed = await testAll({ baseUrl: server.url, controlUrl: server.url })
  console.log(JSON.stringify({ runtime: runtime?.join(' '), passed }))
} finally {
  await server.close()
}
