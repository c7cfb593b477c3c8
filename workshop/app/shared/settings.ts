/** @returns a connection string of local.settings.json, or of the environment. @throws if there is none */
export function setting(name: "ServiceBus" | "Cosmos"): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the setting ${name} is missing: local.settings.json has it`);
  return value;
}
