/** Bundles the CLI into a package's folder, whose `dist` is emptied first. Tests add entry points of their own. */
export function bundle(folder: string, ownEntryPoints?: Readonly<Record<string, string>>): Promise<void>
