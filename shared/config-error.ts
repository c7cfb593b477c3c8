/** A setting that is missing or wrong: names it, what was expected and what came. */
export class ConfigError extends Error {
  constructor(setting: string, problem: string, options?: ErrorOptions) {
    super(`setting ${setting}: ${problem}`, options);
    this.name = "ConfigError";
  }
}
