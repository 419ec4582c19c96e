import { CliError } from '@particle-grants/plugin-auth'
import { loadJq } from 'jq-wasm'

/** Runs a jq filter on JSON text and returns what it prints. */
export type JqFilter = (json: string) => string

/**
 * Compiles a jq filter, so that a mistake is found before a request is sent. Strings are printed without quotes, and
 * objects on one line unless `isTerminal`, as `gh` does. The filter sees no environment and no files.
 *
 * @throws CliError `usage` for a filter that does not compile
 */
export async function compileJq(filter: string, isTerminal: boolean): Promise<JqFilter> {
  const jq = await loadJq()
  // jq runs in WebAssembly, where it cannot read the real environment. This also hides the invented one.
  const program = `{} as $ENV | def env: $ENV;\n${filter}`
  const flags = isTerminal ? ['-r'] : ['-r', '-c']
  const run = (json: string) => jq.raw(json, program, flags)
  // Without any input the filter is compiled, and not run.
  const compiled = run('')
  if (compiled.exitCode !== 0)
    throw new CliError('usage', { what: `The --jq filter is invalid: ${getReason(compiled.stderr)}` })
  return (json) => {
    const { stdout, stderr, exitCode } = run(json)
    if (exitCode === 0) return stdout === '' ? '' : `${stdout.replace(/\n$/, '')}\n`
    throw new CliError('call_refused', {
      what: `The --jq filter failed on the response: ${getReason(stderr)}`,
    })
  }
}

/** Returns the first line of jq's message without the position, which counts a line that the filter does not have. */
function getReason(stderr: string): string {
  const [line = ''] = stderr.split('\n')
  return `${line.replace(/^jq: (error(?: \(at [^)]*\))?: )?/, '').replace(/ at <top-level>.*$/, '')}.`
}
