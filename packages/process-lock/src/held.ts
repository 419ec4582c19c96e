/** A lock that this process holds. */
export interface Held {
  /** The last holder died with it, or that can't be told: what it was doing may be half done. */
  readonly inherited: boolean
  /** Whether it is still there, and ours: somebody may have removed it by hand. Also shows that we live. */
  stillOurs(): Promise<boolean>
  release(): Promise<void>
}

/** One try, without waiting. Nothing means that somebody else holds the lock, or was faster just now. */
export type TryAcquire = (path: string) => Promise<Held | undefined>
