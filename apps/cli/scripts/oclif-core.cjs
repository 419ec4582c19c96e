// In the place of the index of @oclif/core in the bundle: our commands use these three, and the index loads everything.
module.exports = {
  Args: require('@oclif/core/args'),
  Command: require('@oclif/core/command').Command,
  Flags: require('@oclif/core/flags'),
}
