import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

/** A process that listens on a port. */
export interface Holder {
  readonly pid: number;
  readonly name: string;
}

const run = async (program: string, ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(program, args, { encoding: "utf8", timeout: 5_000 })).stdout;

/**
 * Who listens on a TCP port of this machine.
 * @returns undefined if it can't be told, as for another user's process
 */
export async function portHolder(port: number, os: NodeJS.Platform): Promise<Holder | undefined> {
  try {
    if (os === "win32") return await windowsHolder(port);
    if (os === "linux") return await linuxHolder(port);
    return parseLsof(await run("lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"));
  } catch {
    // A tool is missing, or the process is gone meanwhile: the verdict says that it can't be told.
    return undefined;
  }
}

/** Of `lsof -Fpc`: lines `p123` and `cnode`. */
export function parseLsof(output: string): Holder | undefined {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c(.+)$/m.exec(output)?.[1];
  return pid === undefined || name === undefined ? undefined : { pid: Number(pid), name };
}

async function windowsHolder(port: number): Promise<Holder | undefined> {
  const pid = parseNetstat(await run("netstat", "-ano", "-p", "TCP"), port);
  if (pid === undefined) return undefined;
  // "node.exe","123","Console","1","50,000 K"
  const csv = await run("tasklist", "/FI", `PID eq ${pid}`, "/FO", "CSV", "/NH");
  return { pid, name: /^"([^"]+)"/m.exec(csv)?.[1] ?? "a process" };
}

/**
 * Of Windows's `netstat -ano`: `TCP  127.0.0.1:7071  0.0.0.0:0  LISTENING  123`. The state's name is translated, so
 * a listener is known by the other end, which has port 0.
 */
export function parseNetstat(output: string, port: number): number | undefined {
  for (const text of output.split(/\r?\n/)) {
    const [protocol, local = "", remote = "", , pid] = text.trim().split(/\s+/);
    if (protocol === "TCP" && local.endsWith(`:${port}`) && remote.endsWith(":0")) return Number(pid);
  }
  return undefined;
}

async function linuxHolder(port: number): Promise<Holder | undefined> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const inode = parseProcNet(tables.join("\n"), port);
  if (inode === undefined) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (!(await hasSocket(pid, inode))) continue;
    return { pid: Number(pid), name: (await readFile(`/proc/${pid}/comm`, "utf8")).trim() };
  }
  return undefined;
}

/** The socket's inode of /proc/net/tcp: `sl local_address rem_address st … inode`, where state 0A listens. */
export function parseProcNet(table: string, port: number): string | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const text of table.split("\n")) {
    const [, local = "", , state, , , , , , inode] = text.trim().split(/\s+/);
    if (local.endsWith(wanted) && state === "0A") return inode;
  }
  return undefined;
}

async function hasSocket(pid: string, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // Another user's process does not show its files.
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => "")));
  return targets.includes(`socket:[${inode}]`);
}
