import { execFileSync } from 'node:child_process'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { onTestFinished } from 'vitest'

/** Whether this process may mount a disk of its own, tried once. */
export const mayMount = triedToMount()

function triedToMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return process.getuid?.() === 0
  } catch {
    reportSkipped('the file store on a full disk and on a read-only one', 'this process may not mount a disk')
    return false
  }
}

/** Mounts a disk of 128 kB there, for this test. */
export function mountSmallDisk(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=700', 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', [folder]))
}

/** Allows or forbids writing to a disk that was mounted here. */
export function remount(folder: string, mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode}`, folder])
}
