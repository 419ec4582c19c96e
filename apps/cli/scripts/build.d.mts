/** Bundles the CLI into a package's folder, after emptying its `dist`. Tests add entry points. */
export function bundle(folder: string, extraEntryPoints?: Readonly<Record<string, string>>): Promise<void>
