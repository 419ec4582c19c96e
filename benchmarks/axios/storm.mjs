// Storms: so many calls in one tick, when the token has run out by the clock, or when the server has revoked it. Each arm
// runs in fresh processes (client and server), the arms one after the other in each round; medians over the rounds.
// It ends with 1 when a count of ours is not what is promised; times are printed, not judged.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { writeResults } from '../results.mjs'
import { median, table } from './statistics.mjs'

const run = promisify(execFile)
const client = fileURLToPath(new URL('storm-client.mjs', import.meta.url))
const rounds = Number(process.env.ROUNDS ?? 5)
const calls = Number(process.env.CALLS ?? 10_000)

const rows = [
  ['good calls, bare Axios', 'bare', 'none'],
  ['good calls, synchronous header interceptor', 'synchronousInterceptor', 'none'],
  ['good calls, @particle-grants/axios', 'particleGrants', 'none'],
  ['run out by the clock, @particle-grants/axios', 'particleGrants', 'expired'],
  ['revoked, axios-auth-refresh as documented', 'axiosAuthRefresh', 'revoked'],
  ['revoked, axios-auth-refresh, deduplicateRefresh: false', 'axiosAuthRefreshShared', 'revoked'],
  ['revoked, shared promise, token compared', 'sharedPromise', 'revoked'],
  ['revoked, @particle-grants/axios', 'particleGrants', 'revoked'],
]

let kept = true
for (const sockets of ['pool', 'together']) {
  const results = rows.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, arm, trouble]] of rows.entries()) {
      const { stdout } = await run(process.execPath, ['--expose-gc', client, arm, trouble, sockets, calls])
      results[index].push(JSON.parse(stdout))
    }
  }
  const of = (index, key) => results[index].map((result) => result[key])
  const ratio = (index, base, key) =>
    median(of(index, key).map((value, round) => value / of(base, key)[round])).toFixed(2)
  console.log(
    `\n${calls.toLocaleString('en')} calls in one tick, ${sockets === 'pool' ? '256 sockets' : 'a socket each'}; ${rounds} rounds`,
  )
  table([
    [
      '',
      'ms',
      '× good, ours',
      'CPU ms',
      '× good, ours',
      'token requests',
      '401s',
      'most sends',
      'failed',
      'peak heap MB',
      'peak RSS MB',
    ],
    ...rows.map(([title], index) => [
      title,
      Math.round(median(of(index, 'milliseconds'))),
      ratio(index, 2, 'milliseconds'),
      Math.round(median(of(index, 'cpu'))),
      ratio(index, 2, 'cpu'),
      range(of(index, 'tokenRequests')),
      range(of(index, 'refused')),
      range(of(index, 'mostSends')),
      range(of(index, 'failed')),
      Math.round(median(of(index, 'peakHeap'))),
      Math.round(median(of(index, 'peakRss'))),
    ]),
  ])
  console.log(
    `revoked, ours against the hand-written one: × ${ratio(7, 6, 'milliseconds')} in time, × ${ratio(7, 6, 'cpu')} in CPU`,
  )
  if (sockets === 'pool') {
    writeResults('storm', {
      command: 'npm run bench axios',
      unit: `failed calls of ${calls.toLocaleString('en')} over a revoked token`,
      rows: [4, 5, 6, 7].map((index) => ({
        name: rows[index][0].replace('revoked, ', ''),
        value: median(of(index, 'failed')),
      })),
    })
  }
  for (const result of results[3]) kept &&= result.tokenRequests === 1 && result.refused === 0 && result.failed === 0
  for (const result of results[7]) kept &&= result.tokenRequests === 1 && result.mostSends <= 2 && result.failed === 0
}
console.log(
  `\nNode ${process.versions.node}. Targets: run out by the clock at most 1.15 × its good calls and no 401; revoked, two sends at most and no slower than the hand-written one.`,
)
if (!kept) {
  console.error('A count of @particle-grants/axios is not what is promised.')
  process.exitCode = 1
}

function range(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return low === high ? low : `${low}–${high}`
}
