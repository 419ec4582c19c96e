// Token requests per second of the sandbox beside a bare node:http server. `npm run bench sandbox`.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { interval, median, table } from './axios/statistics.mjs'

const rounds = Number(process.env.ROUNDS ?? 15)
const requestsPerRound = 5_000
const connections = 32

const form = 'grant_type=password&username=dev%40example.com&password=correct+horse'
const request = [
  'POST /oauth/token HTTP/1.1',
  'Host: 127.0.0.1',
  `Authorization: Basic ${btoa('particle:particle')}`,
  'Content-Type: application/x-www-form-urlencoded',
  `Content-Length: ${form.length}`,
  '',
  form,
].join('\r\n')

async function startServer(name) {
  const child = fork(fileURLToPath(new URL('sandbox/server.mjs', import.meta.url)), [name])
  const [{ port }] = await once(child, 'message')
  const cpu = async () => {
    child.send('cpu')
    const [{ cpu }] = await once(child, 'message')
    return cpu.user + cpu.system
  }
  return { name, port, cpu, stop: () => child.disconnect(), rates: [], costs: [] }
}

/** Sends requests over plain sockets, one at a time on each, so that the client costs less than any server. */
function load(port) {
  let left = requestsPerRound
  const run = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      const send = () => {
        if (left === 0) return socket.end(resolve)
        left -= 1
        socket.write(request)
      }
      let received = ''
      socket.setNoDelay().setEncoding('latin1').on('connect', send).on('error', reject)
      socket.on('data', (chunk) => {
        received += chunk
        const end = received.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = Number(/content-length: (\d+)/i.exec(received)?.[1])
        if (received.length < end + 4 + length) return
        if (!received.startsWith('HTTP/1.1 200')) reject(new Error(received))
        received = ''
        send()
      })
    })
  return Promise.all(Array.from({ length: connections }, run))
}

async function measure(server) {
  const cpuBefore = await server.cpu()
  const startedAt = performance.now()
  await load(server.port)
  const seconds = (performance.now() - startedAt) / 1000
  return {
    rate: requestsPerRound / seconds,
    cost: ((await server.cpu()) - cpuBefore) / requestsPerRound,
  }
}

const servers = [await startServer('bare'), await startServer('sandbox')]
for (let round = 0; round <= rounds; round += 1) {
  for (const server of round % 2 ? servers : servers.toReversed()) {
    const { rate, cost } = await measure(server)
    if (round === 0) continue // The first round only warms up.
    server.rates.push(rate)
    server.costs.push(cost)
  }
}
for (const server of servers) server.stop()

const [bare, sandbox] = servers
const ratios = sandbox.rates.map((rate, round) => rate / bare.rates[round])
const range = interval(ratios)
  .map((value) => value.toFixed(2))
  .join('–')
table([
  ['', 'requests/s', '× bare (95 %)', 'CPU of the server for each'],
  ...servers.map(({ name, rates, costs }) => [
    name,
    Math.round(median(rates)).toLocaleString('en'),
    name === 'bare' ? '1' : `${median(ratios).toFixed(2)} (${range})`,
    `${Math.round(median(costs))} µs`,
  ]),
])
