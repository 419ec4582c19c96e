/** Whether somebody can be asked: both standard input and standard output are terminals. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true
}

/** Where prompts are written: on stderr if somebody sees it, so that stdout has the result alone. */
export function promptOutput(): NodeJS.WriteStream {
  return process.stderr.isTTY ? process.stderr : process.stdout
}
