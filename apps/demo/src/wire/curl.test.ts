import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { CurlCommand } from './curl.ts'
import { curlWords, sendAsCurl } from './curl.ts'

const command: CurlCommand = {
  path: '/oauth/token',
  user: 'particle:particle',
  fields: [
    { name: 'grant_type', value: 'password' },
    { name: 'username', value: 'mfa@example.com', shown: '$PARTICLE_USERNAME' },
    { name: 'password', value: 'a b&c', shown: '$PARTICLE_PASSWORD', encoded: true },
  ],
}

it('sends what curl 7.88 was seen to send for the same command: these headers, this body, and nothing else', async () => {
  let headers: string[] = []
  let body = ''
  const server = createServer((request, response) => {
    headers = request.rawHeaders
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => response.writeHead(403).end('{"error":"mfa_required"}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo

  const exchange = await sendAsCurl(`http://127.0.0.1:${port}`, command, () => {})
  expect(exchange).toMatchObject({ status: 403, answer: '{"error":"mfa_required"}' })
  expect(body).toBe('grant_type=password&username=mfa@example.com&password=a+b%26c')
  expect(headers).toEqual([
    ...['Host', `127.0.0.1:${port}`],
    ...['Authorization', 'Basic cGFydGljbGU6cGFydGljbGU='],
    ...['User-Agent', 'curl/7.88.1'],
    ...['Accept', '*/*'],
    ...['Content-Length', `${body.length}`],
    ...['Content-Type', 'application/x-www-form-urlencoded'],
  ])
})

it('writes the command with variables where a value is a secret', () => {
  expect(curlWords(command).join(' ')).toBe(
    'curl "$PARTICLE_BASE_URL/oauth/token" -u particle:particle -d grant_type=password ' +
      '-d "username=$PARTICLE_USERNAME" --data-urlencode "password=$PARTICLE_PASSWORD"',
  )
})
