/** The app or its configuration can't be run here: the message names the setting and what is supported. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code = "FUNCTIONS_HOST_CONFIGURATION";
}
