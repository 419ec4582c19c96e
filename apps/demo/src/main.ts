// What `npm run demo` runs: the whole story against a sandbox of its own. Exit code 0 only when every claim held.
import { steps } from './steps/steps.ts'
import { tell } from './story/tell.ts'
import { conclude } from './terminal/conclude.ts'
import { Narrator } from './terminal/narrator.ts'
import { createPaint } from './terminal/paint.ts'

const { stdout } = process
// `npm run demo | head` closes the pipe: the story goes on to its end, unheard.
stdout.on('error', () => {})

const narrator = new Narrator({
  write: (text) => stdout.write(text),
  columns: stdout.columns ?? 80,
  // Knows NO_COLOR, TERM and what the terminal can show.
  paint: createPaint(stdout.isTTY && stdout.hasColors()),
})

narrator.title('Particle Grants: from an account to a token')
narrator.say(
  `Unofficial; not affiliated with Particle. → is a request, ← its answer, ◆ the state of a session, ✓ a claim that was checked. Secrets are shortened.`,
)
const summary = await tell(steps, narrator)
if (summary) conclude(narrator, summary)
else process.exitCode = 1
