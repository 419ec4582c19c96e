/** Bundles the CLI into a folder, which is emptied first. */
export function bundle(outdir: string): Promise<void>
