// `node scripts/turbo.mjs "Building" build --filter=…`: turbo with its chatter left out. Its banner and list of
// packages can't be switched off, so its output is kept back and shown when a task fails.
import { capture } from './workspace.mjs'

const [label, ...args] = process.argv.slice(2)
console.error(`${label} …`)
const { ok, status, output } = capture(
  'turbo',
  ['run', ...args, '--output-logs=errors-only', '--no-update-notifier'],
  {
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  },
)
if (!ok) {
  console.error(output)
  process.exitCode = status
}
