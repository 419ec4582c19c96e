// What the lockout guard is worth: the library with it and without it against the sandbox, over simulated days.
// `npm run bench guard`; SEEDS=1 makes it short, an argument chooses the scenarios whose title contains it.
import { once } from 'node:events'
import { availableParallelism, cpus } from 'node:os'
import { Worker } from 'node:worker_threads'
import { runCrashes } from './guard/crashes.mjs'
import { scenarios } from './guard/scenarios.mjs'
import { writeResults } from './results.mjs'

const seeds = Array.from({ length: Number(process.env.SEEDS ?? 5) }, (_, index) => index + 1)
const chosen = process.argv[2] ?? ''
const titles = Object.keys(scenarios).filter((title) => title.includes(chosen))
const crashTitles = {
  file: 'kill -9 with 30 requests in flight, file store',
  redis: 'kill -9 with 30 requests in flight, Redis',
}

const tasks = titles.flatMap((title) =>
  seeds.flatMap((seed) => [true, false].map((hasGuard) => ({ title, hasGuard, seed }))),
)
const results = []
const workers = Array.from({ length: Math.min(availableParallelism(), tasks.length) }, runTasks)
await Promise.all(workers)
for (const [type, title] of Object.entries(crashTitles)) {
  if (!title.includes(chosen)) continue
  for (const hasGuard of [true, false]) {
    const result = await runCrashes(type, hasGuard)
    if (result === undefined) console.error(`"${title}" is left out: redis-server is not installed.`)
    else results.push({ title, hasGuard, result })
  }
}

console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} cores, ${seeds.length} seeds, means\n`,
)
console.log(
  '| | good requests | lost: naive | lost: guard | lockouts: naive, guard | requests: naive, guard | longest wait: naive, guard |',
)
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const title of [...titles, ...Object.values(crashTitles)]) printRows(title)

writeResults('guard', {
  command: 'npm run bench guard',
  unit: '% of the correct sign-ins lost',
  // A chart has no bar for nothing: what loses no sign-in either way is in the table only.
  rows: titles
    .map((title) => [true, false].flatMap((hasGuard) => lostShares(title, hasGuard)))
    .filter((rows) => rows.some(({ value }) => value > 0))
    .flat(),
})

/** A worker that takes the next task until there is none. */
async function runTasks() {
  const worker = new Worker(new URL('guard/worker.mjs', import.meta.url))
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    worker.postMessage(task)
    // Rejects with the worker's error.
    const [result] = await once(worker, 'message')
    results.push({ ...task, result })
    console.error(
      `${task.title}, ${task.hasGuard ? 'guard' : 'naive'}: ${result.seconds.toFixed(1)} s ${JSON.stringify(result.calls)}`,
    )
  }
  await worker.terminate()
}

function printRows(title) {
  const [naive, guard] = [false, true].map((hasGuard) =>
    results.filter((one) => one.title === title && one.hasGuard === hasGuard).map(({ result }) => result),
  )
  if (naive.length === 0) return
  const labels = Object.keys(naive[0].calls)
  for (const label of labels.length === 0 ? [''] : labels) {
    const both = (read, format = formatCount) => [naive, guard].map((runs) => format(mean(runs.map(read)))).join(', ')
    const getCalls = ({ calls }) => calls[label] ?? { good: 0, lost: 0, longestWaitMs: 0 }
    const formatLost = (runs) => {
      const good = mean(runs.map((run) => getCalls(run).good))
      const lost = mean(runs.map((run) => getCalls(run).lost))
      return good === 0 ? '–' : `${formatCount(lost)} (${((100 * lost) / good).toFixed(1)} %)`
    }
    const cells = [
      label === '' ? title : `${title}: ${label}`,
      formatCount(mean(naive.map((run) => getCalls(run).good))),
      formatLost(naive),
      formatLost(guard),
      both(({ lockouts }) => lockouts, formatMean),
      both(({ requests }) => requests),
      both((run) => getCalls(run).longestWaitMs, formatWait),
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
}

/** The share of good calls that a scenario lost, for each kind of caller, in percent. */
function lostShares(title, hasGuard) {
  const runs = results.filter((one) => one.title === title && one.hasGuard === hasGuard)
  return Object.keys(runs[0]?.result.calls ?? {}).flatMap((label) => {
    const calls = runs.map(({ result }) => result.calls[label])
    const good = mean(calls.map((one) => one.good))
    if (good === 0) return []
    const value = (100 * mean(calls.map((one) => one.lost))) / good
    const series = hasGuard ? 'with the guard' : 'without'
    return [{ name: label === '' ? title : `${title}: ${label}`, value, series }]
  })
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function formatCount(number) {
  return Math.round(number).toLocaleString('en')
}

function formatMean(number) {
  return String(Math.round(number * 10) / 10)
}

function formatWait(ms) {
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}
