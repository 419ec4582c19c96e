/** How samples in JavaScript are checked: as strictly as TypeScript, but for types that JavaScript has no place for. */
export const plainJavaScript = {
  allowJs: true,
  checkJs: true,
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
}
