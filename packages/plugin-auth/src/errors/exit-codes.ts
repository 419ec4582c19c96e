/** What a command's exit code says. Documented, and as stable as a flag. */
export const exitCodes = {
  /** Done. */
  done: 0,
  /** Failed, and none of the others. */
  failed: 1,
  /** Called in a way that can't work. */
  usage: 2,
  /** Not signed in, or not any more. */
  notSignedIn: 3,
  /** A code of the authenticator is needed. */
  mfaNeeded: 4,
  /** Locked out, rate limited, or held back so as not to be locked out. */
  lockedOut: 5,
  /** No answer, or none of Particle's. */
  network: 6,
  /** Ended by Ctrl-C at a prompt, as shells have it. */
  interrupted: 130,
} as const

/** An exit code of these commands. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
