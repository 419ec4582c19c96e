/** Scripts call `auth token` in loops: where a stored token will do, the answer is there before the framework is. */
async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 2 && argv[0] === 'auth' && argv[1] === 'token') {
    const { quickToken } = await import('@particle-grants/plugin-auth/quick')
    const answer = await quickToken('pgrants')
    if (answer !== undefined) {
      // Whoever reads may have had enough.
      process.stdout.once('error', () => {})
      process.stderr.write(answer.stderr)
      process.stdout.write(answer.stdout)
      process.exitCode = answer.exitCode
      return
    }
  }
  // By the name that it has when it is bundled: apart, so that this file stays small.
  const { runCli } = await import('./run-cli.js')
  await runCli(argv)
}

void main(process.argv.slice(2))
