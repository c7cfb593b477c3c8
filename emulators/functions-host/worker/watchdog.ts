/**
 * Runs beside the app in a thread of its own: a function that never yields keeps the process from seeing that
 * its host is gone, but not this.
 */
import { workerData } from "node:worker_threads";

const INTERVAL = 500;
const host = Number(workerData);

setInterval(() => {
  if (!isThere()) process.kill(process.pid, "SIGKILL");
}, INTERVAL);

function isThere(): boolean {
  // An orphan gets another parent, except on Windows, where the number stays and the process is gone.
  if (process.ppid !== host) return false;
  try {
    process.kill(host, 0);
    return true;
  } catch {
    return false;
  }
}
