/** Looks at a project's folder. @returns what is wrong, in words for the developer; nothing if all is well */
export type Check = (folder: string) => Promise<readonly string[]>;
