import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A process whose parent never reaps it, so that its pid stays in use after its death. Linux only. */
export interface Unreaped {
  readonly pid: number
  /** In the kernel's ticks. */
  startTime(): Promise<string>
  /** Returns the next line that it prints. */
  next(): Promise<string>
  send(line: string): void
  /** Kills it, and waits until it is dead and not reaped. */
  kill(): Promise<void>
}

/**
 * Node reaps its own children at once, and a shell does so when it ends. This shell becomes `cat`, which reaps no child
 * and ends with this process, because it reads from it.
 */
const script = 'exec 4<&0; "$@" <&4 3<&- 4<&- & echo $!; exec cat <&3 >/dev/null'

/** Starts a command in this way and kills it after the test. */
export async function startUnreaped(command: readonly string[]): Promise<Unreaped> {
  const parent = spawn('sh', ['-c', script, 'sh', ...command], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] })
  const { stdin, stdout } = parent
  if (stdin === null || stdout === null) throw new Error('Both are pipes.')
  const lines = createInterface(stdout)[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  const pid = Number(await next())
  onTestFinished(() => {
    process.kill(pid, 'SIGKILL')
    parent.kill('SIGKILL')
  })
  return {
    pid,
    next,
    startTime: async () => (await readStat(pid))[19] ?? '',
    send: (line) => void stdin.write(`${line}\n`),
    async kill() {
      process.kill(pid, 'SIGKILL')
      // A zombie without further threads.
      for (;;) {
        const stat = await readStat(pid)
        if (stat[0] === 'Z' && stat[17] === '1') return
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
  }
}

/** Returns the fields of `/proc/<pid>/stat`, starting with the state. */
async function readStat(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
