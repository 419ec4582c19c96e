// Loaded before a program: writes its peak memory, in kB, to the file that PEAK_FILE names, when it ends.
process.once('exit', () => {
  require('node:fs').writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS))
})
