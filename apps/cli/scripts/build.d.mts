/** Bundles the CLI into a package's folder, whose `dist` is emptied first. */
export function bundle(folder: string): Promise<void>
