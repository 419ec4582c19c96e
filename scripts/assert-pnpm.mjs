// `prepack` of each published package. npm would leave `workspace:` in the manifest, which no one can install, and would
// not add the LICENSE of the root.
if (!process.env.npm_config_user_agent?.startsWith('pnpm/')) {
  console.error(
    'Use pnpm publish, or pnpm pack: npm leaves "workspace:" in package.json, and the package cannot be installed.',
  )
  process.exitCode = 1
}
