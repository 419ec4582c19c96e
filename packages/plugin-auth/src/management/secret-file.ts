import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { CliError, type CommandCall } from '../errors/cli-error.ts'

/** A new file that only its owner can read. It never replaces a file, and follows no link: `wx` opens with O_EXCL. */
export class SecretFile {
  readonly #path: string
  readonly #descriptor: number

  private constructor(path: string, descriptor: number) {
    this.#path = path
    this.#descriptor = descriptor
  }

  /** @throws CliError `usage` if there is a file or a link, or the folder can't be written */
  static create(path: string): SecretFile {
    try {
      return new SecretFile(path, openSync(path, 'wx', 0o600))
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      const what =
        code === 'EEXIST' ? 'The file of --output exists.' : `The file of --output can't be created (${code}).`
      throw new CliError('usage', { what, remedy: 'Nothing was sent. Pass the path of a new file.', cause })
    }
  }

  /**
   * Writes the secret and a line end, and closes the file.
   *
   * @param list - the command that finds what the secret belongs to
   * @throws CliError `output`: the secret is lost
   */
  write(secret: string, list: CommandCall | undefined): void {
    try {
      writeSync(this.#descriptor, `${secret}\n`)
      fsyncSync(this.#descriptor)
      closeSync(this.#descriptor)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      const remedy = 'The secret is lost. Delete what was created, and create another one. Look for it:'
      throw new CliError('output', {
        what: `The file of --output can't be written (${code}).`,
        remedy,
        command: list,
        cause,
      })
    }
  }

  /** Removes the file, which is still empty. */
  remove(): void {
    closeSync(this.#descriptor)
    rmSync(this.#path, { force: true })
  }
}
