import { execFileSync } from 'node:child_process'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { onTestFinished } from 'vitest'

/** Whether this process can mount a disk. */
export const canMount = tryMount()

function tryMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return process.getuid?.() === 0
  } catch {
    reportSkipped('the file store on a full disk and on a read-only disk', 'this process cannot mount a disk')
    return false
  }
}

/** Mounts a disk of 128 kB on `folder` for this test. */
export function mountSmallDisk(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=700', 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', [folder]))
}

/** Makes a mounted disk read-only or writable. */
export function remount(folder: string, mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode}`, folder])
}
