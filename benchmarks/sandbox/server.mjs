// A separate process: a bare node:http server that reads the body and sends a fixed response, or the sandbox.
import { createServer } from 'node:http'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'

const body = JSON.stringify({
  token_type: 'bearer',
  access_token: 'a'.repeat(40),
  expires_in: 7_776_000,
  refresh_token: 'b'.repeat(40),
})

const servers = {
  async bare() {
    const server = createServer((request, response) => {
      const chunks = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        Buffer.concat(chunks).toString()
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        })
        response.end(body)
      })
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server.address().port
  },
  async sandbox() {
    const { port } = await listen(createSandbox({ rateLimit: false, lockout: false }))
    return port
  },
}

const port = await servers[process.argv[2]]()
process.on('message', () => process.send({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit())
process.send({ port })
