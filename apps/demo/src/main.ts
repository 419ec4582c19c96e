// What `npm run demo` runs. Exit code 0 if every check passed, otherwise 1.
import { runDemo } from './demo.ts'
import { createPrinter } from './printer.ts'
import { useCommandLine } from './steps/command-line.ts'
import { callConcurrently } from './steps/concurrent-calls.ts'
import { refuseRefresh, signIn } from './steps/developer.ts'
import { renewProduct, serveCustomers, signOut } from './steps/product.ts'
import { replayReport } from './steps/report.ts'

const { stdout } = process
// `npm run demo | head` closes the pipe. The demo still runs to its end.
stdout.on('error', () => {})

const print = createPrinter((text) => stdout.write(text), Math.min(stdout.columns ?? 80, 80))
print.title('Particle Grants: from a Particle account to an Authorization header')
print.say('Unofficial. Everything runs on this machine, against a local sandbox.')
print.say('→ request   ← response   ◆ state of the session   ✓ checked')
const hasPassed = await runDemo(async (demo) => {
  const refreshToken = await replayReport(demo)
  const developer = await signIn(demo)
  await refuseRefresh(demo, developer, refreshToken)
  const product = await renewProduct(demo, developer)
  await serveCustomers(demo)
  await callConcurrently(demo)
  await useCommandLine(demo)
  await signOut(demo, product)
}, print)
if (hasPassed) print.say('Next: npm run sandbox, and the scripts in examples/README.md.')
else process.exitCode = 1
