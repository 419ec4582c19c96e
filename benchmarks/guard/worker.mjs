import { parentPort } from 'node:worker_threads'
import { scenarios } from './scenarios.mjs'

parentPort.on('message', async ({ title, hasGuard, seed }) => {
  const startedAt = performance.now()
  const figures = await scenarios[title](hasGuard, seed)
  parentPort.postMessage({ ...figures, seconds: (performance.now() - startedAt) / 1000 })
})
