/** How long something may take before anything shows, in ms. */
const patience = 200

/** Runs something; what takes long shows a spinner on stderr, in a terminal only, that is gone afterwards. */
export async function withProgress<T>(text: string, run: () => Promise<T>): Promise<T> {
  // A dumb terminal can't take back what it shows.
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return run()
  let stop = () => {}
  let ended = false
  const timer = setTimeout(async () => {
    const { default: createSpinner } = await import('yocto-spinner')
    if (ended) return
    const spinner = createSpinner({ text, stream: process.stderr }).start()
    stop = () => void spinner.stop()
  }, patience)
  try {
    return await run()
  } finally {
    ended = true
    clearTimeout(timer)
    stop()
  }
}
